"""What somebody typed, or sent when the log-in had ended, is kept for them alone until it arrives where it goes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.forms import BooleanField, ChoiceField, Form
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import browsers
from accounts.events import account_event
from accounts.guard import MARK, PUBLIC, QUIET
from accounts.models import KeptWords, User
from accounts.references import is_reference
from audit.actions import Action

UNREADABLE = (UnreadablePostError, MultiPartParserError, RequestDataTooBig, SuspiciousOperation)
FIELD, TOKEN = "kept_words", "csrfmiddlewaretoken"
PATH_FIELD = "kept_path"  # where an open form will be sent
NOTHING = "kept_nothing"  # everything was taken out again
ARRIVED = "kept-arrived:"
TERM = timedelta(days=30)
LONGEST = 400_000  # characters in all; a report of four full boxes is 80,000
MOST = 20  # per person
PATH = 500
BAD_REQUEST = 400
SHOWS_THEM = (409, 422)  # what was typed stands on the page again
# Never kept, whatever page it was on: what opens a door.
SECRET = re.compile(r"pass|wachtwoord|token|secret|otp|credential|recovery|(^|_)code$|^kept_words$", re.IGNORECASE)
ACCOUNT_PAGES = ("account_", "mfa_", "socialaccount_", "sso_", "saml_", "openid_", "kept_", "sessions")

LABELS: dict[str, Any] = {}


@dataclass(frozen=True)
class Sent:
    """What a form sent just now. `hidden`: all pairs, to send again; `shown`: what was typed, under its question."""

    hidden: list[tuple[str, str]]
    shown: list[tuple[str, str]]
    more: bool
    file: bool


@dataclass(frozen=True)
class Words:
    """One thing that was kept. `hidden`: all pairs, to send again; `shown`: what was typed, under its question."""

    reference: str
    path: str
    at: datetime
    hidden: list[tuple[str, str]]
    shown: list[tuple[str, str]]
    more: bool


def readable(*forms: type[Form]) -> None:
    """Let the page of kept words show fields of these forms under their question. Called when an app starts."""
    for form in forms:
        for name, field in form.base_fields.items():
            if not isinstance(field, ChoiceField | BooleanField) and not field.widget.is_hidden:
                LABELS.setdefault(name, field.label)


def own_words(user: User) -> list[Words]:
    """What is kept for somebody, newest first."""
    rows = KeptWords.objects.filter(user=user, created_at__gt=timezone.now() - TERM)
    return [_words(row) for row in rows.order_by("-created_at", "-id")[:MOST]]


def has_words(user: User) -> bool:
    return KeptWords.objects.filter(user=user, created_at__gt=timezone.now() - TERM).exists()


def _words(row: KeptWords) -> Words:
    hidden = [(str(name), str(value)) for name, value in row.fields]
    return Words(row.reference, row.path, row.created_at, hidden, *_shown(hidden))


def _shown(hidden: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], bool]:
    """What was typed, and whether there is more that has no question of its own."""
    shown = [(str(label), value) for name, value in hidden if value.strip() and (label := _label(name, value))]
    return shown, any(value.strip() and not _label(name, value) for name, value in hidden)


def sent_now(request: HttpRequest) -> Sent | None:
    """What a form sent, for a page that offers it again at once; asks nothing of the database.

    Returns:
        None for a form that can't be given back, see words_keep. With it come the marks by which it is known again.
    """
    pairs, path = _pairs(request), request.get_full_path()
    if not _can_be_kept(_match(path), path, pairs):
        return None
    hidden = [(name, value) for name, value in pairs]
    marks = [(name, request.POST[name]) for name in (TOKEN, FIELD) if name in request.POST]
    sends_file = (request.content_type or "") == "multipart/form-data"
    return Sent([*marks, *hidden], *_shown(hidden), sends_file)


def _label(name: str, value: str) -> Any:
    """The question of a field; for one that no app told about, only what looks like words is shown."""
    return LABELS.get(name) or (_("Your words") if re.search(r"\w\s+\w", value) else "")


def keep_for_author(request: HttpRequest) -> bool:
    """Keep what a form sent for whoever was given that form; nobody needs to be logged in."""
    author = browsers.author_of(request)
    return author is not None and words_keep(request, user=author)


def keep_refused(request: HttpRequest) -> bool:
    """Keep what somebody typed for a page that is not there for them any more, be it a 404 or a 403.

    Only from a form that says which words these are, so from a page that was given to somebody to write on: any other
    request is refused as if there were nothing, and changes nothing. Whether there ever was an object makes no
    difference.
    """
    if request.method != "POST" or request.resolver_match is None:
        return False
    try:
        return is_reference(request.POST.get(FIELD, "")) and keep_for_sender(request)
    except UNREADABLE:  # what can't be read can't be kept, and is refused all the same
        return False


def keep_for_sender(request: HttpRequest) -> bool:
    """Keep what somebody typed, when it can't be taken now.

    Not what was only chosen or pressed, nor what a part of a page asked: the page still holds that.
    """
    user = getattr(request, "user", None)
    if request.method != "POST" or not isinstance(user, User) or request.headers.get("HX-Request"):
        return False
    shown, _more = _shown([(name, value) for name, value in _pairs(request)])
    return bool(shown) and words_keep(request, user=user)


@transaction.atomic
def words_keep(request: HttpRequest, *, user: User) -> bool:
    """Keep what a form sent. Sent twice it is kept once, and once with what was kept of it while it was typed.

    Returns:
        False when this form can't be kept: a page of the log-in itself, one too large, or one without any address.
    """
    pairs, path = _pairs(request), request.get_full_path()
    if not _can_be_kept(request.resolver_match, path, pairs):
        return False
    rows = KeptWords.objects.filter(user=user)
    if not any(row.path == path and row.fields == pairs for row in rows):
        row = rows.filter(reference=request.POST.get(FIELD, "")[:12]).first() or KeptWords(user=user)
        row.path, row.fields, row.created_at = path, pairs, timezone.now()
        row.save()
        account_event(Action.WORDS_KEPT, user, details={"words": row.reference})
    _only_the_newest(user)
    request.kept_now = True  # type: ignore[attr-defined]
    return True


@transaction.atomic
def words_typed(request: HttpRequest, *, by: User) -> bool:
    """Keep what stands in an open form that is not sent yet; the page asks this by itself while somebody types.

    The form's own `kept_words` says which words these are, so that they are kept once, and are forgotten when the form
    arrives. A message that comes after that does nothing.

    Returns:
        False when these can't be kept, see words_keep, or when they have arrived.
    """
    request.kept_now = True  # type: ignore[attr-defined]
    path, reference = request.POST.get(PATH_FIELD, ""), request.POST.get(FIELD, "")
    pairs = [pair for pair in _pairs(request) if pair[0] != PATH_FIELD]
    if not is_reference(reference) or not _can_be_kept(_match(path), path, pairs) or cache.get(ARRIVED + reference):
        return False
    row = KeptWords.objects.select_for_update().filter(reference=reference).first()
    if NOTHING in request.POST:
        words_discard(by=by, reference=reference)
    elif row is None:
        KeptWords.objects.create(reference=reference, user=by, path=path, fields=pairs)
        account_event(Action.WORDS_KEPT, by, details={"words": reference})
        _only_the_newest(by)
    elif row.user_id == by.pk:
        row.path, row.fields, row.created_at = path, pairs, timezone.now()
        row.save()
    return row is None or row.user_id == by.pk


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(path.partition("?")[0])
    except Resolver404:
        return None


def _can_be_kept(match: ResolverMatch | None, path: str, pairs: list[list[str]]) -> bool:
    if match is None or getattr(match.func, MARK, PUBLIC) == PUBLIC or match.view_name.startswith(ACCOUNT_PAGES):
        return False
    if getattr(match.func, QUIET, False):  # the page asked by itself: it still holds the words
        return False
    return len(path) <= PATH and sum(len(name) + len(value) for name, value in pairs) <= LONGEST


def _only_the_newest(user: User) -> None:
    rows = KeptWords.objects.filter(user=user).order_by("-created_at", "-id")
    KeptWords.objects.filter(pk__in=list(rows.values_list("pk", flat=True)[MOST:])).delete()


def _pairs(request: HttpRequest) -> list[list[str]]:
    """Names and values as a database can hold them, without what opens a door. Files are not kept."""
    return [
        [name.replace("\x00", ""), value.replace("\x00", "")]
        for name, values in request.POST.lists()
        if not SECRET.search(name)
        for value in _texts(values)
    ]


def _texts(values: Iterable[object]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


@transaction.atomic
def words_discard(*, by: User, reference: str) -> None:
    """Throw something away; a second click finds nothing and that is fine."""
    if KeptWords.objects.filter(user=by, reference=reference).delete()[0]:
        account_event(Action.WORDS_DISCARDED, by, details={"words": reference})


@transaction.atomic
def words_used(*, by: User, reference: str) -> None:
    """Forget words that arrived where they were going, also those of a message that is still under way."""
    if is_reference(reference):
        cache.set(ARRIVED + reference, True, 600)
    if KeptWords.objects.filter(user=by, reference=reference).delete()[0]:
        account_event(Action.WORDS_USED, by, details={"words": reference})


@transaction.atomic
def words_forget(*, by: User, key: str, path: str) -> None:
    """Forget what is kept for somebody of one form: one with `key` in its address or its fields, or at `path`."""
    for row in KeptWords.objects.filter(user=by):
        if key in row.path or row.path == path or any(value == key for _name, value in row.fields):
            words_discard(by=by, reference=row.reference)


def after(request: HttpRequest, response: HttpResponse) -> None:
    """Once a page took the words, or shows them again with a question, they need not be kept as well."""
    if request.method != "POST" or getattr(request, "kept_now", False):
        return
    if response.status_code >= BAD_REQUEST and response.status_code not in SHOWS_THEM:
        return
    if FIELD in request.POST and isinstance(request.user, User):
        words_used(by=request.user, reference=request.POST[FIELD][:12])


def words_clear() -> int:
    """Remove what nobody came back for. Returns how many."""
    return KeptWords.objects.filter(created_at__lte=timezone.now() - TERM).delete()[0]
