"""A case is found by its number, and by whom it is about for who may read its story; never one that may not be seen."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import AuditEvent
from signals.models import Barred, Case, Signal
from signals.models.signal import Person
from signals.search import number_in
from signals.services.cases import case_join, case_take
from signals.services.shares import case_share
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page

SEARCH = "/casus/zoeken/"
WHY = "Om mee te denken over de aanpak."


def find(login: Any, user: User, query: str, expect: int = 200) -> Page:
    browser = Browser(login(user))
    return browser.send(browser.get(SEARCH).form(id="case-search"), q=query, expect=expect)


def found(page: Page) -> list[str]:
    return [href.split("/")[2] for href, _text in page.links if href.startswith(("/casus/", "/opvolging/"))]


def hits(login: Any, user: User, query: str) -> list[str]:
    return [reference for reference in found(find(login, user, query)) if reference not in ("", "zoeken")]


def shared(world: World, case: Case, colleague: User) -> None:
    case_share(
        by=world.coordinator,
        case=case,
        colleague=colleague,
        level="read",
        ends_on=timezone.localdate() + timedelta(days=3),
        reason=WHY,
        key=str(uuid.uuid4()),
    )


@pytest.mark.parametrize(
    "typed_number", ["7K3M-9QXD-T4", "7k3m9qxdt4", " 7K3M 9QXD T4 ", "7k3m-9qxd–t4", "7K3M.9QXD.T4"]
)
def test_a_number_is_read_however_it_is_spaced(typed_number: str) -> None:
    assert number_in(typed_number) == "7K3M-9QXD-T4"


@pytest.mark.parametrize("words", ["", "Noor", "7K3M-9QXD", "7K3M-9QXD-T44", "0000-0000-00", "Aaaa-bbbb-cc"])
def test_other_words_are_no_number(words: str) -> None:
    assert number_in(words) == ""


def test_by_number_and_by_name(world: World, login: Any, pupil_signal: Signal) -> None:
    reference = pupil_signal.case.reference
    for query in (reference, reference.lower().replace("-", " "), "noor", "ZAND noo"):
        assert hits(login, world.coordinator, query) == [reference], query
    assert hits(login, world.coordinator, "noor jansen") == []


def test_half_a_number_finds_nothing_and_the_page_says_why(world: World, login: Any, taken_case: Case) -> None:
    page = find(login, world.coordinator, taken_case.reference[:9])
    assert "a case number must be whole" in page.text


def test_by_the_name_of_a_colleague_and_by_a_description(world: World, login: Any, walled_signal: Signal) -> None:
    told = send(world.author, typed(world, person="", subject_description="Een jongen met een rode jas"))
    assert hits(login, world.coordinator, "rode jas") == [told.case.reference]
    assert hits(login, world.board_officer, "subject") == [walled_signal.case.reference]


def test_words_must_be_of_one_person(world: World, login: Any, taken_case: Case) -> None:
    other = send(world.author, typed(world, person="", subject_description="Een jongen met een rode jas"))
    case_join(by=world.coordinator, case=other.case, into=taken_case)
    assert hits(login, world.coordinator, "noor") == hits(login, world.coordinator, "jas") == [taken_case.reference]
    assert hits(login, world.coordinator, "noor jas") == []


def test_the_number_of_a_joined_case_finds_where_it_went(world: World, login: Any, taken_case: Case) -> None:
    other = send(world.author, typed(world))
    case_join(by=world.coordinator, case=other.case, into=taken_case)
    assert hits(login, world.coordinator, other.case.reference) == [taken_case.reference]
    assert hits(login, world.sister_coordinator, other.case.reference) == []


def test_who_follows_without_the_story_finds_by_number_only(world: World, login: Any, taken_case: Case) -> None:
    page = find(login, world.principal, taken_case.reference)
    assert page.hrefs(f"/opvolging/{taken_case.reference}/")
    page = find(login, world.principal, "noor")
    assert taken_case.reference not in page.html
    assert "you find them by number only" in page.text
    shared(world, taken_case, world.principal)
    page = find(login, world.principal, "noor")
    assert page.hrefs(f"/casus/{taken_case.reference}/")


def test_what_was_shared_is_found_until_it_ends(world: World, login: Any, taken_case: Case) -> None:
    assert hits(login, world.teacher, taken_case.reference) == []
    shared(world, taken_case, world.teacher)
    assert hits(login, world.teacher, taken_case.reference) == hits(login, world.teacher, "noor")
    assert hits(login, world.teacher, "noor") == [taken_case.reference]
    taken_case.shares.update(ends_on=timezone.localdate() - timedelta(days=1), created_at=timezone.now())
    assert hits(login, world.teacher, "noor") == []


def hidden_from(world: World, walled: Signal, pupil: Signal) -> list[tuple[User, str, str]]:
    """Who may not see a case, its number, and the name it would be found by."""
    about = Person.objects.get(signal=walled)
    Barred.objects.create(case=pupil.case, user=world.coordinator, by=world.principal, at=timezone.now())
    return [
        (world.coordinator, walled.case.reference, about.user.name if about.user else ""),
        (world.coordinator, pupil.case.reference, "noor"),
        (world.principal, walled.case.reference, "subject"),
        (world.subject, walled.case.reference, "subject"),
        (world.sister_coordinator, pupil.case.reference, "noor"),
        (world.other_coordinator, pupil.case.reference, "noor"),
        (world.other_board_officer, walled.case.reference, "subject"),
        (world.author, pupil.case.reference, "noor"),
    ]


def test_what_may_not_be_seen_is_answered_like_what_does_not_exist(
    world: World, login: Any, walled_signal: Signal, pupil_signal: Signal
) -> None:
    for user, number, name in hidden_from(world, walled_signal, pupil_signal):
        for query, nothing in ((number, "2222-2222-22"), (name, "Xantippe")):
            real, absent = find(login, user, query), find(login, user, nothing)
            assert real.text.replace(query, "") == absent.text.replace(nothing, ""), (user, query)
            assert number.replace(query, "") not in real.html.replace(query, "") or query == number
            assert found(real) == found(absent)


def test_a_case_about_a_board_officer_is_not_found_by_them(world: World, login: Any) -> None:
    whom = person("tweede")
    join(whom, "board_officer", world.board)
    data = typed(world, subject_role="staff", person=f"staff:{whom.reference}", concern="radicalisation")
    signal = send(world.author, data)
    assert hits(login, world.board_officer, "tweede") == [signal.case.reference]
    assert hits(login, whom, "tweede") == hits(login, whom, signal.case.reference) == []


def test_the_search_is_recorded_without_the_words(world: World, login: Any, pupil_signal: Signal) -> None:
    find(login, world.coordinator, "Noor  Zand")
    first = AuditEvent.objects.order_by("-id")[0]
    assert first.action == Action.CASE_SEARCHED
    assert first.details["cases"] == [pupil_signal.case.reference]
    assert "oor" not in str(first.details)
    assert first.school_ref == first.case_ref == ""
    find(login, world.coordinator, "noor zand")
    assert AuditEvent.objects.order_by("-id")[0].details["terms"] == first.details["terms"]


def test_too_little_is_an_error_that_names_the_box(world: World, login: Any) -> None:
    for query, words in (("", "Type a case number, a name or a word first."), (" n ", "at least two characters")):
        page = find(login, world.coordinator, query, 422)
        assert words in page.text
        assert "#id_q" in [href for href, _text in page.links]
    assert not AuditEvent.objects.filter(action=Action.CASE_SEARCHED).exists()
    assert "Type a case number first." in find(login, world.principal, "", 422).text


def test_strange_input_finds_nothing_and_breaks_nothing(world: World, login: Any, pupil_signal: Signal) -> None:
    assert "Null" in find(login, world.coordinator, "a\x00b", 422).text
    for query in ("%%", "__", "' OR 1=1 --", "\\\\", "ß" * 500):
        assert hits(login, world.coordinator, query) == [], query


def test_twenty_five_at_a_time(world: World, login: Any) -> None:
    sent = [send(world.author, typed(world)).case.reference for _number in range(27)]
    browser = Browser(login(world.coordinator))
    page = browser.send(browser.get(SEARCH).form(id="case-search"), q="noor")
    first = [reference for reference in found(page) if reference in sent]
    assert first == sent[:1:-1]
    page = browser.send(page.form(id="case-search-more"))
    assert [reference for reference in found(page) if reference in sent] == sent[1::-1]
    assert page.hrefs("after") == page.hrefs("q=") == []


def test_the_box_stands_on_the_lists(world: World, login: Any, pupil_signal: Signal) -> None:
    desk = Browser(login(world.coordinator))
    page = desk.send(desk.get("/werkplek/").form(id="case-search"), q="noor")
    assert found(page).count(pupil_signal.case.reference) == 1
    follower = Browser(login(world.principal))
    page = follower.send(follower.get("/opvolging/").form(id="case-search"), q=pupil_signal.case.reference)
    assert page.hrefs(f"/opvolging/{pupil_signal.case.reference}/")


@pytest.mark.parametrize("name", ["privacy_officer", "administrator", "superuser", "former"])
def test_who_opens_no_case_has_no_search(world: World, login: Any, name: str) -> None:
    assert login(world.people[name]).post(SEARCH, {"q": "noor"}).status_code == 404


def test_every_case_that_opens_is_found_and_no_other(
    world: World, login: Any, walled_signal: Signal, principal_signal: Signal, taken_case: Case
) -> None:
    """In the list, opening and finding are one rule."""
    sister = typed(world, person=f"pupil:{world.sister_pupil.reference}", school=world.sister_school.reference)
    send(world.sister_coordinator, sister)
    shared(world, taken_case, world.sister_coordinator)
    for name in ("coordinator", "principal", "board_officer", "sister_coordinator", "teacher", "subject"):
        user = world.people[name]
        for case in Case.objects.all():
            opens = login(user).get(f"/casus/{case.reference}/").status_code != 404
            assert (hits(login, user, case.reference) == [case.reference]) == opens, (name, case)


def test_taking_does_not_change_who_finds(world: World, login: Any, pupil_signal: Signal) -> None:
    case_take(by=world.coordinator, case=pupil_signal.case)
    assert hits(login, world.coordinator, "noor") == [pupil_signal.case.reference]
