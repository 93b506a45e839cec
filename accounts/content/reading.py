"""Opens the texts of many rows at once, for a search; a page opens them on its rows."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet, TextField, UUIDField
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
    is_uuid = isinstance(rows.model._meta.get_field(sealed[0].row), UUIDField)
    # As the database holds them: an object for each would cost as much as opening it.
    raw = [Cast(name, TextField()) for name in (sealed[0].row, *fields)]
    for key, *values in rows.values_list(*raw, *others):
        row = key.replace("-", "") if is_uuid else key
        try:
            texts = [open_one(token, row) for open_one, token in zip(openers, values, strict=False) if token]
        except ContentError as error:
            logger.error("ALARM: a text can't be opened and is not searched. %s", error)
            continue
        yield "\n".join(texts), *values[len(fields) :]
