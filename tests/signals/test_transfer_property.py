"""Whatever is moved, split, put together and put back: nothing gets lost, and nobody sees more by it.

The log is asked after each step as well, so that what it says of who could read what stays what the doors do.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Membership
from signals import access
from signals.about import involved
from signals.casepeople import added_to
from signals.errors import RuleError
from signals.models import Addition, Case, CasePerson, Note, Signal, Step, StepOutcome, Transfer
from signals.services.cases import case_note, case_take
from signals.services.due import first_of
from signals.services.glass import glass_break
from signals.services.persons import Newcomer, person_add, person_remove
from signals.services.shares import case_share
from signals.services.steps import step_decline
from signals.services.transfers import case_merge, signal_move, signal_split, transfer_undo
from signals.services.walls import case_wall
from tests.architecture.test_readable import CAST, WHY, Play, look, recorded, undone, without_mail
from tests.conftest import World, send, typed

ACTS = (
    *("merge", "move", "move", "split", "undo", "undo", "note", "step", "share", "share", "wall", "glass"),
    *("add", "add", "out"),
)
ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 9), st.integers(0, 9))


def readable(world: World) -> dict[str, frozenset[str]]:
    """The reports that everybody may read now, by who they are."""
    rows = list(Signal.objects.select_related("case"))
    found = {}
    for name in CAST:
        seen = access.sight(Play(world, None).user(CAST.index(name)))
        found[name] = frozenset(row.reference for row in rows if seen.may(row.case, *access.READ))
    return found


def everything() -> dict[str, set[Any]]:
    """What may never get lost, by kind."""
    return {
        "reports": set(Signal.objects.values_list("reference", flat=True)),
        "steps": set(Step.objects.values_list("reference", "signal__reference")),
        "outcomes": set(StepOutcome.objects.values_list("pk", "step__reference")),
        "additions": set(Addition.objects.values_list("pk", "signal")),
        "added": set(CasePerson.objects.values_list("row_key")),
        "notes": {(note.pk, note.text) for note in Note.objects.all()},
    }


def lies_right() -> None:
    """Each step is where its report is, and every report is in a case that somebody can open."""
    for step in Step.objects.select_related("signal"):
        assert step.case_id == step.signal.case_id
    assert not Signal.objects.filter(case__status="joined").exists()
    assert not CasePerson.objects.filter(case__status="joined").exists()
    for case in Case.objects.exclude(status="joined"):
        assert case.signals.exists()
        musts = case.steps.filter(state="open", obligation="must", lapsed_by=None).order_by("due_at")
        first = musts.first()
        assert case.next_due_at == (first.due_at if first else None)
        assert case.first_at == first_of(case.next_due_at, case.task_on)


def play(world: World, what: str, one: int, two: int) -> Transfer | None:
    """Do one thing, if there is something to do it with; a rule may refuse it."""
    cases = list(Case.objects.filter(status="in_review").select_related("school", "board").order_by("pk"))
    case, other = cases[one % len(cases)], cases[(one + 1 + two) % len(cases)]
    by = world.coordinator if not case.walled else world.board_officer
    key = uuid.uuid4()
    several = [row for row in cases if row.signals.count() > 1]
    if what == "merge":
        case_merge(by=by, case=case, into=other, reason=WHY, key=key)
    elif what in ("move", "split") and several:
        full = several[one % len(several)]
        signal = full.signals.select_related("case__school", "case__board").order_by("pk")[two % full.signals.count()]
        by = world.coordinator if not full.walled else world.board_officer
        if what == "split":
            signal_split(by=by, signal=signal, reason=WHY, key=key)
        else:
            signal_move(by=by, signal=signal, into=other, reason=WHY, key=key)
    elif what == "undo" and (rows := list(Transfer.objects.filter(undone_at=None).order_by("-pk"))):
        return transfer_undo(by=by, transfer=rows[one % len(rows)])
    elif what == "note":
        case_note(by=by, case=case, text=f"Notitie {one}", key=str(key))
    elif what == "step" and (step := case.steps.filter(state="open").first()):
        step_decline(by=by, step=step, reason=WHY, applies=True)
    return None


def opens(world: World, what: str, one: int, two: int) -> None:
    """What lets somebody see more or less, and is no transfer."""
    case = list(Case.objects.filter(status="in_review").select_related("school", "board").order_by("pk"))[one % 3]
    key = str(uuid.uuid4())
    if what == "wall" and not case.walled and one % 3 == 0:
        bar = (world.teacher,) if two % 2 else ()
        case_wall(by=world.coordinator, case=case, reason=WHY, keeper=world.coordinator, bar=bar)
    elif what == "share":
        day = timezone.localdate() + timedelta(days=3)
        whom = world.teacher if two % 2 else world.subject
        by = world.coordinator if not case.walled else world.board_officer
        case_share(by=by, case=case, colleague=whom, level="read", ends_on=day, reason=WHY, key=str(uuid.uuid4()))
    elif what == "add":
        by = world.coordinator if not case.walled else world.board_officer
        person_add(by=by, case=case, newcomer=Newcomer(user=world.people[CAST[two % len(CAST)]]), role="other", key=key)
    elif what == "out" and (rows := added_to(case)):
        by, one_of = world.coordinator if not case.walled else world.board_officer, rows[two % len(rows)]
        person_remove(by=by, case=case, person=involved([one_of])[0])
    elif what == "glass" and (found := access.case_behind_glass(world.sister_coordinator, case.reference)):
        glass_break(by=world.sister_coordinator, case=found, reason=WHY)


def begin(world: World) -> None:
    """Five reports in four cases, one of them about staff and behind its wall."""
    for concern in ("bullying", "verbal_violence", "weapon"):
        case_take(by=world.coordinator, case=send(world.author, typed(world, concern=concern)).case)
    about = typed(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation")
    for _number in range(2):
        case_take(by=world.board_officer, case=send(world.author, about).case)
    first, second = Case.objects.filter(walled=False).order_by("pk")[:2]
    case_merge(by=world.coordinator, case=first, into=second, reason=WHY, key=uuid.uuid4())


@pytest.mark.long
@settings(
    max_examples=9,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(acts=st.lists(ACT, min_size=8, max_size=16))
def test_nothing_is_lost_and_nobody_sees_more(world: World, acts: list[tuple[str, int, int]]) -> None:
    with undone(), without_mail(), time_machine.travel(timezone.now(), tick=False) as clock:
        story = Play(world, clock)
        for row in Membership.objects.select_related("school__board", "board", "user").order_by("id"):
            recorded(row)
        clock.shift(timedelta(minutes=1))
        begin(world)
        could: dict[int, dict[str, frozenset[str]]] = {}
        for act in acts:
            clock.shift(timedelta(seconds=10))
            before, had, made = readable(world), everything(), set(Transfer.objects.values_list("pk", flat=True))
            row, moves = None, act[0] not in ("share", "wall", "glass", "add", "out")
            try:
                with transaction.atomic():
                    row = play(world, *act) if moves else opens(world, *act)
            except RuleError:
                pass
            for pk in set(Transfer.objects.values_list("pk", flat=True)) - made:
                could[pk] = before
            has, sees = everything(), readable(world)
            assert all(had[kind] <= has[kind] for kind in had), act
            lies_right()
            for name in CAST if moves else ():
                again = could[row.pk][name] if row and row.pk in could else frozenset()
                assert sees[name] <= before[name] | again, (act, name)
        look(story)
