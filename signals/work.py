"""Hand-overs, tasks, meetings and dossiers in words: for the line of time, a summary, and the page of a meeting."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signals.about import whom
from signals.entries import Entry
from signals.models import CaseChange, HandOver, Meeting, Task, WorkLine
from signals.models.case import ChangeKind
from signals.models.dossier import DossierFor
from signals.models.work import HandOverState, LineKind, Remind, TaskState

OF_HAND_OVERS = {
    LineKind.PROPOSED: gettext_lazy("Asked %(name)s to take the case over"),
    LineKind.REFUSED: gettext_lazy("Did not take the case over"),
    LineKind.WITHDRAWN: gettext_lazy("No longer asks %(name)s to take the case over"),
    LineKind.LAPSED: gettext_lazy("The question to %(name)s to take the case over has lapsed"),
}
OF_TASKS = {
    LineKind.MADE: gettext_lazy("Task for %(name)s, before or on %(day)s"),
    LineKind.CHANGED: gettext_lazy("Task changed"),
    LineKind.DONE: gettext_lazy("Task done"),
    LineKind.DROPPED: gettext_lazy("Task not done"),
    LineKind.OPENED: gettext_lazy("Task opened again"),
}
OF_MEETINGS = {
    LineKind.ADDED: gettext_lazy("Added to the meeting of %(day)s"),
    LineKind.CANCELLED: gettext_lazy("The meeting of %(day)s does not take place"),
    LineKind.MOVED: gettext_lazy("Changed the meeting of %(day)s"),
}
OF_DOSSIERS = {
    LineKind.DOSSIER: gettext_lazy("Dossier made for %(recipient)s"),
    LineKind.FETCHED: gettext_lazy("Dossier for %(recipient)s downloaded"),
}


@dataclass(frozen=True)
class TaskRow:
    """A task as a page shows it. due_text: in words; late: its day is over; lost: its assignee can't open the case."""

    reference: str
    text: str
    assignee: str
    due_on: date
    due_text: str
    late: bool
    soon: bool
    state: str
    state_label: str
    remind_label: str
    ended_at: datetime | None
    mine: bool = False
    lost: bool = False


@dataclass(frozen=True)
class MeetingRow:
    """A meeting as its page shows it. outsiders: who, and how the name was kept. decisions: what, and whose task."""

    reference: str
    starts_at: datetime
    place: str
    present: list[str]
    outsiders: list[tuple[str, str]]
    text: str
    without_name: str
    decisions: list[tuple[str, str]]
    added: list[Entry] = field(default_factory=list)
    cancelled: bool = False
    to_come: bool = False


@dataclass(frozen=True)
class Owner:
    """Somebody who has or had the case; until: None for who has it now."""

    name: str
    since: datetime
    until: datetime | None


def work_entries(lines: Iterable[WorkLine]) -> list[Entry]:
    """The lines of time. A meeting is one line, at the moment of the meeting; an accepted hand-over is a new owner."""
    rows = list(lines)
    found = []
    for row in rows:
        if row.hand_over and row.kind in OF_HAND_OVERS:
            title = str(OF_HAND_OVERS[LineKind(row.kind)]) % {"name": row.hand_over.to.name}
            found.append(Entry(row.at, "handover", row.by.name, title, row.text, by=row.by_id))
        elif row.task and row.kind in OF_TASKS and not _told_by_meeting(row):
            found.append(_of_task(row, row.task))
        elif row.meeting and row.kind == LineKind.MEETING:
            found.append(_meeting_entry(row.meeting, rows, row))
        elif row.meeting and row.kind in OF_MEETINGS:
            found.append(added_entry(row, row.meeting))
        elif row.dossier_id and row.kind in OF_DOSSIERS:
            found.append(_of_dossier(row))
    return found


def _of_dossier(row: WorkLine) -> Entry:
    """For whom, and what for. The code and the number stand in the line, so the dossier itself is not fetched."""
    title = str(OF_DOSSIERS[LineKind(row.kind)]) % {"recipient": recipient_of(row)}
    details = [(_("Reference"), str(row.data["ref"]))]
    return Entry(row.at, "dossier", row.by.name, title, row.text, details, by=row.by_id)


def recipient_of(row: WorkLine) -> str:
    """For whom a dossier is, in words."""
    code = str(row.data.get("to"))
    return str(dict(DossierFor.choices).get(code, code))


def _told_by_meeting(row: WorkLine) -> bool:
    """True for the task of a decision: that stands with the meeting already."""
    return row.kind == LineKind.MADE and row.task is not None and row.task.meeting_id is not None


def _of_task(row: WorkLine, task: Task) -> Entry:
    """Under a change stands what the task said until then."""
    day, name = _day(row.data.get("due_on")), row.who.name if row.who else ""
    title = str(OF_TASKS[LineKind(row.kind)]) % {"name": name, "day": day}
    if row.kind in (LineKind.MADE, LineKind.CHANGED):
        before = [(_("It said"), row.text), (_("For"), name), (_("Before or on"), day)]
        text, details = (row.text, []) if row.kind == LineKind.MADE else (task.text, before)
        return Entry(row.at, "task", row.by.name, title, text, details, about=whom(task.person), by=row.by_id)
    details = [(_("Why not") if row.kind == LineKind.DROPPED else _("Remark"), row.text)] if row.text else []
    return Entry(row.at, "task", row.by.name, title, task.text, details, about=whom(task.person), by=row.by_id)


