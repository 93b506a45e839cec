"""The school calendar, and what a card says when the school or a telephone line is closed."""

from datetime import date, datetime, time, timedelta
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from accounts.models import Membership, School
from audit.models import AuditEvent
from escalation.duty import ON_DUTY
from escalation.models import ClosingDays, Contact
from escalation.schooldays import is_public_holiday
from escalation.selectors import calendar_of
from signals.models import Signal, Step
from signals.services.cases import case_join, case_take
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

WEEK = {str(day): ["08:30", "17:00"] for day in range(5)}


def ordinary_friday() -> date:
    """The next one with an ordinary Monday after it, so that no public holiday disturbs what is expected."""
    day = timezone.localdate() + timedelta(days=1)
    while day.weekday() != 4 or any(is_public_holiday(day + timedelta(days=ahead)) for ahead in (0, 3)):
        day += timedelta(days=1)
    return day


def clock(day: date, hour: int) -> Any:
    moment = timezone.make_aware(datetime.combine(day, time(hour)))
    return mock.patch("django.utils.timezone.now", return_value=moment)


@pytest.fixture
def hours(world: World) -> None:
    """Both schools of the board are open on weekdays; somebody is on duty outside."""
    School.objects.filter(board=world.board).update(hours=WEEK)
    world.school.refresh_from_db()
    Contact.objects.create(board=world.board, recipient=ON_DUTY, name="Piet Piket", phone="+31612345679")


def report(world: World, day: date, **changes: Any) -> Signal:
    today = {"happened_on": day.isoformat(), "known_on": day.isoformat()}
    return send(world.author, typed(world, **today, **changes))


def card(page: Page, signal: Signal, recipient: str) -> str:
    reference = Step.objects.get(signal=signal, recipient=recipient).reference
    start = page.html.index(f'id="step-{reference}"')
    return " ".join(page.html[start : page.html.index("</article>", start)].split())


def test_on_friday_evening_a_card_says_when_it_opens_and_whom_to_call(world: World, login: Any, hours: None) -> None:
    friday = ordinary_friday()
    with clock(friday, 19):
        signal = report(world, friday, known_time="18:00")
        page = Browser(login(world.author)).get(f"/zorg/{signal.reference}/")
    inspector = card(page, signal, "confidential_inspector")
    assert "Closed now. Open from Monday" in inspector
    assert "08:00" in inspector
    assert 'href="tel:09008844"' in inspector
    must = card(page, signal, "anti_bullying_coordinator")
    assert "The school is closed now." in must
    assert 'On duty: Piet Piket · <span class="tel-number">06 12345679</span>' in must
    assert 'href="tel:+31612345679"' in must
    assert "Call 112" in must
    due = Step.objects.get(signal=signal, recipient="anti_bullying_coordinator").due_at
    assert timezone.localtime(due) == timezone.make_aware(datetime.combine(friday + timedelta(days=3), time(10, 30)))
    assert "before 10:30" in must


def test_in_school_hours_a_card_says_nothing_of_that(world: World, login: Any, hours: None) -> None:
    friday = ordinary_friday()
    with clock(friday, 11):
        signal = report(world, friday)
        page = Browser(login(world.author)).get(f"/zorg/{signal.reference}/")
    assert "step-closed" not in page.html
    due = Step.objects.get(signal=signal, recipient="anti_bullying_coordinator").due_at
    assert timezone.localtime(due).strftime("%H:%M") == "23:59"


def test_what_the_school_knew_during_the_day_is_due_today_in_the_evening_too(world: World, hours: None) -> None:
    friday = ordinary_friday()
    with clock(friday, 19):
        signals = [report(world, friday, known_time="14:00"), report(world, friday)]
    for signal in signals:
        due = Step.objects.get(signal=signal, recipient="anti_bullying_coordinator").due_at
        assert timezone.localtime(due).date() == friday


def test_a_case_about_staff_never_names_the_one_on_duty(world: World, login: Any, hours: None) -> None:
    """It may be about them. The police is named."""
    friday = ordinary_friday()
    about = {"subject_role": "staff", "person": f"staff:{world.subject.reference}", "concern": "physical_violence"}
    with clock(friday, 19):
        signal = report(world, friday, **about)
        page = Browser(login(world.author)).get(f"/zorg/{signal.reference}/")
    board = card(page, signal, "board")
    assert "The school is closed now." in board
    assert 'href="tel:09008844"' in board
    assert "Piet Piket" not in page.html


