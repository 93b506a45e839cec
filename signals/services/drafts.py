"""Drafts: private to the writer until they are sent. Of two open forms none overwrites the other."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.references import is_reference
from accounts.saving import row_check
from audit.actions import Action
from signals.events import private_event
from signals.models import Draft, Signal

SITTING = timedelta(minutes=15)  # what a page keeps by itself is one event in this time


@dataclass(frozen=True)
class Source:
    """Which open form writes. page: its own mark, made when it was shown. seen: the mark of the text it started from.
    turn: how many times it has kept something by itself."""

    page: str = ""
    seen: str = ""
    turn: int = 0


class DraftChangedError(Exception):
    """Another open form changed the draft since this one was shown. `draft` is what it holds now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.reference)
        self.draft = draft


def mark(draft: Draft | None) -> str:
    """Tells one text of a draft from another; says nothing about what it is."""
    if draft is None or not draft.data:
        return ""
    return hashlib.sha256(json.dumps(draft.data, sort_keys=True).encode()).hexdigest()[:20]


@transaction.atomic
def draft_save(
    *,
    by: User,
    draft: Draft | None,
    data: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    called_at: datetime | None = None,
    key: str = "",
    source: Source | None = None,
) -> Draft:
    """Keep what was typed. Arguments that are None leave what is there; of two calls the first moment stays.

    Args:
        key: the reference for a new draft, made when the form was shown, so that two clicks make one draft.
        source: which open form this comes from; without it nothing is compared.

    Raises:
        DraftChangedError: another open form changed the text meanwhile. Nothing was kept.
    """
    locked = _locked(draft)
    if draft and _was_sent(draft):
        return draft
    draft = locked or _new(by, key, timezone.now())
    if source and data is not None:
        _check(draft, data, source)
    _store(draft, data=data, answers=answers, called_at=called_at)
    private_event(Action.DRAFT_SAVED, by=by, kind="draft", ref=draft.reference)
    return draft


@transaction.atomic
def draft_keep(*, by: User, draft: Draft | None, data: dict[str, Any], key: str, source: Source) -> Draft:
    """Keep what stands in an open form, which sends it by itself while somebody types. One event a sitting.

    What arrives after a later turn of the same form is old, and changes nothing.

    Raises:
        DraftChangedError: another open form changed the text meanwhile. Nothing was kept.
    """
    locked = _locked(draft)
    if draft and _was_sent(draft):
        return draft
    draft, now = locked or _new(by, key, timezone.now()), timezone.now()
    if draft.data and draft.page == source.page and source.turn <= draft.turn:
        return draft
    sitting = draft.pk is not None and draft.data and abs(now - draft.updated_at) < SITTING
    _check(draft, data, source)
    _store(draft, data=data)
    if not sitting:
        private_event(Action.DRAFT_SAVED, by=by, kind="draft", ref=draft.reference)
    return draft


@transaction.atomic
def draft_discard(*, by: User, draft: Draft) -> None:
    """Throw a draft away."""
    private_event(Action.DRAFT_DELETED, by=by, kind="draft", ref=draft.reference)
    draft.delete()


def _check(draft: Draft, data: dict[str, Any], source: Source) -> None:
    same_page = bool(source.page) and draft.page == source.page
    if draft.data and not same_page and draft.data != data and mark(draft) != source.seen:
        raise DraftChangedError(draft)
    draft.turn = max(draft.turn, source.turn) if same_page else source.turn
    draft.page = source.page


def _store(
    draft: Draft,
    *,
    data: dict[str, Any] | None,
    answers: dict[str, Any] | None = None,
    called_at: datetime | None = None,
) -> None:
    draft.updated_at = timezone.now()
    if data is not None:
        draft.data = data
    if answers is not None:
        draft.answers = answers
    if called_at is not None and draft.called_112_at is None:
        draft.called_112_at = called_at
    row_check(draft)
    draft.save()


def _was_sent(draft: Draft) -> bool:
    """Looked up once the draft is locked: who sends it holds it until it is a report. Then nothing is kept any more."""
    return Signal.objects.filter(key=draft.reference, author=draft.author_id).exists()


def _locked(draft: Draft | None) -> Draft | None:
    """The draft as it is now; one that was thrown away meanwhile is made again by saving it."""
    if draft is None:
        return None
    return Draft.objects.select_for_update().filter(pk=draft.pk).first() or draft


def _new(by: User, key: str, now: datetime) -> Draft:
    """The draft with this key: a second click that came at the same moment gets the same one."""
    if not is_reference(key) or _taken(key, by):
        return Draft(author=by, created_at=now)
    times = {"created_at": now, "updated_at": now}
    return Draft.objects.get_or_create(reference=key, author=by, defaults=times)[0]


def _taken(key: str, by: User) -> bool:
    """True for the key of somebody else's draft, or of one that was sent."""
    return Draft.objects.filter(reference=key).exclude(author=by).exists() or Signal.objects.filter(key=key).exists()
