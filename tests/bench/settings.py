"""The product's settings, and what is compared with it. BENCH_DIR and DATABASE_URL come from tests.bench."""

import os
from pathlib import Path

FOLDER = Path(os.environ["BENCH_DIR"])
os.environ.update(
    HTTPS="False",
    DEMO="False",
    SECRET_KEY="only-for-the-benchmark",
    AUDIT_KEYS_DIR=str(FOLDER / "keys"),
    AUDIT_ROW_KEYS="1:" + "5c" * 32,
    FACTOR_KEYS="1:" + "5c" * 32,
    CONTENT_KEYS="1:" + "9d" * 32,
    AUDIT_CHECKPOINTS_DIR=str(FOLDER / "checkpoints"),
    STATIC_ROOT=str(FOLDER / "static"),
)

(FOLDER / "static").mkdir(exist_ok=True)

from schoolsafety.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [*INSTALLED_APPS, "auditlog", "simple_history", "tests.bench.app.apps.BenchConfig"]  # noqa: F405
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = {"version": 1, "disable_existing_loggers": False}
PLAIN_SESSIONS = "django.contrib.sessions.backends.cached_db"
PLAIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
AUTHENTICATION_BACKENDS = [*AUTHENTICATION_BACKENDS, PLAIN_BACKEND]  # noqa: F405
BARE = "bare"
TEMPLATES = [
    *TEMPLATES,  # noqa: F405
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": BARE,
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
BARE_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tests.bench.plain.PlainSessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
