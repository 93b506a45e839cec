"""An exercise follows the rules of a case: the same answers give the same steps, before and after new facts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from signals import practice
from signals.errors import RuleError
from signals.models import Case, FactsChange, Rehearsal, Signal, Step
from signals.models.facts import FactsSource
from signals.practice import acts
from signals.practice.play import Play, load
from signals.services import cases, facts, rehearsing, steps
from signals.services.steps import Done
from tests.conftest import World, send, typed
from tests.practice import practised

WHY = "Dat hebben we zo besloten."
DONE = Done(timezone.now() - timedelta(hours=1), "Ik", shared="Wat er gebeurde", finding="safety_risk")


def told(rows: list[Step]) -> list[tuple[object, ...]]:
    """All that is decided about steps; the school of the exercise has other hours, so moments are left out."""
    return [
        (
            *(step.position, step.recipient, step.obligation, step.basis, step.urgency, step.actor, step.rules),
            *(step.state, step.why_nl, step.source, step.lapsed_by_id is not None, step.change_id is not None),
        )
        for step in rows
    ]


def both(world: World, concern: str, answers: dict[str, Any]) -> tuple[Signal, Rehearsal]:
    data = typed(world, concern=concern)
    return send(world.author, data, answers), practised(world.author, data | {"person": "pupil:P1"}, answers)


def play_of(world: World, kept: Rehearsal) -> Play:
    found = load(Rehearsal.objects.get(pk=kept.pk), world.author)
    assert found is not None
    return found


def same(world: World, real: Signal, kept: Rehearsal) -> None:
    play, case = play_of(world, kept), Case.objects.get(pk=real.case_id)
    assert told(play.steps) == told(list(case.steps.order_by("position")))
    assert (play.case.status, play.case.walled, play.case.outcome) == (case.status, case.walled, case.outcome)


def do(world: World, kept: Rehearsal, act: Any) -> None:
    rehearsing.rehearsal_change(by=world.author, rehearsal=kept, act=act)


@pytest.mark.parametrize(
    ("concern", "answers"),
    [
        ("departure", {"departure": "suspected"}),
        ("weapon", {"immediate_danger": True}),
        ("domestic_violence", {"acute_or_structural_unsafety": True}),
    ],
)
def test_an_exercise_goes_as_a_case_goes(world: World, concern: str, answers: dict[str, Any]) -> None:
    real, kept = both(world, concern, answers)
    same(world, real, kept)
    case = cases.case_take(by=world.coordinator, case=real.case)
    do(world, kept, acts.take)
    same(world, real, kept)
    police = case.steps.filter(state="open").exclude(recipient="emergency_112")[0]
    steps.step_done(by=world.coordinator, step=police, done=DONE)
    do(world, kept, lambda play: acts.step_done(play, play.steps[police.position - 1], DONE))
    same(world, real, kept)
    refuted = {"refuted": True}
    facts.facts_correct(by=world.coordinator, signal=real, answers=refuted, reason=WHY, seen=1)
    correction = FactsChange(source=FactsSource.CORRECTION, reason=WHY)
    do(world, kept, lambda play: acts.correct(play, refuted, correction))
    same(world, real, kept)
    assert any(step.lapsed_by for step in play_of(world, kept).steps), "something no longer follows"


def test_what_the_rules_of_a_case_forbid_an_exercise_forbids_and_nothing_changes(world: World) -> None:
    _real, kept = both(world, "departure", {"departure": "suspected"})
    before = Rehearsal.objects.get(pk=kept.pk).rows
    for wrong in (
        lambda play: acts.close(play, "resolved", WHY),
        lambda play: acts.reopen(play, WHY),
        lambda play: acts.move(play, "escalated", WHY),
        lambda play: acts.note(play, "Tekst", "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"),
        lambda play: acts.step_done(play, play.steps[0], DONE),
        lambda play: acts.step_reopen(play, play.steps[0], WHY),
    ):
        with pytest.raises(RuleError):
            do(world, kept, wrong)
    assert Rehearsal.objects.get(pk=kept.pk).rows == before != []
    do(world, kept, acts.take)
    with pytest.raises(RuleError):
        do(world, kept, lambda play: acts.close(play, "resolved", WHY))  # a must is open


def test_about_staff_it_goes_behind_the_wall_and_new_facts_put_one_up(world: World) -> None:
    _real, kept = both(world, "sexual", {})
    do(world, kept, acts.take)
    assert not play_of(world, kept).case.walled
    finding = Done(timezone.now(), "Ik", finding="sexual_offence_by_staff")
    inspector = next(step for step in play_of(world, kept).steps if step.recipient == "confidential_inspector")
    do(world, kept, lambda play: acts.step_done(play, play.steps[inspector.position - 1], finding))
    assert play_of(world, kept).case.walled


def test_only_its_own_door_and_services_ask_for_exercises() -> None:
    """Each of them by who practises, so that no list of exercises can come to be by accident."""
    root = Path(practice.__path__[0]).parents[1]
    packages = (root / name for name in ("audit", "accounts", "escalation", "signals", "schoolsafety"))
    files = [file for package in packages for file in package.rglob("*.py")]
    asking = {str(file.relative_to(root)) for file in files if "Rehearsal.objects" in file.read_text(encoding="utf-8")}
    assert asking == {"signals/work_access.py", "signals/services/rehearsing.py"}


def test_nothing_of_it_can_be_saved_as_something_real(world: World) -> None:
    """The modules of practice never save; and every id in an exercise lies below zero."""
    _real, kept = both(world, "departure", {"departure": "suspected"})
    assert all(row.pk < 0 for row in play_of(world, kept).rows())
    for file in Path(practice.__path__[0]).glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in (".save(", ".create(", "bulk_create", ".update(", "queue(")), file.name
