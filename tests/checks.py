"""The rules on one row, asked of the database as Django asks them, with their SQL written once per process.

`full_clean()` asks for each rule whether the row keeps it. Django writes that statement anew each time, with all fields
of the model in it, which took a seventh of the time of the tests. The statements that reach the database are the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.models import BooleanField, CheckConstraint, Field, Model, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.sql import Query

as_django_does = CheckConstraint.validate


class Place(NamedTuple):
    """Stands in a statement for the value of a field."""

    name: str


class Held(Value):
    """The value of a field in a statement that is kept: its place comes out instead of it."""

    def __init__(self, name: str, value: Any, field: "Field[Any, Any]") -> None:
        super().__init__(value, field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        sql, params = super().as_sql(compiler, connection)
        return sql, [Place(self.name) for _value in params]


KEPT: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]] | None] = {}


@cache
def fields_of(model: type[Model], name: str) -> "tuple[Field[Any, Any], ...] | None":
    """The fields that a rule is about; None when it is about something else as well, and Django has to look at it."""
    rule = next(rule for rule in model._meta.constraints if rule.name == name)
    assert isinstance(rule, CheckConstraint)
    plain = {field.name: field for field in model._meta.local_concrete_fields if not field.generated}
    names = Q(rule.condition).referenced_base_fields
    if not names <= set(plain) or any(hasattr(plain[name], "get_placeholder") for name in names):
        return None
    return tuple(plain[name] for name in sorted(names))


def validate(
    self: CheckConstraint, model: type[Model], instance: Model, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
) -> None:
    fields = fields_of(model, self.name)
    values = {field.name: getattr(instance, field.attname) for field in fields or ()}
    if fields is None or set(exclude or ()) & set(values) or any(map(_is_expression, values.values())):
        as_django_does(self, model, instance, exclude=exclude, using=using)
    elif not holds(self, fields, values, using):
        raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


def holds(rule: CheckConstraint, fields: "tuple[Field[Any, Any], ...]", values: dict[str, Any], using: str) -> bool:
    """As `Q.check()`."""
    connection = connections[using]
    ready = {field.name: field.get_db_prep_value(values[field.name], connection) for field in fields}
    empty = tuple((values[name] is None, ready[name] is None) for name in ready)
    key = (fields[0].model, rule.name, connection.vendor, empty)
    if key not in KEPT:
        KEPT[key] = statement(rule, fields, values, using)
    kept = KEPT[key]
    try:
        with transaction.atomic(using=using) if connection.in_atomic_block else nullcontext():
            if kept is None:
                return False
            with connection.cursor() as cursor:
                cursor.execute(kept[0], tuple(ready[p.name] if isinstance(p, Place) else p for p in kept[1]))
                return cursor.fetchone() is not None
    except DatabaseError:
        return True


def statement(
    rule: CheckConstraint, fields: "tuple[Field[Any, Any], ...]", values: dict[str, Any], using: str
) -> tuple[str, tuple[Any, ...]] | None:
    """The SQL, with places for the values; None when no row with these fields empty can keep the rule."""
    query = Query(None)
    for field in fields:
        query.add_annotation(Held(field.name, values[field.name], field), field.name, select=False)
    query.add_annotation(Value(1), "_check")
    condition = Q(rule.condition)
    if connections[using].features.supports_comparing_boolean_expr:
        condition = Q(Coalesce(condition, True, output_field=BooleanField()))
    query.add_q(condition)
    try:
        sql, params = query.get_compiler(using=using).as_sql()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


@contextmanager
def quick_checks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CheckConstraint, "validate", validate)
        yield
