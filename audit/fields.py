"""JSON that is kept as exactly the text that was written."""

import json
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from audit.canonical import canonical


class CanonicalJSONField(models.TextField):  # type: ignore[type-arg]
    """A mapping, stored as canonical JSON text; jsonb would change spaces and the order of keys."""

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        if value == "{}":
            return {}  # what most events have to say beside their columns
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return value if value is None or isinstance(value, str) else canonical(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value