def _meeting_entry(meeting: Meeting, lines: Sequence[WorkLine], row: WorkLine) -> Entry:
    shown = meeting_row(meeting, [line for line in lines if line.meeting_id == meeting.pk])
    details = [
        (_("Where"), shown.place),
        (_("Present"), ", ".join(shown.present)),
        *((_("From outside"), f"{name}. {heard}") for name, heard in shown.outsiders),
        (_("Discussed without a name"), shown.without_name),
        *((_("Decided"), "\n".join(part for part in (text, task) if part)) for text, task in shown.decisions),
    ]
    title = _("Meeting about this case")
    title = _("%(title)s (does not take place)") % {"title": title} if shown.cancelled else title
    told = [part for part in details if part[1]]
    about, at = whom(meeting.person), meeting.starts_at
    return Entry(at, "meeting", row.by.name, title, shown.text, told, about=about, written=row.at, by=row.by_id)


def added_entry(row: WorkLine, meeting: Meeting) -> Entry:
    """What was added to a meeting; under a change stands what it was until then."""
    title = str(OF_MEETINGS[LineKind(row.kind)]) % {"day": _moment(meeting.starts_at, "j F Y")}
    before = []
    if row.kind == LineKind.MOVED:
        before = [
            (_("It was on"), _moment(datetime.fromisoformat(row.data["starts_at"]), "j F Y H:i")),
            (_("Where"), row.data["place"]),
            (_("Present"), ", ".join(row.data["present"])),
        ]
    details = [part for part in before if part[1]]
    about = whom(meeting.person)
    return Entry(row.at, "meeting", row.by.name, title, row.text, details, about=about, by=row.by_id)


def _moment(at: datetime, form: str) -> str:
    return date_format(timezone.localtime(at), form)


def invited(lines: Sequence[WorkLine]) -> list[WorkLine]:
    """Who is there, from the lines of one meeting: those after its last change."""
    since = max((row.pk for row in lines if row.kind == LineKind.MOVED), default=0)
    return [row for row in lines if row.pk > since and row.kind in (LineKind.PRESENT, LineKind.OUTSIDER)]


def meeting_row(meeting: Meeting, lines: Sequence[WorkLine]) -> MeetingRow:
    """One meeting with the lines about it."""
    decided, there = [row for row in lines if row.kind == LineKind.DECIDED], invited(lines)
    return MeetingRow(
        reference=meeting.reference,
        starts_at=meeting.starts_at,
        place=meeting.place,
        present=[row.who.name for row in there if row.kind == LineKind.PRESENT and row.who],
        outsiders=[(row.text, _heard(row)) for row in there if row.kind == LineKind.OUTSIDER],
        text=meeting.text,
        without_name=meeting.without_name,
        decisions=[(row.text, _becomes(row.task)) for row in decided],
        added=[added_entry(row, meeting) for row in lines if row.kind in OF_MEETINGS],
        cancelled=meeting.cancelled_at is not None,
        to_come=meeting.cancelled_at is None and meeting.starts_at > timezone.now(),
    )


def _heard(row: WorkLine) -> str:
    return _("The name was told.") if row.data.get("named") else _("No name was told.")


def _becomes(task: Task | None) -> str:
    if task is None:
        return ""
    words = {"name": task.assignee.name, "day": date_format(task.due_on, "j F Y")}
    return _("Task for %(name)s, before or on %(day)s") % words


def task_rows(
    lines: Iterable[WorkLine], today: date, user_id: int = 0, able: Collection[int] | None = None
) -> list[TaskRow]:
    """Every task once: what is open first, by day; then what was ended, the last first. able: see Opened."""
    tasks = {row.task.pk: row.task for row in lines if row.task}
    in_turn = sorted(tasks.values(), key=lambda task: (task.due_on, task.pk))
    rows = [task_row(task, today, user_id, able) for task in in_turn]
    still = [row for row in rows if row.state == TaskState.OPEN]
    return still + [row for row in reversed(rows) if row.state != TaskState.OPEN]


def task_row(task: Task, today: date, user_id: int = 0, able: Collection[int] | None = None) -> TaskRow:
    waits = task.state == TaskState.OPEN
    return TaskRow(
        reference=task.reference,
        text=task.text,
        assignee=task.assignee.name,
        due_on=task.due_on,
        due_text=due_words(task.due_on, today),
        late=waits and task.due_on < today,
        soon=waits and 0 <= (task.due_on - today).days <= 1,
        state=task.state,
        state_label=str(TaskState(task.state).label),
        remind_label=str(Remind(task.remind).label),
        ended_at=task.ended_at,
        mine=task.assignee_id == user_id,
        lost=waits and able is not None and task.assignee_id not in able,
    )


def due_words(day: date, today: date) -> str:
    """A day in words, from today."""
    ahead = (day - today).days
    if ahead in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[ahead]
    text = date_format(day, "l j F" if day.year == today.year else "j F Y")
    if ahead > 0:
        return text
    ago = ngettext("%(n)d day ago", "%(n)d days ago", -ahead) % {"n": -ahead}
    return _("%(day)s, %(ago)s") % {"day": text, "ago": ago}


def waiting(lines: Iterable[WorkLine]) -> HandOver | None:
    """The question to take the case over that nobody has answered yet."""
    found = [row.hand_over for row in lines if row.hand_over and row.hand_over.state == HandOverState.PROPOSED]
    return found[0] if found else None


def owners(changed: Iterable[CaseChange]) -> list[Owner]:
    """Who had the case, from when until when; the newest first."""
    rows = [row for row in changed if row.kind == ChangeKind.OWNER]
    ends: list[datetime | None] = [*(row.at for row in rows[1:]), None]
    names = [getattr(row, "new_name", "") or row.by.name for row in rows]
    return [Owner(name, row.at, end) for name, row, end in zip(names, rows, ends, strict=False)][::-1]


def _day(text: object) -> str:
    return date_format(date.fromisoformat(str(text)), "j F Y") if text else ""
