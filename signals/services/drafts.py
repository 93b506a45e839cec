"""Drafts: private to the writer until they are sent."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.references import is_reference
from audit.actions import Action
from signals.events import private_event
from signals.models import Draft, Signal


@transaction.atomic
def draft_save(
    *,
    by: User,
    draft: Draft | None,
    data: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    called_at: datetime | None = None,
    key: str = "",
) -> Draft:
    """Keep what was typed. Arguments that are None leave what is there; of two calls the first moment stays.

    Args:
        key: the reference for a new draft, made when the form was shown, so that two clicks make one draft.
    """
    now = timezone.now()
    draft = draft or _new(by, key, now)
    draft.updated_at = now
    if data is not None:
        draft.data = data
    if answers is not None:
        draft.answers = answers
    if called_at is not None and draft.called_112_at is None:
        draft.called_112_at = called_at
    draft.full_clean()
    draft.save()
    private_event(Action.DRAFT_SAVED, by=by, kind="draft", ref=draft.reference)
    return draft


@transaction.atomic
def draft_discard(*, by: User, draft: Draft) -> None:
    """Throw a draft away."""
    private_event(Action.DRAFT_DELETED, by=by, kind="draft", ref=draft.reference)
    draft.delete()


def _new(by: User, key: str, now: datetime) -> Draft:
    """The draft with this key: a second click that came at the same moment gets the same one."""
    if not is_reference(key) or _taken(key, by):
        return Draft(author=by, created_at=now)
    times = {"created_at": now, "updated_at": now}
    return Draft.objects.get_or_create(reference=key, author=by, defaults=times)[0]


def _taken(key: str, by: User) -> bool:
    """True for the key of somebody else's draft, or of one that was sent."""
    return Draft.objects.filter(reference=key).exclude(author=by).exists() or Signal.objects.filter(key=key).exists()
