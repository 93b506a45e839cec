"""Filling the table of a model with one INSERT … SELECT."""

from django.db import connection
from django.db.models import CharField, Field, Model, TextField
from django.db.models.fields import NOT_PROVIDED

from tests.bench.scale.dialect import quoted


def fill(model: type[Model], values: dict[str, str], source: str) -> int:
    """Insert a row for each row of `source`. Returns how many.

    Args:
        values: field to the SQL of its value; what is left out gets the default of the field.
        source: what stands after FROM.

    Raises:
        LookupError: a field without a value and without a default, or a value for a field that is not there.
    """
    fields = {field.name: field for field in model._meta.concrete_fields}
    if unknown := set(values) - set(fields):
        raise LookupError(f"{model.__name__} has no {', '.join(sorted(unknown))}.")
    said = {name: values.get(name) or _default(field) for name, field in fields.items()}
    kept = {fields[name].column: value for name, value in said.items() if value is not None}
    columns = ", ".join(connection.ops.quote_name(column) for column in kept)
    table = connection.ops.quote_name(model._meta.db_table)
    return run(f"INSERT INTO {table} ({columns}) SELECT {', '.join(kept.values())} FROM {source}")


def run(statement: str) -> int:
    """Execute one statement as it stands; returns the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def _default(field: Field) -> str | None:  # type: ignore[type-arg]
    if field.null or field.primary_key:
        return None
    if field.default is not NOT_PROVIDED and not callable(field.default):
        return quoted(field.default)
    if field.blank and isinstance(field, CharField | TextField):
        return "''"
    raise LookupError(f"{field.model.__name__}.{field.name} needs a value.")


def catch_up_keys(models: list[type[Model]]) -> None:
    """Let the keys that the database gives go on after those that were given here."""
    if connection.vendor != "postgresql":
        return
    for model in models:
        table = connection.ops.quote_name(model._meta.db_table)
        following = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"  # noqa: S608
        run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {following}, false)")
