"""A case in which a lot has happened: 200 lines of time, as a year of work leaves them."""

import uuid
from datetime import timedelta

from django.utils import timezone

from signals import access, chronology
from signals.caserows import case_rows
from signals.models import Case, Note
from signals.services.cases import case_join, case_note, case_take
from signals.services.sending import signal_add
from signals.services.steps import step_decline
from tests.bench.world import Scene
from tests.conftest import send

LINES = 200
REPORTS, ADDITIONS = 2, 12
WHY = "Besproken in het team; de mentor houdt het in de gaten."
TEXT = "Gesprek met de mentor. Noor zegt dat het beter gaat, maar ze zit in de pauze nog alleen. " * 2


def lengthen(scene: Scene) -> Case:
    """A case of its own with two reports, outcomes of steps, additions, and notes up to 200 lines."""
    data = scene.data
    first = send(scene.author, data)
    case = case_take(by=scene.handler, case=first.case)
    for _ in range(REPORTS - 1):
        case_join(by=scene.handler, case=send(scene.author, data).case, into=case)
    for number in range(ADDITIONS):
        signal_add(by=scene.author, signal=first, text=f"{number}. {TEXT}", key=str(uuid.uuid4()))
    for step in case.steps.filter(state="open")[:6]:
        step_decline(by=scene.handler, step=step, reason=WHY, applies=True)
    found = access.case(scene.handler, case.reference, to=access.HANDLE)
    case_note(by=scene.handler, case=found, text=TEXT, key=str(uuid.uuid4()))
    _notes(scene, found, LINES - _lines(found))
    if _lines(found) != LINES:
        raise RuntimeError(f"The long case has {_lines(found)} lines.")
    return found


def _lines(case: Case) -> int:
    return len(chronology.story(case, case_rows(case), []))


def _notes(scene: Scene, case: Case, count: int) -> None:
    now = timezone.now()
    Note.objects.bulk_create(
        Note(case=case, author=scene.handler, text=TEXT, key=uuid.uuid4(), created_at=now - timedelta(hours=number))
        for number in range(count)
    )
