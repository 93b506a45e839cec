"""Queries whose SQL Django writes once per process, for what is asked at every click.

To build a queryset and turn it into SQL costs ten times what the database needs to answer it. A prepared query is an
ordinary one with marks where its values come; the statement is kept, and each time only the values are filled in. What
was found is never kept.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, QuerySet

_LOWEST = -(2**40)  # no key of a row


class Given(Expression):
    """Stands in a query for a value that comes when it is asked."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


def keys(place: int, count: int) -> list[int]:
    """Stand for `count` keys in a query, where a relation wants numbers. place: a number of their own for each list.

    Errors: `ValueError` for a list so long that it would run into the next.
    """
    if count > 2**16:
        raise ValueError("too many keys for a prepared query")
    return [_LOWEST - place * 2**16 - number for number in range(count)]


class Prepared:
    """A query with marks, asked with values.

    make: gives the queryset (of `values_list()`), from the lengths of the lists of keys. For each combination of
    lengths there is one statement.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
        self.compiled = lru_cache(maxsize=256)(self._compile)

    def rows(self, *lists: Sequence[int], **given: Any) -> list[tuple[Any, ...]]:
        """Ask it now.

        Args:
            lists: keys for keys(0, …), keys(1, …) and so on.
            given: values for the marks by their name.
        """
        sql, params, converters = self.compiled(connection.vendor, *map(len, lists))
        if not sql:
            return []
        values = [_value(param, lists, given) for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            found = cursor.fetchall()
        return [_converted(row, converters) for row in found] if converters else found

    def _compile(self, _vendor: str, *lengths: int) -> tuple[str, list[Any], list[Any]]:
        compiler = self.make(*lengths).query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return "", [], []  # whatever its values are, nothing is found: a list it needs is empty
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return sql, list(params), [(place, *how) for place, how in converters.items()]


def _value(param: Any, lists: Sequence[Sequence[int]], given: dict[str, Any]) -> Any:
    if isinstance(param, Given):
        return param.output_field.get_db_prep_value(given[param.name], connection)
    if isinstance(param, int) and param <= _LOWEST:
        place, number = divmod(_LOWEST - param, 2**16)
        return lists[place][number]
    return param


def _converted(row: tuple[Any, ...], converters: list[Any]) -> tuple[Any, ...]:
    values = list(row)
    for place, how, expression in converters:
        for convert in how:
            values[place] = convert(values[place], expression, connection)
    return tuple(values)
