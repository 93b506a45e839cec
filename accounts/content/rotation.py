"""Encrypts again with the newest key whatever was encrypted with an older one, while people go on working.

There is no list of what was done: a value says by its number which key it has, so a run that was killed goes on where
it stopped. A value is only replaced if it still stands there as it was read; whoever saved meanwhile wins, and their
text has the newest key or is found in the next round.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from accounts.content.errors import ContentError
from accounts.content.fields import EncryptedTextField
from accounts.content.keys import current
from accounts.content.tokens import prefix, seal, unseal

BATCH = 100  # rows in one transaction
RAW = "raw_{}"

logger = logging.getLogger("content")


@dataclass
class Progress:
    """changed: values written. failed: where a value stands that does not open, as table, field and database id."""

    rows: int = 0
    changed: int = 0
    failed: list[tuple[str, str, int]] = field(default_factory=list)


class Holder(Protocol):
    """Something of an app that is encrypted outside the database: its files."""

    def waiting(self) -> int:
        """How many are there that the newest key did not encrypt."""

    def in_use(self, number: str) -> int:
        """How many are there that this key encrypted."""

    def rotate(self, done: Progress, tell: Callable[[Progress], None]) -> None:
        """Encrypt them with the newest key."""


HOLDERS: list[Holder] = []  # filled when an app starts


def encrypted_models() -> dict[type[models.Model], list[EncryptedTextField]]:
    """All models with encrypted fields, by table."""
    found = {
        model: [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        for model in apps.get_models()
        if not model._meta.proxy
    }
    return {model: found[model] for model in sorted(found, key=lambda row: row._meta.db_table) if found[model]}


def waiting() -> int:
    """How many rows hold a value that the newest key did not encrypt."""
    rows = sum(_rows(model, fields, _old(fields)).count() for model, fields in encrypted_models().items())
    return rows + sum(holder.waiting() for holder in HOLDERS)


def in_use(number: str) -> int:
    """How many rows hold a value that this key encrypted."""
    rows = sum(_rows(model, fields, _with(fields, number)).count() for model, fields in encrypted_models().items())
    return rows + sum(holder.in_use(number) for holder in HOLDERS)


def rotate(tell: Callable[[Progress], None], *, batch: int = BATCH) -> Progress:
    """Encrypt everything with the newest key. `tell` hears of every batch, after it is safe."""
    done = Progress()
    for model, fields in encrypted_models().items():
        last = 0
        while last := _batch(model, fields, last, batch, done):
            tell(done)
    for holder in HOLDERS:
        holder.rotate(done, tell)
    return done


def _batch(model: type[models.Model], fields: list[EncryptedTextField], last: int, size: int, done: Progress) -> int:
    """Do the next rows after a key. Returns the last key, 0 when there were none."""
    names = [RAW.format(one.name) for one in fields]
    rows = _rows(model, fields, _old(fields)).filter(pk__gt=last).order_by("pk")
    found = list(rows.values("pk", fields[0].row, *names)[:size])
    with transaction.atomic():
        for row in found:
            for one in fields:
                _again(model, one, row, done)
    done.rows += len(found)
    return found[-1]["pk"] if found else 0


def _again(model: type[models.Model], one: EncryptedTextField, row: dict[str, Any], done: Progress) -> None:
    token = row[RAW.format(one.name)]
    if not token or token.startswith(prefix(current())):
        return
    at = (one.table, one.name, one.row_text(row[one.row]))
    try:
        fresh = seal(unseal(token, *at), *at)
    except ContentError as error:
        logger.error("ALARM: a text can't be opened and keeps its old key. %s", error)
        done.failed.append((one.table, one.name, row["pk"]))
        return
    same = _raw(model, [one]).filter(**{"pk": row["pk"], RAW.format(one.name): token})
    done.changed += same.update(**{one.attname: fresh})


def _rows(model: type[models.Model], fields: list[EncryptedTextField], condition: Q) -> models.QuerySet[Any]:
    return _raw(model, fields).filter(condition)


def _raw(model: type[models.Model], fields: list[EncryptedTextField]) -> models.QuerySet[Any]:
    """The rows with what the database holds, as text."""
    texts: dict[str, Any] = {RAW.format(one.name): Cast(one.attname, models.TextField()) for one in fields}
    rows: models.QuerySet[Any] = model._base_manager.annotate(**texts)
    return rows


def _old(fields: list[EncryptedTextField]) -> Q:
    """Some value is there and does not have the newest key."""
    return _any(fields, lambda raw: ~Q(**{raw: ""}) & ~Q(**{f"{raw}__startswith": prefix(current())}))


def _with(fields: list[EncryptedTextField], number: str) -> Q:
    return _any(fields, lambda raw: Q(**{f"{raw}__startswith": prefix(number)}))


def _any(fields: list[EncryptedTextField], condition: Callable[[str], Q]) -> Q:
    found = Q(pk__in=[])
    for raw in _names(fields):
        found |= condition(raw)
    return found


def _names(fields: list[EncryptedTextField]) -> Iterator[str]:
    return (RAW.format(one.name) for one in fields)
