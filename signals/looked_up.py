"""A condition on other rows that the database looks up for each row it is asked about, through an index.

PostgreSQL may turn an EXISTS around: it then reads the whole table of the other rows to keep their keys, which among a
thousand cases costs twenty times what looking at the few rows of a page does, and grows with what others wrote. That a
subquery gives a value it can only find out row by row.
"""

from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.lookups import IsNull


def there_is(rows: QuerySet[Any, Any]) -> Any:
    """The condition that one of these rows is there. rows: with an OuterRef that an index finds."""
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


def there_is_no(rows: QuerySet[Any, Any]) -> Any:
    """The condition that none of these rows is there."""
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), True)
