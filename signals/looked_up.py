"""A condition on other rows that the database looks up for each row it is asked about, through an index.

PostgreSQL may turn an EXISTS around: it then reads the whole table of the other rows to keep their keys, which among a
thousand cases costs twenty times what looking at the few rows of a page does, and grows with what others wrote. That a
subquery gives a value it can only find out row by row.
"""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery, Value
from django.db.models.lookups import IsNull


def there_is(rows: QuerySet[Any, Any]) -> Any:
    """The condition that one of these rows is there. rows: with an OuterRef that an index finds."""
    return IsNull(_first(rows), False)


def there_is_no(rows: QuerySet[Any, Any]) -> Any:
    """The condition that none of these rows is there."""
    return IsNull(_first(rows), True)


def _first(rows: QuerySet[Any, Any]) -> Subquery:
    """A number for the first row there is: where an index holds all that is asked, the row itself is not read."""
    return Subquery(rows.order_by().annotate(there=Value(1)).values("there")[:1], output_field=IntegerField())


class CountOf(Subquery):
    """How many rows a query has, as a column of another."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
