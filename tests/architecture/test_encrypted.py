"""What people type about somebody is encrypted: every text of a case, and no word of it in the database or a log."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.content.fields import EncryptedTextField
from signals.models import Draft
from tests.architecture.test_privacy import APPS, registry, stored
from tests.audit.test_no_content import MARKS, handle, write
from tests.conftest import World
from tests.journeys.page import Browser

# Plain, and why: codes from closed lists by which lists are filtered; the frozen words of the protocol; references.
PLAIN = {
    "Case.concern",
    "Case.subject_role",
    "Signal.concern",
    "Signal.subject_role",
    "Step.recipient",
    "Step.rules",
    "Step.why_nl",
    "Step.why_en",
    "Step.source",
    "StepOutcome.finding",
    "FactsChange.finding",
    "CaseChange.old",
    "CaseChange.new",
    # References of whom in the case it is about.
    "Note.person",
    "Task.person",
    "Meeting.person",
    "Attachment.person",
    # Codes, and a name for a list of one's own; the form asks for no names of people.
    "SavedFilter.name",
    "SavedFilter.query",
    "Moved.had",
    "Moved.got",
    "Transfer.was_concern",
    "Transfer.reports",
    "Transfer.brought",
    "Transfer.tasks",
    "Transfer.meetings",
    "Transfer.files",
    "Transfer.people",
    "Dossier.reports",
    "Dossier.pieces",
    # Not about a case: what opens a door is hashed, and the log has a protection of its own.
    "User.password",
    "Invitation.nonce",
    "PersonalPart.data",
}
SEARCHED = {"query", "contact", "mail"}  # typed elsewhere, and not about anybody


@pytest.mark.parametrize("app", APPS)
def test_every_sensitive_text_is_encrypted_or_stands_in_the_list(app: str) -> None:
    """A new field: `EncryptedTextField(row=…)`, see accounts/content/__init__.py."""
    texts = models.TextField | models.JSONField | models.CharField
    for name, field in stored(app).items():
        level = registry(app)[name].level
        text = isinstance(field, texts) and not field.choices and not isinstance(field, EncryptedTextField)
        if text and name not in PLAIN and (level == "sensitive" or (app == "signals" and field.name != "reference")):
            assert level == "technical", name


def test_the_list_holds_nothing_that_is_gone_or_encrypted() -> None:
    fields = {name: field for app in APPS for name, field in stored(app).items()}
    assert set(fields) >= PLAIN
    assert not [name for name in PLAIN if isinstance(fields[name], EncryptedTextField)]


def test_what_is_encrypted_is_classed_as_about_somebody() -> None:
    for app in APPS:
        for name, field in stored(app).items():
            if isinstance(field, EncryptedTextField):
                assert registry(app)[name].level in ("sensitive", "personal"), name


@pytest.mark.django_db(transaction=True)
def test_no_word_of_a_journey_is_in_the_database_or_in_a_log(
    world: World, login: Any, caplog: Any, settings: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    author, coordinator = Browser(login(world.author)), Browser(login(world.coordinator))
    signal = write(author)
    handle(coordinator, signal.case)
    form = coordinator.get("/casus/zoeken/").form(id="case-search")
    coordinator.send(form, q=MARKS["note"].lower())
    signal.refresh_from_db()
    assert (signal.observed, signal.told) == (MARKS["observed"], MARKS["told"]), "what was planted is really there"
    held = {table: "\n".join(rows(table)).lower() for table in connection.introspection.table_names()}
    assert "zandstra" in held["accounts_pupil"], "a name is plain, and would be seen"
    for name, mark in MARKS.items():
        assert name in SEARCHED or not [table for table in held if mark.lower() in held[table]], name
    kept = [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]
    assert kept
    for path in (*files(), *kept):
        content = path.read_bytes().lower()
        assert not [name for name, mark in MARKS.items() if name not in SEARCHED and mark.lower().encode() in content]
    said = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends").lower()
    assert not [name for name, mark in MARKS.items() if mark.lower() in said]
    assert Draft.objects.count() == 1


def rows(table: str) -> Iterator[str]:
    """All that a dump would hold."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of tables
        for row in cursor.fetchall():
            yield repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


def files() -> list[Path]:
    """The database's own files, with what is not yet in its place."""
    if connection.vendor != "sqlite":
        return []
    name = Path(str(connection.settings_dict["NAME"]))
    found = sorted(name.parent.glob(f"{name.name}*"))
    assert name in found
    return found


def test_all_models_of_this_list_exist() -> None:
    names = {model.__name__ for app in APPS for model in apps.get_app_config(app).get_models()}
    assert {name.partition(".")[0] for name in PLAIN} <= names
