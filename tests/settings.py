"""The product's settings with what tests need: no HTTPS, cheap passwords, mail in memory, no shared limits."""

import os
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"
VAR.mkdir(exist_ok=True)
os.environ["HTTPS"] = "False"
os.environ["DEMO"] = "False"
os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["AUDIT_KEYS_DIR"] = str(VAR / "test-keys")
os.environ["AUDIT_ROW_KEYS"] = "1:" + "5c" * 32
os.environ["FACTOR_KEYS"] = "1:" + "7e" * 32
os.environ["CONTENT_KEYS"] = "1:" + "9d" * 32
os.environ["AUDIT_CHECKPOINTS_DIR"] = str(VAR / f"test-checkpoints-{os.getpid()}")
os.environ["FILES_DIR"] = str(VAR / f"test-files-{os.getpid()}")
os.environ["CLAMAV"] = ""
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'test.sqlite3'}"

from schoolsafety.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["*"]
STATIC_ROOT = VAR / "test-static"
STATIC_ROOT.mkdir(exist_ok=True)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file for each process instead of memory: the browser tests' server has threads, and each needs its own
    # connection, with WAL and the locks of production.
    DATABASES["default"]["TEST"] = {"NAME": VAR / f"pytest-{os.getpid()}.sqlite3"}  # noqa: F405
    # No test cuts the power, and waiting for the disk is a good part of their time.
    options = DATABASES["default"]["OPTIONS"]  # noqa: F405
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405
STORAGES = {
    "default": {"BACKEND": "signals.filestore.PrivateFolder"},
    "files": {"BACKEND": "signals.filestore.PrivateFolder"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
