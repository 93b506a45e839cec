"""Somebody leaves: who takes over each case they own, and then the end of a role or of the whole account.

The administrator who arranges it never learns what a case is about: of the school's cases they see the number, of
walled ones that there are some. Whoever takes a case over could open it already.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Reach
from accounts.grants import Grant, Grants, grants_of, memberships_on
from accounts.models import Membership, User
from accounts.outbox import queue
from accounts.roles import POLICY, Permission, Role
from accounts.services.closing import account_close
from accounts.services.roles import role_end
from audit.actions import Action
from signals import access, rules
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, CaseChange, Draft, Share
from signals.models.case import ChangeKind
from signals.services.absences import absences_end_of_person
from signals.services.handover import hand_over_lapses, hand_overs_end_of_person
from signals.services.left_tasks import tasks_of, tell_owners
from signals.services.shares import shares_end_of_person
from signals.told import with_deputies

MAIL = "case.handed_over"
NOBODY = gettext_lazy("A walled case has nobody who can take it over. Ask the board to name somebody first.")
HANDLING = [role for role in Role.values if POLICY[role] & set(access.HANDLE)]


@dataclass(frozen=True)
class Left:
    """What somebody leaves behind.

    cases: the school's open cases, with who could take each over; walled: the open walled ones, with the same, and
    those of others or of nobody yet that no colleague handles.
    shares: how many cases colleagues shared with them; drafts: how many reports were begun and not sent; tasks: how
    many open tasks they could not do any more.
    """

    cases: dict[Case, list[User]] = field(default_factory=dict)
    walled: dict[Case, list[User]] = field(default_factory=dict)
    shares: int = 0
    drafts: int = 0
    tasks: int = 0

    @property
    def stuck(self) -> bool:
        """True when nobody at the board could take over a walled case."""
        return not all(self.walled.values())


def left_behind(person: User, within: Reach, role: Membership | None = None) -> Left:
    """What would be left behind at these boards: by ending one role, or without it by leaving altogether."""
    cases = _cases(person, within, role)
    able = _able(cases, person)
    behind = _behind_walls(person, within, role)
    nobody = _able(behind, person)
    return Left(
        cases={case: able[case.pk] for case in cases if not case.walled},
        walled={case: able[case.pk] for case in cases if case.walled}
        | {case: [] for case in behind if not nobody[case.pk]},
        shares=0 if role else _shares(person, within),
        drafts=0 if role else _drafts(person, within),
        tasks=_tasks(person, within, role),
    )


@transaction.atomic
def person_leave(*, by: User, person: User, within: Reach, takers: Mapping[str, User]) -> None:
    """Hand over every open case, take back what was shared with them, close the account; or do nothing at all.

    What they shared themselves stays with the case: whoever takes it over can stop it.

    Args:
        within: the boards of the administrator.
        takers: who takes over, by the reference of the case.

    Raises:
        RuleError: a case has nobody, or somebody who may not handle it, a walled one would be left with nobody, or a
            case came to them meanwhile.
        RoleError: it is one's own account, or that of the last administrator.
        PermissionDenied: who closes it is no administrator any more.
    """
    behind = _behind_walls(person, within, None)
    _hand_over(by=by, person=person, cases=_cases(person, within, None), takers=takers, all_of_them=True)
    shares_end_of_person(by=by, colleague=person, boards=within.boards)
    account_close(by=by, person=person, within=within)
    _check_somebody(behind, person)
    hand_overs_end_of_person(by=by, person=person, boards=within.boards)
    _check_nothing_came(person, within, None)
    absences_end_of_person(by=by, person=person, boards=within.boards)
    tell_owners(person, within.boards)


@transaction.atomic
def role_leave(*, by: User, role: Membership, within: Reach, last_day: date | None, takers: Mapping[str, User]) -> None:
    """End one role; with a last day before tomorrow, or at once, the cases that hang on it must have somebody."""
    at_once = last_day is None or last_day <= timezone.localdate()
    cases = _cases(role.user, within, role)
    behind = _behind_walls(role.user, within, role) if at_once else []
    _hand_over(by=by, person=role.user, cases=cases, takers=takers, all_of_them=at_once)
    role_end(by=by, membership=role, last_day=last_day)
    _check_somebody(behind, role.user)
    hand_overs_end_of_person(by=by, person=role.user, boards=within.boards)
    if at_once:
        _check_nothing_came(role.user, within, role)
    absences_end_of_person(by=by, person=role.user, boards=within.boards)
    tell_owners(role.user, within.boards)


def _cases(person: User, within: Reach, role: Membership | None) -> list[Case]:
    """The open cases that somebody owns and would no longer handle."""
    owned = Case.objects.filter(owner=person, status__in=rules.ACTIVE, board__in=within.boards)
    owned = owned.select_related("school", "board").order_by("school__name", "pk")
    return list(owned) if role is None else _closed_without(role, owned, person)


def _behind_walls(person: User, within: Reach, role: Membership | None) -> list[Case]:
    """The open walled cases that somebody handles now and would no longer, whoever owns them; new ones too."""
    rows = access.visible_cases(person, Permission.WALLED_HANDLE, Permission.NAMED_HANDLE)
    rows = rows.filter(walled=True, status__in=rules.OPEN, board__in=within.boards)
    found = [case for scan in rows.scans for case in scan.select_related("school", "board")]
    return found if role is None else _closed_without(role, found, person)


def _closed_without(role: Membership, cases: Iterable[Case], person: User) -> list[Case]:
    """Those of the cases that somebody would not handle any more without this role."""
    seen = _sight_without(role, person)
    return [case for case in cases if not seen.may(case, *access.HANDLE)] if seen else []


def _sight_without(role: Membership, person: User) -> access.Sight | None:
    """What somebody would see without a role; None while nothing hangs on it yet."""
    if role.starts_on > timezone.localdate():
        return None
    after = User.objects.get(pk=person.pk)
    after._grants = _without(grants_of(person), role)
    return access.sight(after)


def _tasks(person: User, within: Reach, role: Membership | None) -> int:
    rows = tasks_of(person, within.boards)
    if role is None:
        return rows.count()
    seen = _sight_without(role, person)
    return sum(not seen.may(task.case, *access.ADD) for task in rows) if seen else 0


def _check_somebody(behind: list[Case], person: User) -> None:
    """Asked once the role has ended: until then the board is not locked, and a colleague may be leaving as well."""
    if not all(_able(behind, person).values()):
        raise RuleError(NOBODY)


def _check_nothing_came(person: User, within: Reach, role: Membership | None) -> None:
    """Asked once what they were asked to take over is locked and ended: until then they may have said yes."""
    if _cases(person, within, role):
        raise RuleError(_("A case came to this person in the meantime. Open this page once more, then go on."))


def _without(grants: Grants, role: Membership) -> Grants:
    gone = Grant(role.role, role.board_id or (role.school.board_id if role.school else 0), role.school_id)
    items = list(grants.items)
    if gone in items:
        items.remove(gone)
    return Grants(tuple(items))


def _able(cases: list[Case], person: User) -> dict[int, list[User]]:
    """For each case the colleagues who may handle it, by name; asked of the same door as every page."""
    schools, boards = {case.school_id for case in cases}, {case.board_id for case in cases}
    rows = Membership.objects.filter(memberships_on(timezone.localdate()), role__in=HANDLING)
    rows = rows.filter(Q(school__in=schools) | Q(board__in=boards)).exclude(user=person)
    found: dict[int, list[User]] = {case.pk: [] for case in cases}
    for user in User.objects.filter(pk__in=rows.values("user")).order_by("name", "pk"):
        seen = access.sight(user)
        for case in cases:
            if seen.may(case, *access.HANDLE):
                found[case.pk].append(user)
    return found


def _shares(person: User, within: Reach) -> int:
    rows = Share.objects.filter(colleague=person, ended_at=None, ends_on__gte=timezone.localdate())
    return rows.filter(case__board__in=within.boards).count()


def _drafts(person: User, within: Reach) -> int:
    """How many drafts; those for a school elsewhere are not theirs to know."""
    here = {school.reference for school in within.schools}
    drafts = Draft.objects.filter(author=person).only("reference", "data")
    return sum((draft.data.get("school") or "") in here | {""} for draft in drafts)


def _hand_over(*, by: User, person: User, cases: Iterable[Case], takers: Mapping[str, User], all_of_them: bool) -> None:
    locked = list(_locked(person, cases))
    able = _able(locked, person)
    load: Counter[int] = Counter()
    for case in locked:
        taker = _taker(case, able[case.pk], takers, load, all_of_them)
        if taker:
            _give(by=by, case=case, old=person, new=taker)


def _locked(person: User, cases: Iterable[Case]) -> QuerySet[Case]:
    """Under lock, and still as they were found."""
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk for case in cases])
    rows = rows.filter(owner=person, status__in=rules.ACTIVE)
    return rows.select_related("school", "board").order_by("pk")


def _taker(case: Case, able: list[User], takers: Mapping[str, User], load: Counter[int], must: bool) -> User | None:
    """Who takes a case over: the one who was chosen; of a walled case who got the fewest so far, at the board first."""
    if case.walled:
        if not able and must:
            raise RuleError(NOBODY)
        if not able or not must:
            return None
        above = [user for user in able if access.may(user, case, Permission.WALLED_HANDLE)]
        chosen = min(above or able, key=lambda user: load[user.pk])
        load[chosen.pk] += 1
        return chosen
    wanted = takers.get(case.reference)
    if wanted is None and not must:
        return None
    if wanted is None or wanted not in able:
        raise RuleError(_("Choose who takes over case %(reference)s.") % {"reference": case.reference})
    return wanted


def _give(*, by: User, case: Case, old: User, new: User) -> None:
    now = timezone.now()
    hand_over_lapses(by=by, case=case, to=(Permission.PEOPLE_EDIT,))
    CaseChange.objects.create(case=case, kind=ChangeKind.OWNER, old=old.reference, new=new.reference, by=by, at=now)
    case.owner = new
    case.version += 1
    case.full_clean()
    case.save(update_fields=["owner", "version"])
    case_event(
        Action.CASE_HANDED_OVER,
        case=case,
        by=by,
        to=(Permission.PEOPLE_EDIT,),
        details={"from": old.reference, "to": new.reference},
    )
    for user in with_deputies(case, [new]):
        queue(MAIL, to=user, path=reverse("signals:case", args=[case.reference]), reference=case.reference)
