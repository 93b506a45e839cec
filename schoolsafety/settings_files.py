"""Where files are kept and who looks at them for viruses, as the environment says it."""

import importlib.util
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# What a request may hold; each part of a dossier that is ticked is a field. Files are counted in signals.uploads.
UPLOADS = {
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_500_000,
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 5_000,
    "DATA_UPLOAD_MAX_NUMBER_FILES": 1,
    "FILE_UPLOAD_HANDLERS": ["signals.uploads.MemoryWhereAsked"],
}
FOLDER = {"BACKEND": "signals.filestore.PrivateFolder"}
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 20, 2  # of a store that speaks S3
NO_LIBRARY = "FILES_S3_BUCKET is set, and django-storages is not installed: pip install 'django-storages[s3]'"


def read_store(env: Any) -> dict[str, Any]:
    """The store of files: the folder FILES_DIR, or a bucket of a store that speaks S3."""
    bucket = env.str("FILES_S3_BUCKET", default="")
    if not bucket:
        return FOLDER
    if importlib.util.find_spec("storages") is None or importlib.util.find_spec("boto3") is None:
        raise ImproperlyConfigured(NO_LIBRARY)
    endpoint = env.str("FILES_S3_ENDPOINT", default="")
    if endpoint and not endpoint.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ImproperlyConfigured(f"FILES_S3_ENDPOINT is {endpoint}. It must begin with https://")
    options = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": env.str("FILES_S3_REGION", default="") or None,
        "access_key": env.str("FILES_S3_KEY", default="") or None,
        "secret_key": env.str("FILES_S3_SECRET", default="") or None,
        "location": env.str("FILES_S3_FOLDER", default=""),
        "client_config": _patience("path" if endpoint else None),
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def _patience(addressing_style: str | None) -> Any:
    """How long a request waits for the store: by itself a minute at a time, and five times."""
    from botocore.config import Config

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS},
        s3={"addressing_style": addressing_style},
    )


def read_scanner(env: Any) -> str:
    """Where ClamAV listens: `host:port` or the path of its socket; empty when there is none."""
    found: str = env.str("CLAMAV", default="")
    port = found.rpartition(":")[2]
    if found and not found.startswith("/") and not (":" in found and port.isdecimal()):
        raise ImproperlyConfigured(f"CLAMAV is {found}. It must be host:port, or the path of a socket.")
    return found
