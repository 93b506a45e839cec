"""Queries whose SQL Django writes once per process, and PostgreSQL plans once per connection.

To build a queryset and turn it into SQL costs ten times what the database needs to answer it. A prepared query is an
ordinary one with marks (`accounts.marks`) where its values come; the statement is kept, and each time only the values
are filled in. What was found is never kept.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from accounts.marks import Key, Mark, mark_of, one_kind, values_of
from accounts.models import User
from accounts.statement import Statement, converter
from audit.kept_cursor import kept_cursor

KEPT = 256  # statements of one query; one takes about 10 kB


def but_names(*paths: str) -> list[str]:
    """What to leave out, with defer(), of the people at the end of these relations where a page only names them."""
    kept = ("id", "name", "reference")
    fields = [field.name for field in User._meta.concrete_fields if field.name not in kept]
    return [f"{path}__{name}" for path in paths for name in fields]


def with_names(rows: QuerySet[Any, Any], *people: str) -> QuerySet[Any, Any]:
    """With the names of these people, and in no order; of a page that only names them."""
    return rows.select_related(*people).defer(*but_names(*people)).order_by()


def put_below(parents: Sequence[Any], name: str, rows: Sequence[Any], field: str) -> None:
    """Give each parent its rows, as prefetching would: parent.<name>.all() is their list.

    Args:
        field: the relation of a row to its parent.
    """
    below: dict[int, list[Any]] = {parent.id: [] for parent in parents}
    by_key = {parent.id: parent for parent in parents}
    relation: Any = rows[0]._meta.get_field(field) if rows else None
    for row in rows:
        key = row.__dict__[f"{field}_id"]
        below[key].append(row)
        relation.set_cached_value(row, by_key[key])  # setting it looks whether it may be
    for parent in parents:
        kept = getattr(parent, "_prefetched_objects_cache", {})
        parent._prefetched_objects_cache = {**kept, name: below[parent.id]}


class Prepared:
    """A query with marks, asked with values.

    make: gives the queryset, from the lengths of the lists of keys and from its form. For each combination there is one
    statement. `select_related()` and annotations work; what is prefetched is not. alone: no part of another statement.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], *, alone: bool = True) -> None:
        self.make, self.alone = make, alone
        self.statement = lru_cache(maxsize=KEPT)(self._statement)

    def rows(
        self, *lists: Sequence[int], form: Mapping[str, Hashable] | None = None, **given: Any
    ) -> list[tuple[Any, ...]]:
        """Ask it now, for a queryset of `values_list()`.

        Args:
            lists: keys for keys(0, …), keys(1, …) and so on.
            form: what else `make` is told, such as which filters there are: it decides how the statement looks.
            given: values for the marks by their name.
        """
        return self.objects(*lists, form=form, **given)

    def objects(self, *lists: Sequence[int], form: Mapping[str, Hashable] | None = None, **given: Any) -> list[Any]:
        """The same, for a queryset of objects."""
        statement = self._of(lists, form)
        return statement.made(ask(statement.sql, statement.params, lists, given))

    def _of(self, lists: Sequence[Sequence[int]], form: Mapping[str, Hashable] | None) -> Statement:
        return self.statement(connection.vendor, tuple(map(len, lists)), tuple(form.items()) if form else ())

    def _statement(
        self, _vendor: str, lengths: tuple[int, ...] = (), form: tuple[tuple[str, Any], ...] = ()
    ) -> Statement:
        asked = self.make(*lengths, **dict(form))
        compiler = asked.query.get_compiler(connection=connection)
        try:
            sql, params = _with_constants(*compiler.as_sql())
        except EmptyResultSet:
            return Statement("", [], [])  # whatever its values are, nothing is found: a list it needs is empty
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        kinds = [column.output_field.db_type(connection) for column, *_ in compiler.select]
        whole = asked._iterable_class is ModelIterable
        if self.alone and converters and not whole and not asked.ordered and not asked.query.is_sliced:
            sql = _untyped(sql, len(kinds))
        found = Statement(sql, params, [(place, converter(*how)) for place, how in converters.items()], kinds)
        return replace(found, **_as_objects(compiler)) if whole else found


def _untyped(sql: str, columns: int) -> str:
    """SQLite: with no row before it, whose columns have no type: then values come as they are kept.

    Django reads each moment at once, trying several ways to write one; `Statement.made` reads each only once.
    """
    if connection.vendor != "sqlite":
        return sql
    return f"SELECT {', '.join(['NULL'] * columns)} WHERE 1 = 0 UNION ALL {sql}"  # noqa: S608 - constants


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, list[Key | Mark]]:
    """With all that never changes written out, so that only marks are left as values.

    PostgreSQL plans a prepared statement without its values: it uses an index of new cases only where it reads that
    cases have to be new. SQLite plans a statement again whenever a value comes that its plan looked at.
    """
    left, marks = iter(params), list[Key | Mark]()

    def written(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return place[0]
        param = next(left)
        if mark := mark_of(param):
            marks.append(mark)
            return place[0]
        return _literal(param).replace("%", "%%")

    found = re.sub("%%|%s", written, sql)
    one_kind(marks)
    return found, marks


def _literal(constant: Any) -> str:
    if connection.vendor != "postgresql":
        return str(connection.schema_editor().quote_value(constant))
    from psycopg.sql import quote

    connection.ensure_connection()
    return quote(constant, connection.connection)


def _as_objects(compiler: Any) -> dict[str, Any]:
    """As django.db.models.query.ModelIterable does it for every row of every query."""
    info, select = compiler.klass_info, compiler.select
    fields = info["select_fields"]
    return {
        "model": info["model"],
        "init": [column.target.attname for column, *_ in select[fields[0] : fields[-1] + 1]],
        "span": (fields[0], fields[-1] + 1),
        "related": get_related_populators(info, select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
        "extra": list(compiler.annotation_col_map.items()),
    }


def ask(
    sql: str, params: Sequence[Any], lists: Sequence[Sequence[int]], given: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """The rows as the database gives them; none for a statement that finds nothing whatever its values are."""
    if not sql:
        return []
    values = values_of(params, lists, given)
    with kept_cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
