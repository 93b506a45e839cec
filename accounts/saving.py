"""How a service writes new rows, and removes one that nothing points to.

Statements are written once per process, as in `accounts.prepared`: for a new row Django works out the same one again
each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

from audit.kept_cursor import kept_cursor


def row_check(row: Model) -> None:
    """Check the fields of a new row.

    What must be unique, what a row points to and the rules on one row are kept by the database, in the transaction of
    the caller. A whole full_clean() asks it for each of them first: 40 statements for one report.

    Raises:
        ValidationError: a field holds what it may not.
    """
    relations = {field.name for field in row._meta.concrete_fields if field.is_relation}
    row.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)


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
    places = {id(rows[0]): place for place, rows in enumerate(groups)}
    parts = tuple((type(rows[0]), len(rows), _links(rows[0], places)) for rows in groups)
    values = [value for rows, part in zip(groups, parts, strict=True) for value in _values(rows, part[2], here)]
    with kept_cursor() as cursor:
        cursor.execute(_statement(parts, here.vendor), values)
        numbers = cursor.fetchall()
    for row, (number,) in zip((row for rows in groups for row in rows), numbers, strict=True):
        row.pk, row._state.adding, row._state.db = number, False, here.alias
        if len(groups) > 1:
            row._prepare_related_fields_for_save(operation_name="bulk_create")  # type: ignore[attr-defined]


def _links(row: Model, places: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Which columns point to a row that gets its number in the same statement, and the place of its group."""
    known = row._state.fields_cache
    pointing = ((field, places.get(id(known.get(field.name)))) for field in _fields(type(row)) if field.is_relation)
    return tuple((field.column, place) for field, place in pointing if place is not None)


def _values(rows: Sequence[Model], links: tuple[tuple[str, int], ...], here: Any) -> Iterator[Any]:
    linked = dict(links)
    fields = [field for field in _fields(type(rows[0])) if field.column not in linked]
    for row in rows:
        if not links:
            row._prepare_related_fields_for_save(operation_name="bulk_create")  # type: ignore[attr-defined]
        for field in fields:
            yield _value(field.get_db_prep_save(field.pre_save(row, True), here), here)


@lru_cache
def _fields(model: type[Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)


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
    columns = ", ".join(_name(field.column) for field in _fields(model))
    marks = "(" + ", ".join(linked.get(field.column, "%s") for field in _fields(model)) + ")"
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
        cursor.execute(sql, [_value(row.pk, connection)])
        return bool(cursor.rowcount)


def _value(value: Any, here: Any) -> Any:
    """Numbers have one type, or PostgreSQL would keep a statement for small ones and one for large ones."""
    return here.ops.adapt_integerfield_value(value, "BigIntegerField") if type(value) is int else value


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
