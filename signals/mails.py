"""The mails about cases: a number and a link. Each is asked once more, before it leaves, whether it may still go."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.outbox import MailKind, register
from signals import access, ladder

MOVED, MOVED_SEVERAL = "case.moved_up", "cases.moved_up"
REPEATED = "case.repeated"
NUMBER = _("Schoolsafety: case %(reference)s")


def may_read(user: User, reference: str) -> bool:
    """Whether this case is still theirs to open."""
    return access.visible_cases(user, *access.SEE).filter(reference=reference).exists()


def may_know(user: User, reference: str) -> bool:
    """Whether they may still know that somebody opened this case."""
    return access.knows_of_glass(user, reference)


def may_know_moved(user: User, reference: str) -> bool:
    """Whether something nobody acted on still lies with them; a number: that case. Where somebody acted, no mail."""
    seen = access.sight(user)
    which = {"reference": reference} if reference else {}
    here = seen.scope(*access.SEE).reach().filter(moved_to__gt=ladder.FIRST, **which)
    return here.exists() or access.moved_to_board(seen).filter(**which).exists()


def register_all() -> None:
    """Called once when the app starts."""
    for name, subject, text, wanted in KINDS:
        register(name, MailKind(subject, text, wanted))


KINDS = (
    ("case.shared", NUMBER, _("A colleague shared case %(reference)s with you."), may_read),
    (
        REPEATED,
        NUMBER,
        _("Case %(reference)s brings the third small report in six weeks. Please look at them together."),
        may_read,
    ),
    ("case.walled", NUMBER, _("Case %(reference)s is now behind a wall, and you can handle it."), may_read),
    ("case.handed_over", NUMBER, _("Case %(reference)s is yours now, because its owner stops."), may_read),
    (
        "glass.broken",
        NUMBER,
        _("Somebody opened case %(reference)s by break-glass. Please look into it."),
        may_know,
    ),
    (
        MOVED,
        NUMBER,
        _("Nobody acted on case %(reference)s in time. Please see what to do now."),
        may_know_moved,
    ),
    (
        MOVED_SEVERAL,
        _("Schoolsafety: cases on which nobody acted"),
        _("Nobody acted on several cases in time. Please see what to do now."),
        may_know_moved,
    ),
    ("glass.broken.owner", NUMBER, _("Somebody opened your case %(reference)s by break-glass."), may_read),
)
