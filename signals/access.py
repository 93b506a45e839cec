"""The only door to cases, reports and drafts.

One `Sight` serves lists, counts, search, pages and the trail alike, so they can't disagree. What somebody may not see
is a 404, the same as what does not exist; what they see but may not change is a 403. Both leave an event.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import BigIntegerField, CharField, DateField, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from accounts.grants import Grants, grants_of, places_to_write_for, schools_at
from accounts.marks import Given, keys
from accounts.models import School, User
from accounts.prepared import Prepared
from accounts.refusals import record_refusal
from accounts.roles import Permission
from accounts.together import Together
from audit.actions import Action
from audit.record import record
from escalation.models import ProtocolChange
from escalation.selectors import approved_at
from signals.models import Barred, Case, CasePerson, Draft, Person, Signal, Step
from signals.models.case import Rung
from signals.rows import Row, Rows, explicit_rows, given, row_query, rows_that_hold
from signals.scope import Placed, Reach, Scope
from signals.selectors import deputy_of_owner

Keys = Collection[int]
HANDLE = (Permission.CASE_HANDLE, Permission.WALLED_HANDLE, Permission.NAMED_HANDLE)
ADD = (*HANDLE, Permission.SHARED_ADD)
READ = (*ADD, Permission.SHARED_READ, Permission.BREAK_GLASS)
SEE = (*READ, Permission.CASE_FOLLOW)
BY_SCHOOL = (Permission.CASE_HANDLE, Permission.CASE_FOLLOW)
ONE_BY_ONE = {
    Permission.NAMED_HANDLE: Row.NAMED,
    Permission.SHARED_READ: Row.READ,
    Permission.SHARED_ADD: Row.ADD,
    Permission.BREAK_GLASS: Row.GLASS,
}


@dataclass(frozen=True)
class Sight:
    """What one person sees at this moment: what their roles give, and the explicit rows about them."""

    grants: Grants
    rows: Rows
    known: dict[tuple[Permission, ...], Scope] = field(default_factory=dict, repr=False, compare=False)

    def scope(self, *permissions: Permission) -> Scope:
        """The cases that one of the permissions (by default any) opens.

        Cases without a wall open inside the school, walled ones to the board's officer and to who is named on them.
        Whom a case is about never sees it, whatever the role; nor does who was barred from it.
        """
        wanted = permissions or SEE
        found = self.known.get(wanted)
        if found is None:
            found = self.known[wanted] = self._scope(wanted)
        return found

    def _scope(self, wanted: tuple[Permission, ...]) -> Scope:
        schools = (self.grants.schools(name) for name in wanted if name in BY_SCHOOL)
        boards = (self.grants.boards(name) for name in wanted if name == Permission.WALLED_HANDLE)
        return Scope(
            schools=frozenset().union(*schools),
            boards=frozenset().union(*boards),
            cases=frozenset().union(*(self.rows[ONE_BY_ONE[name]] for name in wanted if name in ONE_BY_ONE)),
            shut=self.shut,
        )

    @property
    def shut(self) -> frozenset[int]:
        """Ids of the cases about this person and of those they were barred from."""
        return self.rows[Row.ABOUT] | self.rows[Row.BARRED]

    def may(self, found: Placed, *permissions: Permission) -> bool:
        """True when one of the permissions opens this case."""
        return self.scope(*permissions).holds(found)

    def way(self, found: Case) -> Permission | None:
        """By what this case opens: the widest of the permissions that do; None when it does not."""
        return next((name for name in SEE if self.may(found, name)), None)


def sight(user: User) -> Sight:
    """What somebody sees now. Ask once per request and pass it on."""
    return Sight(grants_of(user), explicit_rows(user))


def visible_cases(user: User, *permissions: Permission) -> Reach:
    """The cases that one of the permissions (by default any) opens to this person."""
    return sight(user).scope(*permissions).reach()


def may(user: User, found: Case, *permissions: Permission) -> bool:
    """True when one of the permissions opens this case to this person."""
    return sight(user).may(found, *permissions)


def reads_by_share(user: User) -> bool:
    """Whether a case was shared with this person: then they read what others wrote, whatever their role."""
    return bool(explicit_rows(user)[Row.READ])


def case(user: User, reference: str, *, to: tuple[Permission, ...], follow_joined: bool = False) -> Case:
    """Fetch a case for something that needs one of the permissions `to`.

    Args:
        follow_joined: give the case that a joined one went to.

    Raises:
        Http404: it does not exist or is not visible to this person.
        PermissionDenied: visible, but not for this.
    """
    return sight_and_case(user, reference, to=to, follow_joined=follow_joined)[1]


def sight_and_case(
    user: User, reference: str, *, to: tuple[Permission, ...], follow_joined: bool = False
) -> tuple[Sight, Case]:
    """The same with what this person sees, for who needs that afterwards; both in one statement."""
    grants, rows = grants_of(user), _SIGHT_AND_CASE.rows(**given(user, timezone.now()), reference=reference)
    seen = Sight(grants, rows_that_hold(rows["rows"], grants))
    found: Case | None = next(iter(rows["case"]), None)
    if found and found.joined_to_id and follow_joined:
        found = Case.objects.select_related("school", "board").get(pk=found.joined_to_id)
    if found is None or not seen.may(found):
        not_found(user, "case", reference)
    if not seen.may(found, *to):
        forbidden(user, found, "case needs " + "/".join(to))
    return seen, found


def cases(user: User, references: Sequence[str], *, to: tuple[Permission, ...]) -> dict[str, Case]:
    """Those of several cases that one of the permissions `to` opens, by their number; the others leave a refusal."""
    rows = Case.objects.select_related("school", "board", "owner").filter(reference__in=references)
    scope = sight(user).scope(*to)
    found = {row.reference: row for row in rows if scope.holds(row)}
    for reference in references:
        if reference not in found:
            record_refusal(user, kind="case", ref=reference, rule="not visible")
    return found


def _case() -> QuerySet[Case]:
    """A case with its owner, and the name of who stands in for them today: see deputy_of_owner()."""
    rows = Case.objects.filter(reference=Given("reference", CharField())).select_related("school", "board", "owner")
    return rows.annotate(stand_in=Subquery(deputy_of_owner(Given("today", DateField()))))


_SIGHT_AND_CASE = Together(rows=row_query, case=_case)


def case_behind_glass(user: User, reference: str) -> Case | None:
    """A case of the same board that this person may open by breaking the glass, or sees anyway.

    None when there is no such number, when it is about this person or when they are barred from it: all the same.
    """
    boards = grants_of(user).boards_of(Permission.BREAK_GLASS)
    rows = Case.objects.filter(reference=reference, board_id__in=boards)
    found = rows.select_related("school", "board", "owner", "joined_to__school", "joined_to__board").first()
    target = found.joined_to if found and found.joined_to else found
    return None if target is None or target.pk in sight(user).shut else target


def moved_to_board(boards: Keys, shut: Keys) -> QuerySet[Case]:
    """Cases of schools that came up to the officer of these boards because nobody acted: to know of, not to open."""
    return Case.objects.filter(board_id__in=boards, walled=False, moved_to=Rung.BOARD).exclude(pk__in=shut)


def step(user: User, reference: str) -> Step:
    """Fetch a step of a case that this person handles."""
    found = Step.objects.filter(reference=reference).select_related("case__school", "case__board", "signal").first()
    seen = sight(user)
    if found is None or not seen.may(found.case):
        not_found(user, "step", reference)
    if not seen.may(found.case, *HANDLE):
        forbidden(user, found.case, "step needs handling")
    return found


def own_signals(user: User) -> QuerySet[Signal]:
    """The reports that this person wrote for a school where they may still write. For `shut`, see is_shut()."""
    grants, case = grants_of(user), OuterRef("case")
    about = Q(Exists(Person.objects.filter(signal__case=case, user=user)))
    about |= Q(Exists(CasePerson.objects.filter(case=case, user=user, removed_at=None)))
    rows = Signal.objects.annotate(shut=about | Q(Exists(Barred.objects.filter(case=case, user=user))))
    return rows.filter(author=user).filter(
        Q(school_id__in=grants.schools(Permission.SIGNAL_WRITE))
        | Q(school__board_id__in=grants.boards(Permission.SIGNAL_WRITE))
    )


def own_signal(user: User, reference: str) -> Signal:
    """Fetch a report of one's own, or 404."""
    found = (
        own_signals(user)
        .filter(reference=reference)
        .select_related("case__board", "case__school", "school__board", "author", "on_paper_by")
        .first()
    )
    if found is None:
        not_found(user, "signal", reference)
    return found


