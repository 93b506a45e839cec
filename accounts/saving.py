"""How a service writes a new row, and removes one that nothing points to."""

from django.db import connection
from django.db.models import Model


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
    row.save(force_insert=True)


def row_remove(row: Model) -> bool:
    """Remove a row that nothing points to. False when it was gone; of several at once one gets True.

    Raises:
        IntegrityError: something points to it after all.
    """
    key = row._meta.pk
    sql = f"DELETE FROM {_name(row._meta.db_table)} WHERE {_name(str(key.column))} = %s"  # noqa: S608 - names of a model
    with connection.cursor() as cursor:
        cursor.execute(sql, [key.get_db_prep_value(row.pk, connection)])
        return bool(cursor.rowcount)


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