def test_on_the_page_of_a_case_whom_to_call_stands_once_above_the_steps(world: World, login: Any, hours: None) -> None:
    friday = ordinary_friday()
    with clock(friday, 19):
        signal = report(world, friday, known_time="18:00")
        page = Browser(login(world.coordinator)).get(f"/casus/{signal.case.reference}/")
    above, steps = page.html.split('<div class="steps">')
    steps = steps.split("</section>")[0]
    assert "The school is closed now." in above
    for once in ("Piet Piket", 'href="tel:+31612345679"', "Is there danger? Call 112."):
        assert (once in above, once in steps) == (True, False), once
    assert "The school is closed now." in card(page, signal, "anti_bullying_coordinator"), "who looks only there too"
    assert "Closed now. Open from Monday" in card(page, signal, "confidential_inspector")


def test_who_handles_reports_about_a_pupil_and_about_staff_calls_who_the_card_says(
    world: World, login: Any, hours: None
) -> None:
    friday = ordinary_friday()
    with clock(friday, 19):
        signal = report(world, friday, known_time="18:00")
        Signal.objects.filter(pk=send_to(world, signal, friday).pk).update(subject_role="staff")
        page = Browser(login(world.coordinator)).get(f"/casus/{signal.case.reference}/")
    above, steps = page.html.split('<div class="steps">')
    assert "The school is closed now." not in above
    assert "Piet Piket" in card(page, signal, "anti_bullying_coordinator")


def send_to(world: World, signal: Signal, day: date) -> Signal:
    """Another report in the same case."""
    case = case_take(by=world.coordinator, case=signal.case)
    other = report(world, day, known_time="18:00")
    case_join(by=world.coordinator, case=other.case, into=case)
    return other


def test_a_school_that_filled_in_nothing_is_never_called_closed(world: World, login: Any) -> None:
    friday = ordinary_friday()
    with clock(friday, 19):
        signal = report(world, friday, known_time="18:00")
        page = Browser(login(world.author)).get(f"/zorg/{signal.reference}/")
    assert "The school is closed now." not in page.html
    due = Step.objects.get(signal=signal, recipient="anti_bullying_coordinator").due_at
    assert timezone.localtime(due).date() == friday


def test_hours_and_region_are_filled_in_and_count(world: World, login: Any) -> None:
    coordinator = Browser(login(world.coordinator))
    assert "No opening hours yet" in coordinator.get("/schoolkalender/").text
    form = coordinator.get(f"/schoolkalender/{world.school.reference}/tijden/").form(has="region")
    page = coordinator.send(form, region="noord", opens_0="08:30", closes_0="17:00", opens_2="08:30", closes_2="12:30")
    assert "Monday 08:30–17:00, Wednesday 08:30–12:30" in page.text
    assert "region North" in page.text
    assert "The school holidays are known until 19 August 2029" in page.text
    world.school.refresh_from_db()
    assert world.school.hours == {"0": ["08:30", "17:00"], "2": ["08:30", "12:30"]}
    form = coordinator.get(f"/schoolkalender/{world.school.reference}/tijden/").form(has="region")
    assert form.data()["closes_2"] == "12:30"
    assert AuditEvent.objects.filter(action="calendar.saved").count() == 1


def test_hours_that_can_not_be_keep_what_was_typed(world: World, login: Any) -> None:
    coordinator = Browser(login(world.coordinator))
    path = f"/schoolkalender/{world.school.reference}/tijden/"
    for data, field in (
        ({"region": ""}, "opens_0"),
        ({"opens_1": "08:30"}, "closes_1"),
        ({"closes_1": "08:30"}, "opens_1"),
        ({"opens_4": "17:00", "closes_4": "08:30"}, "closes_4"),
        ({"opens_4": "laat", "closes_4": "17:00"}, "opens_4"),
        ({"region": "west", "opens_4": "08:00", "closes_4": "17:00"}, "region"),
    ):
        page = coordinator.post(path, data, 422)
        assert list(page.response.context["form"].errors) == [field]
        assert all(f'value="{value}"' in page.html for name, value in data.items() if name != "region")
        assert f'href="#id_{field}"' in page.html
    world.school.refresh_from_db()
    assert world.school.hours == {}


