"""The mails of the demo, which leave for a folder instead of a mail server. This address exists only in the demo."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guard import public

MOST = 50


@dataclass(frozen=True)
class Sent:
    """A mail as its reader sees it. links: those to this site, without its name."""

    to: str
    subject: str
    date: datetime
    text: str
    links: list[str]


@public
@require_safe
def sent_mail(request: HttpRequest) -> HttpResponse:
    """The newest mails first. Outside the demo there is nothing here, whatever the addresses say."""
    if not settings.DEMO:
        raise Http404
    return render(request, "demo/post.html", {"mails": _newest(Path(settings.EMAIL_FILE_PATH))})


def _newest(folder: Path) -> list[Sent]:
    """Each file of Django's file backend holds the mails of one connection, with a line of dashes after each."""
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:MOST]
    return [_read(part) for path in files for part in _parts(path.read_bytes())][:MOST]


def _parts(content: bytes) -> list[bytes]:
    return [part for part in content.split(b"\n" + b"-" * 79 + b"\n") if part.strip()]


def _read(content: bytes) -> Sent:
    mail = message_from_bytes(content, EmailMessage, policy=policy.default)
    text = str(mail.get_content()).strip()
    words = text.split()
    links = [word.removeprefix(settings.SITE_URL) for word in words if word.startswith(settings.SITE_URL + "/")]
    date = parsedate_to_datetime(str(mail["Date"])).replace(tzinfo=UTC)  # Django writes it in UTC
    return Sent(str(mail["To"]), str(mail["Subject"]), date, text, links)
