"""The desk: its tabs, filters that can be passed on and kept, taking several at once, and searching within a filter."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from escalation.models import ClosingDays
from signals.models import Barred, Case, SavedFilter, Step
from signals.models.case import Rung
from signals.services.cases import case_close, case_move, case_take
from signals.services.steps import step_decline
from signals.services.tasks import task_end
from tests.conftest import World, join, person, send, typed
from tests.handing import make_task
from tests.journeys.page import Browser, Page
from tests.sharing import share

DESK = reverse("signals:desk")
WHY = "Hier staat waarom dit zo is."
MONDAY = datetime(2026, 11, 16, 9, tzinfo=timezone.get_default_timezone())  # an ordinary week


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


@pytest.fixture
def second(world: World) -> User:
    user = person("second_coordinator")
    join(user, "coordinator", world.school)
    return user


def new(world: World, **changes: Any) -> Case:
    return send(world.author, typed(world, **changes)).case


def taken(world: World, by: User | None = None, **changes: Any) -> Case:
    return case_take(by=by or world.coordinator, case=new(world, **changes))


def shown(page: Page) -> list[str]:
    """The numbers of the cases in the list, in their order."""
    links = (href for href, _text in page.links if href.startswith("/casus/"))
    return list(dict.fromkeys(href.split("/")[2] for href in links))


def tab(browser: Browser, name: str, query: str = "") -> list[str]:
    """What a tab lists; and it counts what it lists."""
    page = browser.get(f"{DESK}?tab={name}{query}")
    [count] = [text.split()[-1] for href, text in page.links if href.startswith(f"?tab={name}") and text[-1].isdigit()]
    assert count == str(len(shown(page)))
    return shown(page)


def due(case: Case, at: datetime) -> None:
    Step.objects.filter(case=case, obligation="must").update(due_at=at)
    Case.objects.filter(pk=case.pk).update(next_due_at=at, first_at=at)


def test_each_tab_holds_what_it_says(world: World, coordinator: Browser, second: User) -> None:
    fresh, mine, theirs = new(world), taken(world), taken(world, by=second)
    shut = taken(world)
    for step in shut.steps.filter(state="open"):
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True)
    case_close(by=world.coordinator, case=shut, outcome="resolved", reason=WHY)
    assert tab(coordinator, "new") == [fresh.reference]
    assert tab(coordinator, "mine") == [mine.reference]
    assert set(tab(coordinator, "open")) == {mine.reference, theirs.reference}
    assert tab(coordinator, "closed") == [shut.reference]


def test_this_week_ends_with_the_school_week(world: World, login: Any) -> None:
    with time_machine.travel(MONDAY, tick=False):
        coordinator = Browser(login(world.coordinator))
        friday, later = new(world), taken(world)
        due(friday, MONDAY + timedelta(days=4, hours=8))
        due(later, MONDAY.replace(hour=0) + timedelta(days=7))
        assert tab(coordinator, "week") == [friday.reference]
    with time_machine.travel(MONDAY + timedelta(days=5), tick=False):  # a weekend looks at the week to come
        coordinator = Browser(login(world.coordinator))
        assert tab(coordinator, "week") == [friday.reference, later.reference]


def test_a_holiday_looks_at_the_first_week_after_it(world: World, login: Any) -> None:
    world.school.hours = {str(day): ["08:00", "17:00"] for day in range(5)}
    world.school.save()
    ClosingDays.objects.create(
        school=world.school, starts_on=date(2026, 11, 16), ends_on=date(2026, 11, 20), label="Herfst"
    )
    with time_machine.travel(MONDAY, tick=False):
        coordinator = Browser(login(world.coordinator))
        case, far = new(world), new(world)
        due(case, MONDAY + timedelta(days=11))
        due(far, MONDAY + timedelta(days=14))
        assert tab(coordinator, "week") == [case.reference]
        ClosingDays.objects.all().delete()
        assert tab(coordinator, "week") == []


def test_waiting_for_the_writer_a_later_day_or_somebody_higher_up(world: World, coordinator: Browser) -> None:
    idle, writer, higher, later, past, own = (taken(world) for _ in range(6))
    Step.objects.filter(case=idle).update(actor="coordinator_or_principal")
    Step.objects.exclude(case__in=[writer, own]).update(actor="coordinator_or_principal")
    Step.objects.filter(case__in=[writer, own], state="open").update(actor="author", obligation="must")
    own.signals.update(author=world.coordinator)
    Case.objects.filter(pk=higher.pk).update(moved_to=Rung.PRINCIPAL, moved_at=timezone.now())
    for case, days in ((later, 3), (past, 1)):
        step = case.steps.filter(state="open").first()
        day = timezone.localdate() + timedelta(days=days)
        assert step
        step_decline(by=world.coordinator, step=step, reason=WHY, applies=True, look_again_on=day)
    past.steps.filter(state="declined").update(look_again_on=timezone.localdate())
    assert set(tab(coordinator, "waiting")) == {writer.reference, higher.reference, later.reference}


def test_a_task_counts_for_this_week_and_that_of_a_colleague_is_waited_for(
    world: World, login: Any, second: User
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        coordinator = Browser(login(world.coordinator))
        soon, later, over = (taken(world) for _ in range(3))
        Step.objects.update(state="done")
        Case.objects.update(next_due_at=None, first_at=None)
        make_task(soon, world.coordinator, second, due_on=MONDAY.date() + timedelta(days=6))
        make_task(later, world.coordinator, second, due_on=MONDAY.date() + timedelta(days=7))
        done = make_task(over, world.coordinator, second, due_on=MONDAY.date() + timedelta(days=1))
        task_end(by=second, task=done, done=True, text="", version=1)
        assert tab(coordinator, "week") == [soon.reference]
        assert set(tab(coordinator, "waiting")) == {soon.reference, later.reference}
        make_task(over, world.coordinator, due_on=MONDAY.date())
        said = [text for _href, text in coordinator.get(DESK).links]
        assert {"This week 2", "Waiting for somebody 2"} <= set(said), "one's own task waits for nobody else"


def test_a_filter_only_takes_away_and_its_address_can_be_passed_on(
    world: World, coordinator: Browser, second: User, login: Any
) -> None:
    mine, theirs, weapon = taken(world), taken(world, by=second), taken(world, concern="absence")
    case_move(by=world.coordinator, case=mine, to="monitoring", reason=WHY)
    Case.objects.filter(pk=weapon.pk).update(created_at=timezone.now() - timedelta(days=20))
    owner = f"&owner={second.reference}"
    assert tab(coordinator, "open", "&status=monitoring") == [mine.reference]
    assert tab(coordinator, "open", owner) == [theirs.reference]
    assert set(tab(coordinator, "open", "&owner=me")) == {mine.reference, weapon.reference}
    assert tab(coordinator, "open", "&concern=absence") == [weapon.reference]
    assert weapon.reference not in tab(coordinator, "open", "&period=week")
    assert weapon.reference in tab(coordinator, "open", "&period=month")
    assert tab(coordinator, "open", "&period=before") == []
    assert tab(Browser(login(second)), "open", owner) == [theirs.reference]
    Barred.objects.create(case=theirs, user=world.coordinator, by=world.principal, at=timezone.now())
    page = coordinator.get(f"{DESK}?tab=open{owner}")
    assert theirs.reference not in page.html
    assert second.name not in page.text, "a colleague of no case that one sees is unknown"
    assert "not right, or no longer: Owner" in page.text


def test_schools_are_a_choice_for_who_has_several(world: World, login: Any) -> None:
    both = person("both")
    join(both, "coordinator", world.school)
    join(both, "coordinator", world.sister_school)
    here = new(world)
    there = send(world.sister_coordinator, typed(world, person=f"pupil:{world.sister_pupil.reference}")).case
    browser = Browser(login(both))
    assert set(tab(browser, "new")) == {here.reference, there.reference}
    page = browser.get(f"{DESK}?tab=new&filters=1")
    page = browser.get(f"{DESK}?tab=new&school={world.sister_school.reference}")
    assert shown(page) == [there.reference]
    assert "School: " + world.sister_school.name in page.text
    page = browser.get(f"{DESK}?tab=new&school={world.other_school.reference}")
    assert set(shown(page)) == {here.reference, there.reference}
    assert "not right, or no longer: School" in page.text
    assert world.other_school.name not in page.text


def test_walls_are_a_choice_for_who_sees_both(world: World, login: Any, walled_signal: Any) -> None:
    both = person("both")
    join(both, "coordinator", world.school)
    join(both, "board_officer", world.board)
    plain, browser = new(world), Browser(login(both))
    assert set(tab(browser, "new")) == {plain.reference, walled_signal.case.reference}
    assert tab(browser, "new", "&walled=yes") == [walled_signal.case.reference]
    assert tab(browser, "new", "&walled=no") == [plain.reference]
    assert tab(Browser(login(world.coordinator)), "new", "&walled=yes") == []


@pytest.mark.parametrize(
    "query",
    [
        "status=x&concern=%00&school=ZZZZ&owner=%27%20OR%201%3D1&period=_&walled=2",
        "owner=2222-2222-22&school=2222-2222-22",
        "status=new&status=closed&order=%F0%9F%99%82&after=none-1",
        "period=due_before&owner=" + "x" * 3000,
    ],
)
def test_what_an_address_says_wrong_is_told_and_does_not_count(world: World, coordinator: Browser, query: str) -> None:
    case = new(world)
    page = coordinator.get(f"{DESK}?tab=new&{query}")
    wrong = "not right, or no longer" in page.text
    assert wrong == ("status=new&status=closed" not in query)
    assert (case.reference in page.html) == wrong


def test_the_next_page_keeps_the_filter_and_the_order(world: World, coordinator: Browser, second: User) -> None:
    cases = [taken(world) for _ in range(4)]
    taken(world, by=second)
    page = coordinator.get(f"{DESK}?tab=open&owner=me&order=new")
    assert shown(page) == [case.reference for case in reversed(cases)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("signals.listing.PAGE", 3)
        from signals import listing

        def forget() -> None:
            listing.LOOK.whole.cache_clear()
            listing.LOOK.made["page"].statement.cache_clear()

        forget()
        page = coordinator.get(f"{DESK}?tab=open&owner=me&order=new")
        assert shown(page) == [case.reference for case in reversed(cases[1:])]
        [following] = page.hrefs("after=")
        page = coordinator.get(DESK + following)
        assert shown(page) == [cases[0].reference]
        [first] = [href for href, text in page.links if text == "Back to the top of the list"]
        assert "after" not in first
        assert "owner=me" in first
        forget()


def test_a_filter_is_kept_found_renamed_and_removed(
    world: World, coordinator: Browser, second: User, login: Any
) -> None:
    mine = taken(world)
    taken(world, by=second)
    page = coordinator.get(f"{DESK}?tab=open&owner=me")
    [address] = page.hrefs("/filter/bewaren/")
    page = coordinator.get(address)
    page = coordinator.send(page.form(id="filter-name"), name="  Van   mij ")
    assert "Kept." in page.text
    kept = SavedFilter.objects.get()
    assert (kept.owner, kept.name, kept.query) == (world.coordinator, "Van mij", "tab=open&owner=me")
    page = coordinator.get(DESK)
    [link] = [href for href, text in page.links if text == "Van mij"]
    page = coordinator.get(DESK + link)
    assert shown(page) == [mine.reference]
    [edit] = page.hrefs(f"/filter/{kept.reference}/")
    page = coordinator.send(coordinator.get(edit).form(id="filter-name"), name="Mijn casussen")
    assert "Mijn casussen" in page.text
    stranger = Browser(login(second))
    assert "Mijn casussen" not in stranger.get(DESK).text
    stranger.get(edit, 404)
    stranger.post(edit + "weg/", {}, 404)
    page = coordinator.send(coordinator.get(edit).form(action="/weg/"))
    assert not SavedFilter.objects.exists()
    assert "Mijn casussen" not in page.text
    actions = AuditEvent.objects.filter(object_type="filter", outcome="allowed").values_list("action", flat=True)
    assert list(actions.order_by("id")) == ["filter.saved", "filter.saved", "filter.removed"]
    assert "Mijn" not in str(list(AuditEvent.objects.values_list("body", flat=True)))


def test_a_name_twice_and_a_filter_that_is_none(world: World, coordinator: Browser) -> None:
    path = reverse("signals:filter-save")
    first = {"name": "Volgen", "query": "tab=open&status=monitoring"}
    for _click in range(2):
        coordinator.post(path, first)
    assert SavedFilter.objects.count() == 1
    page = coordinator.post(path, {"name": "Volgen", "query": "tab=new&owner=none"}, 422)
    assert "another filter with this name" in page.text
    typed_before = page.form(id="filter-name").data()
    assert (typed_before["name"], typed_before["query"]) == ("Volgen", "tab=new&owner=none")
    page = coordinator.post(path, {"name": " ", "query": "tab=new&owner=none"}, 422)
    assert "Give the filter a name." in page.text
    for query in ("", "tab=open", "tab=x&owner=me", "tab=open&owner=x", "\x00", "tab=open&status=" + "x" * 999):
        page = coordinator.post(path, {"name": "Niets", "query": query})
        assert "Choose first what you want to see." in page.text
    assert SavedFilter.objects.count() == 1


def test_several_are_taken_at_once_each_with_its_event(
    world: World, coordinator: Browser, second: User, walled_signal: Any
) -> None:
    one, two, gone = new(world), new(world), new(world)
    [address] = coordinator.get(f"{DESK}?tab=new").hrefs("several=1")
    page = coordinator.get(DESK + address)
    form = page.form(id="several")
    assert set(form.options("case")) == {case.reference for case in (one, two, gone)}
    case_take(by=second, case=gone)
    hidden = walled_signal.case.reference
    data = {"case": [one.reference, two.reference, gone.reference, hidden, "2222-2222-22", "x"]}
    page = coordinator.post(form.action, data)
    assert "2 cases are yours now." in page.text
    assert f"{gone.reference}: a colleague has taken this case already." in page.text
    assert f"{hidden}: this number is not in your list, or no longer." in page.text
    assert "2222-2222-22: this number is not in your list, or no longer." in page.text
    assert set(shown(page)) == {one.reference, two.reference}
    events = AuditEvent.objects.filter(action="case.taken", actor_ref=world.coordinator.reference)
    assert set(events.values_list("case_ref", flat=True)) == {one.reference, two.reference}
    refused = AuditEvent.objects.filter(action="access.refused").values_list("object_ref", flat=True)
    assert set(refused) == {hidden, "2222-2222-22"}
    page = coordinator.post(form.action, {"case": [one.reference, two.reference]})
    assert "2 cases are yours now." in page.text, "a second click says the same"
    assert events.count() == 2
    assert Case.objects.get(pk=one.pk).changes.filter(kind="owner").count() == 1


def test_nothing_chosen_takes_nothing(world: World, coordinator: Browser) -> None:
    new(world)
    page = coordinator.send(coordinator.get(f"{DESK}?tab=new&several=1").form(id="several"))
    assert "Choose at least one report." in page.text
    assert Case.objects.get().status == "new"


def test_searching_stays_within_the_filter_until_one_looks_everywhere(
    world: World, coordinator: Browser, second: User
) -> None:
    mine, theirs = taken(world), taken(world, by=second)
    page = coordinator.get(f"{DESK}?tab=open&owner=me")
    page = coordinator.send(page.form(id="case-search"), q="noor")
    assert urlsplit(page.path).query == ""
    assert shown(page) == [mine.reference]
    assert "Searched within your filter: Owner: me" in page.text
    page = coordinator.send(page.form(id="case-search-everywhere"))
    assert {mine.reference, theirs.reference} <= set(shown(page))


def test_single_cases_stand_between_the_others_and_count_once(world: World, login: Any) -> None:
    """Three ways in: a school, the board's walls, and a case of elsewhere that was opened by name or by glass."""
    from signals.services.glass import glass_break

    here = taken(world)
    away = case_take(
        by=world.sister_coordinator,
        case=send(world.sister_coordinator, typed(world, person=f"pupil:{world.sister_pupil.reference}")).case,
    )
    glass_break(by=world.coordinator, case=away, reason=WHY * 2)
    share(here, world.coordinator, world.teacher)
    browser = Browser(login(world.coordinator))
    assert tab(browser, "open") == [here.reference], "reading is not handling"


