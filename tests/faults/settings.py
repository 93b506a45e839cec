"""The settings of the tests with what production has and other tests leave out, and with `inject` in the database."""

import os
from pathlib import Path

from tests.faults import inject
from tests.settings import *  # noqa: F403
from tests.settings import DATABASES
from tests.settings import env as environment

FOLDER = Path(os.environ["FAULTS_FOLDER"])
AUDIT_KEYS_DIR, AUDIT_CHECKPOINTS_DIR, FILES_DIR = FOLDER / "keys", FOLDER / "checkpoints", FOLDER / "files"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
vars().update(environment.email_url("FAULTS_MAIL", default="dummymail://"))
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"]["timeout"] = float(os.environ.get("FAULTS_PATIENCE", "10"))
inject.install(FOLDER)
