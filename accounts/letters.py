"""What a mail looks like: one about one thing, or several that waited together. A number and a link, no name."""

import hashlib
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mailkinds import KINDS
from accounts.models import OutgoingMail, User


def letter(mails: Sequence[OutgoingMail], user: User) -> EmailMessage:
    """The mail itself. Tried twice it carries the same Message-ID, so that a reader shows it once."""
    with translation.override(settings.LANGUAGE_CODE):
        subject, lines = _one(mails[0]) if len(mails) == 1 else _together(mails)
        body = "\n\n".join((*lines, _("This mail holds no names and no story: log in to read.")))
        headers = {"Message-ID": f"<mail-{_mark(mails)}@{settings.SITE_URL.partition('://')[2].partition(':')[0]}>"}
        return EmailMessage(subject, body + "\n", to=[user.email], headers=headers)


def _one(mail: OutgoingMail) -> tuple[str, list[str]]:
    kind, number = KINDS[mail.kind], {"reference": mail.reference}
    return str(kind.subject) % number, [str(kind.text) % number, _link(mail)]


def _together(mails: Sequence[OutgoingMail]) -> tuple[str, list[str]]:
    """Each thing once, with its link."""
    texts = [str(KINDS[mail.kind].text) % {"reference": mail.reference} for mail in mails]
    lines = list(dict.fromkeys(f"{text}\n{_link(mail)}" for text, mail in zip(texts, mails, strict=True)))
    subject = ngettext("Schoolsafety: %(count)d message", "Schoolsafety: %(count)d messages", len(lines))
    settings_page = _("When you get these mails you choose under “Messages” in the menu.")
    return subject % {"count": len(lines)}, [*lines, settings_page]


def _link(mail: OutgoingMail) -> str:
    make = KINDS[mail.kind].link
    return f"{settings.SITE_URL}{make(mail) if make else mail.path}"


def _mark(mails: Sequence[OutgoingMail]) -> str:
    """The same for the same mails, and for no others."""
    marks = [f"{mail.pk}-{mail.created_at:%Y%m%d%H%M%S}" for mail in mails]
    return marks[0] if len(marks) == 1 else hashlib.sha256(" ".join(marks).encode()).hexdigest()[:32]
