"""What a handler says of the people in a case: their role, and who belongs in it beside those of the reports."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Pupil, User
from audit.actions import Action
from signals import access, rules
from signals.about import Involved, involved, key_of
from signals.casepeople import people_in, written_about
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Barred, Case, CaseChange, CasePerson
from signals.models.case import OUT, ChangeKind
from signals.models.signal import PersonRole
from signals.selectors import whole
from signals.services.formkeys import arrived
from signals.services.left_tasks import shut_now
from signals.services.status import check_handles, lock


@dataclass(frozen=True)
class Newcomer:
    """Who is added to a case: a pupil, a colleague, or somebody who is described."""

    pupil: Pupil | None = None
    user: User | None = None
    description: str = ""


@transaction.atomic
def person_role(*, by: User, case: Case, person: Involved, role: str) -> CaseChange | None:
    """Say what somebody is in the case. It opens and closes the case to nobody; choosing another one undoes it.

    None when nothing changes: the same sent twice.

    Raises:
        RuleError: the case is not in hand.
    """
    locked = lock(case)
    check_handles(by, locked, seen=case)
    if locked.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can change a role."))
    if role == _role_now(locked, person):
        return None
    for row in _added(locked, person.key):
        row.role = role
        row.save(update_fields=["role"])
    change = _changed(locked, ChangeKind.ROLE, person.key, role, by)
    details = {"role": role}
    case_event(
        Action.CASE_ROLE_SET, case=locked, by=by, to=access.HANDLE, kind="person", ref=person.reference, details=details
    )
    return change


@transaction.atomic
def person_add(*, by: User, case: Case, newcomer: Newcomer, role: str, key: str) -> CasePerson:
    """Add somebody whom no report names. The same key gives the same row. Steps and answers stay as they are.

    A colleague can't read the case from then on, as if a report were about them: their share stays without effect, what
    was asked of them lapses, and the owner hears of their tasks.

    Raises:
        RuleError: the case is not in hand, it is who adds them, they stand in it already, or something else was kept
            under this key.
    """
    locked = lock(case)
    if before := CasePerson.objects.filter(key=key).first():
        kept = (before.case_id, before.by_id, before.role, before.pupil_id, before.user_id, before.description)
        pupil, user = newcomer.pupil, newcomer.user
        sent = (locked.pk, by.pk, role, pupil and pupil.pk, user and user.pk, newcomer.description)
        return arrived(before, kept, sent)
    check_handles(by, locked, seen=case)
    row = CasePerson(key=key, case=locked, role=role, by=by, at=timezone.now())
    row.pupil, row.user, row.description = newcomer.pupil, newcomer.user, newcomer.description
    _check(locked, row, by)
    row.full_clean()
    row.save()
    _comes(locked, row, by)
    return row


@transaction.atomic
def person_remove(*, by: User, case: Case, person: Involved) -> bool:
    """Take out somebody who was added. That they stood in the case stays, and they can be put back.

    A colleague can read the case again as far as their role goes, but not where something was written about them.

    Returns:
        Whether they still stood in it; a second click finds that they do not.

    Raises:
        RuleError: the case is not in hand, or a report names them.
    """
    locked = lock(case)
    _check_in_hand(locked)
    rows = _added(locked, person.key)
    if not rows:
        return False
    check_handles(by, locked, seen=case)
    if any(one.reported and one.key == person.key for one in involved(people_in(locked))):
        raise RuleError(_("A report in this case is about this person, so they stay in it."))
    for row in rows:
        row.removed_at, row.removed_by = timezone.now(), by
        row.full_clean()
        row.save()
        _goes(locked, row, by)
    return True


@transaction.atomic
def person_back(*, by: User, case: Case, row: CasePerson) -> CasePerson:
    """Put somebody back who was taken out; doing it twice is harmless.

    Raises:
        RuleError: as for adding them.
    """
    locked = lock(case)
    found = CasePerson.objects.select_related("pupil", "user").get(pk=row.pk)
    if found.removed_at is None:
        return found
    check_handles(by, locked, seen=case)
    found.removed_at, found.removed_by = None, None
    _check(locked, found, by)
    found.full_clean()
    found.save()
    _comes(locked, found, by)
    return found


def _check_in_hand(case: Case) -> None:
    if case.status not in rules.ACTIVE:
        raise RuleError(_("Take the case first, or reopen it. Then you can add a person or take one out."))


def _check(case: Case, row: CasePerson, by: User) -> None:
    """Somebody always stays who can read the case: who adds a person."""
    _check_in_hand(case)
    if row.user == by:
        raise RuleError(
            _("You can't add yourself: you could not read this case any more. A colleague who handles it can add you.")
        )
    there = involved(people_in(case))
    if any(one.key == key_of(row) or (one.phrase and one.name == row.description) for one in there):
        raise RuleError(_("This person stands in the case already."))


def _comes(case: Case, row: CasePerson, by: User) -> None:
    _changed(case, ChangeKind.PERSON, key_of(row), row.role, by)
    details = {"role": row.role, "staff": row.user is not None}
    # Who may not read it is needed to say later who could; it can be erased with the case.
    personal = {"about": row.user.reference} if row.user else None
    _event(Action.CASE_PERSON_ADDED, case, row, by, details, personal)
    if row.user:
        shut_now(case, row.user, by=by)


def _goes(case: Case, row: CasePerson, by: User) -> None:
    key = key_of(row)
    _changed(case, ChangeKind.PERSON, key, OUT, by)
    barred = row.user if row.user and written_about(case, key) else None
    if barred:
        Barred.objects.get_or_create(case=case, user=barred, defaults={"by": by, "at": timezone.now()})
    personal = {"barred": barred.reference} if barred else None
    _event(Action.CASE_PERSON_REMOVED, case, row, by, {"barred": 1 if barred else 0}, personal)


def _role_now(case: Case, person: Involved) -> str:
    """Of who was added the row says it; of whom a report is about what a handler said last."""
    if not person.reported:
        return person.role
    rows = CaseChange.objects.filter(case__in=whole(case.pk), kind=ChangeKind.ROLE, old=person.key)
    last = rows.order_by("-at", "-pk").first()
    return last.new if last else PersonRole.SUBJECT


def _added(case: Case, key: str) -> list[CasePerson]:
    """The rows by which somebody stands in a case beside its reports."""
    rows = case.added_people.filter(removed_at=None).select_related("pupil", "user").order_by("pk")
    return [row for row in rows if key_of(row) == key]


def _changed(case: Case, kind: ChangeKind, key: str, new: str, by: User) -> CaseChange:
    change = CaseChange(case=case, kind=kind, old=key, new=new, by=by, at=timezone.now())
    change.full_clean()
    change.save()
    return change


def _event(
    action: Action,
    case: Case,
    row: CasePerson,
    by: User,
    details: dict[str, object],
    personal: dict[str, str] | None,
) -> None:
    ref = str(row.row_key)
    case_event(action, case=case, by=by, to=access.HANDLE, kind="person", ref=ref, details=details, personal=personal)
