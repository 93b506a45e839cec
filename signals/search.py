"""Finding a case by its number or by the person it is about, among the cases that open to who searches.

A name finds only cases whose story this person may read: otherwise a hit would tell the name. Whatever may not be
seen is never found, and the answer is that of a number that does not exist.
"""

from accounts.references import is_reference
from signals import access
from signals.scope import Reach
from signals.selectors import about_somebody

SHORTEST = 2
LONGEST = 80


def find(seen: access.Sight, query: str) -> Reach:
    """The cases of this number or, when it is no number, about somebody whose name holds every word."""
    if number := number_in(query):
        cases = seen.scope(*access.SEE).reach()
        found = cases.filter(reference=number)
        return found if found.exists() else cases.filter(joined__reference=number)
    return seen.scope(*access.READ).reach().filter(about_somebody(query.split()))


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
