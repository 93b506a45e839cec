"""A file in a case without the checks that come before, for tests that are about what comes after."""

import uuid

from django.utils import timezone

from accounts.content.files import key_of, seal_bytes
from accounts.models import User
from signals import filestore
from signals.models import Attachment, Case, Signal
from signals.services.files import FIELD, TABLE


def keep(case: Case, by: User, text: str, signal: Signal | None = None, person: str = "") -> Attachment:
    """A plain text, also named so."""
    row = Attachment(key=uuid.uuid4(), case=case, signal=signal, by=by, name=f"{text}.txt", kind="txt", size=len(text))
    row.person = person
    sealed = seal_bytes(text.encode(), TABLE, FIELD, row.reference)
    row.stored, row.sealed_with = filestore.put(sealed), int(key_of(sealed))
    row.digest, row.state, row.added_at = "0" * 64, "unscanned", timezone.now()
    row.full_clean()
    row.save()
    return row
