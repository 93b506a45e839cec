"""Queries whose SQL Django writes once per process, and PostgreSQL plans once per connection.

To build a queryset and turn it into SQL costs ten times what the database needs to answer it. A prepared query is an
ordinary one with marks where its values come; the statement is kept, and each time only the values are filled in. What
was found is never kept.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Expression, Field, QuerySet
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.query_utils import DeferredAttribute

from accounts.content.fields import Opening
from accounts.models import User
from audit.kept_cursor import kept_cursor

KEEPING = (DeferredAttribute, ForeignKeyDeferredAttribute, Opening)  # they keep a value as it comes from the database
KEPT = 256  # statements of one query; one takes about 10 kB
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
    below: dict[int, list[Any]] = {parent.pk: [] for parent in parents}
    by_key = {parent.pk: parent for parent in parents}
    for row in rows:
        key = getattr(row, f"{field}_id")
        below[key].append(row)
        setattr(row, field, by_key[key])
    for parent in parents:
        kept = getattr(parent, "_prefetched_objects_cache", {})
        parent._prefetched_objects_cache = {**kept, name: below[parent.pk]}


@dataclass(frozen=True)
class Statement:
    """What Django made of a queryset. kinds: the types of its columns. The rest: how its own rows become objects."""

    sql: str
    params: Sequence[Any]
    converters: Sequence[tuple[int, Any, Any]]
    kinds: Sequence[str | None] = ()
    model: Any = None
    init: Sequence[str] = ()
    span: tuple[int, int] = (0, 0)
    related: Sequence[Any] = ()
    extra: Sequence[tuple[str, int]] = ()

    def made(self, found: list[tuple[Any, ...]]) -> list[Any]:
        """What the rows of the database are to Django: objects, or tuples of a queryset of `values_list()`."""
        if self.model:
            return [_object(self, row) for row in found]
        return _all_converted(found, self.converters) if self.converters else found


class Prepared:
    """A query with marks, asked with values.

    make: gives the queryset, from the lengths of the lists of keys and from its form. For each combination there is one
    statement. `select_related()` and annotations work; what is prefetched is not.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self.make = make
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
        found = Statement(sql, params, [(place, *_quicker(*how)) for place, how in converters.items()], kinds)
        whole = asked._iterable_class is ModelIterable
        return replace(found, **_as_objects(compiler)) if whole else found


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """With all that never changes written out, so that only marks are left as values.

    PostgreSQL plans a prepared statement without its values: it uses an index of new cases only where it reads that
    cases have to be new. SQLite plans a statement again whenever a value comes that its plan looked at.
    """
    left = iter(params)

    def written(place: re.Match[str]) -> str:
        if place[0] == "%%" or _is_mark(param := next(left)):
            return place[0]
        return _literal(param).replace("%", "%%")

    return re.sub("%%|%s", written, sql), [param for param in params if _is_mark(param)]


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


def _object(statement: Statement, found: tuple[Any, ...]) -> Any:
    row = list(found)
    for place, how, expression in statement.converters:
        row[place] = _converted(row[place], how, expression)
    made = _filled(statement.model, statement.init, row[statement.span[0] : statement.span[1]])
    for other in statement.related:
        _populate(other, row, made)
    for name, place in statement.extra:
        setattr(made, name, row[place])
    return made


def _populate(other: Any, row: list[Any], made: Any) -> None:
    """Give an object what a relation of it leads to, as RelatedPopulator.populate() does."""
    values, found = row[other.cols_start : other.cols_end], None
    if values[other.pk_idx] is not None:
        found = _filled(other.model_cls, other.init_list, values)
        for below in other.related_populators:
            _populate(below, row, found)
    other.local_setter(made, found)
    if found is not None:
        other.remote_setter(found, made)


def _filled(model: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    """As model.from_db(), which sets each value by itself and looks for defaults, in a third of the time."""
    if not is_plain(model):
        return model.from_db(DEFAULT_DB_ALIAS, names, values)
    made = model.__new__(model)
    state = made._state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(zip(names, values, strict=True))
    return made


@cache
def is_plain(model: Any) -> bool:
    """Whether setting a value of an object does nothing but keep it; that of a telephone number reads it."""
    return all(type(getattr(model, field.attname)) in KEEPING for field in model._meta.concrete_fields)


def ask(
    sql: str, params: Sequence[Any], lists: Sequence[Sequence[int]], given: dict[str, Any]
) -> list[tuple[Any, ...]]:
    """The rows as the database gives them; none for a statement that finds nothing whatever its values are."""
    if not sql:
        return []
    values = [_value(param, lists, given) for param in params]
    with kept_cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _is_mark(param: Any) -> bool:
    return isinstance(param, Given) or (isinstance(param, int) and param <= _LOWEST)


def _value(param: Any, lists: Sequence[Sequence[int]], given: dict[str, Any]) -> Any:
    if isinstance(param, Given):
        return param.output_field.get_db_prep_value(given[param.name], connection)
    if _is_mark(param):
        place, number = divmod(_LOWEST - param, 2**16)
        return connection.ops.adapt_integerfield_value(lists[place][number], "BigIntegerField")
    return param


def _all_converted(found: Sequence[tuple[Any, ...]], converters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Column by column: the same days and moments stand in many rows, so each is converted once."""
    columns: list[Sequence[Any]] = list(zip(*found, strict=True))
    for place, how, expression in converters if found else ():
        known = {value: _converted(value, how, expression) for value in set(columns[place])}
        columns[place] = [known[value] for value in columns[place]]
    return list(zip(*columns, strict=True))


def _quicker(how: Sequence[Any], expression: Any) -> tuple[Sequence[Any], Any]:
    """With a moment read as the database of SQLite keeps it, in UTC, without trying other ways to write it."""
    if connection.vendor != "sqlite" or connection.timezone is not UTC:
        return how, expression
    django = connection.ops.convert_datetimefield_value  # type: ignore[attr-defined]
    return [_moment if one == django else one for one in how], expression


def _moment(value: str | datetime | None, *_unused: Any) -> datetime | None:
    if not isinstance(value, str):
        at = value
    else:
        try:
            at = datetime.fromisoformat(f"{value}+00:00")  # replace() takes several times as long
        except ValueError:
            at = datetime.fromisoformat(value)
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _converted(value: Any, how: Sequence[Callable[..., Any]], expression: Any) -> Any:
    for convert in how:
        value = convert(value, expression, connection)
    return value