def test_closing_days_come_and_go_and_a_double_click_does_nothing_twice(world: World, login: Any) -> None:
    coordinator = Browser(login(world.coordinator))
    day = timezone.localdate() + timedelta(days=30)
    form = coordinator.get(f"/schoolkalender/{world.school.reference}/vrij/").form(has="label")
    data = form.fill({"label": "Studiedag over pesten", "starts_on": day.isoformat()})
    page = coordinator.post(f"/schoolkalender/{world.school.reference}/vrij/", data)
    coordinator.post(f"/schoolkalender/{world.school.reference}/vrij/", data)
    assert "Studiedag over pesten" in page.text
    assert "closed, entered by the school" in page.text
    row = ClosingDays.objects.get()
    assert (row.starts_on, row.ends_on) == (day, day)
    path = f"/schoolkalender/{world.school.reference}/"
    Browser(login(world.sister_coordinator)).post(
        f"/schoolkalender/{world.sister_school.reference}/", {"remove": row.reference}
    )
    assert ClosingDays.objects.count() == 1
    for reference in (row.reference, row.reference, "\x00", "x" * 500):
        page = coordinator.post(path, {"remove": reference})
    assert "Studiedag over pesten" not in page.text
    actions = AuditEvent.objects.filter(action__startswith="calendar.").values_list("action", flat=True)
    assert sorted(actions) == ["calendar.closing_added", "calendar.closing_removed"]


def test_who_was_later_than_a_colleague_with_the_hours_sees_both_and_chooses(world: World, login: Any) -> None:
    late, first = Browser(login(world.coordinator)), Browser(login(world.principal))
    path = f"/schoolkalender/{world.school.reference}/tijden/"
    form = late.get(path).form(has="region")
    first.send(first.get(path).form(has="region"), region="noord", opens_0="08:30", closes_0="17:00")
    page = late.send(form, expect=422, region="zuid", opens_1="09:00", closes_1="12:00")
    assert "It says now: Monday 08:30–17:00; North." in page.text
    assert page.form(has="region").data()["opens_1"] == "09:00"
    world.school.refresh_from_db()
    assert world.school.region == "noord"
    late.send(page.form(has="region"))
    world.school.refresh_from_db()
    assert (world.school.region, world.school.hours) == ("zuid", {"1": ["09:00", "12:00"]})
    first.post(path, first.get(path).form(has="region").data() | {"seen": "of before"})  # a second click


def test_what_a_colleague_called_the_same_days_is_seen_and_stays_until_somebody_chooses(
    world: World, login: Any
) -> None:
    late, first = Browser(login(world.coordinator)), Browser(login(world.principal))
    path, day = f"/schoolkalender/{world.school.reference}/vrij/", timezone.localdate() + timedelta(days=30)
    form = late.get(path).form(has="label")
    first.send(first.get(path).form(has="label"), label="Studiedag", starts_on=day.isoformat())
    page = late.send(form, expect=422, label="Vrije dag", starts_on=day.isoformat())
    assert "These days stand in the calendar already, as: Studiedag." in page.text
    assert page.form(has="label").data()["label"] == "Vrije dag"
    assert ClosingDays.objects.get().label == "Studiedag"


def test_closing_days_that_can_not_be(world: World, login: Any) -> None:
    coordinator, day = Browser(login(world.coordinator)), timezone.localdate()
    for change, field in (
        ({"label": ""}, "label"),
        ({"starts_on": ""}, "starts_on"),
        ({"ends_on": (day - timedelta(days=1)).isoformat()}, "ends_on"),
        ({"ends_on": (day + timedelta(days=200)).isoformat()}, "ends_on"),
    ):
        data = {"label": "Studiedag", "starts_on": day.isoformat(), **change}
        page = coordinator.post(f"/schoolkalender/{world.school.reference}/vrij/", data, 422)
        assert list(page.response.context["form"].errors) == [field]
    assert not ClosingDays.objects.exists()


def test_the_coming_year_holds_all_sorts_of_days(world: World, login: Any) -> None:
    School.objects.filter(pk=world.school.pk).update(hours=WEEK, region="zuid")
    Membership.objects.update(starts_on=date(2026, 1, 1))
    with clock(date(2026, 11, 27), 12):
        page = Browser(login(world.coordinator)).get(f"/schoolkalender/{world.school.reference}/")
    for words in (
        "Christmas holiday (school holiday, fixed)",
        "Spring holiday (school holiday, advised)",
        "King's Day",
    ):
        assert words in page.text
    assert "Autumn holiday (school holiday, advised)" in page.text  # that of 2027
    assert "Rijksoverheid" in page.text


def test_a_calendar_is_one_query_and_none_where_no_hours_are_filled_in(
    world: World, hours: None, django_assert_num_queries: Any
) -> None:
    School.objects.filter(pk=world.school.pk).update(region="noord")
    world.school.refresh_from_db()
    for number in range(3):
        day = date(2027, 3, 1 + number)
        ClosingDays.objects.create(school=world.school, starts_on=day, ends_on=day, label="Studiedag")
    with django_assert_num_queries(1):
        found = calendar_of(world.school)
    assert not found.is_school_day(date(2027, 3, 2))
    assert not found.is_school_day(date(2026, 12, 22))
    with django_assert_num_queries(0):
        calendar_of(world.other_school)
