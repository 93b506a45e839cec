"""What becomes of a step: done, decided against, or open again. Each is a row that stays."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Action
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, Signal, Step, StepOutcome
from signals.models.step import OutcomeKind
from signals.services.due import refresh_due


@dataclass(frozen=True)
class Done:
    """happened_at: when it was done; by_whom, with_whom: names or functions; shared: exactly what was told."""

    happened_at: datetime
    by_whom: str
    with_whom: str = ""
    reference_number: str = ""
    shared: str = ""
    ground: str = ""


@transaction.atomic
def step_done(*, by: User, step: Step, done: Done) -> StepOutcome:
    """Record that a step was carried out.

    Raises:
        RuleError: somebody recorded an outcome already, or the case is not in hand.
    """
    locked = _open_step(step)
    outcome = StepOutcome(
        step=locked,
        kind=OutcomeKind.DONE,
        happened_at=done.happened_at,
        by_whom=done.by_whom,
        with_whom=done.with_whom,
        reference_number=done.reference_number,
        shared=done.shared,
        ground=done.ground,
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    _store(locked, outcome, rules.STEP_DONE)
    _event(Action.STEP_DONE, locked, by)
    return outcome


@transaction.atomic
def step_decline(*, by: User, step: Step, reason: str, applies: bool) -> StepOutcome:
    """Record the decision not to take a step, with its reason; `applies` False says it does not fit this case."""
    locked = _open_step(step)
    kind = OutcomeKind.DECLINED if applies else OutcomeKind.NOT_APPLICABLE
    outcome = StepOutcome(step=locked, kind=kind, reason=reason, recorded_by=by, recorded_at=timezone.now())
    _store(locked, outcome, kind.value)
    _event(Action.STEP_DECLINED, locked, by)
    return outcome


@transaction.atomic
def step_reopen(*, by: User, step: Step, reason: str) -> StepOutcome:
    """Take an outcome back; the earlier row stays to be seen."""
    locked = Step.objects.select_for_update().select_related("case").get(pk=step.pk)
    _check_in_hand(locked.case)
    if locked.state == rules.STEP_OPEN:
        raise RuleError(_("This step is open already."))
    outcome = StepOutcome(
        step=locked, kind=OutcomeKind.REOPENED, reason=reason, recorded_by=by, recorded_at=timezone.now()
    )
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


def _open_step(step: Step) -> Step:
    locked = Step.objects.select_for_update().select_related("case").get(pk=step.pk)
    _check_in_hand(locked.case)
    if locked.state != rules.STEP_OPEN:
        raise RuleError(_("Somebody has recorded an outcome for this step already. Nothing was changed."))
    return locked


def _check_in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can record the outcome of a step."))


def _store(step: Step, outcome: StepOutcome, state: str) -> None:
    outcome.full_clean()
    outcome.save()
    step.state = state
    step.save(update_fields=["state"])
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
