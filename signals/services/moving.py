"""What nobody acts on moves up: to the deputy, the principal, the board. The worker runs it.

Who acts ends it: a case that is taken, a step with an outcome. Both lock the same rows as what stands here.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.jobs.beats import AHEAD, set_back
from accounts.models import OutgoingMail, User
from accounts.outbox import gather, queue
from accounts.roles import Permission
from audit.actions import Action
from escalation.deadlines import due_at
from escalation.schooldays import Calendar
from escalation.selectors import calendar_of
from signals import access, ladder, rules
from signals.errors import RuleError
from signals.events import case_event, server_event
from signals.mails import ARRIVED, MOVED, MOVED_SEVERAL
from signals.models import Case, CaseChange, Moved, Step, StepOutcome
from signals.models.case import ChangeKind, Rung
from signals.models.step import OutcomeKind
from signals.told import board_handlers, handlers_of, line_of, with_deputies

logger = logging.getLogger(__name__)
FOLLOW = (Permission.CASE_FOLLOW,)
SOMEBODY_MAY_COME = timedelta(hours=1)  # nobody is there to move it to: look again after this
NOBODY = "nobody"  # what the worker calls this
ACTS = (ChangeKind.OWNER, ChangeKind.JOINED, ChangeKind.WALL, ChangeKind.SPOKEN)


@dataclass(frozen=True)
class Wait:
    """Something that waits for somebody: a new report (no step) or one step. current: how far up it lies."""

    step: Step | None
    moments: Sequence[datetime]
    current: int


class Look:
    """The look as a worker does it: once its clock was put back, what was to be looked at "now" waits for a day that is
    yet to come, and every case is looked at.

    Done once, at its start and when its own clock goes back: of two workers whose clocks differ, the one that is behind
    would otherwise look at every case in each round.
    """

    def __init__(self) -> None:
        self.offset: float | None = None

    def __call__(self) -> int:
        offset = time.time() - time.monotonic()
        went_back = self.offset is not None and self.offset - offset > AHEAD.total_seconds()
        if went_back or (self.offset is None and set_back(NOBODY)):
            now = timezone.now()
            Case.objects.filter(look_at__gt=now).update(look_at=now)
        self.offset = offset
        return look_at_due()


def look_at_due() -> int:
    """Look at every case whose moment has come; returns how many moves that gave. Any number may run at once."""
    now, moved = timezone.now(), 0
    for pk in list(Case.objects.filter(look_at__lte=now).order_by("look_at", "pk").values_list("pk", flat=True)):
        try:
            moved += case_look(pk=pk, now=now)
        except (InterfaceError, OperationalError):  # the database is away or busy: the next round goes on
            raise
        except Exception:
            logger.exception("Case %s could not be looked at; the others go on.", pk)
    return moved


@transaction.atomic
def case_look(*, pk: int, now: datetime) -> int:
    """Move one case as far up as it should be now, at once to the last level that holds, and tell who had and gets it.

    Whoever is acting on it this very moment holds the lock; then it is left alone, and what they do counts.
    """
    rows = Case.objects.select_for_update(of=("self",), skip_locked=True).select_related("board", "school", "owner")
    case = rows.filter(pk=pk, look_at__lte=now).first()
    if case is None:
        return 0
    if case.status == rules.NEW and (case.look_at == case.created_at or _unheard_of(case, now)):
        _arrived(case)
    waits, looks, told, moved = _waits(case), list[datetime](), set[User](), 0
    rises = any(ladder.level_at(wait.moments, now) > wait.current for wait in waits)
    line = line_of(case) if rises else ((),) * 4
    if rises and not any(line):
        logger.error("ALARM: nobody handles case %s, and nobody hears of it. Give somebody the role.", case.reference)
    for wait in waits:
        wanted = ladder.level_at(wait.moments, now)
        goes = ladder.target(wanted, wait.current, [bool(rung) for rung in line])
        if goes > wait.current:
            told |= _move(case, wait, goes, line, now)
            moved += 1
        following = ladder.next_moment(wait.moments, now, goes)
        looks += [following] if following else []
        looks += [now + SOMEBODY_MAY_COME] if goes < wanted else []
    case.look_at = min(looks, default=None)
    case.full_clean()
    case.save(update_fields=["look_at", "moved_to", "moved_at"])
    _tell(case, told)
    return moved


def _unheard_of(case: Case, now: datetime) -> bool:
    """A report of when the clock stood ahead, of which nobody got a mail."""
    return case.created_at > now and not OutgoingMail.objects.filter(kind=ARRIVED, reference=case.reference).exists()


@transaction.atomic
def case_spoken(*, by: User, case: Case) -> Case:
    """The principal spoke to who has it: the term starts once more, once.

    Raises:
        RuleError: somebody acted meanwhile, or this was recorded before.
    """
    locked = Case.objects.select_for_update(of=("self",)).select_related("board", "school").get(pk=case.pk)
    if not can_speak(locked):
        raise RuleError(_("Somebody has acted already, or this was recorded before. Nothing was changed."))
    now = timezone.now()
    CaseChange.objects.create(case=locked, kind=ChangeKind.SPOKEN, new="spoken", by=by, at=now)
    locked.look_at = now
    locked.save(update_fields=["look_at"])
    case_event(Action.CASE_SPOKEN, case=locked, by=by, to=FOLLOW)
    return locked


def can_speak(case: Case) -> bool:
    """True while it lies with the principal, who has not said yet that they spoke to somebody about it."""
    if case.walled or case.moved_to < ladder.PRINCIPAL:
        return False
    since = case.moves.filter(ended_at=None, level__gte=ladder.PRINCIPAL).aggregate(at=Min("at"))["at"]
    return not case.changes.filter(kind=ChangeKind.SPOKEN, at__gte=since).exists()


def _waits(case: Case) -> list[Wait]:
    """What waits in this case: as a whole while nobody opened it, then each open must by itself."""
    if case.status not in rules.OPEN:
        return []
    calendar = calendar_of(case.school)
    levels = dict(case.moves.filter(ended_at=None).order_by().values_list("step").annotate(Max("level")))
    acted = case.changes.filter(kind__in=ACTS).aggregate(at=Max("at"))["at"]
    musts = case.steps.filter(state=rules.STEP_OPEN, obligation="must", lapsed_by=None).order_by("due_at", "pk")
    if case.status == rules.NEW:
        start, urgency = _first_start(case, musts, calendar)
        start = ladder.starts_again(urgency, start, acted, calendar)
        return [Wait(None, ladder.moments(urgency, start, calendar), levels.get(None, ladder.FIRST))]
    reopened = _reopened(case)
    found = []
    for step in musts.select_for_update(skip_locked=True):  # who records an outcome now holds it
        last = max((at for at in (acted, reopened.get(step.pk)) if at), default=None)
        start = ladder.starts_again(step.urgency, step.due_at, last, calendar)
        moments = ladder.moments(step.urgency, start, calendar)
        found.append(Wait(step, moments, levels.get(step.pk, ladder.FIRST)))
    return found


def _first_start(case: Case, musts: Iterable[Step], calendar: Calendar) -> tuple[datetime, str]:
    """From when the terms of an unopened report count, and how urgent what counts is.

    The soonest of all its musts: late in the evening a step of that day is due before one `now`, which can't wait.
    """
    due = [(step.due_at, step.urgency) for step in musts]
    due = due or [(due_at("planned", case.created_at, calendar), "planned")]
    since = case.created_at
    return min(
        (ladder.start_of(urgency, entered_at=since, due_at=at, unseen=True, calendar=calendar), urgency)
        for at, urgency in due
    )


def _reopened(case: Case) -> dict[int, datetime]:
    rows = StepOutcome.objects.filter(step__case=case, kind=OutcomeKind.REOPENED).order_by()
    return dict(rows.values_list("step").annotate(Max("recorded_at")))


def _move(case: Case, wait: Wait, goes: int, line: Sequence[Sequence[User]], now: datetime) -> set[User]:
    """Write one move with its event; returns whom to tell: who had it, and everybody from there up to where it goes."""
    had = list(line[wait.current])
    got = [user for rung in line[wait.current + 1 : goes + 1] for user in rung]
    row = Moved(case=case, step=wait.step, level=goes, walled=case.walled, at=now)
    row.had, row.got = [user.reference for user in had], [user.reference for user in got]
    row.full_clean()
    row.save()
    case.moved_to, case.moved_at = max(case.moved_to, goes), now
    details = {"level": Rung(goes).name.lower(), "had": row.had, "got": row.got}
    step = wait.step
    if step:
        details["recipient"] = step.recipient
    kind, ref = ("step", step.reference) if step else ("case", case.reference)
    server_event(Action.CASE_RAISED, case=case, kind=kind, ref=ref, details=details)
    return {*had, *got}


def _arrived(case: Case) -> None:
    """At the first look at a new report: tell who handles it, but not who wrote it. Who has it by name was told."""
    writers = set(case.signals.values_list("author", flat=True))
    people = board_handlers(case) if case.walled else handlers_of(case)
    for user in with_deputies(case, people):
        if user.pk not in writers:
            queue(ARRIVED, to=user, path=reverse("signals:case", args=[case.reference]), reference=case.reference)


def _tell(case: Case, people: set[User]) -> None:
    """One mail each, with the number and a link to where they may look; together with what still waits for them."""
    for user in sorted(set(with_deputies(case, people)), key=lambda person: person.pk):
        sees = access.may(user, case, *access.SEE)
        path = reverse("signals:case", args=[case.reference]) if sees else reverse("signals:desk")
        gather(MOVED, MOVED_SEVERAL, to=user, path=path, reference=case.reference, home=reverse("start"))
