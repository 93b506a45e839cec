"""A statement, and how the rows that the database gives for it become what Django would make of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute

from accounts.content.fields import Opening
from accounts.marks import Key, Mark

KEEPING = (DeferredAttribute, ForeignKeyDeferredAttribute, Opening)  # they keep a value as it comes from the database


@dataclass(frozen=True)
class Statement:
    """What Django made of a queryset. kinds: the types of its columns. The rest: how its own rows become objects."""

    sql: str
    params: Sequence[Key | Mark]
    converters: Sequence[tuple[int, Callable[[Any], Any]]]
    kinds: Sequence[str | None] = ()
    model: Any = None
    init: Sequence[str] = ()
    span: tuple[int, int] = (0, 0)
    related: Sequence[Any] = ()
    extra: Sequence[tuple[str, int]] = ()

    def made(self, found: list[tuple[Any, ...]]) -> list[Any]:
        """What the rows of the database are to Django: objects, or tuples of a queryset of `values_list()`."""
        if self.model:
            return [_object(self, row) for row in found]
        return _all_converted(found, self.converters) if self.converters else found


def _object(statement: Statement, found: tuple[Any, ...]) -> Any:
    row = list(found)
    for place, convert in statement.converters:
        row[place] = convert(row[place])
    made = _filled(statement.model, statement.init, row[statement.span[0] : statement.span[1]])
    for other in statement.related:
        _populate(other, row, made)
    for name, place in statement.extra:
        setattr(made, name, row[place])
    return made


def _populate(other: Any, row: list[Any], made: Any) -> None:
    """Give an object what a relation of it leads to, as RelatedPopulator.populate() does."""
    values, found = row[other.cols_start : other.cols_end], None
    if values[other.pk_idx] is not None:
        found = _filled(other.model_cls, other.init_list, values)
        for below in other.related_populators:
            _populate(below, row, found)
    other.local_setter(made, found)
    if found is not None:
        other.remote_setter(found, made)


def _filled(model: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    """As model.from_db(), which sets each value by itself and looks for defaults, in a third of the time."""
    if not is_plain(model):
        return model.from_db(DEFAULT_DB_ALIAS, names, values)
    made = model.__new__(model)
    state = made._state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(zip(names, values, strict=True))
    return made


@cache
def is_plain(model: Any) -> bool:
    """Whether setting a value of an object does nothing but keep it; that of a telephone number reads it."""
    return all(type(getattr(model, field.attname)) in KEEPING for field in model._meta.concrete_fields)


def _all_converted(found: Sequence[tuple[Any, ...]], converters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Column by column: the same days and moments stand in many rows, so each is converted once."""
    columns: list[Sequence[Any]] = list(zip(*found, strict=True))
    for place, convert in converters if found else ():
        known = {value: convert(value) for value in set(columns[place])}
        columns[place] = [known[value] for value in columns[place]]
    return list(zip(*columns, strict=True))


def converter(how: Sequence[Callable[..., Any]], expression: Any) -> Callable[[Any], Any]:
    """What makes of a value in the database what Django would make of it.

    With a moment read as SQLite keeps it, in UTC, without trying other ways to write it.
    """
    here = connections[DEFAULT_DB_ALIAS]
    plain = here.vendor == "sqlite" and here.timezone is UTC
    moment = here.ops.convert_datetimefield_value if plain else None  # type: ignore[attr-defined]
    if len(how) == 1:
        [convert] = how
        return _moment if convert == moment else lambda value: convert(value, expression, connection)

    def converted(value: Any) -> Any:
        for convert in how:
            value = _moment(value) if convert == moment else convert(value, expression, connection)
        return value

    return converted


def _moment(value: str | datetime | None) -> datetime | None:
    if not isinstance(value, str):
        at = value
    else:
        try:
            at = datetime.fromisoformat(f"{value}+00:00")  # replace() takes several times as long
        except ValueError:
            at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
