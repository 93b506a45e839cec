"""A statement, and how the rows that the database gives for it become what Django would make of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
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
    converters: Sequence[tuple[int, Any, Any]]
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
    for place, how, expression in statement.converters:
        row[place] = _converted(row[place], how, expression)
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
    for place, how, expression in converters if found else ():
        known = {value: _converted(value, how, expression) for value in set(columns[place])}
        columns[place] = [known[value] for value in columns[place]]
    return list(zip(*columns, strict=True))


def quicker(how: Sequence[Any], expression: Any) -> tuple[Sequence[Any], Any]:
    """With a moment read as the database of SQLite keeps it, in UTC, without trying other ways to write it."""
    if connection.vendor != "sqlite" or connection.timezone is not UTC:
        return how, expression
    django = connection.ops.convert_datetimefield_value  # type: ignore[attr-defined]
    return [_moment if one == django else one for one in how], expression


def _moment(value: str | datetime | None, *_unused: Any) -> datetime | None:
    if not isinstance(value, str):
        at = value
    else:
        try:
            at = datetime.fromisoformat(f"{value}+00:00")  # replace() takes several times as long
        except ValueError:
            at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _converted(value: Any, how: Sequence[Callable[..., Any]], expression: Any) -> Any:
    for convert in how:
        value = convert(value, expression, connection)
    return value