def is_shut(found: Signal) -> bool:
    """Whether its writer is kept out of the case: they see what they sent, and nothing of what it became."""
    return bool(getattr(found, "shut", False))


def sent_as(user: User, key: str) -> Signal | None:
    """The report of one's own that the draft with this reference became."""
    if not _SENT.rows(key=key, user=user.pk):
        return None
    return own_signals(user).filter(key=key).first()


def kept_as(user: User, reference: str) -> Draft | None:
    """A draft of one's own that was not sent."""
    return next(iter(_DRAFT.objects(reference=reference, user=user.pk)), None)


def kept_with_schools(user: User, reference: str) -> tuple[Draft | None, list[School], list[ProtocolChange]]:
    """The same with schools_to_write_for() and what their boards agreed on steps, in one statement."""
    boards = sorted(grants_of(user).boards_of(Permission.SIGNAL_WRITE))
    found = _DRAFT_AND_SCHOOLS.rows(*places_to_write_for(user), boards, reference=reference, user=user.pk)
    schools = sorted(found["schools"], key=lambda school: school.name)
    return next(iter(found["drafts"]), None), schools, found["agreed"]


_MINE = {"author": Given("user", BigIntegerField())}
_SENT = Prepared(lambda: Signal.objects.filter(key=Given("key", CharField()), **_MINE).values_list("pk"))
_REPORT = Signal.objects.filter(key=OuterRef("reference"), author=OuterRef("author"))


