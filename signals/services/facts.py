"""New facts about a report: the engine is asked again with the protocol of the report, and the steps follow.

What was known before stays in the rows beside the report; no step disappears (`signals/recompute.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Permission
from audit.actions import Action
from escalation.deadlines import due_at
from escalation.engine import Advice, decide, is_walled
from escalation.facts import Facts, facts_as_dict, parse_facts
from escalation.protocol import NEVER_TOLD, ProtocolError
from escalation.selectors import calendar_of, protocol_of_case
from signals import access, rules
from signals.answers import changed, facts_now
from signals.audience import shut_out
from signals.dossier.selectors import told_by
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, CaseChange, FactsChange, Signal, Step, StepOutcome
from signals.models.case import ChangeKind
from signals.models.facts import FactsSource
from signals.recompute import Plan, Row, plan
from signals.services.due import refresh_due
from signals.services.factwalls import wall_by_facts
from signals.services.status import check_handles

Answers = Mapping[str, object]


@transaction.atomic
def facts_correct(
    *, by: User, signal: Signal, answers: Answers, reason: str, seen: int, keep_out: tuple[User, ...] = ()
) -> FactsChange:
    """Change answers in a case, or whom it turns out to be about. The same sent twice is one change.

    Args:
        seen: how many changes of the answers there were when the form was shown.
        keep_out: colleagues whom it turns out to be about.

    Raises:
        RuleError: the case is not in hand, nothing changes, somebody changed the answers meanwhile, or nobody could
            read it any more.
    """
    locked = _lock(signal)
    if locked.case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can change an answer."))
    if not _says_more(locked, answers, keep_out):
        last = locked.facts_changes.last()
        if last and (last.source, last.by_id, last.reason) == (FactsSource.CORRECTION, by.pk, reason):
            return last  # a second click
        raise RuleError(_("Nothing changes by this, so nothing was recorded. Change an answer, then send it."))
    check_handles(by, locked.case, seen=signal.case)
    if locked.facts_changes.count() != seen:
        raise RuleError(_("Somebody changed the answers meanwhile. Look at them once more, then change yours."))
    change = FactsChange(source=FactsSource.CORRECTION, reason=reason)
    return _change(locked, change, answers, by=by, to=access.HANDLE, keep_out=keep_out)


def facts_add(*, by: User, signal: Signal, answers: Answers, to: tuple[Permission, ...]) -> FactsChange | None:
    """The writer's answers changed with an addition. Runs in the caller's transaction.

    A closed case is opened again when a new step comes out of it: nobody would see that step otherwise.
    """
    locked = _lock(signal)
    if not changed(facts_now(locked), answers):
        return None
    change = _change(locked, FactsChange(source=FactsSource.ADDITION), answers, by=by, to=to)
    case = Case.objects.get(pk=locked.case_id)
    if case.status == rules.CLOSED and Step.objects.filter(change=change).exists():
        _reopen(case, by, to)
    return change


def facts_found(
    *, by: User, signal: Signal, finding: str, answers: Answers, keep_out: tuple[User, ...] = ()
) -> FactsChange | None:
    """A step's outcome told something new. Runs in the caller's transaction."""
    locked = _lock(signal)
    if not _says_more(locked, answers, keep_out):
        return None
    change = FactsChange(source=FactsSource.OUTCOME, finding=finding)
    return _change(locked, change, answers, by=by, to=access.HANDLE, keep_out=keep_out)


def _says_more(signal: Signal, answers: Answers, keep_out: tuple[User, ...]) -> bool:
    """Whether an answer changes, or somebody is to be kept out who is not yet: naming the accused is a change too."""
    shut = shut_out(signal.case) if keep_out else frozenset()
    return bool(changed(facts_now(signal), answers)) or any(user.pk not in shut for user in keep_out)


def _lock(signal: Signal) -> Signal:
    """The case first, then the report: the order of everything that changes a case."""
    Case.objects.select_for_update().get(pk=signal.case_id)
    rows = Signal.objects.select_for_update(of=("self",)).select_related("case__board", "case__school", "school")
    found = rows.get(pk=signal.pk)
    return found if found.case_id == signal.case_id else _lock(found)  # it went to another case meanwhile


def _change(
    signal: Signal,
    change: FactsChange,
    answers: Answers,
    *,
    by: User,
    to: tuple[Permission, ...],
    keep_out: tuple[User, ...] = (),
) -> FactsChange:
    old = facts_now(signal)
    new = parse_facts({**facts_as_dict(old), **answers})
    if new.refuted:
        new = replace(new, shared_with=_told(signal, old))
    names = changed(old, facts_as_dict(new))
    change.signal, change.by, change.at = signal, by, timezone.now()
    change.before = {name: facts_as_dict(old)[name] for name in names}
    change.after = {name: facts_as_dict(new)[name] for name in names}
    change.facts = facts_as_dict(new)
    change.full_clean(exclude=["before", "after"])  # empty when it only says who it is about
    change.save()
    wall_by_facts(by=by, case=signal.case, facts=new, reason=change.reason, keep_out=keep_out)
    found = _recompute(signal, change, new) if names else Plan([], [], [])
    details = {"source": change.source, "new": len(found.new), "lapsed": len(found.lapsed)}
    case_event(
        Action.FACTS_CHANGED, case=signal.case, by=by, to=to, kind="signal", ref=signal.reference, details=details
    )
    return change


def _told(signal: Signal, facts: Facts) -> tuple[str, ...]:
    """Who was told something: by the outcomes on record, by a dossier, and whom the writer had told before sending."""
    rows = StepOutcome.objects.filter(step__signal=signal, kind=rules.STEP_DONE).exclude(shared="")
    told = [*facts.shared_with, *rows.order_by("id").values_list("step__recipient", flat=True), *told_by(signal)]
    return tuple(dict.fromkeys(recipient for recipient in told if recipient not in NEVER_TOLD))


def _recompute(signal: Signal, change: FactsChange, facts: Facts) -> Plan:
    try:
        protocol = protocol_of_case(signal.protocol, signal.school.board_id)
    except ProtocolError:
        raise RuleError(
            _("The rules with which this report was sent are not installed any more, so it can't be looked at again.")
        ) from None
    rows = list(signal.steps.select_for_update(of=("self",)).order_by("position"))
    by_key = {row.pk: row for row in rows}
    found = plan([row_of(row) for row in rows], decide(facts, protocol))
    new = [_new_step(signal, change, one, by_key[old.key] if old else None, facts) for one, old in found.new]
    if is_grave(new):
        Signal.objects.filter(pk=signal.pk).update(grave=True)
    _mark(found.kept, None)
    _mark(found.lapsed, change)
    refresh_due(signal.case)
    return found


def is_grave(steps: Iterable[Step]) -> bool:
    """Whether one of these steps makes its report grave, see rules.is_grave()."""
    return rules.is_grave((step.obligation, step.recipient, step.rules) for step in steps)


def row_of(step: Step) -> Row:
    """As much of a step as the plan needs."""
    return Row(
        step.pk,
        step.recipient,
        step.obligation,
        step.urgency,
        tuple(step.rules),
        step.state,
        lapsed=step.lapsed_by_id is not None,
    )


def _new_step(signal: Signal, change: FactsChange, advice: Advice, replaced: Step | None, facts: Facts) -> Step:
    due = due_at(advice.urgency, change.at, calendar_of(signal.school))
    if replaced is not None:
        due = min(due, replaced.due_at)
        Step.objects.filter(pk=replaced.pk).update(state=rules.STEP_REPLACED)
    last = signal.steps.order_by("-position").values_list("position", flat=True).first() or 0
    step = Step(
        case=signal.case,
        signal=signal,
        change=change,
        position=last + 1,
        recipient=advice.recipient,
        obligation=advice.obligation,
        basis=advice.basis,
        urgency=advice.urgency,
        actor=actor_of(advice, change, facts),
        rules=list(advice.rules),
        why_nl=advice.why["nl"],
        why_en=advice.why["en"],
        source=advice.source,
        due_at=due,
    )
    step.full_clean()
    step.save()
    return step


def actor_of(advice: Advice, change: FactsChange, facts: Facts) -> str:
    """What the writer did not tell is not for the writer to pass on: whoever handles the case does."""
    if advice.actor != "author" or change.source == FactsSource.ADDITION:
        return advice.actor
    return "board" if is_walled(facts) else "coordinator_or_principal"


def _mark(rows: Sequence[Row], change: FactsChange | None) -> None:
    Step.objects.filter(pk__in=[row.key for row in rows]).update(lapsed_by=change)


def _reopen(case: Case, by: User, to: tuple[Permission, ...]) -> None:
    now = timezone.now()
    reason = _("New answers of the writer ask for a step.")
    CaseChange.objects.create(
        case=case, kind=ChangeKind.STATUS, old=case.status, new=rules.REOPENED, reason=reason, by=by, at=now
    )
    case.status, case.outcome, case.close_reason, case.closed_at = rules.REOPENED, "", "", None
    case.version += 1
    case.full_clean()
    case.save()
    case_event(Action.CASE_REOPENED, case=case, by=by, to=to)
