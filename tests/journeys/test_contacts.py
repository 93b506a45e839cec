"""Keeping contacts: for one school or for several, what is old or missing, and the mail about it."""

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, OutgoingMail, School
from accounts.outbox import send_due
from audit.models import AuditEvent
from escalation.duty import ON_DUTY, local_recipients
from escalation.models import Contact, Reminder
from escalation.services.contacts import Entry, contact_save
from escalation.services.reminders import contacts_remind
from tests.conftest import World
from tests.journeys.page import Browser

OLD = timedelta(days=200)


def edit(school: School, recipient: str) -> str:
    return reverse("escalation:contact-edit", args=[school.reference, recipient])


@pytest.fixture
def old(world: World) -> Contact:
    """The contact of the police, not checked for 200 days; the coordinator keeps it."""
    Contact.objects.update(checked_on=timezone.localdate() - OLD, owner=world.coordinator)
    return Contact.objects.get()


def test_an_administrator_fills_in_one_for_all_schools_in_the_municipality(world: World, login: Any) -> None:
    administrator = Browser(login(world.administrator))
    page = administrator.get(edit(world.school, "police_contact"))
    administrator.send(page.form(has="phone"), name="Politie Merendal", phone="14 030", email="", for_all="yes")
    contact = Contact.objects.get()
    assert (contact.school, contact.municipality, contact.owner) == (None, "Merendal", world.administrator)
    for keeper in (world.coordinator, world.sister_coordinator):
        page = Browser(login(keeper)).get("/contacten/")
        assert "Politie Merendal" in page.text
        assert "All schools of the board in Merendal" in page.text
    assert "Politie Merendal" not in Browser(login(world.other_coordinator)).get("/contacten/").text


def test_a_contact_of_the_board_serves_all_its_schools(world: World, login: Any) -> None:
    administrator = Browser(login(world.administrator))
    page = administrator.get(edit(world.sister_school, "data_protection_officer"))
    administrator.send(page.form(has="phone"), name="F. Gegevens", email="fg@school.example", for_all="yes")
    page = Browser(login(world.coordinator)).get("/contacten/")
    assert "F. Gegevens" in page.text
    assert 'href="mailto:fg@school.example"' in page.html


def test_a_coordinator_makes_one_for_the_own_school_whatever_is_sent(world: World, login: Any) -> None:
    """Also where a shared one holds: it goes before it, and the form says so."""
    Contact.objects.update(school=None, municipality="Merendal")
    coordinator = Browser(login(world.coordinator))
    page = coordinator.get(edit(world.school, "police_contact"))
    assert "for_all" not in page.form(has="phone").names()
    assert "Now a shared contact holds" in page.text
    data = page.form(has="phone").fill({"name": "Onze wijkagent"}) | {"for_all": "yes"}
    coordinator.post(page.path, data)
    assert Contact.objects.get(school=world.school).name == "Onze wijkagent"
    assert "Onze wijkagent" not in Browser(login(world.sister_coordinator)).get("/contacten/").text


def test_what_is_inside_one_school_can_not_serve_all(world: World, login: Any) -> None:
    page = Browser(login(world.administrator)).get(edit(world.school, "principal"))
    assert "for_all" not in page.form(has="phone").names()


def test_only_who_keeps_those_of_the_board_saves_for_several_schools(world: World) -> None:
    entry = Entry("Iemand", "+31301234567", "")
    for by, recipient in ((world.coordinator, "police_contact"), (world.administrator, "principal")):
        with pytest.raises(PermissionDenied):
            contact_save(by=by, school=world.school, recipient=recipient, entry=entry, for_all=True)


def test_hours_and_owner_are_filled_in_and_shown(world: World, login: Any) -> None:
    principal = Browser(login(world.principal))
    page = principal.get(edit(world.school, "police_contact"))
    assert set(page.form(has="phone").options("owner")) == {
        user.reference for user in (world.coordinator, world.principal, world.administrator)
    }
    hours = {f"{name}_{day}": at for day in (0, 1, 3) for name, at in (("opens", "09:00"), ("closes", "16:30"))}
    hours |= {"opens_4": "19:00", "closes_4": "21:00"}
    page = principal.send(page.form(has="phone"), owner=world.coordinator.reference, **hours)
    assert "Monday to Tuesday 09:00–16:30, Thursday 09:00–16:30, Friday 19:00–21:00" in page.text
    assert "Kept right by Coordinator" in page.text
    page = principal.get(edit(world.school, "police_contact"))
    principal.send(page.form(has="phone"), name="Een ander")  # what nobody touched stays
    contact = Contact.objects.get(school=world.school, recipient="police_contact")
    assert (contact.name, contact.hours["4"], contact.hours["0"]) == (
        "Een ander",
        ["19:00", "21:00"],
        ["09:00", "16:30"],
    )


