"""At the start: every key that the database needs is here, and is the one it was.

Asked by the web process (`schoolsafety/wsgi.py`), by the worker and by commands that open texts or files, by `manage.py
check --database default` and by `manage.py migrate`: one small query. The keys that are here are written down after
every migrate and at every start of the web process.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.management.base import CommandError
from django.db import connections

from accounts.content.errors import ContentKeyError
from accounts.content.keys import fingerprint, forget, masters
from accounts.content.models import ContentKey

MISSING = (
    "Key content-{number} of the story texts is not here, and texts in this database were written with it. "
    "Put content-{number}.key back in CONTENT_KEYS_DIR from your copy, or add it to CONTENT_KEYS."
)
OTHER = (
    "Key content-{number} of the story texts is not the one that texts in this database were written with. "
    "Put the old content-{number}.key back; if this one has written texts too, give it the next number."
)
UNKNOWN = (
    "Key content-{number} of the story texts is here, and this database does not know it: whoever serves pages may not "
    "have it, and could not open what is written with it here. If it is a new one, start the web process with it "
    "first. Otherwise take it away."
)


def problems(using: str = "default") -> list[str]:
    """What is wrong with the keys, as sentences for the operator."""
    forget()
    here = {int(number) for number in masters()}
    found = []
    for number, known in _known(using):
        if number not in here:
            found.append(MISSING.format(number=number))
        elif fingerprint(str(number)) != known:
            found.append(OTHER.format(number=number))
    return found


def refuse_without_keys() -> None:
    """For a process that serves pages or works in the background.

    Raises:
        ContentKeyError: a key that the database needs is not here.
    """
    if found := problems():
        raise ContentKeyError(" ".join(found))
    write_down()


def refuse_command() -> None:
    """The same for the worker and for commands. A new key they leave to the web process: it reads what they write.

    Raises:
        CommandError: a key that the database needs is not here, or one is here that it does not know.
    """
    try:
        found = problems() or _unknown()
    except ContentKeyError as error:
        raise CommandError(str(error)) from error
    if found:
        raise CommandError(" ".join(found))
    write_down()


def _unknown() -> list[str]:
    known = {number for number, _fingerprint in _known("default")}
    new = sorted({int(number) for number in masters()} - known)
    return [UNKNOWN.format(number=number) for number in new] if known else []


def write_down(using: str = "default") -> None:
    """Remember the keys that are here: from now on the database may need them."""
    if not _there(using):
        return
    known = {number for number, _fingerprint in _known(using)}
    for number in {int(number) for number in masters()} - known:
        ContentKey.objects.using(using).get_or_create(number=number, defaults={"fingerprint": fingerprint(str(number))})


def check_keys(app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any) -> list[Any]:
    """One error for each key that is missing."""
    found: list[CheckMessage] = []
    for using in databases or ():
        found += [Error(sentence, id="content.E003") for sentence in problems(using)]
    return found


def connect(app_config: Any) -> None:
    from django.db.models.signals import post_migrate

    register(check_keys, Tags.database)
    post_migrate.connect(_migrated, sender=app_config, dispatch_uid="content_keys")


def _migrated(using: str, **kwargs: Any) -> None:
    write_down(using)


def _known(using: str) -> list[tuple[int, str]]:
    if not _there(using):
        return []
    return list(ContentKey.objects.using(using).order_by("number").values_list("number", "fingerprint"))


def _there(using: str) -> bool:
    """False before the first migrate."""
    return ContentKey._meta.db_table in connections[using].introspection.table_names()
