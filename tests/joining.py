"""Two cases in hand, of which one is put with the other while somebody has a page of it open."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signals.models import Case
from signals.services.cases import case_take
from signals.services.transfers import case_merge
from tests.conftest import World, send, typed

WHY = "Het gaat bij nader inzien over hetzelfde."


@dataclass(frozen=True)
class Cases:
    """`old` is put with `new`."""

    old: Case
    new: Case
    merge: Callable[[], Any]


def two_cases(world: World, taken_case: Case) -> Cases:
    """Both of the coordinator; the second one is `taken_case`."""
    old = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)

    def merge() -> None:
        case_merge(by=world.coordinator, case=old, into=taken_case, reason=WHY, key=uuid.uuid4())

    return Cases(old, taken_case, merge)
