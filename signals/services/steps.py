"""What becomes of a step: done, decided against, or open again. Each is a row that stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.saving import row_check, rows_insert
from audit.actions import Action
from escalation.findings import BY_CODE, sets
from signals import access, rules
from signals.answers import facts_now, with_role
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.models import Case, Signal, Step, StepOutcome
from signals.models.step import OutcomeKind
from signals.services.due import refresh_due
from signals.services.facts import facts_found
from signals.services.status import check_handles

SAME = (
    "kind",
    "recorded_by_id",
    "happened_at",
    "by_whom",
    "with_whom",
    "reference_number",
    "shared",
    "ground",
    "consent",
    "consent_reason",
    "finding",
    "reason",
    "look_again_on",
)


@dataclass(frozen=True)
class Done:
    """happened_at: when it was done; by_whom, with_whom: names or functions; shared: exactly what was told.

    finding: what the other told that changes an answer; keep_out: the colleagues whom it turns out to be about, with a
    finding that says so or in a case that is about staff already.
    """

    happened_at: datetime
    by_whom: str
    with_whom: str = ""
    reference_number: str = ""
    shared: str = ""
    ground: str = ""
    consent: str = ""
    consent_reason: str = ""
    finding: str = ""
    keep_out: tuple[User, ...] = ()


@transaction.atomic
def step_done(*, by: User, step: Step, done: Done) -> StepOutcome:
    """Record that a step was carried out. What the other told may bring new steps.

    Raises:
        OvertakenError: somebody recorded another outcome already.
        RuleError: the case is not in hand or no longer theirs to handle, or nobody could read it afterwards.
    """
    locked = _lock(step)
    outcome = outcome_from(locked, done)
    outcome.recorded_by, outcome.recorded_at = by, timezone.now()
    if again := _recorded(locked, outcome, seen=step.case):
        return again
    _store(locked, outcome, rules.STEP_DONE)
    _event(Action.STEP_DONE, locked, by)
    if done.finding or done.keep_out:
        facts_found(
            by=by,
            signal=locked.signal,
            finding=done.finding,
            answers=_answers(locked, done.finding),
            keep_out=done.keep_out,
        )
    return outcome


def outcome_from(step: Step, done: Done) -> StepOutcome:
    """That a step was carried out, not saved; also for an exercise."""
    return StepOutcome(
        step=step,
        kind=OutcomeKind.DONE,
        happened_at=done.happened_at,
        by_whom=done.by_whom,
        with_whom=done.with_whom,
        reference_number=done.reference_number,
        shared=done.shared,
        ground=done.ground,
        consent=done.consent,
        consent_reason=done.consent_reason,
        finding=done.finding,
    )


def _answers(step: Step, finding: str) -> Mapping[str, object]:
    known = facts_now(step.signal)
    return with_role(known, sets(BY_CODE[finding], known) if finding else {})


@transaction.atomic
def step_decline(*, by: User, step: Step, reason: str, applies: bool, look_again_on: date | None = None) -> StepOutcome:
    """Record the decision not to take a step, with its reason; `applies` False says it does not fit this case.

    Args:
        look_again_on: the day on which it comes back on the desk.
    """
    locked = _lock(step)
    kind = OutcomeKind.DECLINED if applies else OutcomeKind.NOT_APPLICABLE
    outcome = StepOutcome(
        step=locked,
        kind=kind,
        reason=reason,
        look_again_on=look_again_on if applies else None,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    if again := _recorded(locked, outcome, seen=step.case):
        return again
    _store(locked, outcome, kind.value)
    _event(Action.STEP_DECLINED, locked, by)
    return outcome


@transaction.atomic
def step_reopen(*, by: User, step: Step, reason: str) -> StepOutcome:
    """Take an outcome back; the earlier row stays to be seen."""
    locked = _lock(step)
    outcome = StepOutcome(
        step=locked, kind=OutcomeKind.REOPENED, reason=reason, recorded_by=by, recorded_at=timezone.now()
    )
    _check_in_hand(locked.case)
    if again := _again(locked, outcome):
        return again
    check_handles(by, locked.case, seen=step.case)
    if locked.state == rules.STEP_OPEN:
        raise OvertakenError(_("This step is open already."))
    if locked.state == rules.STEP_REPLACED:
        raise RuleError(_("A stronger step came instead of this one. Record what came of that."))
    _store(locked, outcome, rules.STEP_OPEN)
    _event(Action.STEP_REOPENED, locked, by)
    return outcome


def call_completes_step(*, signal: Signal, by: User, at: datetime) -> None:
    """A recorded call to 112 is the outcome of the step that asked for it. Runs in the caller's transaction."""
    step = signal.steps.select_for_update().filter(recipient="emergency_112", state=rules.STEP_OPEN).first()
    if step:
        _complete(step, by=by, at=at, action=Action.STEP_DONE)


def take_completes_steps(*, case: Case, by: User) -> None:
    """Taking a case fulfils the step that only asked for that. Runs in the caller's transaction."""
    for step in case.steps.select_for_update().filter(state=rules.STEP_OPEN):
        if rules.completes_on_take(step.recipient, step.rules):
            _complete(step, by=by, at=timezone.now(), action=Action.STEP_DONE)


def _complete(step: Step, *, by: User, at: datetime, action: Action) -> None:
    outcome = StepOutcome(
        step=step,
        kind=OutcomeKind.DONE,
        happened_at=at,
        by_whom=by.name,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    _store(step, outcome, rules.STEP_DONE)
    _event(action, step, by)


def _lock(step: Step) -> Step:
    """The case first, then the step: the order of everything that changes a case."""
    Case.objects.select_for_update().get(pk=step.case_id)
    rows = Step.objects.select_for_update(of=("self",)).select_related("case__board", "case__school", "signal")
    found = rows.get(pk=step.pk)
    return found if found.case_id == step.case_id else _lock(found)  # its report went to another case meanwhile


def _again(step: Step, outcome: StepOutcome) -> StepOutcome | None:
    """What was recorded last, when this is the same once more: a second click, or a page that was sent again."""
    last = step.outcomes.order_by("-pk").first()
    same = last is not None and all(getattr(last, name) == getattr(outcome, name) for name in SAME)
    return last if same else None


def _recorded(step: Step, outcome: StepOutcome, *, seen: Case) -> StepOutcome | None:
    """This very outcome, when it stands there already; None while the step is open. Anything else is an error."""
    _check_in_hand(step.case)
    if again := _again(step, outcome):
        return again
    check_handles(outcome.recorded_by, step.case, seen=seen)
    if step.state != rules.STEP_OPEN:
        raise OvertakenError(_("Somebody has recorded an outcome for this step already. Nothing was changed."))
    return None


def _check_in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can record the outcome of a step."))


def _store(step: Step, outcome: StepOutcome, state: str) -> None:
    row_check(outcome)
    rows_insert([outcome])
    step.state, step.look_again_on = state, outcome.look_again_on
    step.save(update_fields=["state", "look_again_on"])
    refresh_due(step.case)


def _event(action: Action, step: Step, by: User) -> None:
    case_event(
        action,
        case=step.case,
        by=by,
        to=access.HANDLE,
        kind="step",
        ref=step.reference,
        details={"recipient": step.recipient, "obligation": step.obligation},
    )
