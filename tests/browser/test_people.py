"""The pages of people as axe and a thumb find them, light and dark, on a phone and on a desk; and without script."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from accounts.links import path as link_path
from accounts.models import Invitation
from accounts.services.invitations import Offer, invitation_send
from signals.services.cases import case_take
from tests.browser.test_pages import LONG, SUBMIT, Tour, done
from tests.conftest import World, join, person, send, typed


def invited(world: World, number: int, **changes: Any) -> Invitation:
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    email = f"nieuw-{number}@school.example"
    row = invitation_send(by=world.administrator, email=email, name=f"Nieuw {LONG[:90]}", offer=offer)
    Invitation.objects.filter(pk=row.pk).update(**changes)
    return Invitation.objects.get(pk=row.pk)


def test_people(world: World, page_for: Any) -> None:
    waiting, old = invited(world, 1), invited(world, 2, expires_at=timezone.now() - timedelta(days=1))
    later = person("later")
    join(later, "teacher", world.school, starts_on=timezone.localdate() + timedelta(days=9))
    found = Tour(page_for(world.administrator, width=1280))
    found.see("people", "/mensen/")
    found.errors("people-search", "/mensen/", "#people-search button")
    found.see("people-nobody", "/mensen/", lambda page: seek(page, "xxxx"), "[name=query][value=xxxx]")
    found.see("people-found", "/mensen/", lambda page: seek(page, "coordinator"), "[name=query][value=coordinator]")
    for tab in ("invited", "stopped"):
        found.see(f"people-{tab}", f"/mensen/?tab={tab}")
    found.see("people-narrowed-empty", f"/mensen/?tab=invited&place={world.sister_school.reference}")
    for name, user in (("person", later), ("person-me", world.administrator), ("person-stopped", world.former)):
        found.see(name, f"/mensen/{user.reference}/")
    for name, row in (("person-invited", waiting), ("person-old-link", old)):
        found.see(name, f"/mensen/{row.user.reference}/")
    done(found)


def seek(page: Page, query: str) -> None:
    page.locator("#people-search [name=query]").fill(query)
    page.locator("#people-search button").click()


def test_forms_of_people(world: World, page_for: Any) -> None:
    third = person("derde")
    join(third, "coordinator", world.school)
    for _number in range(2):
        case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    staff = f"staff:{world.subject.reference}"
    walled = typed(world, subject_role="staff", person=staff, concern="radicalisation")
    case_take(by=world.board_officer, case=send(world.author, walled).case)
    found = Tour(page_for(world.administrator, width=1280))
    found.see("really-you", "/bevestigen/?next=/mensen/")
    found.see("invite", "/mensen/uitnodigen/")
    found.errors("invite", "/mensen/uitnodigen/")
    base = f"/mensen/{world.coordinator.reference}/"
    found.see("role-new", base + "rol/")
    found.errors("role-new", base + "rol/")
    found.see("role-again", f"/mensen/{world.former.reference}/rol/")
    found.see("second-step-lost", base + "tweede-stap/")
    found.see("role-end", f"{base}rol/{world.coordinator.memberships.get().reference}/stoppen/")
    found.see("leaves", base + "vertrekken/")
    blank = "() => document.querySelectorAll('main select').forEach(one => { one.value = ''; })"
    found.see(
        "leaves-errors", act=lambda page: (page.evaluate(blank), page.locator(SUBMIT).click()), wait="#error-summary"
    )
    found.see("leaves-stuck", f"/mensen/{world.board_officer.reference}/vertrekken/")
    found.errors("leaves-stuck", f"/mensen/{world.board_officer.reference}/vertrekken/")
    found.see("leaves-me", f"/mensen/{world.administrator.reference}/vertrekken/")
    done(found)


def test_the_link_of_an_invitation(world: World, page_for: Any) -> None:
    row = invited(world, 1)
    visitor = Tour(page_for(None, width=1280))
    visitor.see("invitation", link_path(row))
    visitor.errors("invitation", link_path(row))
    visitor.see("invitation-dead", f"/uitnodiging/{row.reference}/{'0' * 64}/")
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    known = invitation_send(by=world.administrator, email=world.other_coordinator.email, name="X", offer=offer)
    visitor.see("invitation-log-in", link_path(known))
    owner = Tour(page_for(world.other_coordinator, width=1280))
    owner.see("invitation-join", link_path(known))
    other = Tour(page_for(world.teacher, width=1280))
    other.see("invitation-other", link_path(known))
    done(visitor, owner, other)


def test_two_hats(world: World, page_for: Any) -> None:
    both = person("twee_petten")
    join(both, "principal", world.school)
    join(both, "coordinator", world.sister_school)
    found = Tour(page_for(both, width=1280))
    for name, path in (("hats-desk", "/werkplek/"), ("hats-contacts", "/contacten/"), ("hats-trail", "/logboek/")):
        found.see(name, path)
    found.see("hats-menu", "/werkplek/", lambda page: page.locator("details.menu summary").click())
    done(found)


def test_inviting_without_script(world: World, page_for: Any) -> None:
    """Every page of people works in a browser that runs no script."""
    page = page_for(world.administrator, js=False)
    page.goto("/mensen/")
    seek(page, "coordinator")
    page.get_by_role("link", name="Sister Coordinator").click()
    page.goto("/mensen/uitnodigen/")
    page.locator("[name=name]").fill("Nieuwe Collega")
    page.locator("[name=email]").fill("nieuw@school.example")
    page.locator("[name=role]").select_option("teacher")
    page.locator("[name=place]").select_option(world.school.reference)
    page.locator(SUBMIT).click()
    page.get_by_text("De uitnodiging is onderweg.").wait_for()
