"""Addresses of the decision table, the contacts and the school calendar."""

from django.urls import path

from escalation.views import calendar, contacts, due, own_steps, table

app_name = "escalation"
urlpatterns = [
    path("wie-bellen-we-wanneer/", table.protocol, name="protocol"),
    path("wie-bellen-we-wanneer/afspraken/", own_steps.own_steps, name="own-steps"),
    path("wie-bellen-we-wanneer/afspraken/nieuw/", own_steps.own_step_new, name="own-step-new"),
    path("wie-bellen-we-wanneer/afspraken/anders/", own_steps.own_step_change, name="own-step-change"),
    path("wie-bellen-we-wanneer/afspraken/<ref:reference>/", own_steps.own_step, name="own-step"),
    path(
        "wie-bellen-we-wanneer/afspraken/<ref:reference>/goedkeuren/",
        own_steps.own_step_approve,
        name="own-step-approve",
    ),
    path("wie-bellen-we-wanneer/afspraken/<ref:reference>/stoppen/", own_steps.own_step_stop, name="own-step-stop"),
    path("contacten/", contacts.contacts, name="contacts"),
    path("contacten/nalopen/", due.contacts_due, name="contacts-due"),
    path("contacten/<ref:reference>/<slug:recipient>/", contacts.contact_edit, name="contact-edit"),
    path("contacten/<ref:reference>/<slug:recipient>/klopt/", contacts.contact_check, name="contact-check"),
    path("schoolkalender/", calendar.calendars, name="calendars"),
    path("schoolkalender/<ref:reference>/", calendar.calendar, name="calendar"),
    path("schoolkalender/<ref:reference>/tijden/", calendar.calendar_edit, name="calendar-edit"),
    path("schoolkalender/<ref:reference>/vrij/", calendar.closing_add, name="closing-add"),
]
