"""How a service writes new rows, and removes one that nothing points to.

Statements are written once per process, as in `accounts.prepared`: for a new row Django works out the same one again
each time.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model

from audit.kept_cursor import kept_cursor


def row_insert(row: Model) -> None:
    """Check the fields of a new row and write it.

    What must be unique, what a row points to and the rules on one row are kept by the database, in the transaction of
    the caller. A whole full_clean() asks it for each of them first: 40 statements for one report.

    Raises:
        ValidationError: a field holds what it may not.
        IntegrityError: the database refuses the row.
    """
    relations = {field.name for field in row._meta.concrete_fields if field.is_relation}
    row.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)
    rows_insert([row])


def rows_insert(rows: Sequence[Model]) -> None:
    """Write new rows of one model in one statement, as bulk_create() does: unchecked, and without signals.

    Raises:
        IntegrityError: the database refuses a row.
    """
    if not rows:
        return
    model, values = type(rows[0]), list[Any]()
    here: Any = connections[DEFAULT_DB_ALIAS]  # looked for once, not at every value
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="bulk_create")  # type: ignore[attr-defined]
        values += [_value(field.get_db_prep_save(field.pre_save(row, True), here), here) for field in _fields(model)]
    with kept_cursor() as cursor:
        cursor.execute(_insert(model, len(rows), connection.vendor), values)
        numbers = cursor.fetchall()
    for row, (number,) in zip(rows, numbers, strict=True):
        row.pk, row._state.adding, row._state.db = number, False, connection.alias


@lru_cache
def _fields(model: type[Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)


@lru_cache
def _insert(model: type[Model], count: int, _vendor: str) -> str:
    columns = ", ".join(_name(field.column) for field in _fields(model))
    marks = ", ".join(["(" + ", ".join(["%s"] * len(_fields(model))) + ")"] * count)
    number = _name(str(model._meta.pk.column))
    return f"INSERT INTO {_name(model._meta.db_table)} ({columns}) VALUES {marks} RETURNING {number}"  # noqa: S608


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
