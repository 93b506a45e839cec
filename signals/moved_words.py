"""What pages say of a case on which nobody acted: by function, never by name."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from accounts.roles import Role
from escalation.hats import function_name
from signals import ladder, rules
from signals.ages import moment_words
from signals.models import Case


def with_whom(level: int, *, walled: bool, sector: str) -> str:
    """With whom it lies as well, by function."""
    if walled:
        return _("another board officer") if level == ladder.DEPUTY else _("the board officer")
    if level == ladder.DEPUTY:
        return _("the deputy of the %(function)s") % {"function": function_name(Role.COORDINATOR, sector)}
    function = function_name(Role.PRINCIPAL if level == ladder.PRINCIPAL else Role.BOARD_OFFICER, sector)
    return _("the %(function)s") % {"function": function}


def moved_text(case: Case) -> str:
    """Since when it lies with whom as well, and why; empty for a case that did not move up."""
    return moved_words(case.moved_to, case.moved_at, case.status, walled=case.walled, sector=case.school.sector)


def moved_words(level: int, at: datetime | None, status: str, *, walled: bool, sector: str) -> str:
    """The same, of what a list knows of a case."""
    if at is None or level == ladder.FIRST:
        return ""
    said = {"when": _when(at), "who": with_whom(level, walled=walled, sector=sector)}
    if status == rules.NEW:
        return _("Since %(when)s also with %(who)s, because nobody took up the report.") % said
    return _("Since %(when)s also with %(who)s, because a step stayed open too long.") % said


def text_for_writer(case: Case) -> str:
    """The same for the writer of the report; empty for a case that did not move up."""
    if case.moved_at is None or case.moved_to == ladder.FIRST:
        return ""
    who = with_whom(case.moved_to, walled=case.walled, sector=case.school.sector)
    return _("Your report now also lies with %(who)s.") % {"who": who}


def _when(at: datetime) -> str:
    local = timezone.localtime(at)
    if local.date() == timezone.localdate():
        return time_format(local, "H:i")
    return moment_words(at)
