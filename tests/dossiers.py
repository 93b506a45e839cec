"""Dossiers the short way, for tests that are about what comes after; and what stands in a PDF."""

import hashlib
import io
import re
import subprocess
import uuid
from dataclasses import asdict
from typing import Any

import pikepdf
from django.utils import timezone

from accounts.content.files import key_of, seal_bytes
from accounts.jobs import processes
from accounts.jobs.queue import do_one
from accounts.models import User
from signals import filestore
from signals.dossier.compose import content_hash, letter_of
from signals.dossier.parts import subjects_of
from signals.dossier.selectors import material_of
from signals.dossier.services.making import FIELD, TABLE
from signals.dossier.services.preparing import Entry, dossier_begin, dossier_order, dossier_pick
from signals.models import Case, Dossier

PURPOSE = "De wijkagent spreekt vrijdag met de ouders."


def entry(case: Case, **more: Any) -> Entry:
    told = {"consent": "not_asked", "consent_reason": "Dat zou het onveiliger maken."}
    about = next(iter(subjects_of(material_of(case))))
    base = {"language": "nl", "recipient": "police", "name": "Politie Merendal", "post": "Markt 1\n1234 AB Merendal"}
    return Entry(**{**base, "about": about, "purpose": PURPOSE, "ground": "task", **told, **more})


def begun(case: Case, by: User, **more: Any) -> Dossier:
    """A dossier with everything of the case ticked."""
    row = dossier_begin(by=by, case=case, entry=entry(case, **more), key=str(uuid.uuid4()))
    return dossier_pick(by=by, dossier=row, picked=keys_of(row), named_staff=False)


def keys_of(row: Dossier) -> list[str]:
    from signals.dossier.compose import desk_of

    return [part.key for part in desk_of(row).parts]


def ordered(case: Case, by: User, **more: Any) -> Dossier:
    row = begun(case, by, **more)
    return dossier_order(by=by, dossier=row, seen=content_hash(letter_of(row, by=by).frozen()))


def drafted(case: Case, by: User, text: str) -> Dossier:
    """One that is begun, whatever the case is; with the first part of its report."""
    row = Dossier(key=uuid.uuid4(), case=case, by=by, created_at=timezone.now())
    for name, value in asdict(entry(case, purpose=f"{text}: {PURPOSE}")).items():
        setattr(row, name, value)
    row.picked = [f"{case.signals.order_by('pk')[0].reference}.observed"]
    row.full_clean()
    row.save()
    return row


def kept(case: Case, by: User, text: str = "Brief") -> Dossier:
    """One that is ready, without printing anything."""
    row = drafted(case, by, text)
    row.ordered_at = timezone.now()
    content = f"%PDF-1.7 {text}".encode()
    sealed = seal_bytes(content, TABLE, FIELD, row.reference)
    row.stored, row.sealed_with = filestore.put(sealed), int(key_of(sealed))
    row.state, row.made_at, row.size, row.steps = "ready", timezone.now(), len(content), 4
    row.digest = hashlib.sha256(content).hexdigest()
    row.contents = [["3 november 2026", "Notitie", "Notities"]]
    row.full_clean()
    row.save()
    return row


def work() -> None:
    """What waits in the queue is done."""
    while do_one(processes.me()):
        pass


def words_in(pdf: bytes) -> str:
    """The text of a PDF as one reads it, with single spaces and without hyphens at line ends."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True, timeout=120)
    return " ".join(re.sub(r"-\n(?=[a-z])", "", done.stdout.decode()).split())


def everything_in(pdf: bytes) -> str:
    """All that is in a PDF beside its pages: metadata, bookmarks, names, attachments, every stream unpacked."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found += [str(document.docinfo), str(document.Root), *(str(one) for one in document.attachments)]
        for thing in document.objects:
            found.append(repr(thing))
            if isinstance(thing, pikepdf.Stream):
                found.append(thing.read_bytes().decode("latin-1"))
                found.append(thing.read_bytes().decode("utf-16-be", errors="ignore"))
    return "\n".join(found)