def test_what_people_typed_is_text_in_a_row(world: World, coordinator: Browser) -> None:
    """The rows are written once for each form; every word still goes through the escaping of Django."""
    User.objects.filter(pk=world.coordinator.pk).update(name="{0} <b>Kim</b> & \x02x")
    case = taken(world)
    page = coordinator.get(f"{DESK}?tab=open")
    assert "{0} &lt;b&gt;Kim&lt;/b&gt; &amp; " in page.html
    assert page.html.count(f'href="/casus/{case.reference}/"') == 1


def test_the_list_and_the_pages_agree_for_every_way_in(world: World, login: Any, walled_signal: Any) -> None:
    """The kept statements and the queryset they were made from give the same cases, with somebody shut out too."""
    from signals import access
    from signals.filters import Filters, times
    from signals.listing import TABS, Desk
    from signals.lists import desk_tabs
    from signals.mywork import Away

    both, now = person("both"), timezone.now()
    join(both, "coordinator", world.school)
    join(both, "board_officer", world.board)
    cases = [new(world), taken(world), taken(world, by=both), new(world, concern="absence")]
    Barred.objects.create(case=cases[0], user=both, by=world.principal, at=now)
    seen, at = access.sight(both).scope(*access.HANDLE), times(now, now + timedelta(days=9))
    away = [Away(world.coordinator.pk, world.school.pk, 0)]
    for filters in (Filters(), Filters(owner="me"), Filters(concern="absence", walled="no", period="week")):
        tabs = desk_tabs(seen.reach().filter(filters.condition(both.pk, at)), both.pk, at, away)
        desk = Desk(seen, both, filters, at, away)
        for name in TABS:
            expected = {case.reference for scan in tabs[name].scans for case in scan}
            counts, _saved, (lines, _next) = desk.look(name, "due", "")
            assert {line.reference for line, _dues in lines} == expected
            assert desk.page(name, "due", "")[0] == lines
            assert counts[name] == str(len(expected))
    assert cases[0].reference not in {
        line.reference for line, _dues in Desk(seen, both, Filters(), at).page("new", "due", "")[0]
    }
