"""Finding a case by its number, by whom it is about or by what was written in it, among what opens to who searches.

Words find only cases whose story this person may read: otherwise a hit would tell them. Whatever may not be seen is
never found, and the answer is that of a number that does not exist.
"""

from django.db.models import Q

from accounts.references import is_reference
from signals import access
from signals.casepeople import about_somebody
from signals.scope import Reach
from signals.textsearch import look

SHORTEST = 2
LONGEST = 80


def find(seen: access.Sight, query: str) -> tuple[Reach, bool]:
    """The cases of this number or, when it is no number, those in which every word stands in one name or one text.

    Returns:
        The cases, and whether all texts were looked at; of a scope beyond measure the newest are.
    """
    if number := number_in(query):
        cases = seen.scope(*access.SEE).reach()
        found = cases.filter(reference=number)
        return (found if found.exists() else cases.filter(joined__reference=number)), True
    stories, words = seen.scope(*access.READ).reach(), query.split()
    found_in, whole = look(stories, seen.scope(*access.HANDLE).reach(), words)
    hit = Q(pk__in=found_in)
    return stories.filter(hit if whole else hit | about_somebody(words)), whole


def reads_stories(seen: access.Sight) -> bool:
    """True when there are cases whose story this person may read, so that a name can find one."""
    stories = seen.scope(*access.READ)
    return bool(stories.schools or stories.boards or stories.cases)


def number_in(text: str) -> str:
    """The case number that was typed, however it was spaced; empty when it is something else."""
    code = "".join(sign for sign in text.upper() if sign not in " -–.")
    number = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    return number if is_reference(number) else ""


def cleaned(text: str) -> str:
    """What was typed, on one line."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]
