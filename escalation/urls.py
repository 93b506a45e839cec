"""Addresses of the contacts."""

from django.urls import path

from escalation import views

app_name = "escalation"
urlpatterns = [
    path("contacten/", views.contacts, name="contacts"),
    path("contacten/<ref:reference>/<slug:recipient>/", views.contact_edit, name="contact-edit"),
    path("contacten/<ref:reference>/<slug:recipient>/klopt/", views.contact_check, name="contact-check"),
]
