"""Filters of the desk that people keep for themselves. Each function checks, writes, and leaves an event."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import Action
from signals.errors import RuleError
from signals.events import private_event
from signals.models import SavedFilter

MOST = 20  # of one person


@transaction.atomic
def filter_save(*, by: User, name: str, query: str) -> SavedFilter:
    """Keep a filter. The same name with the same filter is the one that was kept already.

    Args:
        query: codes that `filter_panel.read_query` gave.

    Raises:
        RuleError: the name is in use for another filter, or there are too many.
    """
    mine = _mine(by)
    if found := mine.filter(name=name).first():
        if found.query != query:
            raise RuleError(_("You have another filter with this name. Choose another name."))
        return found
    if mine.count() >= MOST:
        raise RuleError(_("You keep %(most)d filters already. Remove one first.") % {"most": MOST})
    kept = SavedFilter(owner=by, name=name, query=query, created_at=timezone.now())
    kept.full_clean()
    kept.save()
    private_event(Action.FILTER_SAVED, by=by, kind="filter", ref=kept.reference)
    return kept


@transaction.atomic
def filter_rename(*, by: User, kept: SavedFilter, name: str) -> SavedFilter:
    """Give a filter another name.

    Raises:
        RuleError: another filter has this name, or it was removed in the meantime.
    """
    mine = _mine(by)
    locked = mine.filter(pk=kept.pk).first()
    if locked is None:
        raise RuleError(_("This filter was removed in the meantime."))
    if mine.filter(name=name).exclude(pk=kept.pk).exists():
        raise RuleError(_("You have another filter with this name. Choose another name."))
    if locked.name != name:
        locked.name = name
        locked.full_clean()
        locked.save()
        private_event(Action.FILTER_SAVED, by=by, kind="filter", ref=locked.reference)
    return locked


@transaction.atomic
def filter_remove(*, by: User, kept: SavedFilter) -> None:
    """Throw a filter away; doing it twice is harmless."""
    removed, _by_model = _mine(by).filter(pk=kept.pk).delete()
    if removed:
        private_event(Action.FILTER_REMOVED, by=by, kind="filter", ref=kept.reference)


def _mine(by: User) -> QuerySet[SavedFilter]:
    """This person's filters, locked: two clicks at once wait for each other."""
    User.objects.select_for_update().get(pk=by.pk)
    return SavedFilter.objects.filter(owner=by)
