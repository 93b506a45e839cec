"""Events about people and their roles."""

from collections.abc import Mapping

from accounts.grants import grants_of
from accounts.models import Board, Invitation, Membership, School, User
from accounts.roles import Permission
from audit.actions import Action
from audit.record import record


def people_event(
    action: Action,
    *,
    by: User,
    board: Board,
    kind: str,
    ref: str = "",
    school: School | None = None,
    rule: str = Permission.PEOPLE_EDIT,
    details: Mapping[str, object] | None = None,
) -> None:
    """Record something about people and roles; `rule` says what allowed it."""
    record(
        action,
        actor=by.reference,
        role=grants_of(by).role_for_board(Permission.PEOPLE_EDIT, board=board.pk),
        board=board.reference,
        school=school.reference if school else "",
        kind=kind,
        ref=ref,
        rule=rule,
        details=details,
    )


def span_details(row: Membership | Invitation) -> dict[str, object]:
    """A role with its days and its place, in codes and references."""
    found: dict[str, object] = {"role": row.role, "starts": row.starts_on.isoformat()}
    if row.ends_on:
        found["ends"] = row.ends_on.isoformat()
    if row.school:
        found["school"] = row.school.reference
    elif row.board:
        found["board"] = row.board.reference
    return found
