"""One's own sessions: what the page shows, and that what is ended has ended at once, whatever a cache still holds."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.factors.rule import needs_second_factor
from accounts.models import KnownBrowser, Membership, OutgoingMail, User
from accounts.outbox import send_due
from accounts.sessions import sessions_end, store
from audit.models import AuditEvent
from tests.conftest import PASSWORD, World
from tests.factors import code, give_app
from tests.journeys.page import Browser, Form, Page

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"
LOGIN, SESSIONS, MINE = "/inloggen/", "/sessies/", "/mijn-meldingen/"


@pytest.fixture
def engine(settings: Any, db: None) -> None:
    """With a cache as in production: nothing of a session may be in it."""
    backend = "django.core.cache.backends.db.DatabaseCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "cache"}}
    call_command("createcachetable", verbosity=0)
    cache.clear()


def enter(user: User, agent: str = FIREFOX, client: Client | None = None) -> Browser:
    """Log in through the form."""
    browser = Browser(client or Client(headers={"user-agent": agent}))
    if needs_second_factor(user) and not Authenticator.objects.filter(user=user).exists():
        give_app(user)
    page = browser.get(LOGIN)
    show_code(browser, browser.send(page.form(action=LOGIN), login=user.email, password=PASSWORD))
    assert browser.get(MINE).path == MINE
    return browser


def show_code(browser: Browser, page: Page) -> Page:
    """The second step, where it is asked."""
    asked = page.path == reverse("mfa_authenticate")
    return browser.send(page.form(has="code"), code=code()) if asked else page


def replay(browser: Browser) -> Client:
    """Somebody who kept the cookies, in a process of its own."""
    found = Client()
    found.cookies.load({name: morsel.value for name, morsel in browser.client.cookies.items()})
    return found


def with_button(page: Page, value: str) -> Form:
    """The first form with a button of this value."""
    return next(form for form in page.forms if value in {control.value for control in form.controls})


def is_out(client: Client) -> bool:
    response = client.get(MINE)
    return response.status_code == 302 and response["Location"].startswith(LOGIN)


def actions(user: User) -> list[str]:
    return list(AuditEvent.objects.filter(object_ref=user.reference).order_by("id").values_list("action", flat=True))


def test_the_page_names_every_place_in_plain_words(world: World) -> None:
    desk, phone = enter(world.author), enter(world.author, PHONE)
    enter(world.teacher)
    page = desk.get(SESSIONS)
    assert "Firefox, Windows this device" in page.text
    assert "Safari, iPhone" in page.text
    assert "Network 127.0.…" in page.text
    assert page.html.count('class="place-name') == 2, "only one's own"
    assert "127.0.0.1" not in page.html
    for secret in (desk, phone):
        assert secret.client.session.session_key not in page.html


def test_end_one(world: World, engine: None) -> None:
    desk, phone = enter(world.author), enter(world.author, PHONE)
    stolen = replay(phone)
    assert not is_out(stolen)
    page = desk.get(SESSIONS)
    form = with_button(page, "one")
    page = desk.send(form, "one")
    assert "That session has ended." in page.text
    assert "iPhone" not in page.text
    assert is_out(stolen)
    assert is_out(phone.client)
    assert desk.get(MINE).path == MINE
    assert "had ended already" in desk.post(SESSIONS, form.data()).text, "a second click"
    assert actions(world.author)[-1] == "session.ended"
    assert actions(world.author).count("session.ended") == 1


def test_nobody_ends_a_session_of_somebody_else(world: World) -> None:
    theirs, mine = enter(world.author), enter(world.teacher)
    enter(world.author, PHONE)
    form = with_button(theirs.get(SESSIONS), "one")
    mine.post(SESSIONS, form.data())
    assert UserSession.objects.filter(user=world.author).count() == 2
    assert "session.ended" not in actions(world.author)


def test_end_all_others(world: World, engine: None) -> None:
    desk, phone, third = enter(world.author), enter(world.author, PHONE), enter(world.author, "x")
    old = replay(desk)
    page = desk.send(with_button(desk.get(SESSIONS), "others"), "others")
    assert "logged out everywhere else" in page.text
    assert is_out(replay(phone))
    assert is_out(replay(third))
    assert desk.get(MINE).path == MINE
    assert is_out(old), "this one goes on under a new key"
    assert "this device" in desk.get(SESSIONS).text
    assert AuditEvent.objects.filter(action="session.ended").latest("id").details == {"sessions": 2}


def test_somebody_else_ends_all(world: World, engine: None) -> None:
    """What closing an account and a reset of factors do."""
    desk, phone = enter(world.author), enter(world.author, PHONE)
    other = enter(world.teacher)
    assert sessions_end(user=world.author, by=world.administrator) == 2
    for browser in (desk, phone):
        assert is_out(replay(browser))
    assert not UserSession.objects.filter(user=world.author).exists()
    assert other.get(MINE).path == MINE
    event = AuditEvent.objects.get(action="session.ended")
    assert (event.actor_ref, event.object_ref) == (world.administrator.reference, world.author.reference)
    assert event.board_ref == world.board.reference
    enter(world.author)


def test_a_copy_that_a_cache_got_back_opens_nothing(world: World, settings: Any, engine: None) -> None:
    """Another process may have read the row just before it went, and put it into the cache just after."""
    desk = enter(world.author)
    content, key = dict(desk.client.session.items()), desk.client.session.session_key

    def revive() -> Client:
        store(key).delete(key)
        copy = store()
        copy.update(content)
        copy._session_key = key
        copy.save(must_create=True)
        return replay(desk)

    assert not is_out(revive()), "a copy is as good as the session itself"
    sessions_end(user=world.author, by=world.administrator)
    assert is_out(revive())


def test_a_closed_account_leaves_its_event_at_the_board_of_who_closed_it(world: World) -> None:
    enter(world.author)
    User.objects.filter(pk=world.author.pk).update(is_active=False)
    sessions_end(user=User.objects.get(pk=world.author.pk), by=world.administrator)
    assert AuditEvent.objects.get(action="session.ended").board_ref == world.board.reference


def test_logging_out_ends_it_on_the_server_and_clears_the_browser(world: World, engine: None) -> None:
    desk = enter(world.author)
    stolen = replay(desk)
    response = desk.client.post(reverse("account_logout"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert is_out(stolen)
    assert "Clear-Site-Data" not in desk.client.get(reverse("account_logout"))


def test_showing_again_who_one_is_gives_a_new_key(world: World) -> None:
    desk = enter(world.author)
    old, key = replay(desk), desk.client.session.session_key
    response = desk.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert response.status_code == 302
    assert desk.client.session.session_key != key
    assert is_out(old)
    assert "this device" in desk.get(SESSIONS).text


def test_a_browser_never_used_before_is_told(world: World) -> None:
    first = enter(world.author)
    assert not OutgoingMail.objects.exists(), "the first one of all is no surprise"
    first.client.post(reverse("account_logout"))
    enter(world.author, client=first.client)
    assert not OutgoingMail.objects.exists(), "the same browser, also after logging out"
    enter(world.author)
    assert [event.details for event in AuditEvent.objects.filter(action="auth.login").order_by("id")][-1] == {
        "browser": "new"
    }
    mail = OutgoingMail.objects.get()
    assert (mail.to_id, mail.kind, mail.path) == (world.author.pk, "new_browser", SESSIONS)
    assert send_due() == 1


def test_a_browser_of_a_colleague_is_new_all_the_same(world: World) -> None:
    enter(world.teacher)
    shared = enter(world.author).client
    shared.post(reverse("account_logout"))
    enter(world.teacher, client=shared)
    assert OutgoingMail.objects.get().to_id == world.teacher.pk


def test_the_cookie_that_knows_a_browser_names_nobody(world: World) -> None:
    desk = enter(world.author)
    morsel = desk.client.cookies["browser"]
    assert morsel["httponly"]
    assert morsel["samesite"] == "Lax"
    assert len(morsel.value) == 43
    assert not KnownBrowser.objects.filter(digest=morsel.value).exists(), "only a digest is kept"
    for nonsense in ("", "x", "'; --", "a" * 5000):
        client = Client()
        client.cookies["browser"] = nonsense
        client.post(LOGIN, {"login": world.author.email, "password": PASSWORD})
        assert "_auth_user_id" in client.session


def test_what_has_ended_is_cleared(world: World) -> None:
    desk, phone = enter(world.author), enter(world.author, PHONE)
    store(phone.client.session.session_key).delete(phone.client.session.session_key)
    call_command("sessions_clear")
    assert [row.session_key for row in UserSession.objects.all()] == [desk.client.session.session_key]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Chromebook"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1.15", "Safari, Mac"),
        ("curl/8", "Unknown browser"),
    ],
)
def test_browsers_in_words(world: World, agent: str, words: str) -> None:
    assert f"{words} this device" in enter(world.author, agent).get(SESSIONS).text


def test_whose_it_is_stands_in_the_session_whatever_the_list_of_sessions_says(world: World, login: Any) -> None:
    """The list says for whom to look at once; it decides nothing."""
    client = login(world.author)
    for change in (lambda rows: rows.update(user=world.coordinator), lambda rows: rows.delete()):
        change(UserSession.objects.all())
        page = client.get(MINE)
        assert page.wsgi_request.user == world.author
        assert client.get(reverse("signals:desk")).status_code == 404


def test_the_end_of_a_role_holds_from_the_next_click(world: World, login: Any) -> None:
    client = login(world.coordinator)
    assert client.get(reverse("signals:desk")).status_code == 200
    Membership.objects.filter(user=world.coordinator).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(reverse("signals:desk")).status_code == 404
