"""How a service writes a new row."""

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
