"""Rounds in which one thing that fails holds up none of the others."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)


def all_of(rounds: Iterable[Callable[[], object]], said: str) -> None:
    """Do all of these, whatever becomes of the others. said, and what is raised: see each()."""
    each(rounds, lambda act: act() is None, said)


def each(items: Iterable[Any], act: Callable[[Any], int], said: str) -> int:
    """Do something with each. Returns the sum of what it gave.

    Args:
        act: a transaction of its own.
        said: for the log of the server, of one that failed; `%s` is the item.

    Raises:
        Exception: the first that went wrong, after all the others, so that whoever runs the round hears of it. At once
            where the database is away or busy: then the whole is tried again.
    """
    done, wrong = 0, None
    for item in items:
        try:
            done += int(act(item))
        except (InterfaceError, OperationalError):
            raise
        except Exception as error:
            logger.exception(said, item)
            wrong = wrong or error
    if wrong:
        raise wrong
    return done
