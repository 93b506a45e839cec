"""Events about cases and reports, with the references that decide who may see them."""

from collections.abc import Mapping

from django.utils.crypto import salted_hmac

from accounts.grants import grants_of
from accounts.models import Board, School, User
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record
from signals.models import Case


def case_event(
    action: Action,
    *,
    case: Case,
    by: User,
    to: tuple[Permission, ...],
    kind: str = "case",
    ref: str = "",
    details: Mapping[str, object] | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Record something about a case. A walled case carries no school, so that the school's trail stays silent."""
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_at(*to, board=case.board_id, school=case.school_id, board_first=case.walled),
        board=case.board.reference,
        school="" if case.walled else case.school.reference,
        case=case.reference,
        kind=kind,
        ref=ref or case.reference,
        rule="/".join(to)[:80],
        details=details,
        personal=personal,
    )


def server_event(action: Action, *, case: Case, kind: str, ref: str, details: Mapping[str, object]) -> None:
    """Record what the server itself did with a case."""
    record(
        action,
        board=case.board.reference,
        school="" if case.walled else case.school.reference,
        case=case.reference,
        kind=kind,
        ref=ref,
        details=details,
    )


def school_event(
    action: Action,
    *,
    school: School,
    by: User,
    to: tuple[Permission, ...],
    kind: str,
    ref: str,
    details: Mapping[str, object],
) -> None:
    """Record something about how a school works, and about no case."""
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_at(*to, board=school.board_id, school=school.pk),
        board=school.board.reference,
        school=school.reference,
        kind=kind,
        ref=ref,
        rule="/".join(to)[:80],
        details=details,
    )


def board_event(
    action: Action,
    *,
    board: Board,
    by: User,
    to: tuple[Permission, ...],
    kind: str,
    ref: str,
    details: Mapping[str, object],
) -> None:
    """The same about how a board works."""
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_for_board(*to, board=board.pk),
        board=board.reference,
        kind=kind,
        ref=ref,
        rule="/".join(to)[:80],
        details=details,
    )


def private_event(
    action: Action,
    *,
    by: User,
    kind: str,
    ref: str = "",
    to: tuple[Permission, ...] = tuple(Permission),
    details: Mapping[str, object] | None = None,
) -> None:
    """Record something that only the writer and the privacy officer may see: a draft, a search, a list.

    `to`: the permissions of which one allowed it, for the role that counts.
    """
    grants = grants_of(by)
    record(
        action,
        actor=by.reference,
        role=grants.role_for(*to),
        board=grants.board_ref,
        kind=kind,
        ref=ref,
        details=details,
    )


def practice_event(action: Action, *, by: User, ref: str) -> None:
    """Record that somebody practises. It names no board, school or case, so it stands in nobody's log but their own."""
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_for(Permission.SIGNAL_WRITE),
        kind="practice",
        ref=ref,
    )


def terms_digest(terms: str, what: str = "person.searched") -> str:
    """What was searched for, so that two searches can be compared; the words themselves are kept nowhere."""
    return salted_hmac(what, " ".join(terms.lower().split())).hexdigest()[:16]