def test_a_postal_address_is_whole_and_shown(world: World, login: Any) -> None:
    coordinator = Browser(login(world.coordinator))
    page = coordinator.get(edit(world.school, "police_contact"))
    page = coordinator.send(page.form(has="phone"), street="Kerkplein 1", postcode="3511ab", town="Merendal")
    assert "Kerkplein 1, 3511 AB Merendal" in page.text
    for parts, wrong in (
        ({"street": "Kerkplein 1"}, ["postcode", "town"]),
        ({"town": "Merendal"}, ["street", "postcode"]),
        ({"street": "Kerkplein 1", "postcode": "0511 AB", "town": "Merendal"}, ["postcode"]),
    ):
        data = {"name": "Wijkagent", "phone": "0301234567", "owner": world.coordinator.reference, **parts}
        page = coordinator.post(edit(world.school, "police_contact"), data, 422)
        assert list(page.response.context["form"].errors) == wrong
    assert Contact.objects.get().post == "Kerkplein 1, 3511 AB Merendal"


def test_hours_and_owners_that_can_not_be(world: World, login: Any) -> None:
    coordinator = Browser(login(world.coordinator))
    for hours, field in (
        ({"opens_0": "09:00"}, "closes_0"),
        ({"closes_0": "09:00"}, "opens_0"),
        ({"opens_0": "10:00", "closes_0": "10:00"}, "closes_0"),
        ({"opens_0": "negen uur", "closes_0": "10:00"}, "opens_0"),
        ({"owner": "2222-2222-22"}, "owner"),
    ):
        data = {"name": "Wijkagent", "phone": "0301234567", "owner": world.coordinator.reference, **hours}
        page = coordinator.post(edit(world.school, "police_contact"), data, 422)
        assert list(page.response.context["form"].errors) == [field]
        assert 'value="Wijkagent"' in page.html


def test_what_is_old_or_missing_says_whose_it_is_and_since_when(world: World, login: Any, old: Contact) -> None:
    page = Browser(login(world.principal)).get("/contacten/nalopen/")
    assert "Wijkagent J. de Boer" in page.text
    assert f"Not checked since {old.checked_on.day} " in page.text
    assert "Kept right by Coordinator" in page.text
    assert "Never filled in" in page.text
    assert "For Coordinator" in page.text
    assert "On duty outside school hours" not in page.text  # that one may be missing


def test_one_click_confirms_one_and_a_tick_several(world: World, login: Any, old: Contact) -> None:
    other = Contact.objects.create(
        board=world.board, recipient="board", name="Bestuur", phone="+31301234567", checked_on=old.checked_on
    )
    coordinator = Browser(login(world.coordinator))
    assert "Tick at least one" in coordinator.post("/contacten/nalopen/", {}).text
    coordinator.post("/contacten/nalopen/", {"contact": other.reference, "only": old.reference})
    today = timezone.localdate()
    assert list(Contact.objects.order_by("pk").values_list("checked_on", flat=True)) == [today, other.checked_on]
    Contact.objects.update(checked_on=timezone.localdate() - OLD)
    coordinator.post("/contacten/nalopen/", {"contact": [other.reference, old.reference]})
    assert set(Contact.objects.values_list("checked_on", "checked_by")) == {(today, world.coordinator.pk)}
    assert AuditEvent.objects.filter(action="contact.checked").count() == 3
    page = coordinator.get("/contacten/nalopen/")
    assert "Wijkagent J. de Boer" not in page.text


def test_confirming_what_is_not_there_is_a_404(world: World, login: Any, old: Contact) -> None:
    coordinator = Browser(login(world.coordinator))
    for reference in ("2222-2222-22", "x" * 500, "\x00"):
        coordinator.post("/contacten/nalopen/", {"contact": [old.reference, reference]}, 404)
    Browser(login(world.other_coordinator)).post("/contacten/nalopen/", {"contact": old.reference}, 404)
    assert Contact.objects.get().checked_on == old.checked_on


def remind(day: date) -> list[str]:
    """Run the command on a day; who got a mail by it."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    noon = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))
    with mock.patch("django.utils.timezone.now", return_value=noon):
        call_command("contacts_remind")
    return sorted(OutgoingMail.objects.exclude(pk__in=before).values_list("to__name", flat=True))


def test_once_a_month_whoever_is_responsible_gets_a_mail(world: World) -> None:
    """A month without a run is not made up for. Nobody keeps the other board's contacts but its coordinator."""
    world.former.memberships.all().delete()
    Membership.objects.update(starts_on=date(2026, 1, 1))
    everybody = ["Coordinator", "Other Coordinator", "Sister Coordinator"]
    assert remind(date(2026, 11, 3)) == everybody
    assert remind(date(2026, 11, 3)) == remind(date(2026, 11, 30)) == []
    assert remind(date(2027, 1, 31)) == everybody
    assert Reminder.objects.count() == 6
    assert AuditEvent.objects.filter(action="contact.reminded").count() == 6


