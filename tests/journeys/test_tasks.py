"""Tasks: made, changed, done or not done, reminded of; meetings with decisions; moments for one's own calendar."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone, translation
from icalendar import Calendar

from accounts.models import OutgoingMail, User
from accounts.outbox import send_due
from audit.models import AuditEvent
from escalation.models import ClosingDays
from escalation.schooldays import Calendar as SchoolCalendar
from escalation.schooldays import Period
from signals.errors import RuleError
from signals.models import Case, Meeting, Task, WorkLine
from signals.services import tasks
from signals.services.cases import case_close
from signals.services.meetings import Decision, meeting_add
from signals.services.steps import step_decline
from signals.services.tasks import Wanted, task_change, task_end, task_reopen, tasks_remind
from signals.services.walls import case_wall
from signals.workdays import remind_day
from tests.conftest import World, join, person
from tests.handing import away, key, make_task, meet
from tests.journeys.page import Browser
from tests.sharing import share

WHY = "Moeder wil eerst zelf met de mentor praten."
TUESDAY = date(2026, 12, 8)  # no holiday near


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What a rule says, as it stands in the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def tuesday() -> Any:
    with time_machine.travel(
        datetime.combine(TUESDAY, time(10, 0), timezone.get_default_timezone()), tick=False
    ) as now:
        yield now


def again(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def reminders() -> list[tuple[User, str]]:
    return [(row.to, row.reference) for row in OutgoingMail.objects.filter(kind="task.reminder").order_by("id")]


# ---- on the screen ----


def test_a_task_from_start_to_end(tuesday: Any, world: World, login: Any, taken_case: Case, second: User) -> None:
    first, other = Browser(login(world.coordinator)), Browser(login(second))
    path = f"/casus/{taken_case.reference}/"
    page = first.get(first.get(path).hrefs("/taak/")[0])
    values = {"text": "Moeder bellen over maandag.", "assignee": second.reference, "due_on": "2026-12-10"}
    page = first.send(page.form(has="assignee"), **values)
    assert "Moeder bellen over maandag." in page.text
    assert "Task for Tweede, before or on 10 December 2026" in page.text
    assert "Open tasks 1 task" in page.text
    desk = other.get("/werkplek/")
    assert "My tasks" in desk.text
    assert "Moeder" not in desk.text, "no story text in a list"
    assert "My tasks" not in first.get("/werkplek/").text
    page = other.get(other.get(path).hrefs("/afronden/")[0])
    page = other.send(page.form(has="outcome"), expect=422, outcome="dropped")
    assert "Write down why." in page.text
    page = other.send(page.form(has="outcome"), outcome="dropped", text=WHY)
    assert "Task not done" in page.text
    assert WHY in page.text
    assert "My tasks" not in other.get("/werkplek/").text
    page = other.send(other.get(path).form(action="/heropenen/"))
    assert "The task is open again." in page.text
    page = other.send(other.get(other.get(path).hrefs("/afronden/")[0]).form(has="outcome"), outcome="done")
    assert "Task done" in page.text
    assert WHY in page.text, "nothing vanishes"
    actions = AuditEvent.objects.filter(action__startswith="task.").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["task.made", "task.dropped", "task.reopened", "task.done"]
    assert "Moeder" not in str(list(AuditEvent.objects.values("details", "object_ref")))


def test_two_people_change_one_task(world: World, login: Any, taken_case: Case, second: User) -> None:
    task = make_task(taken_case, world.coordinator)
    first, other = Browser(login(world.coordinator)), Browser(login(second))
    one, two = (browser.get(f"/taak/{task.reference}/").form(has="assignee") for browser in (first, other))
    assert "The task is changed" in first.send(one, text="Vader bellen.").text
    page = other.send(two, expect=422, text="Moeder mailen.")
    assert "A colleague changed this task" in page.text
    assert "What it says now Vader bellen." in page.text
    assert page.form(has="assignee").data()["text"] == "Moeder mailen."
    page = other.send(page.form(has="assignee"))
    assert again(task).text == "Moeder mailen."
    for said in ("Moeder bellen over maandag.", "Vader bellen.", "Moeder mailen."):
        assert said in page.text


def test_a_closed_day_is_asked_about_once(tuesday: Any, world: World, login: Any, taken_case: Case) -> None:
    world.school.hours = {str(day): ["08:00", "17:00"] for day in range(5)}
    world.school.save()
    ClosingDays.objects.create(
        school=world.school,
        starts_on=TUESDAY + timedelta(days=2),
        ends_on=TUESDAY + timedelta(days=2),
        label="Studiedag",
    )
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{taken_case.reference}/taak/")
    values = {"text": "Verslag schrijven.", "due_on": "2026-12-10"}
    page = browser.send(page.form(has="assignee"), expect=422, **values)
    assert "The school is closed on Thursday 10 December." in page.text
    assert "Friday 11 December" in page.text
    assert not Task.objects.exists()
    browser.send(page.form(has="assignee"), anyway="on")
    assert Task.objects.get().due_on == date(2026, 12, 10)
    page = browser.get(f"/casus/{taken_case.reference}/taak/")
    page = browser.send(page.form(has="assignee"), expect=422, text="Te laat.", due_on="2026-12-07")
    assert "has yet to come" in page.text


def test_who_can_have_a_task_and_who_can_end_it(world: World, login: Any, taken_case: Case, second: User) -> None:
    share(taken_case, world.coordinator, world.teacher, "contribute")
    share(taken_case, world.coordinator, world.author, "read")
    options = Browser(login(world.coordinator)).get(f"/casus/{taken_case.reference}/taak/").form(has="assignee")
    assert set(options.options("assignee")) - {""} == {
        world.coordinator.reference,
        second.reference,
        world.teacher.reference,
    }
    for who in ("author", "principal", "sister_coordinator", "board_officer", "other_coordinator"):
        with pytest.raises(RuleError, match="can't open the case"):
            make_task(taken_case, world.coordinator, world.people[who])
    theirs = make_task(taken_case, world.coordinator, User.objects.get(pk=world.teacher.pk))
    mine = make_task(taken_case, world.coordinator)
    client, end = login(world.teacher), {"outcome": "done", "text": "", "version": 1}
    assert client.post(f"/taak/{mine.reference}/afronden/", end).status_code == 403
    assert client.get(f"/taak/{theirs.reference}/").status_code == 404, "changing is for who handles cases"
    assert client.post(f"/taak/{theirs.reference}/afronden/", end).status_code == 302
    assert (again(theirs).state, again(mine).state) == ("done", "open")
    assert login(world.subject).get(f"/taak/{mine.reference}/afronden/").status_code == 404
    assert "Moeder bellen" not in login(world.author).get("/mijn-meldingen/").content.decode()


def test_the_principal_sees_days_and_no_text(world: World, login: Any, taken_case: Case) -> None:
    make_task(taken_case, world.coordinator, due_on=timezone.localdate() - timedelta(days=1))
    meet(taken_case, world.coordinator)
    text = Browser(login(world.principal)).get(f"/opvolging/{taken_case.reference}/").text
    assert "Tasks Before or on" in text
    assert "too late" in text
    assert "Moeder" not in text
    assert "GGD" not in text


def test_late_is_said_in_words(world: World, login: Any, taken_case: Case) -> None:
    today = timezone.localdate()
    for days in (-12, -1, 0, 1):
        make_task(taken_case, world.coordinator, due_on=today + timedelta(days=days))
    browser = Browser(login(world.coordinator))
    desk = browser.get("/werkplek/").text
    assert "My tasks 2 too late" in desk
    assert "12 days ago too late" in desk
    assert "pupil · yesterday too late" in desk
    assert "Open tasks 4 tasks, 2 too late" in browser.get(f"/casus/{taken_case.reference}/").text


def test_many_tasks_leave_the_desk_in_sight(world: World, login: Any, taken_case: Case) -> None:
    for days in range(12):
        make_task(taken_case, world.coordinator, due_on=timezone.localdate() + timedelta(days=days))
    page = Browser(login(world.coordinator)).get("/werkplek/")
    above, _word, rest = page.html.partition("7 tasks that come later")
    assert above.count("#task-") == 5
    assert rest.count("#task-") == 7


# ---- rules ----


def test_a_click_twice_and_an_old_page(world: World, taken_case: Case, second: User) -> None:
    one = key()
    task = make_task(taken_case, world.coordinator, second, key=one)
    assert make_task(taken_case, world.coordinator, second, key=one) == task
    wanted = Wanted("Anders.", second, task.due_on)
    task_change(by=world.coordinator, task=task, wanted=wanted, version=1)
    with pytest.raises(RuleError, match="changed this task"):
        task_end(by=second, task=task, done=True, text="", version=1)
    for _click in range(2):
        task_end(by=second, task=task, done=True, text="", version=2)
    with pytest.raises(RuleError, match="changed this task"):
        task_end(by=second, task=task, done=False, text=WHY, version=2)
    for _click in range(2):
        task_reopen(by=second, task=task)
    other = make_task(taken_case, world.coordinator, second)
    for _click in range(2):
        task_end(by=second, task=other, done=False, text=WHY, version=1)
    assert other.lines.filter(kind="dropped").count() == 1
    kinds = WorkLine.objects.filter(task=task).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["made", "changed", "done", "opened"]


def closed(world: World, case: Case) -> None:
    for step in case.steps.filter(state="open", obligation="must"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    case_close(by=world.coordinator, case=case, outcome="resolved", reason=WHY)


def test_nothing_is_done_with_a_case_that_is_closed(world: World, login: Any, taken_case: Case) -> None:
    task, held = make_task(taken_case, world.coordinator), meet(taken_case, world.coordinator)
    browser = Browser(login(world.coordinator))
    for step in taken_case.steps.filter(state="open", obligation="must"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    assert "One task is still open." in browser.get(f"/casus/{taken_case.reference}/sluiten/").text
    case_close(by=world.coordinator, case=taken_case, outcome="resolved", reason=WHY)
    for act in (
        lambda: make_task(taken_case, world.coordinator),
        lambda: meet(taken_case, world.coordinator),
        lambda: task_end(by=world.coordinator, task=task, done=True, text="", version=1),
        lambda: meeting_add(by=world.coordinator, meeting=held, text="Nog iets.", key=key()),
    ):
        with pytest.raises(RuleError, match="reopen it"):
            act()
    assert "My tasks" not in browser.get("/werkplek/").text
    with time_machine.travel(timezone.now() + timedelta(days=9), tick=False):
        assert tasks_remind() == 0


# ---- the mail that reminds ----


@pytest.mark.parametrize(
    ("remind", "due_on", "mail_on"),
    [
        ("before", date(2026, 12, 10), date(2026, 12, 9)),
        ("before", date(2026, 12, 14), date(2026, 12, 11)),  # a Monday: the Friday before
        ("before", date(2026, 12, 16), date(2026, 12, 14)),  # the day before is closed
        ("before", date(2026, 12, 8), date(2026, 12, 8)),  # today: at once
        ("same", date(2026, 12, 14), date(2026, 12, 14)),
        ("never", date(2026, 12, 14), None),
    ],
)
def test_the_day_of_the_reminder(remind: str, due_on: date, mail_on: date | None) -> None:
    shut = Period(date(2026, 12, 15), date(2026, 12, 15), "own", "Studiedag")
    calendar = SchoolCalendar(UTC, None, (shut,))
    assert remind_day(remind, due_on, TUESDAY, calendar) == mail_on


def test_where_nobody_of_the_case_can_open_it_who_handles_it_is_told(
    tuesday: Any, world: World, taken_case: Case
) -> None:
    make_task(taken_case, world.coordinator, due_on=TUESDAY + timedelta(days=1))
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=None)
    tuesday.shift(timedelta(days=1))
    tasks_remind()
    assert reminders() == [(world.board_officer, taken_case.reference)]


def test_it_goes_once_with_a_number_and_a_link(tuesday: Any, world: World, taken_case: Case, second: User) -> None:
    task = make_task(taken_case, world.coordinator, due_on=TUESDAY + timedelta(days=2))
    ended = make_task(taken_case, world.coordinator, due_on=TUESDAY + timedelta(days=2))
    task_end(by=world.coordinator, task=ended, done=True, text="", version=1)
    assert tasks_remind() == 0
    tuesday.shift(timedelta(days=1))
    call_command("tasks_remind")
    assert tasks_remind() == 0
    assert reminders() == [(world.coordinator, taken_case.reference)]
    assert AuditEvent.objects.filter(action="task.reminded", object_ref=task.reference).count() == 1
    mail.outbox.clear()
    send_due()
    [message] = [found for found in mail.outbox if "#task-" in found.body]
    assert message.subject == f"Schoolsafety: casus {taken_case.reference}"
    assert f"/casus/{taken_case.reference}/#task-{task.reference}" in message.body
    assert "Moeder" not in message.body
    wanted = Wanted(task.text, world.coordinator, TUESDAY + timedelta(days=9))
    task_change(by=world.coordinator, task=task, wanted=wanted, version=1)
    tuesday.shift(timedelta(days=30))  # no worker ran in the meantime: it goes all the same, once
    assert (tasks_remind(), tasks_remind()) == (1, 0)


def test_it_goes_to_the_deputy_too_and_past_who_can_no_longer_open_the_case(
    tuesday: Any, world: World, login: Any, taken_case: Case, second: User
) -> None:
    third = person("derde")
    join(third, "coordinator", world.school)
    make_task(taken_case, world.coordinator, second, due_on=TUESDAY, remind="same")
    away(second, third, world.school, by=third)
    assert tasks_remind() == 2
    assert {to for to, _reference in reminders()} == {second, third}
    OutgoingMail.objects.all().delete()
    make_task(taken_case, world.coordinator, User.objects.get(pk=second.pk), due_on=TUESDAY, remind="same")
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=world.coordinator)
    assert tasks_remind() == 1
    assert {to for to, _reference in reminders()} == {world.coordinator}
    assert taken_case.reference not in login(User.objects.get(pk=second.pk)).get("/werkplek/").content.decode()


def test_what_was_done_before_the_mail_left_is_not_mailed(world: World, taken_case: Case, second: User) -> None:
    task = make_task(taken_case, world.coordinator, second, due_on=timezone.localdate(), remind="same")
    assert tasks_remind() == 1
    task_end(by=second, task=task, done=True, text="", version=1)
    send_due()
    assert not OutgoingMail.objects.filter(kind__startswith="task.").exists()


# ---- meetings ----


def test_a_meeting_with_decisions_and_somebody_who_heard_no_name(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/casus/{taken_case.reference}/overleg/")
    form = page.form(has="held_on")
    assert set(form.options("present")) == {world.coordinator.reference, second.reference, world.principal.reference}
    due_on = (timezone.localdate() + timedelta(days=4)).isoformat()
    values = {"text": "De pauzes.", "without_name": "Advies over pesten.", "outsider_1": "Jeugdarts, GGD"}
    values |= {"outsider_2": "Wijkagent, politie", "named_2": "yes", "decision_1": "Gesprek met de klas."}
    wrong = {"decision_2": "Moeder uitnodigen.", "assignee_2": second.reference}
    page = browser.send(form, expect=422, **values, **wrong)
    assert "Fill in the day before which the task is done." in page.text
    page = browser.send(page.form(has="held_on"), due_on_2=due_on)
    for words in (
        "Present Coordinator",
        "Jeugdarts, GGD No name was told.",
        "Wijkagent, politie The name was told.",
        "Discussed without a name Advies over pesten.",
        "Gesprek met de klas.",
        "Moeder uitnodigen. Task for Tweede",
    ):
        assert words in page.text
    task = Task.objects.get()
    assert (task.assignee, task.meeting) == (second, Meeting.objects.get())
    page = browser.get(f"/casus/{taken_case.reference}/")
    assert "Moeder uitnodigen.<br>Task for Tweede" in page.html, "what was decided, and below it who does it"
    text = page.text
    assert text.count("Meeting about this case") == 1
    assert "Jeugdarts, GGD. No name was told." in text
    assert AuditEvent.objects.filter(action="case.read", object_type="meeting").count() == 1


def test_a_correction_is_added(world: World, login: Any, taken_case: Case) -> None:
    held = meet(taken_case, world.coordinator)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/overleg/{held.reference}/aanvullen/")
    form = page.form(has="text")
    assert "cancel" not in form.names(), "it was held"
    sent = form.fill({"text": "Het ging ook over de fietsenstalling.", "decision_1": "Toezicht bij het hek."})
    for _click in range(2):
        page = browser.post(f"/overleg/{held.reference}/aanvullen/", sent)
    for words in ("De pauzes.", "Het ging ook over de fietsenstalling.", "Toezicht bij het hek."):
        assert words in page.text
    assert WorkLine.objects.filter(kind="added").count() == 1
    assert WorkLine.objects.filter(kind="decided").count() == 1


def test_a_meeting_that_does_not_take_place(world: World, login: Any, taken_case: Case) -> None:
    later = timezone.now() + timedelta(days=3)
    held = meet(taken_case, world.coordinator, starts_at=later)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/overleg/{held.reference}/aanvullen/")
    page = browser.send(page.form(has="text"), text="De arts is ziek.", cancel="on")
    assert "This meeting does not take place." in page.text
    with pytest.raises(RuleError, match="held or cancelled"):
        meeting_add(by=world.coordinator, meeting=held, text="Nog eens.", key=key(), cancel=True)
    body = login(world.coordinator).get(f"/overleg/{held.reference}/agenda.ics").content.decode()
    assert "STATUS:CANCELLED" in body


def test_a_decision_that_can_be_nobodys_task_undoes_the_meeting(world: World, taken_case: Case) -> None:
    wrong = (Decision("Moeder bellen.", world.principal, timezone.localdate()),)
    with pytest.raises(RuleError, match="can't open the case"):
        meet(taken_case, world.coordinator, decisions=wrong)
    assert not Meeting.objects.exists()
    assert not WorkLine.objects.exists()


# ---- one's own calendar ----


def test_a_calendar_file_holds_a_number_and_a_link(
    tuesday: Any, world: World, login: Any, taken_case: Case, settings: Any
) -> None:
    settings.SITE_URL = "https://zorg.school.example"
    task = make_task(taken_case, world.coordinator, due_on=TUESDAY + timedelta(days=2))
    starts = datetime(2026, 12, 9, 13, 30, tzinfo=UTC)
    held = meet(taken_case, world.coordinator, starts_at=starts)
    step = taken_case.steps.filter(state="open").first()
    client = login(world.coordinator)
    found = {}
    for kind, row in (("taak", task), ("overleg", held), ("stap", step)):
        response = client.get(f"/{kind}/{row.reference}/agenda.ics")
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert response["Content-Disposition"] == f'attachment; filename="casus-{taken_case.reference}.ics"'
        assert AuditEvent.objects.latest("id").action == "calendar.file"
        body = response.content.decode().replace("\r\n ", "")
        for private in ("Noor", "Moeder", "GGD", "Lyceum", "pesten", "Coordinator", "school.example/taak"):
            assert private not in body
        [found[kind]] = Calendar.from_ical(response.content).walk("VEVENT")
    for event in found.values():
        assert str(event["summary"]) == f"Schoolsafety: casus {taken_case.reference}"
        assert str(event["url"]) == f"https://zorg.school.example/casus/{taken_case.reference}/"
    assert found["taak"].decoded("dtstart") == TUESDAY + timedelta(days=2)
    assert found["overleg"].decoded("dtstart") == starts
    assert found["stap"].decoded("dtend") == step.due_at.replace(microsecond=0)
    assert str(found["taak"]["uid"]) == f"task-{task.reference}@zorg.school.example"
    wanted = Wanted("Anders.", world.coordinator, TUESDAY + timedelta(days=3))
    task_change(by=world.coordinator, task=task, wanted=wanted, version=1)
    [event] = Calendar.from_ical(client.get(f"/taak/{task.reference}/agenda.ics").content).walk("VEVENT")
    assert (event["uid"], event["sequence"]) == (found["taak"]["uid"], 1)


def test_a_task_of_which_nobody_can_be_reminded_holds_up_no_other(
    world: World, taken_case: Case, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    for _number in range(2):
        make_task(taken_case, world.coordinator, world.coordinator, due_on=tomorrow)
    Task.objects.update(remind_on=timezone.localdate(), reminded_at=None)
    first = Task.objects.order_by("pk")[0]
    event = tasks.server_event

    def fails(action: Any, **given: Any) -> None:
        if given["ref"] == first.reference:
            raise ValueError(first.reference)
        event(action, **given)

    monkeypatch.setattr(tasks, "server_event", fails)
    with pytest.raises(ValueError, match=first.reference):  # an administrator sees that something is wrong
        tasks_remind()
    assert [bool(task.reminded_at) for task in Task.objects.order_by("pk")] == [False, True]
    monkeypatch.setattr(tasks, "server_event", event)
    assert tasks_remind() == 1
