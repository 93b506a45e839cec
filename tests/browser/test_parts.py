"""A part of a case: the last school years, and one person, as one sees, clicks and prints it."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Pupil
from audit.actions import Action
from audit.models import AuditEvent
from signals.models import Case, Note
from signals.services.cases import case_join, case_note, case_take, story_open
from tests.browser.looks import look
from tests.conftest import World, send, typed
from tests.handing import key, make_task

LONG = "Meervoudigepersoonlijkheidsontwikkelingsbegeleidingsplanbespreking" * 3


@pytest.fixture
def case(world: World) -> Case:
    """About two pupils, with a note of three years ago."""
    other = Pupil.objects.create(school=world.school, name="Bram van Eeghen", group="2C")
    found = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    second = send(world.author, typed(world, person=f"pupil:{other.reference}", observed=LONG))
    case_join(by=world.coordinator, case=second.case, into=found)
    case_note(
        by=world.coordinator, case=found, text=f"Met Noor gesproken. {LONG}", key=key(), person=world.pupil.reference
    )
    case_note(by=world.coordinator, case=found, text="Noor en Bram.", key=key(), person=world.pupil.reference)
    make_task(found, world.coordinator, text=LONG, person=world.pupil.reference)
    old = case_note(by=world.coordinator, case=found, text="Zilverreiger", key=key())
    Note.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3 * 366))
    return found


def test_what_is_older_comes_at_one_click_without_a_script(world: World, case: Case, page_for: Any) -> None:
    page = page_for(world.coordinator, width=390, js=False)
    page.goto(reverse("signals:case", args=[case.reference]))
    assert "Zilverreiger" not in page.content()
    page.locator("#chronology a[href*='older=yes']").last.click()
    expect(page.locator("#chronology .story", has_text="Zilverreiger")).to_be_visible()
    assert AuditEvent.objects.filter(action=Action.CASE_OLDER_READ).count() == 1


def test_the_person_is_one_click_away_and_prints_without_what_is_for_the_screen(
    world: World, case: Case, page_for: Any
) -> None:
    page = page_for(world.coordinator, width=1280)
    page.goto(reverse("signals:case", args=[case.reference]))
    page.locator("a[href*='/persoon/']").first.click()
    expect(page.locator("h1")).to_have_text("Noor Zandstra (3B)")
    expect(page.locator("main")).to_contain_text("1 regel gaat ook over iemand anders.")
    assert "Bram" not in page.content()
    assert "Noor" not in page.title()
    page.emulate_media(media="print")
    expect(page.locator("#chronology")).to_be_visible()
    for gone in ("main .aside", "main .back", "main details", "nav.tabs"):
        expect(page.locator(gone).first).to_be_hidden()


def test_the_pages_are_for_everybody(world: World, case: Case, page_for: Any) -> None:
    page, problems = page_for(world.coordinator, width=1280), list[str]()
    path = reverse("signals:case", args=[case.reference])
    page.goto(path)
    person = page.locator("a[href*='/persoon/']").first.get_attribute("href") or ""
    for name, address in (("case-older", path + "?older=yes"), ("person", person)):
        page.goto(address)
        page.evaluate("() => document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
        problems += look(page, name)
    principal = page_for(world.principal, width=1280)
    story_open(by=world.principal, case=case, reason="De ouders dienen een klacht in.")
    principal.goto(reverse("signals:story", args=[case.reference]))
    problems += look(principal, "story-older")
    assert not problems, "\n".join(problems)
