"""About staff, about the principal, or a sexual offence by staff: past the school, to the board."""

from typing import Any

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from signals.models import Case, Signal, Step
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser

INSIDE = ("coordinator", "principal", "teacher", "subject", "sister_coordinator", "other_board_officer", "superuser")


def about_staff(world: World, **changes: Any) -> dict[str, Any]:
    return typed(
        world, subject_role="staff", person=f"staff:{world.subject.reference}", observed="MERK-MUUR", **changes
    )


@pytest.fixture(params=["staff", "principal", "sexual", "unnamed"])
def walled(request: pytest.FixtureRequest, world: World) -> Signal:
    """Each kind of report that goes past the school."""
    if request.param == "principal":
        who = f"staff:{world.principal.reference}"
        data = typed(world, subject_role="principal", person=who, concern="verbal_violence", observed="MERK-MUUR")
        return send(world.author, data)
    if request.param == "sexual":
        return send(world.author, about_staff(world, concern="sexual"), {"victim_is_minor": True})
    if request.param == "unnamed":
        data = about_staff(world, concern="discrimination") | {"person": "", "subject_description": "Een invaller"}
        return send(world.author, data)
    return send(world.author, about_staff(world, concern="radicalisation"))


def addresses(case: Case) -> list[str]:
    names = ("case", "case-take", "case-note", "case-close", "case-reopen", "case-join", "followup-case", "story")
    found = [reverse(f"signals:{name}", args=[case.reference]) for name in names]
    steps = ("step-done", "step-decline", "step-reopen")
    return found + [reverse(f"signals:{name}", args=[case.steps.all()[0].reference]) for name in steps]


@pytest.mark.parametrize("name", INSIDE)
def test_the_school_never_sees_it(world: World, login: Any, walled: Signal, name: str) -> None:
    client = login(world.people[name])
    for address in addresses(walled.case):
        assert client.get(address).status_code in (404, 405)
        assert client.post(address, {"reason": "Ik wil het toch graag zien."}).status_code in (404, 405)
    assert Case.objects.get(pk=walled.case.pk).status == "new"


@pytest.mark.parametrize("name", ["coordinator", "principal", "sister_coordinator"])
def test_it_is_in_no_list_and_no_count(world: World, login: Any, walled: Signal, name: str) -> None:
    browser = Browser(login(world.people[name]))
    page = browser.get("/")
    assert walled.case.reference not in page.html
    assert {tab["count"] for tab in page.response.context["tabs"]} == {"0"}
    page = browser.get(reverse("signals:trail"))
    assert walled.case.reference not in page.html


def test_the_author_sees_the_own_report_and_who_reads_it(world: World, login: Any, walled: Signal) -> None:
    page = Browser(login(world.author)).get(reverse("signals:signal", args=[walled.reference]))
    assert "MERK-MUUR" in page.text
    assert "Board Officer, board officer" in page.text
    assert "Coordinator, care coordinator" not in page.text
    assert "Principal, principal" not in page.text


def test_the_board_officer_handles_it(world: World, login: Any, walled: Signal) -> None:
    browser = Browser(login(world.board_officer))
    page = browser.get("/")
    assert page.path == reverse("signals:desk")
    assert walled.case.reference in page.text
    page = browser.get(reverse("signals:case", args=[walled.case.reference]))
    assert "MERK-MUUR" in page.text
    page = browser.send(page.form(action="/oppakken/"))
    browser.send(page.form(action="/notitie/"), text="Gesproken met de melder.")
    for step in Step.objects.filter(case=walled.case, state="open"):
        page = browser.get(reverse("signals:step-done", args=[step.reference]))
        browser.send(page.form(has="happened_on"))
    page = browser.get(reverse("signals:case-close", args=[walled.case.reference]))
    browser.send(page.form(has="outcome"), outcome="handed_over", reason="De inspectie onderzoekt het nu.")
    assert Case.objects.get(pk=walled.case.pk).status == "closed"


def test_its_events_carry_no_school(world: World, login: Any, walled: Signal) -> None:
    Browser(login(world.board_officer)).get(reverse("signals:case", args=[walled.case.reference]))
    events = AuditEvent.objects.filter(case_ref=walled.case.reference)
    assert events.count() == 2
    assert {(event.school_ref, event.board_ref) for event in events} == {("", world.board.reference)}


def test_the_board_officer_sees_no_other_case(world: World, login: Any, pupil_signal: Signal) -> None:
    browser = Browser(login(world.board_officer))
    assert pupil_signal.case.reference not in browser.get(reverse("signals:desk")).text
    browser.get(reverse("signals:case", args=[pupil_signal.case.reference]), 404)


def test_whom_it_is_about_never_sees_it_whatever_the_role(world: World, login: Any) -> None:
    officer, second = world.board_officer, person("second_officer")
    join(officer, "teacher", world.school)
    join(second, "board_officer", world.board)  # without them the report would not be stored: nobody could read it
    data = typed(world, subject_role="staff", person=f"staff:{officer.reference}", concern="verbal_violence")
    signal = send(world.author, data)
    browser = Browser(login(officer))
    assert signal.case.reference not in browser.get(reverse("signals:desk")).text
    browser.get(reverse("signals:case", args=[signal.case.reference]), 404)
    assert signal.case.reference not in browser.get(reverse("signals:trail")).text
    Browser(login(second)).get(reverse("signals:case", args=[signal.case.reference]))


def test_a_colleague_who_leads_the_school_is_the_principal_whatever_was_ticked(world: World) -> None:
    data = typed(world, subject_role="staff", person=f"staff:{world.principal.reference}", concern="weapon")
    signal = send(world.author, data)
    assert signal.subject_role == "principal"
    assert "principal" not in signal.steps.values_list("recipient", flat=True)


def test_sexual_offence_by_staff_has_four_duties_of_the_board_in_order(world: World) -> None:
    signal = send(world.author, about_staff(world, concern="sexual"), {"victim_is_minor": True})
    rows = signal.steps.order_by("position").values_list("recipient", "obligation", "basis", "urgency", "actor")
    assert list(rows) == [
        (recipient, "must", "law", "same_day", "board")
        for recipient in ("board", "confidential_inspector", "parents", "police_report")
    ]
    signal = send(
        world.author, about_staff(world, concern="sexual"), {"victim_is_minor": True, "immediate_danger": True}
    )
    assert signal.steps.order_by("position")[0].recipient == "emergency_112"
    assert signal.steps.count() == 5


def test_taking_does_not_complete_the_legal_duty_to_tell_the_board(world: World, login: Any) -> None:
    signal = send(world.author, about_staff(world, concern="sexual"), {"victim_is_minor": True})
    browser = Browser(login(world.board_officer))
    page = browser.get(reverse("signals:case", args=[signal.case.reference]))
    browser.send(page.form(action="/oppakken/"))
    assert signal.steps.get(recipient="board").state == "open"


def test_a_new_role_at_the_school_opens_nothing(world: World, login: Any, walled: Signal) -> None:
    for role in ("coordinator", "principal"):
        join(world.teacher, role, world.school)
    browser = Browser(login(world.teacher))
    assert walled.case.reference not in browser.get(reverse("signals:desk")).html
    browser.get(reverse("signals:case", args=[walled.case.reference]), 404)