def _draft(*_lengths: int) -> QuerySet[Draft]:
    return Draft.objects.filter(~Exists(_REPORT), reference=Given("reference", CharField()), **_MINE)


def _schools(schools: int, boards: int, _agreed: int) -> QuerySet[School]:
    return schools_at(schools, boards).order_by()


def _agreed(_schools: int, _boards: int, boards: int) -> QuerySet[ProtocolChange]:
    return approved_at(keys(2, boards))


_DRAFT, _DRAFT_AND_SCHOOLS = Prepared(_draft), Together(drafts=_draft, schools=_schools, agreed=_agreed)


def own_drafts(user: User) -> QuerySet[Draft]:
    """What this person has not sent yet; nobody else sees it."""
    return Draft.objects.filter(author=user)


def own_draft(user: User, reference: str) -> Draft:
    """Fetch a draft of one's own, or 404."""
    found = own_drafts(user).filter(reference=reference).first()
    if found is None:
        not_found(user, "draft", reference)
    return found


def not_found(user: User, kind: str, reference: str) -> NoReturn:
    """Record the refusal and answer as if there were nothing, whether or not there is."""
    record_refusal(user, kind=kind, ref=reference, rule="not visible")
    raise Http404


def forbidden(user: User, case: Case, rule: str) -> NoReturn:
    """Record the refusal of an action on a case that this person does see."""
    record(
        Action.REFUSED,
        actor=user.reference,
        role=grants_of(user).role_for(*SEE),
        board=case.board.reference,
        school="" if case.walled else case.school.reference,
        case=case.reference,
        kind="case",
        ref=case.reference,
        refused=True,
        rule=rule[:80],
    )
    raise PermissionDenied
