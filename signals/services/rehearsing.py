"""Exercises: kept, gone on with, thrown away. Everything here touches one row, that of who practises."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Action
from signals.errors import RuleError
from signals.events import practice_event
from signals.models import Rehearsal
from signals.practice import acts
from signals.practice.play import Play, load
from signals.services.sending import Report

KEPT_FOR = timedelta(days=30)  # what nobody came back to


@transaction.atomic
def rehearsal_save(
    *,
    by: User,
    sector: str,
    data: dict[str, Any] | None = None,
    answers: dict[str, Any] | None = None,
    called_at: datetime | None = None,
) -> Rehearsal:
    """Keep what was typed; the first time this begins an exercise. Of two calls to 112 the first moment stays.

    Args:
        sector: of the invented school, where the exercise is new.
    """
    now = timezone.now()
    times = {"created_at": now, "updated_at": now}
    found, new = Rehearsal.objects.select_for_update().get_or_create(by=by, defaults={"sector": sector, **times})
    if new:
        Rehearsal.objects.filter(updated_at__lt=now - KEPT_FOR).delete()
    found.updated_at = now
    found.data = found.data if data is None else data
    found.answers = found.answers if answers is None else answers
    found.called_112_at = found.called_112_at or called_at
    found.full_clean()
    found.save()
    practice_event(Action.PRACTICE_STARTED if new else Action.PRACTICE_CHANGED, by=by, ref=found.reference)
    return found


@transaction.atomic
def rehearsal_send(*, by: User, rehearsal: Rehearsal, report: Report) -> Rehearsal:
    """Send the exercise; sent twice it is the same one."""
    locked = _lock(by, rehearsal)
    return locked if locked.rows else _keep(locked, acts.send(locked, report, by), by)


@transaction.atomic
def rehearsal_change(*, by: User, rehearsal: Rehearsal, act: Callable[[Play], None]) -> Rehearsal:
    """Do something in an exercise that was sent.

    Args:
        act: what is done, one of `signals.practice.acts`.

    Raises:
        RuleError: it was thrown away meanwhile, or the rules of a case forbid it.
    """
    locked = _lock(by, rehearsal)
    play = load(locked, by)
    if play is None:
        raise RuleError(_("This exercise has not been sent yet."))
    act(play)
    return _keep(locked, play, by)


@transaction.atomic
def rehearsal_clear(*, by: User, rehearsal: Rehearsal) -> None:
    """Throw an exercise away: nothing of it stays. It was never about anybody."""
    practice_event(Action.PRACTICE_CLEARED, by=by, ref=rehearsal.reference)
    Rehearsal.objects.filter(pk=rehearsal.pk, by=by).delete()


def _lock(by: User, rehearsal: Rehearsal) -> Rehearsal:
    found = Rehearsal.objects.select_for_update().filter(pk=rehearsal.pk, by=by).first()
    if found is None:
        raise RuleError(_("This exercise has been thrown away."))
    return found


def _keep(locked: Rehearsal, play: Play, by: User) -> Rehearsal:
    locked.rows, locked.updated_at = play.dump(), timezone.now()
    locked.save(update_fields=["rows", "updated_at"])
    practice_event(Action.PRACTICE_CHANGED, by=by, ref=locked.reference)
    return locked
