"""Files and dossiers of the self-test of access. Their content is kept in memory only: see `walk.run`."""

import hashlib
import uuid

from django.utils import timezone

from accounts.content.files import key_of, seal_bytes
from accounts.models import User
from signals import filestore
from signals.dossier.parts import id_of
from signals.dossier.services import making
from signals.models import Attachment, Dossier, DossierFor, DossierGround, DossierState, Signal
from signals.services.files import FIELD, TABLE


def file_of(signal: Signal, text: str) -> Attachment:
    """A text that its writer added."""
    row = Attachment(key=uuid.uuid4(), case=signal.case, signal=signal, by=signal.author, name=f"{text}.txt")
    row.kind, row.size, row.digest, row.state = "txt", len(text), "0" * 64, "clean"
    sealed = seal_bytes(text.encode(), TABLE, FIELD, row.reference)
    row.stored, row.sealed_with, row.added_at = filestore.put(sealed), int(key_of(sealed)), timezone.now()
    row.full_clean()
    row.save()
    return row


def dossier_of(signal: Signal, text: str, by: User, *, made: bool = False) -> Dossier:
    """One that is being put together, or one that is ready."""
    now = timezone.now()
    row = Dossier(key=uuid.uuid4(), case=signal.case, by=by, created_at=now)
    row.recipient, row.name, row.purpose, row.ground = DossierFor.POLICE, text, text, DossierGround.TASK
    row.about, row.picked = id_of(signal.people.get()), [f"{signal.reference}.observed"]
    if made:
        content = text.encode()
        sealed = seal_bytes(content, making.TABLE, making.FIELD, row.reference)
        row.stored, row.sealed_with = filestore.put(sealed), int(key_of(sealed))
        row.state, row.ordered_at, row.made_at, row.size = DossierState.READY, now, now, len(content)
        row.digest = hashlib.sha256(content).hexdigest()
    row.full_clean()
    row.save()
    return row
