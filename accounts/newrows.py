"""New rows of a model: how one is made, and what its values are to the database.

Django works both out again for each row, field by field, in several calls for each. Here it is done once for each
model; a value or a field of another kind than usual goes the way of Django.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models
from django.db.models import Model
from django.db.models.base import ModelState

from accounts.statement import is_plain

Row = TypeVar("Row", bound=Model)
TEXTS = (models.CharField, models.TextField)
NUMBERS = (
    models.BigIntegerField,
    models.IntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SmallIntegerField,
)


def new_row(model: type[Row], **given: Any) -> Row:
    """As model(**given), which sets each value by itself, in a third of the time.

    Errors: `KeyError` for a name that the model does not have.
    """
    if not _is_simple(model):
        return model(**given)
    made = model.__new__(model)
    state = made._state = ModelState()
    values, names, fixed, asked = made.__dict__, *_defaults(model)
    values.update(fixed)
    for name, value in given.items():
        attname = names[name]
        if attname == name:
            values[name] = value
        else:
            state.fields_cache[name], values[attname] = value, value and value.pk
    for attname, default in asked:
        if values[attname] is models.NOT_PROVIDED:
            values[attname] = default()
    return made


@cache
def _is_simple(model: type[Model]) -> bool:
    """Whether a row is its values and what it points to, and nothing more."""
    return is_plain(model) and not any(field.one_to_one for field in model._meta.concrete_fields)


@cache
def _defaults(model: type[Model]) -> tuple[Mapping[str, str], Mapping[str, Any], Sequence[tuple[str, Any]]]:
    """Where each value is kept, by both names of a field; what stands there; and what has to be asked for each row."""
    fields = model._meta.concrete_fields
    names = {name: field.attname for field in fields for name in (field.name, field.attname)}
    asked = [(field.attname, field.default) for field in fields if callable(field.default) and field.has_default()]
    fixed = {field.attname: field.get_default() for field in fields} | dict.fromkeys(dict(asked), models.NOT_PROVIDED)
    return names, fixed, asked


class Relation(NamedTuple):
    """What a row points to: its name, and where the number of that is kept in the row and in its table."""

    name: str
    attname: str
    column: str


@cache
def relations(model: type[Model]) -> tuple[Relation, ...]:
    return tuple(
        Relation(field.name, field.attname, field.column) for field in model_fields(model) if field.is_relation
    )


@cache
def model_fields(model: type[Model]) -> tuple[Any, ...]:
    """The fields of a new row, which gets its number from the database."""
    return tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)


def take_numbers(row: Model) -> None:
    """Let a row point by number to what was written after the row was made.

    Errors: `ValueError` when something was not written yet.
    """
    known, values = row._state.fields_cache, row.__dict__
    for name, attname, _column in relations(type(row)):
        if values[attname] is None and (other := known.get(name)) is not None:
            if other.pk is None:
                raise ValueError(f"{name} of {row._meta.label} has to be written first.")
            values[attname] = other.pk


def values_of(rows: Sequence[Model], linked: frozenset[str], here: Any) -> list[Any]:
    """The values of rows of one model for a database, in the order of its fields without the columns in `linked`."""
    found: list[Any] = []
    columns = _columns(type(rows[0]), linked, here.vendor)
    for row in rows:
        held = row.__dict__
        for attname, kind, quick, field in columns:
            value = held.get(attname)
            if kind is not None and value is None:
                found.append(None)
            elif kind is not None and isinstance(value, kind):
                found.append(quick(value))
            else:
                found.append(for_database(field.get_db_prep_save(field.pre_save(row, True), here), here))
    return found


def for_database(value: Any, here: Any) -> Any:
    """Numbers have one type, or PostgreSQL would keep a statement for small ones and one for large ones."""
    return here.ops.adapt_integerfield_value(value, "BigIntegerField") if type(value) is int else value


class _Column(NamedTuple):
    """kind, quick: what a value of the usual kind becomes; no kind where that depends on more than the value."""

    attname: str
    kind: type | None
    quick: Callable[[Any], Any]
    field: Any


@lru_cache
def _columns(model: type[Model], linked: frozenset[str], vendor: str) -> tuple[_Column, ...]:
    fields = (field for field in model_fields(model) if field.column not in linked)
    return tuple(_Column(field.attname, *_usual(field, vendor), field) for field in fields)


def _usual(field: Any, vendor: str) -> tuple[type | None, Callable[[Any], Any]]:
    kind, ops = type(field), connection.ops
    if kind in TEXTS:
        return str, str
    if kind is models.BooleanField:
        return bool, bool
    if kind is models.DateTimeField and not (field.auto_now or field.auto_now_add):
        if vendor == "postgresql":
            return datetime, _same
        if connection.timezone is UTC:
            return datetime, _in_utc
    if kind in NUMBERS or kind is models.ForeignKey:
        number = "BigIntegerField" if kind is models.ForeignKey else field.get_internal_type()
        how = ops.integerfield_type_map[number] if vendor == "postgresql" else int  # type: ignore[attr-defined]
        return int, how
    return None, _same


def _same(value: Any) -> Any:
    return value


def _in_utc(at: datetime) -> str:
    """As Django keeps a moment in SQLite."""
    return str(at.astimezone(UTC).replace(tzinfo=None))
