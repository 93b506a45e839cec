"""The mails about cases: a number and a link. Each is asked once more, before it leaves, whether it may still go."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.outbox import MailKind, register
from signals import access

NUMBER = _("Schoolsafety: case %(reference)s")


def may_read(user: User, reference: str) -> bool:
    """Whether this case is still theirs to open."""
    return access.visible_cases(user, *access.SEE).filter(reference=reference).exists()


def may_know(user: User, reference: str) -> bool:
    """Whether they may still know that somebody opened this case."""
    return access.knows_of_glass(user, reference)


def register_all() -> None:
    """Called once when the app starts."""
    for name, subject, text, wanted in KINDS:
        register(name, MailKind(subject, text, wanted))


KINDS = (
    ("case.shared", NUMBER, _("A colleague shared case %(reference)s with you."), may_read),
    ("case.walled", NUMBER, _("Case %(reference)s is now behind a wall, and you can handle it."), may_read),
    ("case.handed_over", NUMBER, _("Case %(reference)s is yours now, because its owner stops."), may_read),
    (
        "glass.broken",
        NUMBER,
        _("Somebody opened case %(reference)s by break-glass. Please look into it."),
        may_know,
    ),
    ("glass.broken.owner", NUMBER, _("Somebody opened your case %(reference)s by break-glass."), may_read),
)
