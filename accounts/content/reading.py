"""Opens the texts of many rows at once, for a search or a long list; other pages open them on their rows."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db.models import Model, QuerySet, TextField, UUIDField
from django.db.models.functions import Cast

from accounts.content.errors import ContentError
from accounts.content.tokens import unsealer

logger = logging.getLogger("content")


def opened_rows(rows: QuerySet[Any], fields: Sequence[str], *others: str) -> Iterator[tuple[Any, ...]]:
    """For each row its texts, those that are there joined by a line end, followed by the plain values of `others`.

    fields: encrypted fields of one model. A row that can't be opened is left out, and the operator is told.
    """
    sealed = [rows.model._meta.get_field(name) for name in fields]
    openers = [unsealer(one.table, one.name) for one in sealed]
    is_uuid = _is_uuid(sealed[0])
    for key, *values in rows.values_list(*sealed_columns(rows.model, *fields), *others):
        row = key.replace("-", "") if is_uuid else key
        try:
            texts = [open_one(token, row) for open_one, token in zip(openers, values, strict=False) if token]
        except ContentError as error:
            logger.error("ALARM: a text can't be opened and is not searched. %s", error)
            continue
        yield "\n".join(texts), *values[len(fields) :]


def sealed_columns(model: type[Model], *fields: str) -> list[Cast]:
    """Columns for values_list(): which row it is, and encrypted fields. As the database holds them: an object for each
    would cost as much as opening it."""
    one: Any = model._meta.get_field(fields[0])
    return [Cast(name, TextField()) for name in (one.row, *fields)]


def opener(model: type[Model], name: str) -> Callable[[str, str], str]:
    """What opens one encrypted field of many rows: give it which row it is and the value, as above.

    Errors: `ContentError` when a text can't be opened; the operator is told.
    """
    field: Any = model._meta.get_field(name)
    open_one, is_uuid = unsealer(field.table, field.name), _is_uuid(field)

    def opened(key: str, token: str) -> str:
        try:
            return open_one(token, key.replace("-", "") if is_uuid else key) if token else ""
        except ContentError as error:
            logger.error("ALARM: a text can't be opened and is not shown. %s", error)
            raise

    return opened


def _is_uuid(field: Any) -> bool:
    return isinstance(field.model._meta.get_field(field.row), UUIDField)
