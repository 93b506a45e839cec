"""Every field of every model says how sensitive it is and how long it is kept."""

from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from audit.privacy import FieldClass, Level

APPS = ("audit", "accounts", "escalation", "signals")
FREE_TEXT = (models.TextField, models.JSONField)


def stored(app: str) -> dict[str, models.Field]:
    """All concrete fields, also of the tables behind many-to-many fields."""
    return {
        f"{model.__name__}.{field.name}": field
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
    }


def registry(app: str) -> dict[str, FieldClass]:
    return import_module(f"{app}.privacy").FIELDS


@pytest.mark.parametrize("app", APPS)
def test_every_field_has_its_line_and_every_line_its_field(app: str) -> None:
    assert sorted(registry(app)) == sorted(stored(app))


@pytest.mark.parametrize("app", APPS)
def test_levels_and_terms_are_filled_in(app: str) -> None:
    for name, line in registry(app).items():
        assert line.level in get_args(Level), name
        assert len(line.retention) > 10, name


def test_no_app_with_tables_is_left_out() -> None:
    own = [config for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]
    assert {config.name for config in own if list(config.get_models())} == set(APPS)


@pytest.mark.parametrize("app", ["signals", "audit"])
def test_free_text_is_never_called_technical(app: str) -> None:
    fixed = {"Step.source", "Checkpoint.note"}  # the words of the protocol; hashes and counts
    for name, field in stored(app).items():
        if isinstance(field, FREE_TEXT) and name not in fixed:
            assert registry(app)[name].level != "technical", name


def test_references_to_people_are_never_called_technical() -> None:
    for app in APPS:
        for name, field in stored(app).items():
            if field.related_model in (apps.get_model("accounts.User"), apps.get_model("accounts.Pupil")):
                assert registry(app)[name].level != "technical", name
