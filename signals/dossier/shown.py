"""What the pages of a dossier show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import JobState, User
from signals.dossier.access import before_wall
from signals.dossier.compose import Desk, Text, content_hash, desk_of, doubts_of, letter_of, shared_of, short_hash
from signals.dossier.grounds import BY_CODE
from signals.dossier.parts import GROUPS, Part
from signals.dossier.people import LEAVE
from signals.dossier.services.giving import BEFORE_WALL
from signals.dossier.services.making import STEPS
from signals.dossier.services.preparing import has_failed
from signals.dossier.services.tidying import KEPT
from signals.filewords import size_text
from signals.models import Dossier, DossierState


@dataclass(frozen=True)
class Choice:
    """One part that can be ticked, with its texts as they will be. kept: it is ticked in what is kept."""

    key: str
    day: str
    title: str
    who: str
    texts: list[tuple[str, Text]]
    picked: bool
    kept: bool


def chosen_groups(dossier: Dossier, mine: Collection[str] | None = None) -> dict[str, Any]:
    """Every part by group, for the page on which they are chosen. Names are replaced here too.

    Args:
        mine: what somebody ticked that is not kept, for a colleague was first.
    """
    desk = desk_of(dossier)
    picked = dossier.picked if mine is None else mine
    choices = [(part.group, _choice(part, desk, part.key in picked)) for part in desk.parts]
    found = [(code, str(label), [one for group, one in choices if group == code]) for code, label in GROUPS.items()]
    return {"groups": [group for group in found if group[2]], "picked": len(desk.chosen)}


def keys_in(dossier: Dossier, group: str) -> list[str]:
    """Every part of a group."""
    return [part.key for part in desk_of(dossier).parts if part.group == group]


def _choice(part: Part, desk: Desk, picked: bool) -> Choice:
    texts = [(label, desk.said(text)) for label, text in part.lines]
    day = date_format(timezone.localtime(part.at), "j F Y")
    return Choice(part.key, day, part.title, desk.by(part), texts, picked, part.key in desk.dossier.picked)


def looked_at(dossier: Dossier, by: User) -> dict[str, Any]:
    """The letter as it will be when they have it made, who is who in it, and what may be a name that nobody gave."""
    desk = desk_of(dossier)
    letter, labels, known = letter_of(dossier, desk, by=by), desk.labels, desk.people.known
    doubts = doubts_of(desk)
    return {
        "letter": letter,
        "greeting": letter.words["greeting"],
        "others": letter.others,
        "people": [(who, label) for who, label in labels.items() if not known.get(who) or not known[who].staff],
        "unknown": list(doubts.words),
        "signs": list(doubts.signs),
        "lower": [(word, who, labels.get(who) or _("another person")) for word, who in doubts.lower.items()],
        "shared": shared_of(desk),
        "by_hand": [(row["word"], _stands(row["as"], row["word"], desk)) for row in dossier.words],
        "seen": content_hash(letter.frozen()),
    }


def _stands(choice: str, word: str, desk: Desk) -> str:
    return (
        _("stays as it is") if choice == LEAVE else " ".join(desk.labels.get(who, "") for who in desk.people.met(word))
    )


def progress(dossier: Dossier) -> dict[str, Any]:
    """How far it is. waits: it did not work, and is tried again by itself."""
    job = dossier.job
    making = dossier.state == DossierState.MAKING
    failed = has_failed(dossier)
    waits = bool(making and job and job.state == JobState.WAITING and job.tries)
    return {
        "making": making and not failed,
        "failed": failed,
        "waits": waits,
        "step": 0 if waits else dossier.steps,
        "steps": STEPS,
        "state_url": reverse("signals:dossier-state", args=[dossier.reference]),
    }


def made(dossier: Dossier) -> dict[str, Any]:
    """What there is to tell about a dossier that was ordered."""
    ends = timezone.localtime(dossier.made_at + KEPT) if dossier.made_at else None
    content = dossier.content
    return {
        "ready": dossier.state == DossierState.READY and not before_wall(dossier),
        "before_wall": BEFORE_WALL if dossier.state == DossierState.READY and before_wall(dossier) else "",
        "over": dossier.state == DossierState.OVER,
        "ends": ends,
        "size": size_text(dossier.size) if dossier.size else "",
        "fingerprint": short_hash(content) if content else "",
        "digest": [dossier.digest[at : at + 8] for at in range(0, len(dossier.digest), 8)],
        "ground": BY_CODE[dossier.ground].letter,
        "post": [line for line in dossier.post.splitlines() if line.strip()],
    }


def rows_of(dossiers: Iterable[Dossier]) -> list[dict[str, Any]]:
    """Dossiers for a list."""
    return [
        {
            "url": reverse("signals:dossier", args=[row.reference]),
            "reference": row.reference,
            "recipient": row.get_recipient_display(),
            "name": row.name,
            "who": row.by.name,
            "at": row.made_at or row.ordered_at or row.created_at,
            "state": _("not made: trying failed") if has_failed(row) else row.get_state_display(),
        }
        for row in dossiers
    ]
