"""Marks: what stands in a prepared query for a value that comes when it is asked."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field

_LOWEST = -(2**40)  # no key of a row


class Given(Expression):
    """Stands in a query for a value that comes when it is asked."""

    def __init__(self, name: str, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Key(NamedTuple):
    """Stands in a statement for one key of a list."""

    place: int
    number: int


class Mark(NamedTuple):
    """Stands in a statement for a value that is given by its name."""

    name: str
    field: "Field[Any, Any]"


def keys(place: int, count: int) -> list[int]:
    """Stand for `count` keys in a query, where a relation wants numbers. place: a number of their own for each list.

    Errors: `ValueError` for a list so long that it would run into the next.
    """
    if count > 2**16:
        raise ValueError("too many keys for a prepared query")
    return [_LOWEST - place * 2**16 - number for number in range(count)]


def mark_of(param: Any) -> Key | Mark | None:
    """What a parameter of a statement stands for; None for one that never changes."""
    if isinstance(param, Given):
        return Mark(param.name, param.output_field)
    if isinstance(param, int) and param <= _LOWEST:
        return Key(*divmod(_LOWEST - param, 2**16))
    return None


def values_of(params: Sequence[Key | Mark], lists: Sequence[Sequence[int]], given: dict[str, Any]) -> list[Any]:
    """What the database gets for each mark. A value that stands in several places is looked at once."""
    here = connections[DEFAULT_DB_ALIAS]
    number, ready, values = here.ops.adapt_integerfield_value, dict[Any, Any](), []
    for param in params:
        known = param if isinstance(param, Key) else param.name
        if known not in ready:
            if isinstance(param, Key):
                ready[known] = number(lists[param.place][param.number], "BigIntegerField")
            else:
                ready[known] = param.field.get_db_prep_value(given[param.name], here)
        values.append(ready[known])
    return values


def one_kind(params: Sequence[Key | Mark]) -> None:
    """Errors: `ValueError` when two marks have the same name, and values of different kinds."""
    kinds = defaultdict(set)
    for param in params:
        if isinstance(param, Mark):
            kinds[param.name].add(type(param.field))
    if wrong := [name for name, found in kinds.items() if len(found) > 1]:
        raise ValueError(f"marks of different kinds: {', '.join(wrong)}")