def test_the_mail_holds_a_link_and_nothing_else(world: World, old: Contact) -> None:
    call_command("contacts_remind")
    send_due()
    message = next(row for row in mail.outbox if row.to == [world.coordinator.email])
    assert reverse("escalation:contacts-due") in message.body
    assert "Boer" not in message.subject + message.body
    assert "Lyceum" not in message.subject + message.body


def test_the_owner_gets_it_or_else_who_is_responsible(world: World, old: Contact) -> None:
    """The owner, while they keep contacts there; else the coordinator; of what serves several schools, the
    administrator; and nobody when all is well."""
    kept = [row.key for row in local_recipients("vo") if row.key != "police_contact"]
    for recipient in kept:
        Contact.objects.create(board=world.board, recipient=recipient, name="Iemand", phone="+31301234567")
    everybody = {user.pk for user in (world.coordinator, world.principal, world.administrator)}
    for change, expected in (
        ({"owner": world.principal}, {"Principal"}),
        ({"owner": world.former}, {"Coordinator"}),
        ({"owner": None}, {"Coordinator"}),
        ({"school": None, "municipality": "Merendal"}, {"Administrator"}),
        ({"checked_on": timezone.localdate()}, set()),
    ):
        Contact.objects.filter(pk=old.pk).update(**change)
        Reminder.objects.all().delete()
        OutgoingMail.objects.all().delete()
        contacts_remind()
        assert set(OutgoingMail.objects.filter(to__in=everybody).values_list("to__name", flat=True)) == expected


def test_the_one_on_duty_is_optional(world: World, login: Any) -> None:
    coordinator = Browser(login(world.coordinator))
    page = coordinator.get(edit(world.school, ON_DUTY))
    page = coordinator.send(page.form(has="phone"), name="Piket", phone="06 12345679")
    assert "Piket" in page.text


def test_who_was_later_than_a_colleague_sees_both_and_chooses(world: World, login: Any) -> None:
    late, first = Browser(login(world.coordinator)), Browser(login(world.administrator))
    form = late.get(edit(world.school, "police_contact")).form(has="phone")
    first.send(first.get(edit(world.school, "police_contact")).form(has="phone"), phone="030 111 11 11", for_all="")
    page = late.send(form, expect=422, name="Wijkagent B.", phone="030 222 22 22")
    assert "A colleague changed this contact meanwhile. It says now: Wijkagent J. de Boer, 030 111 1111" in page.text
    assert page.form(has="phone").data()["phone"] == "030 222 2222"
    assert Contact.objects.get().phone.as_e164 == "+31301111111"
    late.send(page.form(has="phone"))
    assert Contact.objects.get().phone.as_e164 == "+31302222222"


def test_saved_twice_is_no_change_of_a_colleague(world: World, login: Any) -> None:
    browser = Browser(login(world.coordinator))
    form = browser.get(edit(world.school, "police_contact")).form(has="phone")
    browser.send(form, name="Wijkagent B.")
    browser.post(edit(world.school, "police_contact"), form.fill({"name": "Wijkagent B."}))
    assert Contact.objects.get().name == "Wijkagent B."


def test_nobody_says_of_a_number_that_they_never_saw_that_it_is_right(world: World, login: Any, old: Contact) -> None:
    browser = Browser(login(world.coordinator))
    one, several = (browser.get(path) for path in ("/contacten/", reverse("escalation:contacts-due")))
    entry = Entry("Iemand anders", "+31301234567", "")
    contact_save(by=world.administrator, school=world.school, recipient="police_contact", entry=entry)
    Contact.objects.update(checked_on=timezone.localdate() - OLD)
    form = next(form for form in one.forms if "police_contact" in form.action)
    browser.page = one
    assert "Look at it once more, and then say it is right." in browser.send(form).text
    browser.page = several
    page = browser.send(several.form(has="only"), old.reference)
    assert "Look at it once more, and then say it is right." in page.text
    assert "Thank you" not in page.text
    assert Contact.objects.get().checked_on == timezone.localdate() - OLD
    page = browser.send(browser.get(reverse("escalation:contacts-due")).form(has="only"), old.reference)
    assert Contact.objects.get().checked_on == timezone.localdate()
