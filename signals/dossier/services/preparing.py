"""A dossier is put together step by step, and then handed to the worker."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import JobState, User
from audit.actions import Action
from signals import access, rules
from signals.dossier.access import CASES, home
from signals.dossier.compose import content_hash, contents_of, desk_of, letter_of
from signals.dossier.parts import subjects_of
from signals.dossier.selectors import job_for, material_of
from signals.errors import RuleError
from signals.events import case_event
from signals.models import Case, Dossier, DossierState
from signals.models.step import Consent
from signals.services.formkeys import arrived
from signals.services.lines import locked

MOST_WORDS = 200  # replaced by hand in one dossier


@dataclass(frozen=True)
class Entry:
    """For whom, about whom, what for, and on what ground. consent: whether it was asked for, where that is not the
    ground; with consent_reason why not, or why it goes all the same."""

    language: str
    recipient: str
    name: str
    post: str
    about: str
    purpose: str
    ground: str
    consent_by: str = ""
    consent_on: date | None = None
    consent: str = ""
    consent_reason: str = ""


class ChangedError(RuleError):
    """The letter is no longer what was on the screen."""


class PickedError(RuleError):
    """A colleague ticked other parts since the page was shown. Nothing was kept."""


def picked_mark(row: Dossier) -> str:
    """Tells which parts are ticked from which were before."""
    return hashlib.sha256(repr((sorted(row.picked), row.named_staff)).encode()).hexdigest()[:20]


@transaction.atomic
def dossier_begin(*, by: User, case: Case, entry: Entry, key: str) -> Dossier:
    """Begin a dossier. The same key gives the same one, also to two clicks at once: the second waits for the case.

    Raises:
        RuleError: nobody took the case yet, or something else was kept under this key.
    """
    case = locked(case)
    row = Dossier(key=key, case=case, by=by, created_at=timezone.now())
    _fill(row, entry)
    if same := Dossier.objects.select_related(*CASES).filter(key=key).first():
        return arrived(same, (home(same).pk, same.by_id, _entry(same)), (case.pk, by.pk, _entry(row)))
    if not rules.was_taken(case.status):
        raise RuleError(_("Take the case first. Then you can make a dossier."))
    row.full_clean()
    row.save()
    _event(Action.DOSSIER_PREPARED, row, by)
    return row


@transaction.atomic
def dossier_change(*, by: User, dossier: Dossier, entry: Entry) -> Dossier:
    """Change for whom and why, as long as it is being put together."""
    row, before = _draft(dossier)
    if row.about != entry.about:
        row.picked, row.words = [], []  # the words said who somebody else is
    _fill(row, entry)
    return _saved(row, before, by)


@transaction.atomic
def dossier_pick(
    *, by: User, dossier: Dossier, picked: Iterable[str], named_staff: bool, seen: str | None = None
) -> Dossier:
    """Choose what goes in. named_staff: colleagues stand in it by name, and not by what they do.

    Args:
        seen: the mark of what the page showed; None compares nothing.

    Raises:
        PickedError: a colleague chose other parts since.
        RuleError: whom it is about is not in the case any more.
    """
    row, before = _draft(dossier)
    _check_about(row, subjects_of(material_of(home(row))))
    held = picked_mark(row)
    row.picked, row.named_staff = list(picked), named_staff
    if seen not in (None, held) and picked_mark(row) != held:  # the same once more is a second click
        raise PickedError(_("A colleague ticked other parts meanwhile. Look once more, and choose what goes in."))
    return _saved(row, before, by)


@transaction.atomic
def dossier_words(*, by: User, dossier: Dossier, words: dict[str, str]) -> Dossier:
    """Say of words what stands in their place: see people.NEW. What is said of a word replaces what was said before.

    Raises:
        RuleError: they are more than anybody can look through.
    """
    row, before = _draft(dossier)
    known = {one["word"]: one["as"] for one in row.words} | words
    if len(known) > MOST_WORDS:
        raise RuleError(_("That is too many words to replace by hand. Leave out a part instead."))
    row.words = [{"word": word, "as": choice} for word, choice in known.items() if choice]
    return _saved(row, before, by)


@transaction.atomic
def dossier_order(*, by: User, dossier: Dossier, seen: str) -> Dossier:
    """Have it made, as it was on the screen. A second click finds it ordered already.

    Args:
        seen: the hash of the letter that was looked at.

    Raises:
        RuleError: nothing was chosen, or whom it is about is not in the case any more.
        ChangedError: something was added to the case since.
    """
    row = _locked(dossier)
    if row.state != DossierState.DRAFT:
        return row
    if not row.picked:
        raise RuleError(_("Choose at least one part."))
    desk = desk_of(row)
    _check_about(row, desk.subjects)
    content = letter_of(row, desk, by=by).frozen()
    if not content["blocks"] or content_hash(content) != seen:
        raise ChangedError(_("The letter is not the same as when you looked at it. Look at it once more."))
    row.contents = contents_of(desk)
    row.reports = sorted({part.report for part in desk.chosen if part.report})
    row.pieces = sorted(part.key for part in desk.chosen if not part.report)
    row.content, row.state, row.ordered_at = content, DossierState.MAKING, timezone.now()
    row.by = by
    row.job = job_for(row)
    row.full_clean()
    row.save()
    _event(Action.DOSSIER_ORDERED, row, by)
    return row


@transaction.atomic
def dossier_again(*, by: User, dossier: Dossier) -> Dossier:
    """Have it tried once more after it was given up; otherwise nothing happens."""
    row = _locked(dossier)
    if has_failed(row):
        row.steps, row.job = 0, job_for(row)
        row.save(update_fields=["steps", "job"])
        _event(Action.DOSSIER_ORDERED, row, by)
    return row


def has_failed(row: Dossier) -> bool:
    """Whether the worker gave it up, or an administrator did."""
    return row.state == DossierState.MAKING and (row.job is None or row.job.state == JobState.FAILED)


def _locked(dossier: Dossier) -> Dossier:
    rows = Dossier.objects.select_for_update(of=("self",)).select_related(*CASES, "by", "job")
    found: Dossier = rows.get(pk=dossier.pk)
    return found


def _draft(dossier: Dossier) -> tuple[Dossier, dict[str, Any]]:
    """One that is being put together, and what was chosen for it until now."""
    row = _locked(dossier)
    if row.state != DossierState.DRAFT:
        raise RuleError(_("This dossier is made already. Begin a new one."))
    return row, _chosen(row)


def _chosen(row: Dossier) -> dict[str, Any]:
    return _entry(row) | {name: getattr(row, name) for name in ("picked", "named_staff", "words")}


def _entry(row: Dossier) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in fields(Entry)}


def _check_about(row: Dossier, subjects: Mapping[str, str]) -> None:
    """A report may have gone to another case since it was begun, with the person it was about."""
    if row.about not in subjects:
        raise RuleError(
            _("The person this dossier is about is not in this case any more. Choose again whom it is about.")
        )


def _fill(row: Dossier, entry: Entry) -> None:
    for name, value in asdict(entry).items():
        setattr(row, name, value)
    if entry.consent in ("", Consent.GIVEN):
        row.consent_reason = ""


def _saved(row: Dossier, before: dict[str, Any], by: User) -> Dossier:
    """The row, kept and written down; where nothing is different nothing happened."""
    if _chosen(row) == before:
        return row
    row.changed_at = timezone.now()
    row.full_clean()
    row.save()
    _event(Action.DOSSIER_PREPARED, row, by)
    return row


def _event(action: Action, row: Dossier, by: User) -> None:
    details: dict[str, Any] = {"to": row.recipient, "ground": row.ground}
    case_event(action, case=home(row), by=by, to=access.HANDLE, kind="dossier", ref=row.reference, details=details)
