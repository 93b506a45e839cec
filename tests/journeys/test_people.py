"""The administrator's pages of people: who is in them, who is not, and what they never show."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.factors.selectors import factor_kinds
from accounts.models import Invitation, Membership, OutgoingMail, User
from audit.models import AuditEvent
from tests.conftest import World, join, person, send, typed
from tests.factors import give_app
from tests.journeys.page import Browser, Page

PEOPLE = "/mensen/"


@pytest.fixture
def admin(world: World, login: Any) -> Browser:
    return Browser(login(world.administrator))


def named(page: Page) -> list[str]:
    """Whose page is linked, in order."""
    return [text for href, text in page.links if href.startswith(PEOPLE) and href.count("/") == 3 and "uit" not in href]


def search(browser: Browser, query: str, expect: int = 200, **values: str) -> Page:
    form = browser.get(PEOPLE).form(id="people-search")
    return browser.post(PEOPLE, {**form.data(), "query": query, **values}, expect)


def test_it_is_the_first_page_of_an_administrator(admin: Browser) -> None:
    assert admin.get("/").path == PEOPLE


def test_everybody_of_the_board_by_name_and_nobody_else(world: World, admin: Browser) -> None:
    page = admin.get(PEOPLE)
    names = ["Administrator", "Author", "Board Officer", "Coordinator", "Principal", "Privacy Officer"]
    assert named(page) == [*names, "Sister Coordinator", "Subject", "Teacher"]
    assert "Care coordinator, Het Lyceum" in page.text
    assert "Former" in named(admin.get(PEOPLE + "?tab=stopped"))
    assert "Other" not in page.text


def test_filters(world: World, admin: Browser) -> None:
    form = admin.get(PEOPLE).form(id="people-narrow")
    query = {**form.fill({"place": world.sister_school.reference, "role": "coordinator"})}
    page = admin.get(PEOPLE + "?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert named(page) == ["Sister Coordinator"]
    assert named(admin.get(f"{PEOPLE}?place={world.board.reference}")) == [
        "Administrator",
        "Board Officer",
        "Privacy Officer",
    ]
    assert "Nobody here with this school and role" in admin.get(f"{PEOPLE}?role=coordinator&tab=invited").text


@pytest.mark.parametrize("query", ["?place=nergens", "?role=koning", "?tab=weg", "?after=x", "?after=2222-2222-22"])
def test_what_an_address_does_not_know_shows_everybody(admin: Browser, query: str) -> None:
    assert len(named(admin.get(PEOPLE + query))) == 9


def test_a_place_elsewhere_is_no_place(world: World, admin: Browser) -> None:
    assert len(named(admin.get(f"{PEOPLE}?place={world.other_school.reference}"))) == 9


def test_pages_follow_each_other_without_a_name_in_the_address(world: World, admin: Browser) -> None:
    for number in range(60):
        join(person(f"collega_{number:02}"), "teacher", world.school)
    seen, path, pages = [], PEOPLE, 0
    while path:
        page = admin.get(path)
        seen += named(page)
        following = [href for href, text in page.links if text == "Show the next ones"]
        path, pages = (PEOPLE + following[0]) if following else "", pages + 1
        assert "ollega" not in path
    assert (len(seen), len(set(seen)), pages) == (69, 69, 3)
    assert seen == sorted(seen)


def test_a_page_does_not_start_after_somebody_elsewhere(world: World, admin: Browser) -> None:
    """A reference of another board tells nothing, not even where its name would stand."""
    assert len(named(admin.get(f"{PEOPLE}?after={world.other_coordinator.reference}"))) == 9


def test_search_by_name_and_by_address_also_among_who_stopped(world: World, admin: Browser) -> None:
    assert named(search(admin, "coord")) == ["Coordinator", "Sister Coordinator"]
    assert named(search(admin, "former@school")) == ["Former"]
    page = search(admin, "other")
    assert named(page) == []
    assert "Nobody here has this name" in page.text


@pytest.mark.parametrize("query", ["lukasz yildiz", "ŁUKASZ", "zoe", "Yıldız"])
def test_a_name_is_found_however_its_letters_are_typed(world: World, admin: Browser, query: str) -> None:
    name = "Zoë Łukasz Yıldız"
    User.objects.filter(pk=world.teacher.pk).update(name=name)
    now = timezone.now()
    role = {"name": name, "role": "teacher", "starts_on": now.date(), "expires_at": now + timedelta(days=1)}
    place = {"board": world.board, "school": world.school, "invited_by": world.administrator}
    Invitation.objects.create(user=person("uitgenodigd"), **role, **place)
    assert named(search(admin, query)) == [name, name]
    assert named(search(admin, "\u0301\u0308")) == []


def test_what_is_searched_stands_in_no_address(admin: Browser) -> None:
    assert search(admin, "coord").response.request["QUERY_STRING"] == ""


def test_a_search_that_is_too_short_names_the_field(admin: Browser) -> None:
    page = search(admin, "c", expect=422)
    assert "Fill in at least two letters." in page.text
    assert page.form(id="people-search").data()["query"] == "c"


def test_a_role_of_the_past_and_one_to_come_are_told_apart(world: World, admin: Browser) -> None:
    today = timezone.localdate()
    later = person("later")
    join(later, "teacher", world.school, starts_on=today + timedelta(days=9))
    assert "Starts later" in admin.get(PEOPLE).text
    page = admin.get(f"{PEOPLE}{later.reference}/")
    assert "Starts later" in page.text
    page = admin.get(f"{PEOPLE}{world.former.reference}/")
    assert "Has ended" in page.text
    assert not page.hrefs("/stoppen/")


@pytest.mark.parametrize("name", ["other_coordinator", "other_board_officer", "other_administrator", "superuser"])
def test_somebody_of_another_board_is_not_there(world: World, admin: Browser, name: str) -> None:
    reference = world.people[name].reference
    for address in ("", "rol/", "vertrekken/"):
        admin.get(f"{PEOPLE}{reference}/{address}", 404)
    for address in ("wachtwoord/", "uitloggen/", "rol/", "vertrekken/"):
        admin.post(f"{PEOPLE}{reference}/{address}", {}, 404)
    if row := Membership.objects.filter(user__reference=reference).first():
        admin.get(f"{PEOPLE}{reference}/rol/{row.reference}/stoppen/", 404)
        admin.get(f"{PEOPLE}{world.teacher.reference}/rol/{row.reference}/stoppen/", 404)


def test_a_role_elsewhere_shows_nowhere(world: World, login: Any, admin: Browser) -> None:
    """Somebody at two boards: each administrator sees their own half."""
    join(world.teacher, "coordinator", world.other_school)
    page = admin.get(f"{PEOPLE}{world.teacher.reference}/")
    assert "De Verre School" not in page.html
    assert "coordinator" not in page.text.lower()
    other = Browser(login(world.other_administrator)).get(f"{PEOPLE}{world.teacher.reference}/")
    assert "Het Lyceum" not in other.html
    assert "De Verre School" in other.text


def test_only_an_administrator_comes_in(world: World, login: Any) -> None:
    for name in ("teacher", "coordinator", "principal", "board_officer", "privacy_officer", "former"):
        browser = Browser(login(world.people[name]))
        browser.get(PEOPLE, 404)
        browser.get(f"{PEOPLE}{world.teacher.reference}/", 404)


def test_no_page_of_people_shows_a_word_of_a_case(world: World, login: Any, admin: Browser) -> None:
    secret = "Zilverreiger"
    send(world.author, typed(world, observed=secret))
    staff = f"staff:{world.subject.reference}"
    send(world.author, typed(world, observed=secret, subject_role="staff", person=staff, concern="radicalisation"))
    words = (secret, world.pupil.name, "ullying", "adicalisation")
    for user in User.objects.filter(pk__in=[world.author.pk, world.subject.pk, world.coordinator.pk]):
        for address in ("", "rol/", "vertrekken/"):
            html = admin.get(f"{PEOPLE}{user.reference}/{address}").html
            assert not [word for word in words if word in html], address
    for address in (PEOPLE, PEOPLE + "?tab=invited", PEOPLE + "?tab=stopped", PEOPLE + "uitnodigen/"):
        assert not [word for word in words if word in admin.get(address).html]


def test_what_is_looked_at_stands_in_the_log(world: World, admin: Browser) -> None:
    admin.get(PEOPLE)
    admin.get(f"{PEOPLE}{world.teacher.reference}/")
    actions = list(
        AuditEvent.objects.filter(actor_ref=world.administrator.reference).values_list("action", "board_ref")
    )
    assert set(actions) >= {("people.listed", world.board.reference), ("people.read", world.board.reference)}
    assert "looked at the roles of somebody" in admin.get(reverse("signals:trail")).text


# ---- somebody can't get in ----


def test_a_link_for_a_new_password_goes_to_them_alone(
    world: World, login: Any, admin: Browser, mailoutbox: Any
) -> None:
    from accounts.outbox import send_due

    path = f"{PEOPLE}{world.teacher.reference}/"
    form = admin.get(path).form(action="/wachtwoord/")
    for _click in range(2):
        page = admin.send(form)
    assert "on its way" in page.text
    assert send_due() == 1, "a second click sends no other"
    sent = mailoutbox[0]
    assert sent.to == [world.teacher.email]
    link = sent.body.split("\n\n")[1]
    assert link not in page.html
    start = link.index("/wachtwoord/")
    visitor = Browser(login(None))
    form = visitor.get(link[start:]).form(has="password1")
    visitor.send(form, password1="een-heel-ander-wachtwoord", password2="een-heel-ander-wachtwoord")
    world.teacher.refresh_from_db()
    assert world.teacher.check_password("een-heel-ander-wachtwoord")
    assert AuditEvent.objects.filter(action="account.reset_started", object_ref=world.teacher.reference).count() == 1


def test_logged_out_everywhere(world: World, login: Any, admin: Browser) -> None:
    phone, desk, other = login(world.teacher), login(world.teacher), login(world.author)
    assert phone.get("/mijn-meldingen/").status_code == 200
    page = admin.send(
        admin.get(f"{PEOPLE}{world.teacher.reference}/").form(action=f"{world.teacher.reference}/uitloggen/")
    )
    assert "logged out everywhere" in page.text
    for client in (phone, desk):
        assert client.get("/mijn-meldingen/").status_code == 302
    assert other.get("/mijn-meldingen/").status_code == 200
    assert AuditEvent.objects.filter(action="account.sessions_ended", object_ref=world.teacher.reference).count() == 1


def test_a_lost_second_step_is_taken_away(world: World, login: Any, admin: Browser) -> None:
    give_app(world.coordinator)
    theirs = login(world.coordinator)
    path = f"{PEOPLE}{world.coordinator.reference}/tweede-stap/"
    assert "in front of you" in admin.get(path).text
    assert factor_kinds(world.coordinator), "asking changes nothing"
    page = admin.send(admin.get(path).form(action="/tweede-stap/"))
    assert "taken away" in page.text
    assert not factor_kinds(world.coordinator)
    assert theirs.get("/werkplek/").status_code == 302
    assert OutgoingMail.objects.filter(to=world.coordinator).count() == 1


@pytest.mark.parametrize("whom", ["administrator", "other_coordinator", "former"])
def test_not_ones_own_and_not_of_who_does_not_work_here(world: World, admin: Browser, whom: str) -> None:
    user = getattr(world, whom)
    give_app(user)
    response = admin.client.post(f"{PEOPLE}{user.reference}/tweede-stap/")
    assert response.status_code == (302 if whom == "administrator" else 404)
    assert factor_kinds(user)


def test_to_take_a_second_step_away_one_shows_again_who_one_is(world: World, login: Any) -> None:
    give_app(world.coordinator)
    admin = login(world.administrator, confirmed=False)
    response = admin.post(f"{PEOPLE}{world.coordinator.reference}/tweede-stap/")
    assert response["Location"].startswith("/bevestigen/")
    assert factor_kinds(world.coordinator)


def test_there_is_nothing_of_that_for_who_stopped(world: World, admin: Browser) -> None:
    path = f"{PEOPLE}{world.former.reference}/"
    page = admin.get(path)
    assert "Can’t get in?" not in page.text
    for address in ("wachtwoord/", "uitloggen/"):
        admin.post(path + address, {}, 404)
