"""Reports that go from one case to another: who may not see more by it, and all that goes along.

Everything here runs in the transaction of a service that has locked both cases.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Action
from signals import access, rules
from signals.answers import facts_now
from signals.audience import shut_out
from signals.errors import RuleError
from signals.events import case_event
from signals.models import (
    Attachment,
    Barred,
    Case,
    CaseChange,
    CasePerson,
    DossierState,
    Meeting,
    Moved,
    Person,
    Signal,
    Step,
    Task,
    Transfer,
    WorkLine,
)
from signals.models.case import ChangeKind
from signals.models.transfers import TransferKind
from signals.selectors import shares_running
from signals.services.due import lies_with, moves_end, refresh_due, refresh_tasks
from signals.services.handover import hand_over_lapses
from signals.services.left_tasks import shut_now, tell_owner
from signals.services.openings import openings_end
from signals.services.shares import shares_end_of_case
from signals.services.status import back_in_hand, bump, set_status
from signals.services.steps import take_completes_steps

# Tasks, meetings, other files and who was added belong to the whole case.
WORK = (Task, Meeting, WorkLine, Attachment, CasePerson)
BELONGS = (Step, Attachment)  # what has a `case` of its own beside the `signal` it belongs to


def put_together(
    *, by: User, source: Case, target: Case, reason: str = "", key: UUID | None = None, shared: bool = True
) -> Transfer:
    """Put all reports of one case with another; the emptied one leads on to it.

    Args:
        shared: whoever reads `target` by a share may also read what comes.

    Raises:
        RuleError: the cases are not open to the same people, or `target` is not in hand.
    """
    if target.status not in rules.ACTIVE or target.pk == source.pk:
        raise RuleError(_("Choose an open case of the same school."))
    reports, added = list(source.signals.order_by("id")), list(source.added_people.all())
    check_same_people(source, target, reports, added, but=added_staff(target))
    if not shared:
        check_shares(source, target)
    if source.status == rules.NEW:
        take_completes_steps(case=source, by=by)
    row = noted(TransferKind.MERGE, by=by, source=source, target=target, reports=reports, reason=reason, key=key)
    carry(reports, source, target)
    openings_end(target)
    leads_on(source, target, by=by, reason=reason)
    came_to(target, reports, added, by=by)
    CaseChange.objects.create(
        case=target,
        kind=ChangeKind.JOINED,
        old=source.reference,
        new=", ".join(row.reports)[:40],
        reason=reason,
        by=by,
        at=row.at,
    )
    settle(source, target)
    details = {"from": source.reference, "reports": row.reports}
    case_event(Action.CASE_JOINED, case=target, by=by, to=access.HANDLE, details=details)
    return row


def check_same_people(
    source: Case,
    target: Case,
    reports: Iterable[Signal],
    added: Iterable[CasePerson] = (),
    but: Collection[int] = (),
) -> None:
    """Refuse what would let somebody read what was closed to them, now or when it is put back.

    It does not say who that is, nor that there is anybody.

    Args:
        added: who goes along of those who were added to the source.
        but: ids of colleagues who may be kept out of one of the two only.

    Raises:
        RuleError: the cases are not open to the same people.
    """
    if (source.school_id, source.walled) != (target.school_id, target.walled):
        raise RuleError(_("Choose an open case of the same school."))
    going = list(reports)
    about = _staff_in(going, added)
    staff = any(facts_now(report).subject_role in rules.WALLING for report in going)
    differ = (shut_out(source) ^ shut_out(target)) - about - set(but)
    if differ or _named(source) != _named(target) or (staff and target.subject_role not in rules.WALLING):
        raise RuleError(_("These two cases are not open to the same people. So the reports stay where they are."))


def check_shares(source: Case, target: Case, since: datetime | None = None) -> None:
    """Refuse while somebody would read more by a share of the target.

    Args:
        since: who had their share before that moment could read it then as well.

    Raises:
        RuleError: it names those colleagues; who handles the case sees the shares of it anyway.
    """
    running = [row for row in shares_running(target) if since is None or row.created_at > since]
    names = [row.colleague.name for row in running if not access.may(row.colleague, source, *access.READ)]
    if names:
        words = {"reference": target.reference, "names": ", ".join(names)}
        raise RuleError(
            _("Case %(reference)s is shared with: %(names)s. They would read more by this. Stop that share first.")
            % words
        )


def noted(
    kind: TransferKind,
    *,
    by: User,
    source: Case,
    target: Case,
    reports: Iterable[Signal],
    reason: str,
    key: UUID | None,
) -> Transfer:
    """Write down what went where, and what the case was that it came from."""
    row = Transfer(
        key=key or uuid4(),
        kind=kind,
        source=source,
        target=target,
        reports=[report.reference for report in reports],
        was_status=source.status,
        was_concern=source.concern,
        was_owner=source.owner,
        was_taken_at=source.taken_at,
        reason=reason,
        by=by,
        at=timezone.now(),
    )
    if kind == TransferKind.MERGE:
        row.brought = list(source.joined.order_by("id").values_list("reference", flat=True))
        row.tasks = list(source.tasks.order_by("id").values_list("reference", flat=True))
        row.meetings = list(source.meetings.order_by("id").values_list("reference", flat=True))
        row.files = list(source.files.filter(signal=None).order_by("id").values_list("reference", flat=True))
        row.people = [str(key) for key in source.added_people.order_by("id").values_list("row_key", flat=True)]
    row.full_clean()
    row.save()
    return row


def carry(reports: Iterable[Signal], source: Case, target: Case) -> None:
    """Let reports go to another case, with their steps and with what moved up of those."""
    going = [report.pk for report in reports]
    Signal.objects.filter(pk__in=going).update(case=target)
    for model in BELONGS:
        model.objects.filter(signal__in=going).update(case=target)
    Moved.objects.filter(step__signal__in=going).update(case=target)
    if source.moved_at or target.moved_at:
        lies_with(source)
        lies_with(target)


def came_to(case: Case, reports: Iterable[Signal], added: Iterable[CasePerson] = (), *, by: User) -> None:
    """Colleagues whom reports are about, or who were added, can't open the case to which those came: nothing waits for
    them there any more."""
    if people := list(User.objects.filter(pk__in=_staff_in(reports, added)).order_by("pk")):
        shut_now(case, *people, by=by)


def keep_out(case: Case, gone: Iterable[Signal], *, by: User, added: Iterable[CasePerson] = ()) -> None:
    """Whom a report was about that left never sees what is still written about it in the case that goes on.

    Nor does who was added to the case from which it came, and went back there.
    """
    for pk in sorted(_staff_in(gone, added)):
        Barred.objects.get_or_create(case=case, user_id=pk, defaults={"by": by, "at": timezone.now()})


def _staff_in(reports: Iterable[Signal], added: Iterable[CasePerson]) -> set[int]:
    """Ids of the colleagues among these people; of who was added while they stand in the case."""
    named = Person.objects.filter(signal__in=list(reports), user__isnull=False).values_list("user_id", flat=True)
    return {*named, *(row.user_id for row in added if row.user_id and row.removed_at is None)}


def added_staff(case: Case) -> set[int]:
    """Ids of the colleagues who were added to a case."""
    return _staff_in([], case.added_people.all())


def stay_out(now_in: Case, origin: Case, *, by: User) -> dict[str, str]:
    """A colleague who was added to the case that goes on does not see either what stood in it and goes back.

    Where it was theirs, it lies with who puts it back.

    Returns:
        What the log keeps of it, to be erased with the case.
    """
    users = User.objects.filter(pk__in=added_staff(now_in) - shut_out(origin)).order_by("pk")
    for user in users:
        Barred.objects.create(case=origin, user=user, by=by, at=timezone.now())
    if users:
        back_in_hand(origin, by=by)
        tell_owner(origin, *users)
    references = " ".join(user.reference for user in users)
    return {"barred": references} if references else {}


def added_with(row: Transfer, now_in: Case) -> list[CasePerson]:
    """Who was added to a case before it was put with another one, and is there now."""
    return list(now_in.added_people.filter(row_key__in=row.people)) if row.people else []


def holds_more(case: Case) -> bool:
    """Whether anything was written in a case beside its reports; the line of a dossier tells what it was for."""
    of_no_report = case.files.filter(signal=None)
    made = case.dossiers.exclude(state=DossierState.DRAFT)
    return any(rows.exists() for rows in (case.notes, case.tasks, case.meetings, of_no_report, made))


def work_back(row: Transfer, now_in: Case, origin: Case) -> None:
    """The tasks, meetings, files and people that came with a case go back with it, and what was written of them.

    So does what was written of handing over and of dossiers, there and in the cases that were put with it before.
    """
    Task.objects.filter(reference__in=row.tasks, case=now_in).update(case=origin)
    Task.objects.filter(meeting__reference__in=row.meetings, case=now_in).update(case=origin)  # decided in them since
    Meeting.objects.filter(reference__in=row.meetings, case=now_in).update(case=origin)
    Attachment.objects.filter(reference__in=row.files, case=now_in).update(case=origin)
    CasePerson.objects.filter(row_key__in=row.people, case=now_in).update(case=origin)
    whole = Case.objects.filter(Q(pk=origin.pk) | Q(joined_to=origin)).values("pk")
    theirs = Q(task__reference__in=row.tasks) | Q(meeting__reference__in=row.meetings) | Q(hand_over__case__in=whole)
    theirs |= Q(task__meeting__reference__in=row.meetings) | Q(dossier__case__in=whole)
    WorkLine.objects.filter(theirs, case=now_in).update(case=origin)


def leads_on(case: Case, to: Case, *, by: User, reason: str) -> None:
    """An emptied case: nothing happens there any more, its number leads to the other one."""
    openings_end(case)
    hand_over_lapses(by=by, case=case)
    for model in WORK:
        model._default_manager.filter(case=case).update(case=to)
    shared = list(User.objects.filter(pk__in=case.shares.filter(ended_at=None).values("colleague")))
    shares_end_of_case(by=by, case=case)
    if shared:
        tell_owner(to, *shared)
    moves_end(case, all_of_them=True)
    case.joined.update(joined_to=to)
    case.joined_to, case.owner, case.taken_at = to, None, None
    if case.moved_at and not to.moved_at:
        to.moved_at = case.moved_at  # so that its chronology tells
        to.save(update_fields=["moved_at"])
    set_status(case, rules.JOINED, by=by, reason=reason)


def settle(source: Case, target: Case) -> None:
    """Deadlines of both as they are now, and a version that tells that something changed."""
    for case in (source, target):
        refresh_tasks(case)
        refresh_due(case)
        bump(case)


def _named(case: Case) -> set[int]:
    return set(case.named.filter(ended_at=None).values_list("user_id", flat=True)) if case.walled else set()
