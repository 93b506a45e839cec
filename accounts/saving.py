"""How a service writes new rows, and removes one that nothing points to.

Statements are written once per process, as in `accounts.prepared`: for a new row Django works out the same one again
each time.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BooleanField, CharField, Model, TextField

from accounts.newrows import for_database, model_fields, relations, take_numbers, values_of
from audit.kept_cursor import kept_cursor


def row_check(row: Model) -> None:
    """Check the fields of a new row, or of one that is about to be written again.

    What must be unique, what a row points to and the rules on one row are kept by the database, in the transaction of
    the caller. A whole full_clean() asks it for each of them first: 40 statements for one report.

    Raises:
        ValidationError: a field holds what it may not.
    """
    wrong = {}
    for field, usual in _checks(type(row)):
        value = getattr(row, field.attname)  # opens what is encrypted: a draft may have to be written once more
        if (usual and usual.holds(value)) or (field.blank and value in field.empty_values):
            continue
        try:
            setattr(row, field.attname, field.clean(value, row))
        except ValidationError as error:
            wrong[field.name] = error.error_list
    row.clean()
    if wrong:
        raise ValidationError(wrong)


class _Usual(NamedTuple):
    """What needs no look of Django, which works through validators and choices for each value again."""

    kind: type
    longest: float
    codes: frozenset[str]

    def holds(self, value: Any) -> bool:
        if not value or not isinstance(value, self.kind):
            return value is False and self.kind is bool
        if self.kind is not str:
            return True
        return len(str(value)) <= self.longest and (not self.codes or value in self.codes)


@cache
def _checks(model: type[Model]) -> tuple[tuple[Any, _Usual | None], ...]:
    """The fields of a new row that hold a value, and what is usual in each."""
    return tuple((field, _usual(field)) for field in model_fields(model) if not field.is_relation)


def _usual(field: Any) -> _Usual | None:
    if type(field) is BooleanField:
        return _Usual(bool, math.inf, frozenset())
    if not isinstance(field, CharField | TextField):
        return None
    if not all(type(check) is MaxLengthValidator for check in field.validators):
        return None
    codes = (str(code) for code, _name in field.flatchoices)
    return _Usual(str, field.max_length or math.inf, frozenset(codes))


def rows_insert(*groups: Sequence[Model]) -> None:
    """Write new rows, those of one model in one statement, as bulk_create() does: unchecked, and without signals.

    A row may point to one that stands alone in a group before its own: PostgreSQL writes all groups in one statement.

    Raises:
        IntegrityError: the database refuses a row.
    """
    filled = [rows for rows in groups if rows]
    if connection.vendor == "postgresql" and filled:
        _write(filled)
        return
    for rows in filled:
        _write([rows])


def _write(groups: Sequence[Sequence[Model]]) -> None:
    here: Any = connections[DEFAULT_DB_ALIAS]  # looked for once, not at every value
    places = {id(rows[0]): place for place, rows in enumerate(groups)} if len(groups) > 1 else {}
    parts = tuple((type(rows[0]), len(rows), _links(rows[0], places)) for rows in groups)
    values: list[Any] = []
    for rows, (_model, _count, links) in zip(groups, parts, strict=True):
        if not links:
            _take_numbers(rows)
        values += values_of(rows, frozenset(column for column, _place in links), here)
    with kept_cursor() as cursor:
        cursor.execute(_statement(parts, here.vendor), values)
        numbers = cursor.fetchall()
    for row, (number,) in zip((row for rows in groups for row in rows), numbers, strict=True):
        row.pk, row._state.adding, row._state.db = number, False, here.alias
    if places:
        for rows in groups:
            _take_numbers(rows)


def _take_numbers(rows: Sequence[Model]) -> None:
    for row in rows:
        take_numbers(row)


def _links(row: Model, places: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Which columns point to a row that gets its number in the same statement, and the place of its group."""
    known = row._state.fields_cache
    pointing = ((one.column, places.get(id(known.get(one.name)))) for one in relations(type(row)) if places)
    return tuple((column, place) for column, place in pointing if place is not None)


@lru_cache
def _statement(parts: tuple[tuple[type[Model], int, tuple[tuple[str, int], ...]], ...], _vendor: str) -> str:
    """One INSERT as it is; of several each is named, and then their numbers are given in order."""
    inserts = [_insert(*part) for part in parts]
    if len(inserts) == 1:
        return inserts[0]
    named = ", ".join(f"new_{place} (number) AS ({insert})" for place, insert in enumerate(inserts))
    numbers = (f"SELECT {place} AS place, number FROM new_{place}" for place in range(len(inserts)))  # noqa: S608
    found = " UNION ALL ".join(numbers)
    return f"WITH {named} SELECT number FROM ({found}) AS found ORDER BY place, number"  # noqa: S608


def _insert(model: type[Model], count: int, links: tuple[tuple[str, int], ...]) -> str:
    linked = {column: f"(SELECT number FROM new_{place})" for column, place in links}  # noqa: S608 - a number
    columns = ", ".join(_name(field.column) for field in model_fields(model))
    marks = "(" + ", ".join(linked.get(field.column, "%s") for field in model_fields(model)) + ")"
    number = _name(str(model._meta.pk.column))
    written = f"INSERT INTO {_name(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608 - names of a model
    return written + ", ".join([marks] * count) + f" RETURNING {number}"


def row_remove(row: Model) -> bool:
    """Remove a row that nothing points to. False when it was gone; of several at once one gets True.

    Raises:
        IntegrityError: something points to it after all.
    """
    key = row._meta.pk
    sql = f"DELETE FROM {_name(row._meta.db_table)} WHERE {_name(str(key.column))} = %s"  # noqa: S608 - names of a model
    with kept_cursor() as cursor:
        cursor.execute(sql, [for_database(row.pk, connection)])
        return bool(cursor.rowcount)


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
