"""Plays the invented history of the demo through the real forms and services, each action at its own moment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from unittest import mock
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from accounts.grants import schools_to_write_for
from accounts.models import Pupil, School, User
from audit.actions import Action
from signals import report
from signals.about import involved
from signals.access import HANDLE
from signals.casepeople import people_in
from signals.events import case_event
from signals.forms.concern import ConcernForm
from signals.models import BreakGlass, Signal, Step
from signals.services import cases, drafts, files, glass, persons, sending, shares, steps, tasks, walls
from signals.services.sending import WRITE


@dataclass
class Player:
    """Remembers which report of the file became which row."""

    now: datetime
    sent: dict[str, Signal] = field(default_factory=dict)

    def play(self, rows: list[dict[str, Any]], schools: dict[str, School]) -> int:
        """Do everything in the order of time; returns the number of reports."""
        todo: list[tuple[datetime, Callable[[], object]]] = []
        for row in rows:
            at = self._sent_at(row)
            todo.append((at, partial(self._send, row, schools[row["school"]], at)))
            for action in row.get("follow_up", []):
                moment = min(at + timedelta(hours=action["hours"]), self.now)
                todo.append((moment, partial(self._act, row["id"], action)))
        for moment, do in sorted(todo, key=lambda item: item[0]):
            with mock.patch("django.utils.timezone.now", return_value=moment):
                do()
        return len(rows)

    def _sent_at(self, row: dict[str, Any]) -> datetime:
        day = timezone.localtime(self.now).date() - timedelta(days=row["days_ago"])
        at = timezone.make_aware(datetime.combine(day, time.fromisoformat(row["time"])))
        return min(at, self.now - timedelta(minutes=20))

    def _send(self, row: dict[str, Any], school: School, at: datetime) -> None:
        author = _user(row["author"])
        minutes = row.get("called_112_minutes_before")
        draft = drafts.draft_save(by=author, draft=None, called_at=at - timedelta(minutes=minutes) if minutes else None)
        form = ConcernForm(_typed(row, school, at), user=author, schools=schools_to_write_for(author))
        if not form.is_valid():
            raise ValueError(f"{row['id']}: {form.errors.as_text()}")
        content = report.report(form.cleaned_data, row.get("answers") or {})
        self.sent[row["id"]] = sending.signal_send(by=author, draft=draft, report=content)

    def _act(self, report_id: str, action: dict[str, Any]) -> None:
        by = _user(action["by"])
        signal = Signal.objects.select_related("case").get(pk=self.sent[report_id].pk)
        getattr(self, "do_" + action["do"])(signal, by, action)

    def do_add(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        sending.signal_add(by=by, signal=signal, text=action["text"], key=_key(signal, action))

    def do_take(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        cases.case_take(by=by, case=signal.case)

    def do_join(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        other = Signal.objects.get(pk=self.sent[action["with"]].pk)
        cases.case_join(by=by, case=signal.case, into=other.case)

    def do_note(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        whom = _whom(signal, action)
        cases.case_note(by=by, case=signal.case, text=action["text"], key=_key(signal, action), person=whom)

    def do_task(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        wanted = tasks.Wanted(action["text"], by, timezone.localdate() + timedelta(days=action["days"]))
        whom = _whom(signal, action)
        tasks.task_add(by=by, case=signal.case, wanted=wanted, key=_key(signal, action), person=whom)

    def do_role(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        one = next(one for one in involved(people_in(signal.case)) if one.key == _whom(signal, action))
        persons.person_role(by=by, case=signal.case, person=one, role=action["role"])

    def do_person(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        newcomer = persons.Newcomer(description=action["text"])
        key = _key(signal, action)
        persons.person_add(by=by, case=signal.case, newcomer=newcomer, role=action["role"], key=key)

    def do_file(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        whom = _whom(signal, action)
        upload = files.Upload(action["name"], action["text"].encode(), action["about"], _key(signal, action), whom)
        mine = signal if signal.author_id == by.pk else None
        files.file_add(by=by, case=signal.case, upload=upload, signal=mine, to=WRITE if mine else HANDLE)

    def do_share(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        shares.case_share(
            by=by,
            case=signal.case,
            colleague=_user(action["with"]),
            level=action["level"],
            ends_on=timezone.localdate() + timedelta(days=action["days"]),
            reason=action["text"],
            key=_key(signal, action),
        )

    def do_step_done(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        shared = action.get("shared", "")
        done = steps.Done(
            happened_at=timezone.now() - timedelta(minutes=10),
            by_whom=action.get("by_whom") or by.name,
            with_whom=action.get("with_whom", ""),
            reference_number=action.get("reference_number", ""),
            shared=shared,
            ground=_ground(action) if shared else "",
            consent=_consent(action) if shared else "",
            consent_reason=WITHOUT_CONSENT if shared and _consent(action) == "not_asked" else "",
        )
        steps.step_done(by=by, step=_step(signal, action), done=done)

    def do_step_declined(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        steps.step_decline(by=by, step=_step(signal, action), reason=action["reason"], applies=True)

    def do_step_not_applicable(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        steps.step_decline(by=by, step=_step(signal, action), reason=action["reason"], applies=False)

    def do_move(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        cases.case_move(by=by, case=signal.case, to=action["to"], reason=action["reason"])

    def do_close(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        case = signal.case
        cases.case_close(by=by, case=case, outcome=action["outcome"], reason=action["reason"], version=case.version)

    def do_reopen(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        cases.case_reopen(by=by, case=signal.case, reason=action["reason"])

    def do_wall(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        keeper = _user(action["keeper"]) if action.get("keeper") else None
        bar = tuple(User.objects.filter(name=action.get("bar", "")))
        walls.case_wall(by=by, case=signal.case, reason=action["reason"], keeper=keeper, bar=bar)

    def do_break_glass(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        glass.glass_break(by=by, case=signal.case, reason=action["reason"])
        case_event(Action.CASE_READ, case=signal.case, by=by, to=glass.GLASS)

    def do_review_glass(self, signal: Signal, by: User, action: dict[str, Any]) -> None:
        broken = BreakGlass.objects.filter(case=signal.case, reviewed_at=None).latest("pk")
        glass.glass_review(by=by, glass=broken, review=action["review"])


def _typed(row: dict[str, Any], school: School, at: datetime) -> dict[str, Any]:
    """The row as somebody would have typed it."""
    known = timezone.localtime(at).date()
    happened = known - timedelta(days=row.get("happened_days_before", 0))
    return {
        "school": school.reference,
        "subject_role": row["subject_role"],
        "person": _person_value(row, school),
        "subject_description": row.get("description", ""),
        "concern": row["concern"],
        "observed": row["observed"],
        "told": row.get("told") or "",
        "opinion": row.get("opinion") or "",
        "against": row.get("against") or "",
        "happened_on": happened.isoformat(),
        "happened_time": row.get("happened_time") or "",
        "happened_about": "on" if row.get("happened_about") else "",
        "known_on": known.isoformat(),
    }


def _person_value(row: dict[str, Any], school: School) -> str:
    name = row.get("person")
    if not name:
        return ""
    if row["subject_role"] in ("staff", "principal"):
        return "staff:" + User.objects.get(name=name).reference
    return "pupil:" + Pupil.objects.get(name=name, school=school).reference


WITHOUT_CONSENT = "Vooraf vragen kon niet: het ging om de veiligheid."


def _ground(action: dict[str, Any]) -> str:
    given = str(action.get("ground") or "")
    return given if given in ("consent", "law", "safety", "nothing_personal") else "safety"


def _consent(action: dict[str, Any]) -> str:
    return {"consent": "given", "nothing_personal": ""}.get(_ground(action), "not_asked")


def _whom(signal: Signal, action: dict[str, Any]) -> str:
    """The key of the pupil whom a line is about; empty: the whole case."""
    name = action.get("whom")
    return Pupil.objects.get(name=name, school=signal.school).reference if name else ""


def _user(email: str) -> User:
    return User.objects.get(email=email)


def _step(signal: Signal, action: dict[str, Any]) -> Step:
    return Step.objects.get(signal=signal, recipient=action["recipient"])


def _key(signal: Signal, action: dict[str, Any]) -> str:
    return str(uuid5(NAMESPACE_URL, f"{signal.reference}/{action['hours']}/{action['text'][:80]}"))
