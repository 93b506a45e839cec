"""A coordinator and what they do not know: cases of other schools, and what changed since the page was opened."""

from typing import Any

from django.urls import reverse

from signals.models import Case
from signals.services.cases import case_note
from signals.services.steps import step_decline
from tests.conftest import World
from tests.journeys.page import Browser


def test_a_case_that_changed_meanwhile_is_not_closed(world: World, login: Any, taken_case: Case) -> None:
    for step in taken_case.steps.filter(state="open", obligation="must"):
        step_decline(by=world.coordinator, step=step, reason="Niet nodig in deze proef.", applies=False)
    coordinator = Browser(login(world.coordinator))
    form = coordinator.get(reverse("signals:case-close", args=[taken_case.reference])).form(has="outcome")
    Case.objects.filter(pk=taken_case.pk).update(version=taken_case.version + 1)
    page = coordinator.send(form, expect=409, outcome="resolved", reason="Het is goed gekomen.")
    assert "This case has changed since you opened this page." in page.text
    assert "A colleague was first" in page.text
    assert Case.objects.get(pk=taken_case.pk).status == "in_review"
    coordinator.send(page.form(has="outcome"))
    assert Case.objects.get(pk=taken_case.pk).close_reason == "Het is goed gekomen.", "it is closed with both in sight"


def test_a_note_does_not_stand_in_the_way_of_another(world: World, login: Any, taken_case: Case) -> None:
    coordinator = Browser(login(world.coordinator))
    form = coordinator.get(reverse("signals:case", args=[taken_case.reference])).form(action="/notitie/")
    case_note(by=world.coordinator, case=taken_case, text="Eerst deze.", key="6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01")
    page = coordinator.send(form, text="En deze.")
    assert "Eerst deze." in page.text
    assert "En deze." in page.text


def test_other_schools_are_closed(world: World, login: Any, taken_case: Case) -> None:
    for name in ("sister_coordinator", "other_coordinator", "former", "superuser", "board_officer"):
        browser = Browser(login(world.people[name]))
        browser.get(reverse("signals:case", args=[taken_case.reference]), 404)
        browser.post(reverse("signals:case-note", args=[taken_case.reference]), {"text": "x"}, 404)
