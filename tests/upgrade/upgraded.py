"""A process of its own: makes an older database, fills it, migrates it with the code of today, and opens its pages.

`python -m tests.upgrade.upgraded` works in the database of DATABASE_URL, which must be empty, and prints as JSON what
a coordinator and a writer see.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

import time_machine  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.content.fields import EncryptedTextField  # noqa: E402
from accounts.models import User  # noqa: E402
from signals.models import Case, Draft, Signal  # noqa: E402
from signals.services.facts import is_grave  # noqa: E402
from tests.conftest import BACKEND, prove  # noqa: E402

STORED = Path(__file__).with_name("november_2026.jsonl")
THEN = "2026-11-28T12:00:00+01:00"
OLD = [
    ("accounts", "0007_school_calendar"),
    ("audit", "0002_rights"),
    ("escalation", "0003_contact_address"),
    ("signals", "0006_outcomes"),
    ("guardian", "0001_initial"),
]
NOT_ASKED = ("django_tasks_database",)  # of another package, new since then, and no page needs it


def fill(apps: Any) -> None:
    """Write the stored rows through the models as they were then."""
    for line in STORED.read_text(encoding="utf-8").splitlines():
        label, values = json.loads(line)
        model = apps.get_model(label)
        model.objects.create(**{field.attname: _read(field, values) for field in model._meta.concrete_fields})


def _read(field: models.Field[Any, Any], values: dict[str, Any]) -> Any:
    value = values[field.attname]
    return value if isinstance(field, models.JSONField) else field.to_python(value)


def bare() -> Iterator[str]:
    """Columns in which a text still stands as it was typed."""
    for model in django.apps.apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, EncryptedTextField):
                continue
            with connection.cursor() as cursor:
                name = f'"{model._meta.db_table}"."{field.column}"'
                cursor.execute(f'select {name} from "{model._meta.db_table}"')  # noqa: S608 - names of our own models
                if any(text and not text.startswith("sealed:") for (text,) in cursor.fetchall()):
                    yield name


def seen(user: User, path: str, **sent: str) -> str:
    """The page as this person gets it; with `sent` what a form gives."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    prove(client, user)
    response = client.post(path, sent) if sent else client.get(path)
    return f"{response.status_code} {response.content.decode()}"


def look() -> dict[str, Any]:
    """Who handles the case opens it and searches; who wrote the report goes on with a draft."""
    coordinator, case = User.objects.get(email="coordinator@demo.example"), Case.objects.get()
    draft = Draft.objects.get()
    return {
        "case": seen(coordinator, f"/casus/{case.reference}/"),
        "found": seen(coordinator, "/casus/zoeken/", q="spraakbericht"),
        "not_found": seen(coordinator, "/casus/zoeken/", q="kantine"),
        "draft": seen(draft.author, f"/zorg/concept/{draft.reference}/"),
        "number": case.reference,
        "bare": list(bare()),
        "grave": [report.grave == is_grave(report.steps.all()) for report in Signal.objects.all()],
    }


def main() -> None:
    fill(MigrationExecutor(connection).migrate(OLD).apps)
    today = MigrationExecutor(connection)
    today.migrate([key for key in today.loader.graph.leaf_nodes() if key[0] not in NOT_ASKED])
    with time_machine.travel(THEN):
        pages = look()
    print(json.dumps(pages))


if __name__ == "__main__":
    main()
