"""Who may do what: the whole policy on one page.

A permission says what somebody may do; the scope (which school, which board, walled or not) is added by the
`access` module of the app that owns the rows. Nothing outside this file names a role to decide something.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    TEACHER = "teacher", _("teacher")
    COORDINATOR = "coordinator", _("care coordinator")
    PRINCIPAL = "principal", _("principal")
    BOARD_OFFICER = "board_officer", _("board officer")
    PRIVACY_OFFICER = "privacy_officer", _("privacy officer")
    ADMINISTRATOR = "administrator", _("administrator")


SCHOOL_ROLES = (Role.TEACHER, Role.COORDINATOR, Role.PRINCIPAL)
BOARD_ROLES = (Role.BOARD_OFFICER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)


class Permission(StrEnum):
    START = "start"  # has a start page at all
    SIGNAL_WRITE = "signal_write"  # log a concern, keep drafts, see and add to one's own
    CASE_HANDLE = "case_handle"  # read the story of the school's open cases, own, note, steps, dossiers, close
    CASE_FOLLOW = "case_follow"  # the school's cases without the story; the story with a reason
    WALLED_HANDLE = "walled_handle"  # the same as handle, for walled cases of the board
    NAMED_HANDLE = "named_handle"  # the same as handle, for a walled case on which one is named
    SHARED_READ = "shared_read"  # read a case that a colleague shared
    SHARED_ADD = "shared_add"  # and add notes, where the share says so
    CASE_WALL = "case_wall"  # put a wall around a case of the school
    BREAK_GLASS = "break_glass"  # open a case outside one's reach for an hour, with a reason
    BREAK_SEE = "break_see"  # see which cases were opened so, without the reason
    BREAK_REVIEW = "break_review"  # see the reason as well, and look into it
    TRAIL_OWN = "trail_own"
    TRAIL_SCHOOL = "trail_school"  # events of the school, walled cases left out
    TRAIL_BOARD = "trail_board"  # every event of the board, without content
    TRAIL_ACCOUNTS = "trail_accounts"  # log-ins and configuration of the board
    LOG_CHECK = "log_check"  # compare seals and receipts with the log of the board, and take proofs from it
    CONTACT_EDIT = "contact_edit"
    PROTOCOL_PROPOSE = "protocol_propose"  # propose steps of the board's own, and see what others proposed
    PROTOCOL_APPROVE = "protocol_approve"  # approve or refuse what another proposed; one of the two is of the board
    PEOPLE_EDIT = "people_edit"  # invite people of the board, give and end their roles, close accounts


_WRITER = {
    Permission.START,
    Permission.SIGNAL_WRITE,
    Permission.SHARED_READ,
    Permission.SHARED_ADD,
    Permission.TRAIL_OWN,
}
_SCHOOL = {
    Permission.NAMED_HANDLE,
    Permission.CASE_WALL,
    Permission.BREAK_GLASS,
    Permission.CONTACT_EDIT,
    Permission.PROTOCOL_PROPOSE,
}
_OFFICE = {Permission.START, Permission.TRAIL_OWN}

POLICY: dict[str, frozenset[Permission]] = {
    Role.TEACHER: frozenset(_WRITER),
    Role.COORDINATOR: frozenset(_WRITER | _SCHOOL | {Permission.CASE_HANDLE}),
    Role.PRINCIPAL: frozenset(
        _WRITER
        | _SCHOOL
        | {Permission.CASE_FOLLOW, Permission.TRAIL_SCHOOL, Permission.LOG_CHECK}
        | {Permission.BREAK_SEE, Permission.BREAK_REVIEW, Permission.PROTOCOL_APPROVE}
    ),
    Role.BOARD_OFFICER: frozenset(
        _WRITER
        | {Permission.WALLED_HANDLE, Permission.LOG_CHECK}
        | {Permission.BREAK_GLASS, Permission.BREAK_SEE, Permission.BREAK_REVIEW}
        | {Permission.PROTOCOL_PROPOSE, Permission.PROTOCOL_APPROVE}
    ),
    Role.PRIVACY_OFFICER: frozenset(_OFFICE | {Permission.TRAIL_BOARD, Permission.LOG_CHECK, Permission.BREAK_SEE}),
    Role.ADMINISTRATOR: frozenset(
        _OFFICE | {Permission.TRAIL_ACCOUNTS, Permission.CONTACT_EDIT, Permission.PEOPLE_EDIT}
    ),
}

# Whoever holds one of these learns of cases of others, so nobody who hands out roles at that board may: see rules.py.
_OF_OTHERS = {Permission.CASE_HANDLE, Permission.CASE_FOLLOW, Permission.WALLED_HANDLE, Permission.TRAIL_BOARD}


def reads_others(role: str) -> bool:
    """True for a role that opens, follows or audits the cases of others."""
    return bool(POLICY[role] & _OF_OTHERS)


def hands_out_roles(role: str) -> bool:
    """True for a role that invites people and gives roles."""
    return Permission.PEOPLE_EDIT in POLICY[role]
