"""The principal follows up without the story, and reads it only with a reason, for an hour."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from signals.models import Case, StoryOpening
from signals.services.cases import case_move, case_note, case_take
from signals.services.sending import signal_add
from signals.services.steps import Done, step_decline, step_done
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

STORY = ("MERK-GEZIEN", "MERK-VERTELD", "MERK-MENING", "MERK-TEGEN", "MERK-AANVULLING", "MERK-NOTITIE")
SHARED = ("MERK-GEDEELD", "MERK-MET-WIE", "MERK-NUMMER", "MERK-WAAROM-GEVOLGD")
NAMES = ("Noor Zandstra", "Zandstra")
REASON = "De inspectie vroeg naar deze casus."


@pytest.fixture
def principal(world: World, login: Any) -> Browser:
    return Browser(login(world.principal))


@pytest.fixture
def full_case(world: World) -> Case:
    """A case with everything in it: story, addition, note, a step done and one decided against."""
    boxes = {"observed": "MERK-GEZIEN", "told": "MERK-VERTELD", "opinion": "MERK-MENING", "against": "MERK-TEGEN"}
    signal = send(world.author, typed(world, concern="departure", **boxes))
    key = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a0"
    signal_add(by=world.author, signal=signal, text="MERK-AANVULLING", key=key + "1")
    case = case_take(by=world.coordinator, case=signal.case)
    case_note(by=world.coordinator, case=case, text="MERK-NOTITIE", key=key + "2")
    steps = {step.recipient: step for step in case.steps.all()}
    done = Done(timezone.now(), "Coordinator", "MERK-MET-WIE", "MERK-NUMMER", "MERK-GEDEELD", "law")
    step_done(by=world.coordinator, step=steps["police_contact"], done=done)
    step_decline(by=world.coordinator, step=steps["ess"], reason="De gemeente regelt dit zelf al.", applies=True)
    case_move(by=world.coordinator, case=case, to="escalated", reason="MERK-WAAROM-GEVOLGD")
    return Case.objects.get(pk=case.pk)


def follow(browser: Browser, case: Case) -> Page:
    return browser.get(reverse("signals:followup-case", args=[case.reference]))


def ask(browser: Browser, case: Case, reason: str, expect: int = 200) -> Page:
    page = browser.get(reverse("signals:story", args=[case.reference]))
    return browser.send(page.form(has="reason"), expect=expect, reason=reason)


def test_every_case_of_the_school_without_the_story(world: World, principal: Browser, full_case: Case) -> None:
    send(world.teacher, typed(world, concern="wellbeing"))
    page = principal.get("/")
    assert page.path == reverse("signals:followup")
    assert Case.objects.count() == 2
    for case in Case.objects.all():
        assert case.reference in page.text
    for address in (page.path, page.path + "?tab=unreviewed", page.path + "?tab=overdue", page.path + "?tab=closed"):
        html = principal.get(address).html
        assert not [mark for mark in (*STORY, *SHARED, *NAMES) if mark in html], address


def test_a_case_without_the_story(principal: Browser, full_case: Case) -> None:
    html = follow(principal, full_case).html
    assert not [mark for mark in (*STORY, *SHARED, *NAMES) if mark in html]


def test_the_steps_are_counted(principal: Browser, full_case: Case) -> None:
    rows = list(full_case.steps.all())
    page = principal.get(reverse("signals:followup"))
    row = page.text[page.text.index(full_case.reference) :]
    done = sum(step.state == "done" for step in rows)
    still_open = sum(step.state == "open" for step in rows)
    assert (done, still_open) == (2, len(rows) - 3)
    assert f"Done{done} Open{still_open} Too late0 Not done1" in row
    counts = follow(principal, full_case).response.context["counts"]
    assert counts == {"done": done, "open": still_open, "overdue": 0, "declined": 1}


def test_what_is_late_is_counted(world: World, login: Any, full_case: Case) -> None:
    musts = full_case.steps.filter(state="open", obligation="must").count()
    assert musts
    with time_machine.travel(timezone.now() + timedelta(days=40), tick=False):
        page = Browser(login(world.principal)).get(reverse("signals:followup") + "?tab=overdue")
    assert f"Too late{musts}" in page.text


def test_the_reasons_and_times_are_there(principal: Browser, full_case: Case) -> None:
    page = follow(principal, full_case)
    assert "De gemeente regelt dit zelf al." in page.text
    assert "Entry to first review" in page.text
    assert "less than a minute" in page.text.lower()
    assert full_case.owner is not None
    assert full_case.owner.name in page.text


def test_who_opened_what(world: World, login: Any, principal: Browser, full_case: Case) -> None:
    Browser(login(world.coordinator)).get(reverse("signals:case", args=[full_case.reference]))
    page = follow(principal, full_case)
    assert f"{world.coordinator.name} read the story" in page.text
    assert f"{world.principal.name} saw the steps, without the story" in page.text


def test_following_is_recorded(world: World, principal: Browser, full_case: Case) -> None:
    follow(principal, full_case)
    event = AuditEvent.objects.get(action="case.followed")
    assert (event.actor_ref, event.case_ref, event.actor_role) == (
        world.principal.reference,
        full_case.reference,
        "principal",
    )


@pytest.mark.parametrize("reason", ["", "   ", "kort", "negen tek", "          x"])
def test_the_story_needs_a_reason_of_some_length(principal: Browser, full_case: Case, reason: str) -> None:
    page = ask(principal, full_case, reason, expect=422)
    assert not StoryOpening.objects.exists()
    assert "MERK-GEZIEN" not in page.html


def test_the_story_opens_for_an_hour_and_then_asks_again(world: World, login: Any, full_case: Case) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        page = ask(Browser(login(world.principal)), full_case, REASON)
        assert all(mark in page.html for mark in (*STORY, "Noor Zandstra", "MERK-GEDEELD"))
    address = reverse("signals:story", args=[full_case.reference])
    with time_machine.travel(start + timedelta(minutes=59), tick=False):
        assert "MERK-GEZIEN" in Browser(login(world.principal)).get(address).html
    with time_machine.travel(start + timedelta(minutes=60), tick=False):
        page = Browser(login(world.principal)).get(address)
        assert "MERK-GEZIEN" not in page.html
        assert page.form(has="reason")
    assert AuditEvent.objects.filter(action="case.story_opened").count() == 1
    assert AuditEvent.objects.filter(action="case.read", case_ref=full_case.reference).count() == 2


def test_an_opened_case_is_for_one_person_and_one_case(world: World, login: Any, full_case: Case) -> None:
    other = send(world.teacher, typed(world, observed="MERK-ANDER"))
    browser = Browser(login(world.principal))
    ask(browser, full_case, REASON)
    assert "MERK-ANDER" not in browser.get(reverse("signals:story", args=[other.case.reference])).html
    world.teacher.memberships.update(role="principal")
    second = Browser(login(world.teacher))
    assert "MERK-GEZIEN" not in second.get(reverse("signals:story", args=[full_case.reference])).html


def test_the_coordinator_sees_that_it_was_opened_and_why(world: World, login: Any, full_case: Case) -> None:
    ask(Browser(login(world.principal)), full_case, REASON)
    page = Browser(login(world.coordinator)).get(reverse("signals:case", args=[full_case.reference]))
    assert "Opened the story" in page.text
    assert REASON in page.text
    assert f"{world.principal.name} opened the story with a reason" in page.text


def test_the_reason_is_not_in_the_trail(principal: Browser, full_case: Case) -> None:
    ask(principal, full_case, REASON)
    assert REASON not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("name", ["case-take", "case-note", "case-close", "case-reopen", "case-join"])
def test_a_principal_handles_nothing(principal: Browser, full_case: Case, name: str) -> None:
    """The principal sees that the case is there, so the answer is that they may not do this."""
    address = reverse(f"signals:{name}", args=[full_case.reference])
    before = Case.objects.filter(pk=full_case.pk).values().get()
    assert principal.client.post(address, {"reason": REASON}).status_code == 403
    assert Case.objects.filter(pk=full_case.pk).values().get() == before


def test_a_principal_at_the_address_of_a_case_gets_the_page_without_the_story(
    principal: Browser, full_case: Case
) -> None:
    response = principal.client.get(reverse("signals:case", args=[full_case.reference]))
    assert response["Location"] == reverse("signals:followup-case", args=[full_case.reference])


def test_steps_are_not_recorded_by_a_principal(principal: Browser, full_case: Case) -> None:
    step = full_case.steps.filter(state="open")[0]
    for name in ("step-done", "step-decline", "step-reopen"):
        assert principal.client.post(reverse(f"signals:{name}", args=[step.reference]), {}).status_code == 403
    step.refresh_from_db()
    assert step.state == "open"


def test_other_schools_are_closed(world: World, principal: Browser) -> None:
    pupil = f"pupil:{world.sister_pupil.reference}"
    world.sister_coordinator.memberships.update(role="teacher")
    away = send(world.sister_coordinator, typed(world, person=pupil))
    assert away.case.reference not in principal.get(reverse("signals:followup")).text
    for name in ("followup-case", "story"):
        principal.get(reverse(f"signals:{name}", args=[away.case.reference]), 404)


def test_a_principal_who_coordinates_as_well_still_needs_a_reason_here(world: World, login: Any) -> None:
    """Handling opens the story on the desk; the pages of follow-up stay without it."""
    signal = send(world.author, typed(world, observed="MERK-GEZIEN"))
    browser = Browser(login(world.principal))
    assert "MERK-GEZIEN" not in follow(browser, signal.case).html


def test_the_writer_sees_that_a_step_was_taken_but_not_what_came_of_it(
    world: World, login: Any, full_case: Case
) -> None:
    own = full_case.signals.get()
    html = Browser(login(world.author)).get(reverse("signals:signal", args=[own.reference])).html
    hidden = ("MERK-NOTITIE", *SHARED, "De gemeente regelt dit zelf al.")
    assert not [mark for mark in hidden if mark in html]
    assert all(mark in html for mark in ("MERK-GEZIEN", "MERK-AANVULLING", "step-done"))
