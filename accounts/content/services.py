"""What changes the keys of the story texts, with the event that tells of it."""

from collections.abc import Callable

from django.db import transaction

from accounts.content.keys import KIND, current, masters, remove_key
from accounts.content.models import ContentKey
from accounts.content.rotation import Progress, in_use, rotate
from accounts.content.start import write_down
from audit.actions import Action
from audit.record import record


class ContentKeyInUseError(Exception):
    """A key is still needed; the sentence says why."""


def content_rotate(tell: Callable[[Progress], None]) -> Progress:
    """Encrypt everything with the newest key, and record it. Each batch is a transaction of its own."""
    write_down()
    done = rotate(tell)
    details = {"keys": [f"{KIND}-{current()}"], "values": done.changed, "failed": len(done.failed)}
    record(Action.KEY_ROTATED, kind="key", details=details)
    return done


def key_drop(number: str) -> bool:
    """Forget a key and remove its file. False when it stands in the environment, from where only people remove it.

    Raises:
        ContentKeyInUseError: it encrypts, or something was encrypted with it.
    """
    if number not in masters() and not ContentKey.objects.filter(number=int(number)).exists():
        raise ContentKeyInUseError(f"Key {number} is not here.")
    if number == current():
        raise ContentKeyInUseError(f"Key {number} is in use. Make a new one first: manage.py content_keys --rotate")
    with transaction.atomic():
        if rows := in_use(number):
            raise ContentKeyInUseError(f"{rows} rows still need key {number}. Run first: manage.py content_rotate")
        ContentKey.objects.filter(number=int(number)).delete()
        record(Action.KEY_ROTATED, kind="key", details={"dropped": [f"{KIND}-{number}"]})
    return remove_key(number)
