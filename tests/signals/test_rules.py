"""What may follow on what."""

import pytest

from signals import rules
from signals.rules import StepState

ALL = [rules.NEW, rules.IN_REVIEW, rules.ESCALATED, rules.MONITORING, rules.CLOSED, rules.REOPENED, rules.JOINED]
ALLOWED = {
    ("new", "in_review"),
    ("new", "joined"),
    ("in_review", "joined"),
    ("escalated", "joined"),
    ("monitoring", "joined"),
    ("reopened", "joined"),
    ("in_review", "escalated"),
    ("in_review", "monitoring"),
    ("in_review", "closed"),
    ("escalated", "monitoring"),
    ("escalated", "closed"),
    ("monitoring", "escalated"),
    ("monitoring", "closed"),
    ("closed", "reopened"),
    ("reopened", "escalated"),
    ("reopened", "monitoring"),
    ("reopened", "closed"),
}


@pytest.mark.parametrize("old", ALL)
@pytest.mark.parametrize("new", [*ALL, "", "anything"])
def test_transitions(old: str, new: str) -> None:
    assert rules.can_move(old, new) == ((old, new) in ALLOWED)


def test_an_unknown_status_goes_nowhere() -> None:
    assert not rules.can_move("anything", "closed")


@pytest.mark.parametrize(
    ("steps", "blocks"),
    [
        ([], False),
        ([("must", "open")], True),
        ([("must", "done"), ("must", "declined"), ("must", "not_applicable")], False),
        ([("advice", "open"), ("may", "open")], False),
        ([("must", "done"), ("may", "open"), ("must", "open")], True),
    ],
)
def test_an_open_must_blocks_closing(steps: list[tuple[str, str]], blocks: bool) -> None:
    assert rules.blocks_closing(StepState(*pair) for pair in steps) is blocks


@pytest.mark.parametrize(
    ("recipient", "ids", "completes"),
    [
        ("care_coordinator", ["R00"], True),
        ("care_coordinator", ["R00", "R20"], False),
        ("care_coordinator", ["R15"], False),
        ("board", ["R26"], True),
        ("board", ["R18"], False),
        ("board", ["R26", "R30"], False),
        ("principal", ["R00"], False),
        ("care_coordinator", [], False),
    ],
)
def test_taking_a_case_fulfils_only_the_call_to_take_it(recipient: str, ids: list[str], completes: bool) -> None:
    assert rules.completes_on_take(recipient, ids) is completes


@pytest.mark.parametrize("status", ALL)
def test_the_writer_sees_three_states(status: str) -> None:
    expected = {"new": "received", "closed": "closed"}.get(status, "handling")
    assert rules.state_for_author(status) == expected
