"""The only door to cases, reports and drafts.

`visible_cases` serves lists, counts, pages and the trail alike, so they can't disagree. What somebody may not see is
a 404, the same as what does not exist; what they see but may not change is a 403. Both leave an event.
"""

from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.grants import grants_of
from accounts.models import User
from accounts.refusals import record_refusal
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from signals import rules
from signals.models import Case, Draft, Person, Signal, Step

HANDLE = (Permission.CASE_HANDLE, Permission.WALLED_HANDLE)
SEE = (*HANDLE, Permission.CASE_FOLLOW)


def visible_cases(user: User, *permissions: Permission) -> QuerySet[Case]:
    """The cases that one of the permissions (by default any) opens to this person.

    Walled cases open only to the board's officer, the others only inside the school. Whom a case is about never
    sees it, whatever the role. A case whose reports went to another one is no longer listed.
    """
    wanted = permissions or SEE
    grants = grants_of(user)
    scope = Q(pk__in=[])
    schools = frozenset().union(*(grants.schools(name) for name in wanted if name != Permission.WALLED_HANDLE))
    if schools:
        scope |= Q(school_id__in=schools, walled=False)
    if Permission.WALLED_HANDLE in wanted and (boards := grants.boards(Permission.WALLED_HANDLE)):
        scope |= Q(board_id__in=boards, walled=True)
    about_me = Person.objects.filter(signal__case=OuterRef("pk"), user=user)
    return Case.objects.filter(scope).exclude(Exists(about_me)).exclude(status=rules.JOINED)


def may(user: User, case: Case, *permissions: Permission) -> bool:
    """True when one of the permissions opens this case to this person."""
    return visible_cases(user, *permissions).filter(pk=case.pk).exists()


def case(user: User, reference: str, *, to: tuple[Permission, ...]) -> Case:
    """Fetch a case for something that needs one of the permissions `to`.

    Raises:
        Http404: it does not exist or is not visible to this person.
        PermissionDenied: visible, but not for this.
    """
    found = visible_cases(user).filter(reference=reference).select_related("school", "board", "owner").first()
    if found is None:
        not_found(user, "case", reference)
    if not may(user, found, *to):
        forbidden(user, found, "case needs " + "/".join(to))
    return found


def step(user: User, reference: str) -> Step:
    """Fetch a step of a case that this person handles."""
    found = (
        Step.objects.filter(reference=reference, case__in=visible_cases(user))
        .select_related("case__school", "case__board", "signal")
        .first()
    )
    if found is None:
        not_found(user, "step", reference)
    if not may(user, found.case, *HANDLE):
        forbidden(user, found.case, "step needs handling")
    return found


def own_signals(user: User) -> QuerySet[Signal]:
    """The reports that this person wrote for a school where they may still write."""
    grants = grants_of(user)
    return Signal.objects.filter(author=user).filter(
        Q(school_id__in=grants.schools(Permission.SIGNAL_WRITE))
        | Q(school__board_id__in=grants.boards(Permission.SIGNAL_WRITE))
    )


def own_signal(user: User, reference: str) -> Signal:
    """Fetch a report of one's own, or 404."""
    found = own_signals(user).filter(reference=reference).select_related("case", "school__board").first()
    if found is None:
        not_found(user, "signal", reference)
    return found


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
        rule=rule,
    )
    raise PermissionDenied


def joined_to(user: User, reference: str) -> str:
    """The reference of the visible case that a joined one went to; empty when there is none."""
    target = visible_cases(user).filter(joined__reference=reference).values_list("reference", flat=True).first()
    return target or ""
