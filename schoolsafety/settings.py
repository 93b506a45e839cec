"""All settings in one file, safe by default.

Everything that differs between machines comes from the environment (or a `.env` file beside manage.py); see
docs/operations.md for the list. A missing secret stops the start with a sentence that helps.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accounts.sso.config import read as read_sso
from schoolsafety.settings_files import UPLOADS, read_scanner, read_store
from schoolsafety.settings_login import *  # noqa: F403 - limits and the second step, the same everywhere
from schoolsafety.settings_postgresql import connecting

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def required(name: str, help_text: str) -> str:
    """Return an environment variable that has no default, or stop with a sentence that helps."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {help_text}")
    return value


def at_most(name: str, longest: int) -> int:
    """Return a number of minutes from the environment that may be shorter than what is safe, never longer."""
    value: int = env.int(name, default=longest)
    if not 4 <= value <= longest:
        raise ImproperlyConfigured(f"{name} is {value}. It must be 4 to {longest} minutes.")
    return value


SECRET_KEY = required("SECRET_KEY", "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'")
DEBUG = False
DEMO = env.bool("DEMO", default=False)
HTTPS = env.bool("HTTPS", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Where links in mails lead to; a mail is made outside any request.
SITE_URL = env.str("SITE_URL", default=f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0]}").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "guardian",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "phonenumber_field",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "audit",
    "accounts",
    "escalation",
    "signals",
    "schoolsafety",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before all that may answer by itself: a redirect to the address with a slash, or a strange host, gets them too.
    "audit.middleware.AuditContextMiddleware",
    "schoolsafety.middleware.PrivateResponseMiddleware",
    "schoolsafety.middleware.ContentPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "schoolsafety.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before whoever asks whether somebody is logged in: after too long a pause nobody is.
    "accounts.idle.IdleMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.guard.GuardMiddleware",
    "accounts.factors.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "schoolsafety.urls"
WSGI_APPLICATION = "schoolsafety.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "schoolsafety.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "schoolsafety.context.site",
            ],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url_config(
        required("DATABASE_URL", "For one school: DATABASE_URL=sqlite:////var/lib/schoolsafety/db.sqlite3")
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        # FULL: what was acknowledged survives a power cut. recursive_triggers: REPLACE can't pass a delete trigger.
        # secure_delete: what is deleted or replaced is overwritten, not only left out. cache_size: 16 MB, not 2.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
        "PRAGMA secure_delete=ON; PRAGMA cache_size=-16000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = connecting(
        DATABASES["default"].get("OPTIONS", {}), prepare=env.bool("PREPARED_STATEMENTS", default=True)
    )
DEMO_DATABASE = "demo.sqlite3"
if DEMO and Path(str(DATABASES["default"]["NAME"])).name != DEMO_DATABASE:
    raise ImproperlyConfigured(f"DEMO is on, and the demo only ever uses a database named {DEMO_DATABASE}.")

# --- the sealed log: docs/operations.md -------------------------------------------------------------------------
_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
_DATA = Path(str(DATABASES["default"]["NAME"])).parent if _SQLITE else BASE_DIR / "var"
AUDIT_KEYS_DIR = Path(env.str("AUDIT_KEYS_DIR", default=str(_DATA / "keys")))
AUDIT_ROW_KEYS = env.str("AUDIT_ROW_KEYS", default="")
AUDIT_CHECKPOINTS_DIR = Path(env.str("AUDIT_CHECKPOINTS_DIR", default=str(_DATA / "checkpoints")))
AUDIT_ORIGIN = env.str("AUDIT_ORIGIN", default="schoolsafety")
AUDIT_YEARS = env.int("AUDIT_YEARS", default=5)
AUDIT_PERSONAL_DAYS = env.int("AUDIT_PERSONAL_DAYS", default=183)

# --- the keys that encrypt second steps of logging in, and story texts --------------------------------------------
FACTOR_KEYS_DIR = Path(env.str("FACTOR_KEYS_DIR", default=str(AUDIT_KEYS_DIR)))
FACTOR_KEYS = env.str("FACTOR_KEYS", default="")
CONTENT_KEYS_DIR = Path(env.str("CONTENT_KEYS_DIR", default=str(AUDIT_KEYS_DIR)))
CONTENT_KEYS = env.str("CONTENT_KEYS", default="")

# --- files: docs/operations.md ----------------------------------------------------------------------------------
FILES_DIR, CLAMAV = Path(env.str("FILES_DIR", default=str(_DATA / "files"))), read_scanner(env)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all processes, so that the log-in limits hold for the installation and not per process. Room for more than
# anybody can fill while a limit lasts: what is thrown out of a full cache would be forgotten.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
}

# --- background work: docs/operations.md, `manage.py worker` -------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- people and sessions ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.NotYourName", "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotOurWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
SSO = read_sso(env, https=HTTPS)
SOCIALACCOUNT_REQUESTS_TIMEOUT = 4
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A session ends after so many minutes in which nothing was done, and in any case after SESSION_COOKIE_AGE.
IDLE_SECONDS = 60 * at_most("IDLE_MINUTES", 30)
IDLE_SECONDS_CASES = 60 * at_most("IDLE_MINUTES_CASES", 15)  # for who reads cases of others
IDLE_WARNING_SECONDS = 120
SEEN_EVERY_SECONDS = 60  # how often, at most, a request is written down as a sign of life

GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
GUARDIAN_RAISE_403 = True
ANONYMOUS_USER_NAME = None

# --- browser ----------------------------------------------------------------------------------------------------
DEVICE_COOKIE_NAME = "device"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "schoolsafety.errors.csrf_failure"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    DEVICE_COOKIE_NAME = "__Host-device"
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **dict.fromkeys(("default-src", "base-uri", "frame-ancestors", "object-src"), [NONE]),
        **dict.fromkeys(("script-src", "style-src", "font-src", "connect-src", "manifest-src", "form-action"), [SELF]),
        "img-src": [SELF, "data:"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}
vars().update(UPLOADS)

# --- language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "NL"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# --- static files, forms, mail, log -------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "signals.filestore.PrivateFolder"},
    "files": read_store(env),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
if DEMO:  # nothing leaves the machine: a page shows what would have
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = Path(str(DATABASES["default"]["NAME"])).parent / "demo-mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="schoolsafety@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # guardian's backend is not used: has_perm opens nothing here, see signals/access.py
]
