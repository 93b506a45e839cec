"""Buttons without a form, pressed twice: the second time finds what the first one did."""

from typing import Any

import pytest

from accounts.models import User
from audit.models import AuditEvent
from signals.errors import RuleError
from signals.models import Case, Signal, StoryOpening
from signals.services.cases import case_join, case_take, story_open
from tests.conftest import World, send, typed
from tests.journeys.page import Browser

WHY = "De inspectie vraagt ernaar."


def test_taking_a_case_twice_is_taking_it(world: World, login: Any, pupil_signal: Signal, second: User) -> None:
    browser = Browser(login(world.coordinator))
    for _click in range(2):
        page = browser.post(f"/casus/{pupil_signal.case.reference}/oppakken/", {})
        assert "The case is yours now." in page.text
        assert "A colleague has taken this case already." not in page.text
    assert AuditEvent.objects.filter(action="case.taken").count() == 1
    page = Browser(login(second)).post(f"/casus/{pupil_signal.case.reference}/oppakken/", {})
    assert "A colleague has taken this case already." in page.text


def test_joining_a_case_twice_leads_to_where_it_is(world: World, login: Any, taken_case: Case) -> None:
    case = send(world.author, typed(world)).case
    browser = Browser(login(world.coordinator))
    for _click in range(2):
        page = browser.post(f"/casus/{case.reference}/samenvoegen/", {"into": taken_case.reference})
        assert page.path == f"/casus/{taken_case.reference}/"
    assert AuditEvent.objects.filter(action="case.joined").count() == 1


def test_two_clicks_at_once_join_a_case_once(world: World, taken_case: Case) -> None:
    case = send(world.author, typed(world)).case
    for _click in range(2):  # both found it when it was new
        assert case_join(by=world.coordinator, case=case, into=taken_case) == taken_case
    other = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    with pytest.raises(RuleError):
        case_join(by=world.coordinator, case=case, into=other)


def test_the_story_is_opened_once_for_one_reason(world: World, login: Any, taken_case: Case) -> None:
    browser = Browser(login(world.principal))
    for _click in range(2):
        browser.post(f"/opvolging/{taken_case.reference}/verhaal/", {"reason": WHY})
    assert StoryOpening.objects.count() == 1
    assert AuditEvent.objects.filter(action="case.story_opened").count() == 1
    story_open(by=world.principal, case=taken_case, reason="Een andere reden, die ook bewaard wordt.")
    assert StoryOpening.objects.count() == 2
