"""What becomes of a step: what was shared and with whose consent, the sheet for the call, looking again."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from signals.models import Case, Step, StepOutcome
from signals.services.cases import case_note, case_take
from signals.services.sending import signal_add
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

FIRST, SECOND, OPINION = "Hij zei dat hij weg wil.", "Noor zag een ticket!", "Ik denk dat hij bang is."


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


@pytest.fixture
def case(world: World) -> Case:
    data = typed(world, concern="departure", observed=f"{FIRST} {SECOND}", opinion=OPINION)
    signal = send(world.author, data, {"departure": "suspected"})
    case = case_take(by=world.coordinator, case=signal.case)
    signal_add(by=world.author, signal=signal, text="Zijn broer ook.", key="5e9e6a0e-0b64-4d0c-9e5c-6f1a8a0f0001")
    key = "5e9e6a0e-0b64-4d0c-9e5c-6f1a8a0f0002"
    case_note(by=world.coordinator, case=case, text="Gebeld met de mentor.", key=key)
    return case


@pytest.fixture
def police(case: Case) -> Step:
    return case.steps.get(recipient="police_contact")


def form_of(browser: Browser, step: Step, query: str = "") -> tuple[Page, Any]:
    page = browser.get(reverse("signals:step-done", args=[step.reference]) + query)
    return page, page.form(has="happened_on")


def key_of(page: Page, text: str) -> str:
    """The value of the box before a sentence."""
    found = re.search(rf'name="pick"[^>]*value="([^"]+)"[^>]*><span>{re.escape(text)}</span>', page.html)
    assert found, text
    return found[1]


def test_what_was_shared_is_picked_from_the_case(coordinator: Browser, police: Step) -> None:
    page, form = form_of(coordinator, police)
    for text in (FIRST, SECOND, OPINION, "Zijn broer ook.", "Gebeld met de mentor."):
        assert text in page.text
    picks = [key_of(page, "Zijn broer ook."), key_of(page, FIRST)]
    consent = {"ground": "law", "consent": "not_asked", "consent_reason": "Het kon niet wachten."}
    page = coordinator.send(form, pick=picks, shared="Zijn geboortedatum.", **consent)
    outcome = StepOutcome.objects.get(step=police)
    assert outcome.shared.splitlines() == [FIRST, "Zijn broer ook.", "Zijn geboortedatum."]
    assert (outcome.consent, outcome.consent_reason) == ("not_asked", "Het kon niet wachten.")
    assert "Not asked: Het kon niet wachten." in page.text
    event = AuditEvent.objects.get(action="step.done", object_ref=police.reference)
    assert FIRST not in str(event.details)
    assert AuditEvent.objects.filter(action="case.read", actor_ref=outcome.recorded_by.reference).exists()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"ground": ""}, "Choose on what ground it was shared."),
        ({"ground": "law"}, "Choose whether consent was asked."),
        ({"ground": "law", "consent": "refused"}, "Write down why it was shared without consent."),
        ({"ground": "consent", "consent": "refused", "consent_reason": "x"}, "Then it was asked, and given."),
    ],
)
def test_who_shares_outside_says_on_what_ground_and_whether_consent_was_asked(
    coordinator: Browser, police: Step, answers: dict[str, str], says: str
) -> None:
    page, form = form_of(coordinator, police)
    pick = key_of(page, FIRST)
    page = coordinator.send(form, expect=422, pick=[pick], **answers)
    assert says in page.text
    assert pick in page.form(has="happened_on").data()["pick"], "what was ticked stays ticked"
    assert not StepOutcome.objects.filter(step=police).exists()


def test_consent_is_not_asked_for_what_is_not_personal_or_stays_inside(coordinator: Browser, case: Case) -> None:
    page, form = form_of(coordinator, case.steps.get(recipient="police_contact"))
    coordinator.send(form, shared="Hoe gaat dat in zijn werk?", ground="nothing_personal")
    assert StepOutcome.objects.get(step__recipient="police_contact").consent == ""
    signal = case.signals.get()
    inside = Step.objects.create(
        case=case, signal=signal, position=90, recipient="principal", obligation="must", basis="product", urgency="now",
        actor="author", rules=["R01"], why_nl="x", why_en="x", source="x", due_at=timezone.now(),
    )  # fmt: skip
    page, form = form_of(coordinator, inside)
    assert "consent" not in form.names()
    coordinator.send(form, pick=[key_of(page, FIRST)], ground="law")


def test_the_sheet_holds_no_more_than_was_picked_and_leads_to_the_outcome(
    world: World, coordinator: Browser, police: Step, case: Case
) -> None:
    page = coordinator.get(reverse("signals:case", args=[case.reference]))
    page = coordinator.get(next(href for href in page.hrefs("/belblad/") if police.reference in href))
    sheet = page.html.partition('class="call-sheet"')[2]
    assert FIRST not in sheet, "nothing is on it before it is picked"
    for words in ("Wijkagent J. de Boer", "+31612345678", world.coordinator.name, "Who answered", "What was agreed"):
        assert words in sheet
    pick = key_of(page, FIRST)
    page = coordinator.get(f"{page.path}?pick={pick}&pick=onzin")
    sheet = page.html.partition('class="call-sheet"')[2]
    assert FIRST in sheet
    assert SECOND not in sheet
    [address] = page.hrefs("/gedaan/")
    form = coordinator.get(address).form(has="happened_on")
    assert form.data()["pick"] == pick, "what was picked for the call is filled in"
    events = AuditEvent.objects.filter(action="step.sheet")
    assert [event.details["recipient"] for event in events] == ["police_contact"] * 2


def test_the_sheet_says_what_the_inspector_may_pass_on(coordinator: Browser, case: Case) -> None:
    step = case.steps.get(recipient="confidential_inspector")
    page = coordinator.get(reverse("signals:step-sheet", args=[step.reference]))
    assert "0900-1113111" in page.text.replace(" ", "")
    assert "Justice" in page.text


def test_who_does_not_handle_the_case_gets_no_sheet(world: World, login: Any, police: Step) -> None:
    address = reverse("signals:step-sheet", args=[police.reference])
    for name, status in (("author", 404), ("principal", 403), ("sister_coordinator", 404)):
        assert login(getattr(world, name)).get(address).status_code == status
    assert not AuditEvent.objects.filter(action="step.sheet").exists()


def test_we_decided_not_to_and_look_again(world: World, login: Any, coordinator: Browser, case: Case) -> None:
    """On the day it stands on the desk as due, and is late on the day after."""
    day = timezone.localdate() + timedelta(days=7)
    for step in case.steps.filter(state="open"):
        page = coordinator.get(reverse("signals:step-decline", args=[step.reference]))
        again = day.isoformat() if step.recipient == "police_contact" else ""
        page = coordinator.send(page.form(has="reason"), reason="Wij wachten het gesprek af.", look_again_on=again)
    assert "Look again on" in page.text
    row = coordinator.get(reverse("signals:desk") + "?tab=mine").text
    assert "Look again:" in row
    assert "too late" not in row
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert "too late" in Browser(login(world.coordinator)).get(reverse("signals:desk") + "?tab=mine").text
    step = case.steps.get(recipient="police_contact")
    page = coordinator.get(reverse("signals:step-reopen", args=[step.reference]))
    coordinator.send(page.form(has="reason"), reason="Wij melden nu toch.")
    step.refresh_from_db()
    case.refresh_from_db()
    assert (step.look_again_on, case.next_due_at) == (None, step.due_at)
    assert list(step.outcomes.values_list("look_again_on", flat=True)) == [day, None], "what was decided stays"


@pytest.mark.parametrize(("applies", "days"), [("yes", 0), ("yes", -3), ("no", 5)])
def test_a_day_that_can_not_be_is_refused(coordinator: Browser, police: Step, applies: str, days: int) -> None:
    day = (timezone.localdate() + timedelta(days=days)).isoformat()
    page = coordinator.get(reverse("signals:step-decline", args=[police.reference]))
    form = page.form(has="reason")
    coordinator.send(form, expect=422, applies=applies, reason="Wij wachten het af.", look_again_on=day)
    assert not StepOutcome.objects.filter(step=police).exists()
