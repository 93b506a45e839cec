"""What somebody who audits sees of a case: times, steps and who opened what. No name of the child, no story."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from escalation.protocol import current_protocol
from escalation.texts import basis_name, recipient_name, say
from signals import rules
from signals.ages import by_when, day_words, span
from signals.cards import is_overdue, outcome_of
from signals.models import Case, Step, Task


@dataclass(frozen=True)
class FollowStep:
    """One step without what was shared or with whom.

    took: the time from entry to the outcome. note: that new facts brought it, or that it no longer follows from them.
    """

    who: str
    obligation: str
    obligation_label: str
    basis_label: str
    due_at: datetime
    due_text: str
    state: str
    state_label: str
    took: str
    overdue: bool
    reason: str
    recorded_by: str
    note: str


def follow_steps(case: Case, steps: list[Step]) -> list[FollowStep]:
    """The steps of a case as rows, musts first."""
    now = timezone.now()
    ordered = sorted(steps, key=lambda step: (step.obligation != "must", step.due_at))
    return [_row(step, case.school.sector, now) for step in ordered]


def _row(step: Step, sector: str, now: datetime) -> FollowStep:
    protocol, outcome = current_protocol(), outcome_of(step)
    ended = (outcome.happened_at or outcome.recorded_at) if outcome else None
    return FollowStep(
        who=recipient_name(step.recipient, sector),
        obligation=step.obligation,
        obligation_label=say(protocol.obligations[step.obligation].name),
        basis_label=basis_name(step.basis, step.source),
        due_at=step.due_at,
        due_text=by_when(step.urgency, step.due_at),
        state=step.state,
        state_label=str(step.get_state_display()),
        took=span(ended - step.signal.entered_at) if ended else "",
        overdue=is_overdue(step, now),
        reason=outcome.reason if outcome else "",
        recorded_by=outcome.recorded_by if outcome else "",
        note=_note(step),
    )


def _note(step: Step) -> str:
    if step.lapsed_by and step.state == rules.STEP_OPEN:
        return _("This is no longer needed.")
    if step.change:
        return _("New since %(day)s") % {"day": day_words(timezone.localdate(step.change.at))}
    return ""


@dataclass(frozen=True)
class TaskTimes:
    """One task as days: nothing of what it is, nor whose. state: what became of it."""

    due_on: date
    state_label: str
    ended_at: datetime | None
    late: bool


def task_times(tasks: list[Task]) -> list[TaskTimes]:
    """The tasks of a case by day."""
    today = timezone.localdate()
    return [
        TaskTimes(
            task.due_on,
            str(task.get_state_display()),
            task.ended_at,
            (timezone.localdate(task.ended_at) if task.ended_at else today) > task.due_on,
        )
        for task in tasks
    ]


def times(case: Case) -> list[tuple[str, str]]:
    """How long it took from entry to the first review, and to the end."""
    now = timezone.now()
    review = span(case.taken_at - case.created_at) if case.taken_at else _("not reviewed yet")
    found = [(_("Age"), span(now - case.created_at)), (_("Entry to first review"), review)]
    if case.closed_at:
        found.append((_("Entry to closing"), span(case.closed_at - case.created_at)))
    return found


def counts(steps: list[Step]) -> dict[str, int]:
    """Steps by what became of them."""
    now = timezone.now()
    return {
        "done": sum(step.state == rules.STEP_DONE for step in steps),
        "open": sum(step.state == rules.STEP_OPEN for step in steps),
        "overdue": sum(is_overdue(step, now) for step in steps),
        "declined": sum(step.state in (rules.STEP_DECLINED, rules.STEP_NOT_APPLICABLE) for step in steps),
    }
