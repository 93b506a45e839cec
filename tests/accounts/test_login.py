"""Logging in and out, a forgotten password, and how often one may try."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from signals.models import Signal
from tests.conftest import PASSWORD, World
from tests.factors import code, give_app
from tests.journeys.page import Browser

LOGIN, RESET = "/inloggen/", "/wachtwoord/vergeten/"
NEW = "Nog-een-lang-geheim-77"


@pytest.fixture
def real_cache(settings: Any) -> Any:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "rate-limits"}
    }
    cache.clear()
    yield
    cache.clear()


def try_login(client: Client, email: str, password: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def test_log_in_and_out(world: World, client: Client) -> None:
    give_app(world.coordinator)
    browser = Browser(client)
    page = browser.send(browser.get(LOGIN).form(action=LOGIN), login=world.coordinator.email, password=PASSWORD)
    page = browser.send(page.form(has="code"), code=code())
    assert page.path == reverse("signals:desk")
    page = browser.send(page.form(action=reverse("account_logout")))
    assert page.path == LOGIN
    assert browser.get(reverse("signals:desk")).path == LOGIN
    assert list(AuditEvent.objects.order_by("id").values_list("action", flat=True)) == [
        "auth.login",
        "case.listed",
        "auth.logout",
    ]


@pytest.mark.parametrize("email", [" Author@School.Example ", "AUTHOR@SCHOOL.EXAMPLE"])
def test_capitals_and_spaces_do_not_matter(world: World, client: Client, email: str) -> None:
    assert try_login(client, email, PASSWORD).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    def words(email: str) -> str:
        page = Browser(Client()).post(LOGIN, {"login": email, "password": "verkeerd-wachtwoord"})
        return page.text.replace(email, "")

    assert words(world.author.email) == words("niemand@school.example")
    assert "There is one thing to look at" in words(world.author.email)


@pytest.mark.parametrize("email", ["", "a", "a@b\x00.nl", "'; drop table--", "a" * 5000 + "@x.nl", "ünï@cödé.nl"])
@pytest.mark.parametrize("password", ["", "\x00", "x" * 20_000])
def test_nonsense_is_refused(world: World, client: Client, email: str, password: str) -> None:
    response = try_login(client, email, password)
    assert response.status_code in (200, 400)
    assert "_auth_user_id" not in client.session


def test_who_left_does_not_get_in(world: World, client: Client) -> None:
    User.objects.filter(pk=world.author.pk).update(is_active=False)
    try_login(client, world.author.email, PASSWORD)
    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_who_has_no_role_any_more_sees_nothing(world: World, login: Any) -> None:
    assert login(world.former).get("/").status_code == 404


def test_a_membership_that_ends_closes_the_door_the_next_day(world: World, login: Any) -> None:
    world.coordinator.memberships.update(ends_on=timezone.localdate())
    client = login(world.coordinator)
    assert client.get(reverse("signals:desk")).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert login(world.coordinator).get(reverse("signals:desk")).status_code == 404


def test_nobody_signs_up(client: Client, db: None) -> None:
    for address in ("/signup/", "/accounts/signup/", "/inloggen/nieuw/"):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_after_the_log_in_one_stays_here(world: World, client: Client, target: str) -> None:
    response = client.post(LOGIN, {"login": world.author.email, "password": PASSWORD, "next": target})
    assert response["Location"] == "/"


def test_the_page_one_asked_for_comes_after_the_log_in(world: World, client: Client) -> None:
    browser = Browser(client)
    page = browser.get("/logboek/")
    page = browser.send(page.form(action=LOGIN), login=world.author.email, password=PASSWORD)
    assert page.path == "/logboek/"


def ask_reset(email: str, client: Client | None = None) -> tuple[int, str, str]:
    browser = Browser(client or Client())
    page = browser.get(RESET)
    page = browser.send(page.form(has="email"), email=email)
    return page.status, page.path, page.text


def test_a_mail_goes_to_known_addresses_only_with_the_same_answer(world: World, pupil_signal: Signal) -> None:
    known = ask_reset(world.author.email)
    assert [message.to for message in mail.outbox] == [[world.author.email]]
    unknown = ask_reset("niemand@school.example")
    assert len(mail.outbox) == 1
    assert known == unknown


def test_the_mail_tells_nothing_but_the_way_in(world: World, client: Client, pupil_signal: Signal) -> None:
    ask_reset(world.author.email)
    message = mail.outbox[0]
    words = message.subject + message.body + str(message.message())
    for secret in ("Zandstra", pupil_signal.observed, pupil_signal.reference, world.school.name, "pesten"):
        assert secret not in words
    assert "\n" not in message.subject
    assert re.search(r"/wachtwoord/nieuw/\S+", message.body)


def test_choose_a_new_password_once(world: World, client: Client) -> None:
    ask_reset(world.author.email)
    found = re.search(r"/wachtwoord/nieuw/\S+", mail.outbox[0].body)
    assert found
    browser = Browser(client)
    page = browser.get(found[0])
    page = browser.send(page.form(has="password1"), password1=NEW, password2=NEW)
    assert User.objects.get(pk=world.author.pk).check_password(NEW)
    assert AuditEvent.objects.filter(action="auth.password_reset", actor_ref=world.author.reference).count() == 1
    again = Browser(Client()).get(found[0])
    assert not [form for form in again.forms if "password1" in form.names()]


@pytest.mark.parametrize("password", ["kort", "elftekens-1", "password1234", "author@school.example"])
def test_weak_passwords_are_refused(world: World, client: Client, password: str) -> None:
    ask_reset(world.author.email)
    found = re.search(r"/wachtwoord/nieuw/\S+", mail.outbox[0].body)
    assert found
    browser = Browser(client)
    page = browser.get(found[0])
    browser.send(page.form(has="password1"), password1=password, password2=password)
    assert User.objects.get(pk=world.author.pk).check_password(PASSWORD)


@pytest.mark.parametrize("key", ["a-b", "zzzzzzzzzzzzz-abc", "1-x", "%00-%00", "-", "9" * 300 + "-a"])
def test_a_made_up_reset_link_opens_nothing(world: World, client: Client, key: str) -> None:
    response = client.get(f"/wachtwoord/nieuw/{key}/")
    assert response.status_code in (200, 404)
    assert b"password1" not in response.content


def test_changing_the_password_is_recorded(world: World, client: Client) -> None:
    try_login(client, world.author.email, PASSWORD)
    browser = Browser(client)
    page = browser.get(reverse("account_change_password"))
    browser.send(page.form(has="oldpassword"), oldpassword=PASSWORD, password1=NEW, password2=NEW)
    assert AuditEvent.objects.filter(action="auth.password_changed").count() == 1


class TestLimits:
    def attempts(self, email: str, times: int) -> list[tuple[int, str]]:
        client, found = Client(), []
        for _ in range(times):
            response = try_login(client, email, "verkeerd-wachtwoord")
            text = response.content.decode().replace(email, "")
            found.append((response.status_code, re.sub(r'value="[^"]*"', "", text)))
        return found

    def test_guessing_is_slowed_down_without_telling_who_exists(self, world: World, real_cache: Any) -> None:
        known = self.attempts(world.author.email, 12)
        cache.clear()
        unknown = self.attempts("niemand@school.example", 12)
        assert known == unknown
        assert known[0] != known[-1], "after a while the answer is that it was tried too often"

    def test_the_right_password_does_not_help_any_more(self, world: World, real_cache: Any) -> None:
        self.attempts(world.author.email, 12)
        client = Client()
        try_login(client, world.author.email, PASSWORD)
        assert "_auth_user_id" not in client.session

    def test_too_many_requests_get_429(self, world: World, real_cache: Any) -> None:
        def codes(email: str) -> list[int]:
            cache.clear()
            return [Client().post(RESET, {"email": email}).status_code for _ in range(25)]

        known = codes(world.author.email)
        assert known[-1] == 429
        assert known == codes("niemand@school.example")
        assert len(mail.outbox) < 10
