"""The sheet of a self-test: what was tried, what came of it, and room for a signature; as text and as PDF."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.references import new_reference
from schoolsafety.accesscheck import plan
from schoolsafety.accesscheck.plan import Far
from schoolsafety.accesscheck.walk import Outcome
from signals.pdf import pdf_of

WIDTH = 100


@dataclass(frozen=True)
class Sheet:
    """What stands on the sheet. number: to tell two sheets apart; rows: who may what, by case."""

    number: str
    at: datetime
    site: str
    asked: int
    surprises: list[str]
    rows: list[tuple[str, list[tuple[str, str]]]]
    seconds: float

    @property
    def good(self) -> bool:
        return not self.surprises


def sheet(outcome: Outcome) -> Sheet:
    """Put the outcome of a run in words."""
    return Sheet(
        number=new_reference(),
        at=timezone.localtime(),
        site=settings.SITE_URL,
        asked=outcome.asked,
        surprises=outcome.surprises,
        rows=[(str(words), _who(kind)) for kind, words in plan.CASES.items()],
        seconds=outcome.longest,
    )


def _who(kind: str) -> list[tuple[str, str]]:
    """Who gets how far with a case, the furthest first; whoever is not named sees nothing of it."""
    far = plan.KNOWS[kind]
    author = plan.AUTHORS.get(kind, "author")
    found = sorted(far.items(), key=lambda item: -item[1])
    named = [(str(plan.PEOPLE[person]), str(plan.FAR_WORDS[level])) for person, level in found if level != Far.NOTHING]
    return [*named, (str(plan.PEOPLE[author]), _("own report only"))]


def as_text(found: Sheet) -> str:
    """The sheet for the terminal."""
    lines = [_("Self-test of access"), "=" * WIDTH, *(f"{label:<22}{value}" for label, value in facts(found)), ""]
    for title, who in found.rows:
        lines += [title[:1].upper() + title[1:], *(f"    {person}: {level}" for person, level in who), ""]
    lines += [_("Everybody else sees nothing of it, in lists, counts, search, log and files alike."), ""]
    lines += [verdict(found), *(f"  ! {line}" for line in found.surprises), ""]
    return "\n".join([*lines, *(f"{label}: {'_' * 40}" for label in signature()), ""])


def as_pdf(found: Sheet, path: Path) -> None:
    """Write the sheet as a tagged PDF."""
    context = {"sheet": found, "facts": facts(found), "verdict": verdict(found), "signature": signature()}
    path.write_bytes(pdf_of(render_to_string("accesscheck/sheet.html", context), "sheet.css"))


def facts(found: Sheet) -> list[tuple[str, str]]:
    """When, where and how much."""
    return [
        (_("Number"), found.number),
        (_("Moment"), found.at.strftime("%d-%m-%Y %H:%M")),
        (_("Installation"), found.site),
        (_("Requests made"), str(found.asked)),
        (_("Pages of cases as"), _("%(people)d people, %(cases)d cases") % _size()),
    ]


def _size() -> dict[str, int]:
    return {"people": len(plan.PEOPLE), "cases": len(plan.CASES)}


def verdict(found: Sheet) -> str:
    """The one line that matters."""
    if found.good:
        return _("Everything was as expected. Nothing of the invented board was left behind.")
    return _("Not as expected: %(count)d. Tell whoever keeps the installation before it is used any further.") % {
        "count": len(found.surprises)
    }


def signature() -> list[str]:
    return [_("Name"), _("Function"), _("Date"), _("Signature")]
