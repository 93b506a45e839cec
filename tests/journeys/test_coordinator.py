"""The care coordinator: the desk, a case from new to closed and back, and two people at the same time."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from signals import same
from signals.models import Case, Note, Signal, Step, StepOutcome
from signals.services.cases import case_take
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


@pytest.fixture
def second(world: World) -> User:
    user = person("second_coordinator")
    join(user, "coordinator", world.school)
    return user


def case_page(browser: Browser, case: Case) -> Page:
    return browser.get(reverse("signals:case", args=[case.reference]))


def open_musts(case: Case) -> list[Step]:
    return list(case.steps.filter(state="open", obligation="must"))


def record_done(browser: Browser, step: Step, **values: Any) -> Page:
    page = browser.get(reverse("signals:step-done", args=[step.reference]))
    return browser.send(page.form(has="happened_on"), **values)


def decline(browser: Browser, step: Step, reason: str, applies: str = "yes") -> Page:
    page = browser.get(reverse("signals:step-decline", args=[step.reference]))
    return browser.send(page.form(has="reason"), reason=reason, applies=applies)


def test_the_desk_shows_new_first_with_the_soonest_deadline_on_top(world: World, coordinator: Browser) -> None:
    later = send(world.author, typed(world))
    calm = send(world.author, typed(world, concern="other"))
    urgent = send(world.author, typed(world, concern="weapon"), {"immediate_danger": True})
    page = coordinator.get("/")
    assert page.path == reverse("signals:desk")
    # Within the hour, and before the day ends: in the last hour of a day that is sooner.
    cases = [*sorted((urgent.case, later.case), key=lambda case: (case.next_due_at, case.pk)), calm.case]
    places = [page.html.index(case.reference) for case in cases]
    assert cases[-1].next_due_at == max(case.next_due_at for case in cases)
    assert places == sorted(places)
    assert "Zandstra" not in page.text, "lists name nobody"


def test_the_desk_marks_what_is_too_late(world: World, login: Any, pupil_signal: Signal) -> None:
    assert "too late" not in Browser(login(world.coordinator)).get(reverse("signals:desk")).text
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert "too late" in Browser(login(world.coordinator)).get(reverse("signals:desk")).text


def test_the_desk_turns_pages_without_losing_a_case(world: World, coordinator: Browser) -> None:
    sent = {send(world.author, typed(world, observed=f"Zorg {n}")).case.reference for n in range(27)}
    page = coordinator.get(reverse("signals:desk"))
    seen = [ref for ref in sent if ref in page.text]
    following = page.hrefs("after=")
    assert len(seen) == 25
    page = coordinator.get(reverse("signals:desk") + following[0])
    rest = [ref for ref in sent if ref in page.text]
    assert sorted(seen + rest) == sorted(sent)
    assert not page.hrefs("after=")


def test_opening_is_recorded(world: World, coordinator: Browser, pupil_signal: Signal) -> None:
    page = case_page(coordinator, pupil_signal.case)
    event = AuditEvent.objects.get(action="case.read")
    assert (event.actor_ref, event.case_ref) == (world.coordinator.reference, pupil_signal.case.reference)
    assert event.actor_role == "coordinator"
    assert pupil_signal.observed in page.text
    assert "Noor Zandstra" in page.text
    assert f"{world.coordinator.name} read the story" in page.text


def test_a_case_from_new_to_closed_and_open_again(world: World, coordinator: Browser, pupil_signal: Signal) -> None:
    case = pupil_signal.case
    page = case_page(coordinator, case)
    page = coordinator.send(page.form(action="/oppakken/"))
    assert "The case is yours now." in page.text
    page = coordinator.send(page.form(action="/notitie/"), text="Gebeld met de mentor.")
    assert "Gebeld met de mentor." in page.text
    page = coordinator.get(page.hrefs("/sluiten/")[0])
    assert "still open" in page.text
    assert not [form for form in page.forms if "outcome" in form.names()]
    page = coordinator.post(page.path, {"outcome": "resolved", "reason": "Het is opgelost met beiden."}, 422)
    assert Case.objects.get(pk=case.pk).status == "in_review"
    for step in open_musts(case):
        decline(coordinator, step, "De mentor doet dit al met de ouders.")
    page = coordinator.get(reverse("signals:case-close", args=[case.reference]))
    page = coordinator.send(page.form(has="outcome"), outcome="resolved", reason="Het is opgelost met beiden.")
    assert "The case is closed." in page.text
    assert "Het is opgelost met beiden." in page.text
    page = coordinator.get(page.hrefs("/heropenen/")[0])
    page = coordinator.send(page.form(has="reason"), reason="Het begon opnieuw in de pauze.")
    case.refresh_from_db()
    assert (case.status, case.outcome, case.close_reason, case.closed_at) == ("reopened", "", "", None)
    assert "Het is opgelost met beiden." in page.text, "what happened before stays to be read"
    assert "Het begon opnieuw in de pauze." in page.text


def test_the_buttons_for_another_status_work(coordinator: Browser, taken_case: Case) -> None:
    page = case_page(coordinator, taken_case)
    [address] = page.hrefs("/status/monitoring/")
    page = coordinator.get(address)
    page = coordinator.send(page.form(has="reason"), reason="Wij volgen hem twee weken.")
    taken_case.refresh_from_db()
    assert taken_case.status == "monitoring"
    assert "Wij volgen hem twee weken." in page.text


def test_an_unknown_status_is_an_unknown_address(coordinator: Browser, taken_case: Case) -> None:
    for status in ("closed", "new", "joined", "x"):
        coordinator.get(f"/casus/{taken_case.reference}/status/{status}/", 404)


def test_of_many_other_cases_the_newest_are_offered(
    world: World, coordinator: Browser, taken_case: Case, monkeypatch: Any
) -> None:
    monkeypatch.setattr(same, "SHOWN", 1)
    older, path = send(world.author, typed(world)), f"/casus/{taken_case.reference}/"
    case_take(by=world.coordinator, case=older.case)
    page = coordinator.get(path)
    assert older.case.reference in page.text
    assert "These are the newest" not in page.text
    newer = send(world.author, typed(world))
    case_take(by=world.coordinator, case=newer.case)
    page = coordinator.get(path)
    assert newer.case.reference in page.text
    assert older.case.reference not in page.text
    assert "These are the newest. Search for the name to see all." in page.text


def test_join_an_existing_case_of_the_same_person(world: World, coordinator: Browser, taken_case: Case) -> None:
    other = send(world.teacher, typed(world, observed="Nu bij de fietsen."))
    stranger = send(world.teacher, typed(world, person="", subject_description="Een onbekende"))
    page = case_page(coordinator, other.case)
    form = page.form(action="/samenvoegen/")
    [field] = [name for name in form.names() if form.options(name)]
    assert form.options(field) == [taken_case.reference]
    page = coordinator.send(form, **{field: taken_case.reference})
    assert page.path == reverse("signals:case", args=[taken_case.reference])
    assert "Nu bij de fietsen." in page.text
    old = Case.objects.get(pk=other.case.pk)
    assert (old.status, old.joined_to) == ("joined", taken_case)
    assert old.steps.count() == 0
    assert taken_case.signals.count() == 2
    assert case_page(coordinator, old).path == page.path, "the old address leads to where it went"
    closing = {"outcome": "resolved", "reason": "Het is opgelost met beiden.", "version": 0}
    assert coordinator.client.post(reverse("signals:case-close", args=[old.reference]), closing).status_code == 409
    assert Case.objects.get(pk=taken_case.pk).status == "in_review"
    assert old.reference not in coordinator.get(reverse("signals:desk")).text
    assert not [f for f in case_page(coordinator, stranger.case).forms if f.action.endswith("/samenvoegen/")]


@pytest.mark.parametrize("into", ["", "ZZZZ-ZZZZ-ZZ", "x\x00y", "A" * 5000])
def test_join_with_nothing_changes_nothing(coordinator: Browser, pupil_signal: Signal, into: str) -> None:
    path = reverse("signals:case-join", args=[pupil_signal.case.reference])
    page = coordinator.post(path, {"into": into, "other": into})
    assert "Choose the case to put it with." in page.text
    assert Case.objects.get(pk=pupil_signal.case.pk).status == "new"


def test_join_with_a_case_of_another_person_is_refused(world: World, coordinator: Browser, taken_case: Case) -> None:
    other = send(world.teacher, typed(world, person="", subject_description="Een onbekende"))
    path = reverse("signals:case-join", args=[other.case.reference])
    coordinator.post(path, {"into": taken_case.reference, "other": taken_case.reference})
    assert Case.objects.get(pk=other.case.pk).status == "new"


def test_a_step_done_with_everything(world: World, coordinator: Browser, taken_case: Case) -> None:
    step = open_musts(taken_case)[0]
    page = record_done(
        coordinator,
        step,
        by_whom="C. Oördinator",
        with_whom="Mw. De Vries, politie",
        reference_number="PL-2026-11",
        shared="Alleen de data van het verzuim.",
        ground="law",
    )
    outcome = StepOutcome.objects.get(step=step)
    assert outcome.recorded_by == world.coordinator
    assert outcome.ground == "law"
    for words in ("C. Oördinator", "Mw. De Vries, politie", "PL-2026-11", "Alleen de data van het verzuim."):
        assert words in page.text
    assert "the law asks for it" in page.text.lower()
    event = AuditEvent.objects.get(action="step.done", object_ref=step.reference)
    assert event.details == {"recipient": step.recipient, "obligation": "must"}


def test_sharing_needs_a_ground(coordinator: Browser, taken_case: Case) -> None:
    page = coordinator.get(reverse("signals:step-done", args=[open_musts(taken_case)[0].reference]))
    page = coordinator.send(page.form(has="happened_on"), expect=422, shared="Alles")
    assert "Choose on what ground it was shared." in page.text
    assert page.form(has="happened_on").data()["shared"] == "Alles"


def test_a_step_in_the_future_is_refused(coordinator: Browser, taken_case: Case) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    page = coordinator.get(reverse("signals:step-done", args=[open_musts(taken_case)[0].reference]))
    page = coordinator.send(page.form(has="happened_on"), expect=422, happened_on=tomorrow)
    assert "This moment has yet to come." in page.text


@pytest.mark.parametrize(("applies", "state"), [("yes", "declined"), ("no", "not_applicable")])
def test_a_step_is_not_taken_with_a_reason(coordinator: Browser, taken_case: Case, applies: str, state: str) -> None:
    step = open_musts(taken_case)[0]
    page = coordinator.get(reverse("signals:step-decline", args=[step.reference]))
    page = coordinator.send(page.form(has="reason"), expect=422, reason="nee", applies=applies)
    step.refresh_from_db()
    assert step.state == "open"
    page = decline(coordinator, step, "Dat is al gebeurd voor de melding.", applies)
    step.refresh_from_db()
    assert step.state == state
    assert "Dat is al gebeurd voor de melding." in page.text


def test_a_step_is_opened_again(coordinator: Browser, taken_case: Case) -> None:
    step = open_musts(taken_case)[0]
    page = decline(coordinator, step, "Dat is al gebeurd voor de melding.")
    page = coordinator.get(page.hrefs(f"/stap/{step.reference}/heropenen/")[0])
    page = coordinator.send(page.form(has="reason"), reason="Het bleek toch nodig te zijn.")
    step.refresh_from_db()
    assert step.state == "open"
    assert step.outcomes.count() == 2
    assert "Dat is al gebeurd voor de melding." in page.text


def test_what_was_shared_is_not_read_without_an_event(coordinator: Browser, taken_case: Case) -> None:
    step = open_musts(taken_case)[0]
    record_done(coordinator, step, shared="Alleen de data.", ground="law")
    before = AuditEvent.objects.filter(action="case.read").count()
    page = coordinator.get(reverse("signals:step-reopen", args=[step.reference]))
    assert "Alleen de data." in page.text
    assert AuditEvent.objects.filter(action="case.read").count() == before + 1


def test_two_people_record_the_same_step(world: World, login: Any, second: User, taken_case: Case) -> None:
    step = open_musts(taken_case)[0]
    one, two = Browser(login(world.coordinator)), Browser(login(second))
    form = two.get(reverse("signals:step-done", args=[step.reference])).form(has="happened_on")
    record_done(one, step, with_whom="De wijkagent")
    page = two.send(form, expect=409, with_whom="De rector zelf")
    assert "A colleague was first" in page.text
    assert "De wijkagent" in page.text, "what the first one recorded"
    assert "De rector zelf" in page.text, "and what the second one wrote"
    assert step.outcomes.count() == 1
    two.send(page.form(action="/notitie/"))
    note = Note.objects.get()
    assert "De rector zelf" in note.text
    assert note.author == second


def test_a_step_recorded_twice_by_one_person_is_one(world: World, login: Any, taken_case: Case) -> None:
    step, one = open_musts(taken_case)[0], Browser(login(world.coordinator))
    path = reverse("signals:step-done", args=[step.reference])
    form = one.get(path).form(has="happened_on")
    data = form.fill({"with_whom": "De mentor"})
    for _ in range(2):
        assert one.post(path, data).path == reverse("signals:case", args=[taken_case.reference])
    assert step.outcomes.count() == 1
    assert AuditEvent.objects.filter(action="step.done", object_ref=step.reference).count() == 1
    one.post(path, data | {"with_whom": "Een ander"}, 409)


def test_a_new_state_says_beforehand_what_it_does_and_afterwards_what_it_is(
    world: World, login: Any, taken_case: Case
) -> None:
    """“Pass on outside the school” sends nothing, which nobody can know from the words of a button."""
    browser = Browser(login(world.coordinator))
    page = browser.get(reverse("signals:case-move", args=[taken_case.reference, "escalated"]))
    assert "Nothing is sent" in page.text
    page = browser.send(page.form(has="reason"), reason="Het wijkteam neemt het over.")
    assert "The state is now: passed on outside the school." in page.text


def test_the_state_of_a_case_changes_once_and_the_second_sees_both(
    world: World, login: Any, second: User, taken_case: Case
) -> None:
    one, two = Browser(login(world.coordinator)), Browser(login(second))
    path = reverse("signals:case-move", args=[taken_case.reference, "monitoring"])
    for _ in range(2):
        one.post(path, {"reason": "Wij kijken het nog aan."})
    moved = AuditEvent.objects.filter(action="case.moved", object_ref=taken_case.reference)
    assert moved.count() == 1
    page = two.post(path, {"reason": "Volgens mij is het rustig."}, 409)
    assert "Wij kijken het nog aan." in page.text
    assert "Volgens mij is het rustig." in page.text
    assert moved.count() == 1


def test_two_people_take_the_same_case(world: World, login: Any, second: User, pupil_signal: Signal) -> None:
    case = pupil_signal.case
    one, two = Browser(login(world.coordinator)), Browser(login(second))
    form = case_page(two, case).form(action="/oppakken/")
    one.send(case_page(one, case).form(action="/oppakken/"))
    before = Case.objects.values().get(pk=case.pk), case.changes.count(), AuditEvent.objects.count()
    page = two.send(form)
    assert "A colleague has taken this case already." in page.text
    after = Case.objects.values().get(pk=case.pk), case.changes.count(), AuditEvent.objects.count()
    assert after[:2] == before[:2]
    assert after[2] == before[2] + 1, "only that the second one read the case"
    assert Case.objects.get(pk=case.pk).owner == world.coordinator


def test_steps_and_notes_wait_until_the_case_is_taken(coordinator: Browser, pupil_signal: Signal) -> None:
    case = pupil_signal.case
    page = case_page(coordinator, case)
    assert not [form for form in page.forms if form.action.endswith("/notitie/")]
    assert not page.hrefs("/gedaan/")
    key = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"
    page = coordinator.post(reverse("signals:case-note", args=[case.reference]), {"text": "Te vroeg", "key": key}, 409)
    assert "Take the case first" in page.text
    assert page.form(action="/notitie/").data()["text"] == "Te vroeg"
    assert not Note.objects.exists()
    step = open_musts(case)[0]
    page = coordinator.post(
        reverse("signals:step-decline", args=[step.reference]),
        {"reason": "Niet nu, veel te vroeg", "applies": "yes"},
        422,
    )
    assert "Take the case first" in page.text


def test_taking_completes_only_the_step_that_asked_for_it(coordinator: Browser, pupil_signal: Signal) -> None:
    coordinator.send(case_page(coordinator, pupil_signal.case).form(action="/oppakken/"))
    done = pupil_signal.steps.filter(state="done")
    assert [(step.recipient, step.rules) for step in done] == [("care_coordinator", ["R00"])]


def test_the_reporting_code_stays_to_be_carried_out(world: World, coordinator: Browser) -> None:
    signal = send(world.author, typed(world, concern="domestic_violence"))
    coordinator.send(case_page(coordinator, signal.case).form(action="/oppakken/"))
    assert signal.steps.get(recipient="care_coordinator").state == "open"


def test_the_chronology_can_be_turned_round(coordinator: Browser, taken_case: Case) -> None:
    page, first, taken = case_page(coordinator, taken_case), "Report: ", "Took the case"
    part = page.text[page.text.index("What happened", page.text.index("Oldest first") - 20) :]
    assert part.index(taken) < part.index(first)
    page = coordinator.get(page.path + page.hrefs("order=")[0])
    part = page.text[page.text.index("Newest first") :]
    assert part.index(first) < part.index(taken)
