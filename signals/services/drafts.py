"""Drafts: private to the writer until they are sent."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from signals.events import private_event
from signals.models import Draft


@transaction.atomic
def draft_save(
    *,
    by: User,
    draft: Draft | None,
    data: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    called_at: datetime | None = None,
) -> Draft:
    """Keep what was typed. Arguments that are None leave what is there."""
    now = timezone.now()
    draft = draft or Draft(author=by, created_at=now)
    draft.updated_at = now
    if data is not None:
        draft.data = data
    if answers is not None:
        draft.answers = answers
    if called_at is not None:
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
