"""Reports that go to another case or become one of their own, two cases that become one, and putting it back."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.actions import Action
from signals import access, rules
from signals.answers import facts_now
from signals.audience import shut_out
from signals.errors import OvertakenError, RuleError
from signals.events import case_event
from signals.models import Barred, Case, CaseChange, Named, Signal, Transfer
from signals.models.case import ChangeKind
from signals.models.transfers import TransferKind
from signals.services.formkeys import arrived
from signals.services.joining import (
    added_staff,
    added_with,
    came_to,
    carry,
    check_same_people,
    check_shares,
    holds_more,
    keep_out,
    leads_on,
    noted,
    put_together,
    settle,
    stay_out,
    work_back,
)
from signals.services.openings import openings_end
from signals.services.status import back_in_hand, lock, lock_both, set_status

NOT_IN_HAND = gettext_lazy("This case is not in hand any more. Look at its state and choose again.")


@transaction.atomic
def case_merge(*, by: User, case: Case, into: Case, reason: str, key: UUID) -> Transfer:
    """Make one case of two that are in hand; `into` goes on, with its owner. The same key gives the same transfer.

    Raises:
        RuleError: one of them is not in hand any more, they are not open to the same people, or something else was
            sent under this key.
    """
    source, target = lock_both(case, into)
    if before := sent_before(key):
        kept = (before.kind, before.source_id, before.target_id, before.reason, before.by_id)
        return arrived(before, kept, (TransferKind.MERGE, source.pk, target.pk, reason, by.pk))
    if source.status not in rules.OPEN:
        raise RuleError(NOT_IN_HAND)
    new = source.status == rules.NEW  # whoever reads the other case then reads what is put with it
    return put_together(by=by, source=source, target=target, reason=reason, key=key, shared=new)


@transaction.atomic
def signal_move(*, by: User, signal: Signal, into: Case, reason: str, key: UUID) -> Transfer:
    """Take one report to another case in hand, with its steps. The same key gives the same transfer.

    Raises:
        OvertakenError: the report lies elsewhere by now.
        RuleError: it is the only one, one of the cases is not in hand, they are not open to the same people, or
            something else was sent under this key.
    """
    source, target = lock_both(signal.case, into)
    if before := sent_before(key):
        kept = (before.kind, before.target_id, before.reports, before.reason, before.by_id)
        return arrived(before, kept, (TransferKind.MOVE, target.pk, [signal.reference], reason, by.pk))
    report = _report_here(signal, source)
    if target.pk == source.pk or target.status not in rules.ACTIVE:
        raise RuleError(_("Choose an open case of the same school."))
    check_same_people(source, target, [report])
    check_shares(source, target)
    row = noted(TransferKind.MOVE, by=by, source=source, target=target, reports=[report], reason=reason, key=key)
    _goes(row, report, source, target)
    return row


@transaction.atomic
def signal_split(*, by: User, signal: Signal, reason: str, key: UUID) -> Transfer:
    """Make a case of its own of one report; whoever does so owns it. Nobody sees it who did not see the report.

    Raises:
        OvertakenError: the report lies elsewhere by now.
        RuleError: it is the only one, the case is not in hand, or something else was sent under this key.
    """
    lock(signal.case)
    source = Case.objects.select_related("board", "school", "owner").get(pk=signal.case_id)
    if before := sent_before(key):
        kept = (before.kind, before.reports, before.reason, before.by_id)
        return arrived(before, kept, (TransferKind.SPLIT, [signal.reference], reason, by.pk))
    report = _report_here(signal, source)
    target = _case_of_its_own(by, report, source)
    row = noted(TransferKind.SPLIT, by=by, source=source, target=target, reports=[report], reason=reason, key=key)
    _goes(row, report, source, target)
    return row


@transaction.atomic
def transfer_undo(*, by: User, transfer: Transfer, reason: str = "") -> Transfer:
    """Put reports back where they came from. What happened meanwhile stays with them, or where it was written.

    Doing it twice is harmless.

    Raises:
        RuleError: it says what must happen first.
    """
    now_in, origin = lock_both(transfer.target, transfer.source)
    row = Transfer.objects.select_for_update(of=("self",)).select_related("was_owner").get(pk=transfer.pk)
    if row.undone_at:
        return row
    reports = list(Signal.objects.filter(reference__in=row.reports).order_by("id"))
    added = added_with(row, now_in)
    _check_can_go_back(row, reports, now_in, origin)
    row.undone_by, row.undone_at = by, timezone.now()
    row.full_clean()
    row.save()
    if row.kind == TransferKind.MERGE:
        _stands_again(row, origin, by, reason)
    carry(reports, now_in, origin)
    work_back(row, now_in, origin)
    openings_end(origin)
    origin.concern = row.was_concern
    origin.save(update_fields=["concern"])
    emptied, kept = not now_in.signals.exists(), dict[str, str]()
    if emptied:
        leads_on(now_in, origin, by=by, reason=reason)
    else:
        keep_out(now_in, reports, by=by, added=added)
        kept = stay_out(now_in, origin, by=by)
        _headed(now_in)
    for case, other in ((now_in, origin), (origin, now_in)):
        _changed(case, ChangeKind.BACK, other, row.reports, by, reason)
    settle(now_in, origin)
    _event(row, origin, now_in, by, how="back", emptied=emptied, kept=kept)
    return row


def _goes(row: Transfer, report: Signal, source: Case, target: Case) -> None:
    carry([report], source, target)
    keep_out(source, [report], by=row.by)
    came_to(target, [report], by=row.by)
    openings_end(target)
    _headed(source)
    _changed(source, ChangeKind.LEFT, target, row.reports, row.by, row.reason)
    _changed(target, ChangeKind.CAME, source, row.reports, row.by, row.reason)
    settle(source, target)
    _event(row, target, source, row.by, how=row.kind)


def sent_before(key: UUID) -> Transfer | None:
    """What a second click, or a page that was sent again, finds."""
    return Transfer.objects.filter(key=key).select_related("source", "target").first()


def _report_here(signal: Signal, source: Case) -> Signal:
    """The report as it is now, in a case where another one stays behind."""
    report = Signal.objects.get(pk=signal.pk)
    if report.case_id != source.pk:
        raise OvertakenError(_("A colleague moved this report in the meantime. Look where it is now."))
    if source.status not in rules.ACTIVE:
        raise RuleError(NOT_IN_HAND)
    if source.signals.count() < 2:
        raise RuleError(_("This is the only report in the case. Put the whole case with another one instead."))
    return report


def _case_of_its_own(by: User, report: Signal, source: Case) -> Case:
    """Behind the same wall, for the same people; whoever was kept from the old one is kept from this one."""
    role = facts_now(report).subject_role
    now = timezone.now()
    case = Case(
        board=source.board,
        school=source.school,
        concern=report.concern,
        subject_role=role,
        walled=source.walled,
        status=rules.IN_REVIEW,
        owner=by,
        created_at=report.entered_at,
        taken_at=max(source.taken_at or now, report.entered_at),
    )
    if case.walled and role not in rules.WALLING:
        case.wall_reason = source.wall_reason or _("It came out of a case behind a wall.")
        case.walled_by, case.walled_at = source.walled_by or by, source.walled_at or now
    case.full_clean()
    case.save()
    kept_out = shut_out(source)
    Barred.objects.bulk_create(Barred(case=case, user_id=pk, by=by, at=now) for pk in sorted(kept_out))
    if case.walled:
        named = source.named.filter(ended_at=None).order_by("pk")
        Named.objects.bulk_create(Named(case=case, user_id=row.user_id, by=row.by, at=row.at) for row in named)
    CaseChange.objects.create(case=case, kind=ChangeKind.OWNER, new=by.reference, by=by, at=now)
    return case


def _check_can_go_back(row: Transfer, reports: Sequence[Signal], now_in: Case, origin: Case) -> None:
    if any(report.case_id != now_in.pk for report in reports):
        raise RuleError(_("A report has gone on to another case since. Put that back first."))
    if now_in.status not in rules.ACTIVE:
        raise RuleError(_("This case is closed. Reopen it first."))
    if row.kind == TransferKind.MERGE:
        if origin.joined_to_id != now_in.pk:
            raise RuleError(_("The case it came from has changed since. So the reports stay where they are."))
    elif origin.status == rules.JOINED:
        raise RuleError(_("The case it came from was put with another one since. Put that back first."))
    elif origin.status not in rules.ACTIVE:
        raise RuleError(_("The case it came from is closed. Reopen it first."))
    # A case that is emptied takes along what was written in it since, which nobody could read who only reads the other.
    all_of_it = not now_in.signals.exclude(pk__in=[report.pk for report in reports]).exists()
    added = list(now_in.added_people.all()) if all_of_it else added_with(row, now_in)
    but = added_staff(now_in) if row.kind == TransferKind.MERGE else ()
    check_same_people(now_in, origin, reports, added, but)
    check_shares(now_in, origin, since=None if all_of_it and holds_more(now_in) else row.at)


def _stands_again(row: Transfer, case: Case, by: User, reason: str) -> None:
    """A case that was put with another one is in hand again, with the cases that had been put with it before."""
    was_new = row.was_status == rules.NEW
    case.joined_to, case.joined_to_id = None, None
    case.owner, case.taken_at = (by, row.at) if was_new else (row.was_owner, row.was_taken_at)
    set_status(case, rules.IN_REVIEW if was_new else row.was_status, by=by, reason=reason)
    back_in_hand(case, by=by)
    if was_new:  # nobody had it before
        now = timezone.now()
        CaseChange.objects.create(case=case, kind=ChangeKind.OWNER, new=by.reference, by=by, at=now)
    Case.objects.filter(reference__in=row.brought, joined_to=row.target_id).update(joined_to=case)


def _headed(case: Case) -> None:
    """The concern above a case is one of those in it; whom it is about stays, for its wall hangs on that."""
    concerns = list(case.signals.order_by("id").values_list("concern", flat=True))
    if concerns and case.concern not in concerns:
        case.concern = concerns[0]
        case.save(update_fields=["concern"])


def _changed(case: Case, kind: ChangeKind, other: Case, reports: Sequence[str], by: User, reason: str) -> None:
    CaseChange.objects.create(
        case=case,
        kind=kind,
        old=other.reference,
        new=", ".join(reports)[:40],
        reason=reason,
        by=by,
        at=timezone.now(),
    )


def _event(
    row: Transfer,
    to: Case,
    left: Case,
    by: User,
    *,
    how: str,
    emptied: bool = False,
    kept: dict[str, str] | None = None,
) -> None:
    """What `readable_history` plays: which reports lie where from now on, and who is kept out by it."""
    details = {"from": left.reference, "reports": row.reports, "how": how, "emptied": emptied}
    details |= {"people": row.people} if row.people else {}
    details |= {"barred": 1} if kept else {}
    case_event(
        Action.SIGNAL_MOVED, case=to, by=by, to=access.HANDLE, kind="case", details=details, personal=kept or None
    )
