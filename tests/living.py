"""Everything that can be written about one report in a case, each text with a word of its own to look for."""

from django.utils import timezone

from signals.models import Case, Signal
from signals.services.cases import case_note
from signals.services.facts import facts_correct
from signals.services.files import file_remove
from signals.services.meetings import Decision, meeting_add
from signals.services.sending import signal_add
from signals.services.shares import share_end
from signals.services.steps import Done, step_decline, step_done
from signals.services.tasks import task_end
from tests.conftest import World, typed
from tests.filing import keep
from tests.handing import key, make_task, meet
from tests.sharing import share


def words(world: World, mark: str, **changes: object) -> dict[str, object]:
    """A report in which every box holds the mark."""
    boxes = {name: f"{mark} {name}" for name in ("observed", "told", "opinion", "against")}
    return typed(world, **{**boxes, **changes})


def of_report(world: World, signal: Signal, mark: str) -> None:
    """What belongs to a report: an addition, changed answers, steps with an outcome, a file of its writer."""
    by = world.coordinator
    signal_add(by=signal.author, signal=signal, text=f"{mark} aanvulling", key=key())
    facts_correct(by=by, signal=signal, answers={"immediate_danger": True}, reason=f"{mark} antwoorden", seen=0)
    first, *others = signal.steps.filter(state="open").exclude(recipient="emergency_112").order_by("pk")
    told = Done(
        timezone.now(), f"{mark} door", f"{mark} met", f"{mark}1", f"{mark} gedeeld", "safety", "not_asked", mark
    )
    step_done(by=by, step=first, done=told)
    for step in others:
        step_decline(by=by, step=step, reason=f"{mark} waarom deze stap niet", applies=True)
    keep(signal.case, signal.author, f"{mark} van de melder", signal)


def of_case(world: World, case: Case, mark: str) -> None:
    """What belongs to the whole case and is over: a note, a task, a meeting, files, a share."""
    of_person(world, case, mark, "")
    by = world.coordinator
    file_remove(by=by, file=keep(case, by, f"{mark} weg"), reason=f"{mark} waarom het bestand weg is")
    given = share(case, by, world.teacher, reason=f"{mark} waarom gedeeld met u")
    share_end(by=by, share=given)


def of_person(world: World, case: Case, mark: str, person: str) -> None:
    """What a handler can write about one person: a note, a task that is over, a meeting, a file."""
    by = world.coordinator
    case_note(by=by, case=case, text=f"{mark} notitie", key=key(), person=person)
    task = make_task(case, by, text=f"{mark} taak", person=person)
    task_end(by=by, task=task, done=True, text=f"{mark} opmerking", version=1)
    held = meet(case, by, text=f"{mark} overleg", person=person, decisions=(Decision(f"{mark} besluit"),))
    meeting_add(by=by, meeting=held, text=f"{mark} erbij", key=key())
    keep(case, by, f"{mark} bestand", person=person)
