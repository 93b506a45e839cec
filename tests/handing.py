"""Hand-overs, tasks, meetings and absences the short way, for tests that are about what comes after."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from signals.models import Absence, Case, HandOver, Meeting, Task
from signals.services.absences import absence_set
from signals.services.handover import hand_over_propose
from signals.services.meetings import Held, Outsider, meeting_record
from signals.services.tasks import Wanted, task_add

WHY = "Ik ben er volgende maand niet; er wacht een gesprek."


def key() -> str:
    return str(uuid.uuid4())


def propose(case: Case, by: User, to: User, **more: Any) -> HandOver:
    again = User.objects.get(pk=to.pk)  # without remembered grants
    return hand_over_propose(by=by, case=case, to=again, text=more.get("text", WHY), key=more.get("key") or key())


def make_task(case: Case, by: User, assignee: User | None = None, **more: Any) -> Task:
    """A task, by default of oneself and due in three days."""
    due_on: date = more.get("due_on") or timezone.localdate() + timedelta(days=3)
    wanted = Wanted(
        more.get("text", "Moeder bellen over maandag."), assignee or by, due_on, more.get("remind", "before")
    )
    person = more.get("person", "")
    return task_add(by=by, case=case, wanted=wanted, key=more.get("key") or key(), person=person)


def meet(case: Case, by: User, **more: Any) -> Meeting:
    """A meeting that was held just now, with somebody from outside who heard no name."""
    starts_at = more.get("starts_at") or timezone.now()
    others = (Outsider("Jeugdarts van de GGD", named=False),)
    held = Held(
        starts_at,
        more.get("present", (by,)),
        others,
        text=more.get("text", "De pauzes."),
        without_name="Advies over pesten.",
        decisions=more.get("decisions", ()),
    )
    held = replace(held, person=more.get("person", ""))
    return meeting_record(by=by, case=case, held=held, key=more.get("key") or key())


def away(user: User, deputy: User, school: Any, **more: Any) -> Absence:
    today = timezone.localdate()
    days = {"starts_on": more.get("starts_on", today), "ends_on": more.get("ends_on", today + timedelta(days=5))}
    return absence_set(by=more.get("by", user), place=school, user=user, deputy=deputy, **days)
