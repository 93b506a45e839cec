"""What one does in an exercise: the rules of a case, on rows that are never saved as such.

The services of a case do the same on real rows, with locks, walls, mails and events; the rules that decide are the
same modules. Whoever changes those services looks here as well: `tests/signals/test_practice.py` compares the two.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from escalation.deadlines import due_at
from escalation.engine import Advice, decide, is_walled
from escalation.entries import Protocol
from escalation.facts import Facts, facts_as_dict, parse_facts
from escalation.findings import BY_CODE, sets
from escalation.protocol import NEVER_TOLD, ProtocolError, current_protocol, protocol_of
from escalation.selectors import calendar_of
from signals import rules
from signals.answers import changed, facts_now, with_role
from signals.errors import RuleError
from signals.models import Case, CaseChange, FactsChange, Note, Rehearsal, Step, StepOutcome
from signals.models.case import ChangeKind
from signals.models.facts import FactsSource
from signals.models.step import OutcomeKind
from signals.practice.play import FIRST, Play
from signals.recompute import plan
from signals.services.facts import actor_of, row_of
from signals.services.sending import Report, case_from, due_of, person_from, signal_from, step_from
from signals.services.steps import Done, outcome_from

NUMBER = "OEFENING"  # in the place of a case number: nothing real has this shape


def send(rehearsal: Rehearsal, report: Report, by: User) -> Play:
    """Send the exercise: the case and the steps that the engine names."""
    now = timezone.now()
    case = case_from(report, now)
    case.pk, case.reference = FIRST, NUMBER
    signal = signal_from(report, rehearsal, writer=by, case=case, protocol=current_protocol())
    signal.pk, signal.reference = FIRST + 1, NUMBER
    person = person_from(signal, report)
    person.pk = FIRST + 2
    play = Play(by, report.school, case, signal, person)
    due = due_of(signal, calendar_of(report.school))
    for place, advice in enumerate(decide(report.facts, current_protocol()), 1):
        play.add(step_from(signal, advice, place, due))
    play.join()
    if signal.called_112_at:
        _call_completes(play, signal.called_112_at)
    return play


def call(play: Play, at: datetime) -> None:
    """Pretend that 112 was called. The first moment stays."""
    if play.signal.called_112_at is None:
        play.signal.called_112_at = at
        _call_completes(play, at)


def take(play: Play) -> None:
    """Become the owner, as the coordinator would."""
    if play.case.status != rules.NEW:
        raise RuleError(_("A colleague has taken this case already."))
    play.case.owner, play.case.taken_at = play.by, timezone.now()
    _status(play, rules.IN_REVIEW)
    for step in play.steps:
        if step.state == rules.STEP_OPEN and rules.completes_on_take(step.recipient, step.rules):
            _complete(play, step, play.case.taken_at)


def note(play: Play, text: str, key: str) -> None:
    """Write a note; the same key gives the same note."""
    _check_in_hand(play.case)
    if not any(str(row.key) == str(key) for row in play.notes):
        play.add(Note(case=play.case, author=play.by, text=text, key=key, created_at=timezone.now()))


def move(play: Play, to: str, reason: str) -> None:
    """Change the status: passed on, or being followed."""
    if to not in (rules.ESCALATED, rules.MONITORING) or not rules.can_move(play.case.status, to):
        raise RuleError(_("The case has changed in the meantime. Look at its state and choose again."))
    _status(play, to, reason)


def close(play: Play, outcome: str, reason: str) -> None:
    """Close with an outcome; not while a must is open."""
    if not rules.can_move(play.case.status, rules.CLOSED):
        raise RuleError(_("This case can't be closed now: it is new or closed already."))
    if rules.blocks_closing(rules.StepState(step.obligation, step.state) for step in play.steps):
        raise RuleError(_("A step that must be taken is still open. Record what was done, or why not."))
    play.case.outcome, play.case.close_reason, play.case.closed_at = outcome, reason, timezone.now()
    _status(play, rules.CLOSED, reason)


def reopen(play: Play, reason: str) -> None:
    """Open a closed case again."""
    if not rules.can_move(play.case.status, rules.REOPENED):
        raise RuleError(_("Only a closed case can be reopened."))
    play.case.outcome, play.case.close_reason, play.case.closed_at = "", "", None
    _status(play, rules.REOPENED, reason)


def step_done(play: Play, step: Step, done: Done) -> None:
    """Record a step as done. What the other told may bring new steps."""
    _check_open(play, step)
    _store(play, step, outcome_from(step, done), rules.STEP_DONE)
    if done.finding:
        known = facts_now(play.signal)
        answers = with_role(known, sets(BY_CODE[done.finding], known))
        correct(play, answers, FactsChange(source=FactsSource.OUTCOME, finding=done.finding))


def step_decline(play: Play, step: Step, *, reason: str, applies: bool, look_again_on: date | None = None) -> None:
    """Decide against a step, with the reason."""
    _check_open(play, step)
    kind = OutcomeKind.DECLINED if applies else OutcomeKind.NOT_APPLICABLE
    again = look_again_on if applies else None
    _store(play, step, StepOutcome(step=step, kind=kind, reason=reason, look_again_on=again), kind.value)


def step_reopen(play: Play, step: Step, reason: str) -> None:
    """Take an outcome back."""
    _check_in_hand(play.case)
    if step.state == rules.STEP_OPEN:
        raise RuleError(_("This step is open already."))
    if step.state == rules.STEP_REPLACED:
        raise RuleError(_("A stronger step came instead of this one. Record what came of that."))
    _store(play, step, StepOutcome(step=step, kind=OutcomeKind.REOPENED, reason=reason), rules.STEP_OPEN)


def correct(play: Play, answers: Mapping[str, object], change: FactsChange) -> None:
    """Change answers, and look at the steps again. `change`: says where they came from."""
    _check_in_hand(play.case)
    old = facts_now(play.signal)
    new = parse_facts({**facts_as_dict(old), **answers})
    if new.refuted:
        new = replace(new, shared_with=_told(play, old))
    names = changed(old, facts_as_dict(new))
    if not names:
        return
    change.signal, change.by, change.at = play.signal, play.by, timezone.now()
    change.before = {name: facts_as_dict(old)[name] for name in names}
    change.after = {name: facts_as_dict(new)[name] for name in names}
    change.facts = facts_as_dict(new)
    play.add(change)
    play.case.subject_role, play.case.walled = new.subject_role, is_walled(new)
    _look_again(play, change, new)


def correct_by_hand(play: Play, answers: Mapping[str, object], change: FactsChange) -> None:
    """The same, asked for on the page of the answers: where nothing changes it says so. A second click is fine."""
    _check_in_hand(play.case)
    if changed(facts_now(play.signal), answers):
        correct(play, answers, change)
        return
    last = play.corrections[-1] if play.corrections else None
    if last is None or (last.source, last.reason) != (change.source, change.reason):
        raise RuleError(_("Nothing changes by this, so nothing was recorded. Change an answer, then send it."))


def protocol_in(play: Play) -> Protocol:
    """The rules with which the exercise was sent."""
    try:
        return protocol_of(play.signal.protocol)
    except ProtocolError:
        raise RuleError(
            _("The rules with which this report was sent are not installed any more, so it can't be looked at again.")
        ) from None


def _look_again(play: Play, change: FactsChange, new: Facts) -> None:
    by_key = {step.pk: step for step in play.steps}
    found = plan([row_of(step) for step in play.steps], decide(new, protocol_in(play)))
    for advice, stronger in found.new:
        _new_step(play, change, advice, by_key[stronger.key] if stronger else None, new)
    for row in found.kept:
        by_key[row.key].lapsed_by = None
    for row in found.lapsed:
        by_key[row.key].lapsed_by = change


def _new_step(play: Play, change: FactsChange, advice: Advice, replaced: Step | None, facts: Facts) -> None:
    due = due_of(play.signal, calendar_of(play.school))
    step = step_from(play.signal, advice, len(play.steps) + 1, due)
    step.actor, step.change = actor_of(advice, change, facts), change
    step.due_at = due_at(advice.urgency, change.at, calendar_of(play.school))
    if replaced is not None:
        step.due_at = min(step.due_at, replaced.due_at)
        replaced.state = rules.STEP_REPLACED
    play.add(step)


def _told(play: Play, facts: Facts) -> tuple[str, ...]:
    done = [row.step.recipient for row in play.outcomes if row.kind == rules.STEP_DONE and row.shared]
    return tuple(dict.fromkeys(one for one in (*facts.shared_with, *done) if one not in NEVER_TOLD))


def _call_completes(play: Play, at: datetime) -> None:
    for step in play.steps:
        if step.recipient == "emergency_112" and step.state == rules.STEP_OPEN:
            _complete(play, step, at)


def _complete(play: Play, step: Step, at: datetime) -> None:
    _store(
        play,
        step,
        StepOutcome(step=step, kind=OutcomeKind.DONE, happened_at=at, by_whom=play.by.name),
        rules.STEP_DONE,
    )


def _store(play: Play, step: Step, outcome: StepOutcome, state: str) -> None:
    outcome.recorded_by, outcome.recorded_at = play.by, timezone.now()
    play.add(outcome)
    step.state, step.look_again_on = state, outcome.look_again_on


def _status(play: Play, status: str, reason: str = "") -> None:
    old, now = play.case.status, timezone.now()
    play.add(CaseChange(case=play.case, kind=ChangeKind.STATUS, old=old, new=status, reason=reason, by=play.by, at=now))
    play.case.status = status


def _check_open(play: Play, step: Step) -> None:
    _check_in_hand(play.case)
    if step.state != rules.STEP_OPEN:
        raise RuleError(_("Somebody has recorded an outcome for this step already. Nothing was changed."))


def _check_in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can go on."))
