"""The mails about one's own account."""

from django.utils.translation import gettext_lazy as _

from accounts.outbox import MailKind, has_a_role, register


def register_kinds() -> None:
    """Called once when the app starts."""
    register(
        "new_browser",
        MailKind(
            _("Logged in with a new browser"),
            _(
                "Somebody logged in to Schoolsafety as you, with a browser that you had not used before. Was it you? "
                "Then you need do nothing. If not, end that session and change your password at once:"
            ),
            has_a_role,
        ),
    )
