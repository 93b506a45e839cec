"""Every event has a sentence, a kind, and Dutch."""

import uuid
from typing import Any

import pytest
from django.utils import translation

from audit.actions import Action
from audit.models import AuditEvent
from audit.record import record
from signals.kinds import GROUPS, KIND_OF, Kind, kind_label
from signals.sentences import OBJECTS, PAGES, PLAIN, SENTENCES, sentence
from signals.trail import lines

DETAILS: dict[Action, dict[str, Any]] = {
    Action.PERSON_SEARCHED: {"found": ["pupil:7K3M-9QXD-T4"]},
    Action.SIGNAL_SENT: {"steps": 3, "protocol": "2026.1"},
    Action.CASE_LISTED: {"tab": "overdue", "cases": ["7K3M-9QXD-T4", "7K3M-9QXD-T5"]},
    Action.CASE_JOINED: {"from": "7K3M-9QXD-T4"},
    Action.CASE_OLDER_READ: {"lines": 7},
    Action.CASE_ROLE_SET: {"role": "witness"},
    Action.CASE_PERSON_ADDED: {"role": "witness", "staff": False},
    Action.CASE_MOVED: {"from": "in_review", "to": "escalated"},
    Action.CASE_RAISED: {"level": "principal", "had": [], "got": []},
    Action.CASE_CLOSED: {"outcome": "unfounded"},
    Action.STEP_DONE: {"recipient": "police_contact", "obligation": "must"},
    Action.STEP_DECLINED: {"recipient": "police_contact", "obligation": "must"},
    Action.STEP_REOPENED: {"recipient": "police_contact", "obligation": "must"},
    Action.CONTACT_LISTED: {"schools": ["a", "b", "c"]},
    Action.CONTACT_SAVED: {"recipient": "police_contact"},
    Action.CONTACT_CHECKED: {"recipient": "police_contact"},
    Action.OWN_PROPOSED: {"recipient": "parents", "number": 3},
    Action.OWN_APPROVED: {"recipient": "parents", "number": 3},
    Action.OWN_STOPPED: {"recipient": "parents", "number": 3, "to": "refused"},
    Action.TRAIL_READ: {"events": 12},
    Action.TRAIL_EXPORTED: {"events": 1200, "format": "csv"},
    Action.LOG_CHECKED: {"pasted": 3, "wrong": 1},
    Action.LOG_DELAYED: {"minutes": 9},
    Action.LOG_RESTORED: {"log": "7K3M-9QXD-T4/2026", "kept": 10, "lost": 12, "root": "ab"},
}


def event(action: str, **columns: Any) -> AuditEvent:
    return AuditEvent(event_uuid=uuid.uuid4(), action=action, **columns)


def said(row: AuditEvent, language: str = "en", sector: str = "vo") -> str:
    with translation.override(language):
        return sentence(row, sector)


def test_every_action_has_its_sentence() -> None:
    assert set(SENTENCES) | PLAIN == set(Action), "give a new action a sentence, or say that its label is enough"
    assert not set(SENTENCES) & PLAIN


def test_every_action_has_one_kind() -> None:
    assert set(KIND_OF) == set(Action), "put a new action in a group of signals.kinds"
    assert sum(len(actions) for actions in GROUPS.values()) == len(Action)
    assert set(GROUPS) == set(Kind)


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_every_action_is_said_in_both_languages(action: Action) -> None:
    row = event(action, details=DETAILS.get(action, {}), object_type="case", rule="not visible")
    english, dutch = said(row), said(row, "nl")
    assert english.strip()
    assert dutch.strip()
    assert english != dutch
    assert "%(" not in english + dutch
    assert str(action) not in english + dutch
    with translation.override("nl"):
        assert kind_label(action)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Action.PERSON_SEARCHED, "searched for a person and found 1"),
        (Action.SIGNAL_SENT, "sent a concern; 3 steps came out of it"),
        (Action.CASE_LISTED, "saw a list of 2 cases (too late)"),
        (Action.CASE_JOINED, "put another case with this one"),
        (Action.CASE_MOVED, "changed the status from ‘in review’ to ‘passed on outside the school’"),
        (Action.CASE_CLOSED, "closed the case with the outcome ‘Unfounded: the worry proved not to be right’"),
        (Action.CONTACT_LISTED, "saw the contacts of 3 schools"),
        (Action.TRAIL_READ, "looked at 12 lines of the log"),
        (Action.TRAIL_EXPORTED, "exported 1200 lines of the log as CSV"),
        (Action.LOG_CHECKED, "compared 3 seals or receipts with the log; 1 did not fit"),
        (Action.LOG_DELAYED, "found that the log had not been sealed for 9 minutes"),
        (Action.LOG_RESTORED, "continued the log after a restored backup; 2 events were lost"),
    ],
)
def test_a_sentence_tells_the_details(action: Action, words: str) -> None:
    assert said(event(action, details=DETAILS[action])) == words


def test_a_recipient_has_the_name_of_its_sector() -> None:
    row = event(Action.STEP_DONE, details={"recipient": "care_coordinator"})
    assert said(row, "nl", "vo") != said(row, "nl", "po")


@pytest.mark.parametrize("kind", OBJECTS)
def test_a_refusal_says_what_was_wanted(kind: str) -> None:
    assert said(event(Action.REFUSED, rule="not visible", object_type=kind)).startswith("wanted")


@pytest.mark.parametrize("page", PAGES)
def test_a_refused_page_is_named(page: str) -> None:
    row = event(Action.REFUSED, rule="no role grants x", object_type="page", details={"page": page})
    assert said(row).startswith("wanted a page that needs another role: ")
    assert "another page" not in said(row)


def test_a_refused_deed_is_told() -> None:
    row = event(Action.REFUSED, rule="case needs case_handle", object_type="case")
    assert said(row) == "wanted to do something with the case that their role does not allow"


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_an_event_without_its_details_still_has_a_sentence(action: Action) -> None:
    assert said(event(action, details={}))


def test_codes_of_another_version_break_nothing() -> None:
    assert said(event("gone.since")) == "did something that this version does not know"
    assert kind_label("gone.since") == ""
    row = event(Action.STEP_DONE, details={"recipient": "gone"})
    assert said(row) == "recorded a step as done: a recipient that the steps no longer know"
    assert "‘gone’" in said(event(Action.CASE_MOVED, details={"from": "gone", "to": "closed"}))
    assert said(event(Action.CASE_LISTED, details={"cases": None})) == "saw a list of 0 cases"


@pytest.mark.django_db
def test_who_is_no_longer_known_is_a_former_member_of_staff() -> None:
    """The line stays readable when the person behind a reference is gone."""
    event = record(Action.CASE_READ, actor="7K3M-9QXD-T4", board="9XQD-7K3M-T4")
    with translation.override("en"):
        assert [line.who for line in lines([event])] == ["A former member of staff"]
