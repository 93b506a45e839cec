"""From a filled-in form to facts and a report."""

from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import School
from escalation.entries import Question
from escalation.facts import Facts, parse_facts
from escalation.protocol import current_protocol
from escalation.questions import questions_for
from escalation.texts import concern_name, subject_short
from signals.chronology import moment
from signals.forms.paper import paper_of
from signals.people import Found
from signals.services.sending import Report

ADULT_ROLES = frozenset({"staff", "principal", "parent"})
ADULT_AGE = 18


def subject_role(data: dict[str, Any]) -> str:
    """Whom it is about; a colleague's own function goes before what was ticked."""
    found: Found | None = data["person"]
    if found and found.user:
        return "principal" if found.is_principal else "staff"
    return str(data["subject_role"])


def is_minor(data: dict[str, Any]) -> bool | None:
    """What the form knows of the age: from the list of pupils, or because of the role; None when unknown."""
    found: Found | None = data["person"]
    if found and found.pupil and found.pupil.birth_date:
        return age_on(found.pupil.birth_date, timezone.localdate()) < ADULT_AGE
    return False if subject_role(data) in ADULT_ROLES else None


def age_on(birth: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def questions(data: dict[str, Any]) -> tuple[Question, ...]:
    """The questions that matter, without those that the form can answer itself."""
    school: School = data["school"]
    asked = _asked(school.sector, data["concern"], subject_role(data), current_protocol().version)
    if is_minor(data) is None:
        return asked
    return tuple(question for question in asked if question.fact != "subject_is_minor")


@lru_cache(maxsize=2048)
def _asked(sector: str, concern: str, role: str, _version: str) -> tuple[Question, ...]:
    return questions_for(sector, concern, role, current_protocol())


def facts(data: dict[str, Any], answers: dict[str, Any]) -> Facts:
    """The facts for the engine.

    Raises:
        FactError: an answer that the decision table does not know.
    """
    school: School = data["school"]
    known = {
        "sector": school.sector,
        "concern": data["concern"],
        "subject_role": subject_role(data),
        "subject_is_minor": is_minor(data),
    }
    return parse_facts({**known, **answers})


def report(data: dict[str, Any], answers: dict[str, Any], *, unnamed: bool = False) -> Report:
    """Everything the form amounts to. `unnamed`: the writer wants no name stored."""
    found: Found | None = data["person"]
    return Report(
        school=data["school"],
        facts=facts(data, answers),
        observed=data["observed"],
        told=data["told"],
        opinion=data["opinion"],
        against=data["against"],
        happened_on=data["happened_on"],
        happened_time=data["happened_time"],
        happened_about=data["happened_about"],
        known_on=data["known_on"],
        known_time=data["known_time"],
        pupil=found.pupil if found else None,
        staff=found.user if found else None,
        description=data["subject_description"],
        unnamed=unnamed,
        **paper_of(data),
    )


def whom(data: dict[str, Any]) -> str:
    """Whom it is about: the name of who was picked, or the description."""
    found: Found | None = data["person"]
    return found.name if found else str(data["subject_description"])


def _paper(data: dict[str, Any]) -> str:
    if not (paper := paper_of(data)):
        return ""
    writer = paper["on_paper_by"].name if paper["on_paper_by"] else paper["on_paper_by_name"]
    return f"{writer}, {moment(paper['on_paper_on'], paper['on_paper_time'])}"


def summary(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What was filled in, to read once more before sending."""
    role = subject_short(subject_role(data), data["school"].sector)
    parts = [
        (_("School"), data["school"].name),
        (_("Whom it is about"), f"{role.capitalize()}: {whom(data)}"),
        (_("What it is about"), concern_name(data["concern"])),
        (_("When it happened"), moment(data["happened_on"], data["happened_time"], data["happened_about"])),
        (_("When the school knew"), moment(data["known_on"], data["known_time"])),
        (_("Written on paper"), _paper(data)),
        (_("Seen or heard"), data["observed"]),
        (_("What was said, and by whom"), data["told"]),
        (_("What you think of it"), data["opinion"]),
        (_("What speaks against it"), data["against"]),
    ]
    return [(label, value) for label, value in parts if value]
