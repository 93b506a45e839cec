"""What the tests do to be quicker changes nothing of what the database is asked: see tests/checks.py."""

from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CheckConstraint, Model

from tests import checks
from tests.architecture.conftest import Stage

Asked = list[tuple[str, list[Any]]]


def asked(validate: Any, rule: CheckConstraint, row: Model) -> tuple[bool, Asked]:
    """Whether the row keeps the rule, and which statements that took."""
    seen: Asked = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told = ["sealed" if str(value).startswith("sealed:") else value for value in params or ()]
        seen.append((sql.partition('"s')[0] if "SAVEPOINT" in sql else sql, told))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        try:
            validate(rule, type(row), row)
        except ValidationError:
            return False, seen
    return True, seen


def rows() -> list[Model]:
    """Some of each kind, and one of each in which nothing is filled in."""
    found: list[Model] = []
    for model in apps.get_models():
        if any(isinstance(rule, CheckConstraint) for rule in model._meta.constraints):
            found += [model(), *model._default_manager.order_by("pk")[:5]]
    return found


def test_the_rules_on_a_row_are_asked_as_django_asks_them(stage: Stage) -> None:
    kept = set()
    for _turn in ("written", "kept"):
        for row in rows():
            for rule in row._meta.constraints:
                if isinstance(rule, CheckConstraint):
                    usual, quick = asked(checks.as_django_does, rule, row), asked(checks.validate, rule, row)
                    assert quick == usual, rule.name
                    kept.add(usual[0])
    assert kept == {True, False}
