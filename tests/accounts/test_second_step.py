"""Who reads cases of others logs in with two steps; nobody gets past the second one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.factors import rule
from accounts.factors.services import factors_reset
from accounts.guard import walk
from accounts.models import OutgoingMail, User
from accounts.outbox import send_due
from audit.models import AuditEvent
from signals.models import Signal
from tests.accounts.test_login import LOGIN, NEW, ask_reset, try_login
from tests.architecture.test_matrix import plain
from tests.architecture.walker import NOWHERE
from tests.conftest import BACKEND, PASSWORD, World, join, proofs
from tests.factors import SECRET, code, give_app, give_passkey, recovery_codes
from tests.journeys.page import Browser, Page

READERS = ("coordinator", "principal", "board_officer", "privacy_officer", "administrator")
STEP, SETUP, ASK = "/inloggen/code/", "/tweede-stap/", "/bevestigen/code/"
# All that somebody may open before the second step: setting it up, showing it, and leaving.
OPEN = {
    *("account_login", "account_logout", "account_reauthenticate", "set_language", "livez", "readyz"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate"),
    *("mfa_reauthenticate_webauthn", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn"),
    *("mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
    *("mfa_generate_recovery_codes", "sso_begin", "openid_connect_callback", "saml_acs", "saml_finish_acs"),
    *("saml_metadata", "sso_confirm", "session_state", "session_here"),  # the last two: how long it still lasts
}
# Of these, what stays open to who has a second step and has not shown it.
LEFT_OPEN = {
    *("account_login", "account_logout", "set_language", "livez", "readyz", "mfa_authenticate"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "sso_begin"),
    *("openid_connect_callback", "saml_acs", "saml_finish_acs", "saml_metadata", "mfa_login_webauthn"),
}


@pytest.fixture(name="real_cache")
def _real_cache(settings: Any) -> Any:
    from django.core.cache import cache

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "steps"}}
    cache.clear()
    yield
    cache.clear()


def with_password_only(user: User) -> Client:
    """A session that has shown a password and nothing else, as one from before the role was granted."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session["account_authentication_methods"] = proofs(confirmed=False)[:1]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def at_the_second_step(user: User) -> Browser:
    browser = Browser(Client())
    page = browser.send(browser.get(LOGIN).form(action=LOGIN), login=user.email, password=PASSWORD)
    assert page.path == STEP
    return browser


def fill_in(browser: Browser, typed: str) -> Page:
    assert browser.page is not None
    return browser.send(browser.page.form(has="code"), code=typed)


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def actions(user: User) -> list[str]:
    return list(AuditEvent.objects.filter(object_ref=user.reference).order_by("id").values_list("action", flat=True))


def key_on(page: Page) -> str:
    found = re.search(r'<span class="code">([A-Z2-7 ]+)</span>', page.html)
    assert found
    return found[1].replace(" ", "")


class TestWhoNeedsIt:
    @pytest.mark.parametrize("name", READERS)
    def test_who_reads_of_others_is_led_to_set_it_up(self, world: World, name: str) -> None:
        client = Client()
        response = client.post(LOGIN, {"login": world.people[name].email, "password": PASSWORD}, follow=True)
        assert response.request["PATH_INFO"] == SETUP
        assert client.get(reverse("signals:trail"))["Location"].startswith(SETUP)

    def test_who_only_reports_is_not(self, world: World) -> None:
        client = Client()
        response = client.post(LOGIN, {"login": world.author.email, "password": PASSWORD}, follow=True)
        assert response.request["PATH_INFO"] == reverse("signals:mine")
        assert client.get(reverse("signals:trail")).status_code == 200

    def test_a_former_role_needs_nothing(self, world: World) -> None:
        assert not rule.needs_second_factor(world.former)
        assert not rule.needs_second_factor(world.superuser)

    def test_another_package_can_say_who_needs_it_too(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rule, "_also_needed", [])
        client = with_password_only(world.author)
        assert client.get("/logboek/").status_code == 200
        rule.also_needed(lambda user: user.pk == world.author.pk)
        assert client.get("/logboek/")["Location"].startswith(SETUP)
        assert with_password_only(world.teacher).get("/logboek/").status_code == 200

    @pytest.mark.parametrize(("second_factor", "status"), [(True, 200), (False, 302)])
    def test_an_identity_provider_may_have_asked_it(self, world: World, second_factor: bool, status: int) -> None:
        client = with_password_only(world.coordinator)
        session = client.session
        record = {"method": "socialaccount", "at": 1, "provider": "surfconext", "second_factor": second_factor}
        session["account_authentication_methods"] = [record]
        session.save()
        assert client.get("/werkplek/").status_code == status

    def test_a_proof_of_somebody_else_counts_for_nothing(self, world: World, login: Any) -> None:
        client = login(world.coordinator)
        session = client.session
        session["account_authentication_methods_user"] = str(world.author.pk)
        session.save()
        assert client.get("/werkplek/").status_code == 302


class TestNothingElseOpens:
    def test_not_one_page(self, world: World, pupil_signal: Signal) -> None:
        """Every address that the guard would let through, with an object that is there and one that is not."""
        client = with_password_only(world.coordinator)
        opened = set()
        for name, path in self.addresses(pupil_signal):
            for method in ("get", "post", "put", "delete", "options"):
                response = getattr(client, method)(path)
                if response.status_code != 404 and not response.headers.get("Location", "").startswith(SETUP):
                    opened.add(name)
        assert opened <= OPEN
        assert not AuditEvent.objects.filter(action__startswith="case.", actor_ref=world.coordinator.reference)

    @pytest.mark.parametrize("name", ["coordinator", "author"])
    def test_a_password_alone_does_not_come_near_a_second_step_that_is_there(
        self, world: World, pupil_signal: Signal, name: str
    ) -> None:
        """A session from before, of who has the password: it must not read recovery codes or remove what is there."""
        user = world.people[name]
        client = with_password_only(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        give_app(user)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        for address in OPEN - LEFT_OPEN - {"mfa_edit_webauthn", "mfa_remove_webauthn", "session_here", "session_state"}:
            for method in (client.get, client.post):
                response = method(reverse(address))
                assert response.status_code == 302, address
                assert response["Location"].startswith(ASK), address
        assert Authenticator.objects.filter(user=user).count() == 2
        assert recovery_codes(user)[0] not in str(AuditEvent.objects.values())

    def addresses(self, signal: Signal) -> list[tuple[str, str]]:
        found = []
        for route, pattern in walk(get_resolver()):
            for value in (signal.case.reference, "2222-2222-22"):
                path = re.sub(r"<\w+:status>", "monitoring", route)
                path = re.sub(r"<[^>]+>", value, path)
                if "(?P" not in path and not path.startswith("uitloggen"):
                    found.append((str(pattern.name), "/" + path))
        assert len(found) > 80
        return found

    def test_what_is_there_and_what_is_not_look_the_same(self, world: World, pupil_signal: Signal) -> None:
        client = with_password_only(world.coordinator)
        there = client.get(reverse("signals:case", args=[pupil_signal.case.reference]))
        absent = client.get(reverse("signals:case", args=["2222-2222-22"]))
        assert (there.status_code, there.content) == (absent.status_code, absent.content) == (302, b"")

    def test_a_page_of_another_role_stays_an_unknown_address(self, world: World) -> None:
        client = with_password_only(world.coordinator)
        client.get("/werkplek/")
        refused, unknown = client.get("/opvolging/"), client.get(NOWHERE)
        assert plain(refused, "/opvolging/") == plain(unknown, NOWHERE)
        assert AuditEvent.objects.filter(action="access.refused").count() == 1

    def test_a_search_in_a_page_sends_the_whole_page_away(self, world: World) -> None:
        path = reverse("signals:person-search")
        response = with_password_only(world.coordinator).post(path, headers={"HX-Request": "true"})
        assert response.headers["HX-Redirect"].startswith(SETUP)
        assert b"Zandstra" not in response.content

    def test_a_role_that_is_granted_while_somebody_works(self, world: World) -> None:
        client = with_password_only(world.author)
        assert client.get("/mijn-meldingen/").status_code == 200
        join(world.author, "coordinator", world.school)
        assert client.get("/mijn-meldingen/")["Location"].startswith(SETUP)
        give_app(world.author)
        page = Browser(client).get("/werkplek/")
        assert page.path == ASK
        browser = Browser(client)
        browser.get("/werkplek/")
        assert fill_in(browser, code()).path == "/werkplek/"


class TestSettingUp:
    def test_an_app_at_the_first_log_in(self, world: World) -> None:
        browser = Browser(Client())
        page = browser.send(browser.get(LOGIN).form(action=LOGIN), login=world.coordinator.email, password=PASSWORD)
        assert "Set up a second step" in page.text
        page = browser.get(page.hrefs("/app/")[0])
        key = key_on(page)
        assert "otpauth://totp/" in page.html
        page = fill_in(browser, code(key))
        assert page.path == reverse("mfa_view_recovery_codes")
        for one in recovery_codes(world.coordinator):
            assert f"{one[:4]} {one[4:]}" in page.text
        assert browser.get("/werkplek/").path == "/werkplek/"
        assert [one for one in actions(world.coordinator) if one.startswith("auth.")] == [
            "auth.login",
            "auth.factor_added",
        ]
        assert send_due() == 1
        said = mail.outbox[0].subject + mail.outbox[0].body
        assert SETUP in said
        for secret in (key, world.coordinator.name, *recovery_codes(world.coordinator)):
            assert secret not in said

    def test_the_secret_is_encrypted_with_a_key_of_its_own(self, world: World, settings: Any) -> None:
        browser = Browser(with_password_only(world.coordinator))
        key = key_on(browser.get(reverse("mfa_activate_totp")))
        fill_in(browser, code(key))
        stored = str(list(Authenticator.objects.values("data")))
        assert key not in stored
        assert stored.count("aesgcm:1:") == 2
        assert key not in str(dict(browser.client.session))

    def test_a_wrong_code_sets_nothing_up(self, world: World) -> None:
        browser = Browser(with_password_only(world.coordinator))
        key = key_on(browser.get(reverse("mfa_activate_totp")))
        page = fill_in(browser, code(key, steps=20))
        assert "This code is not right" in page.text
        assert key_on(page) == key, "the same key, for the app has it already"
        assert not Authenticator.objects.exists()
        assert browser.get("/werkplek/").path == SETUP

    def test_the_first_code_does_not_log_in_again(self, world: World, real_cache: Any) -> None:
        browser = Browser(with_password_only(world.coordinator))
        typed = code(key_on(browser.get(reverse("mfa_activate_totp"))))
        assert fill_in(browser, typed).path == reverse("mfa_view_recovery_codes")
        again = at_the_second_step(world.coordinator)
        assert fill_in(again, typed).path == STEP

    def test_twice_is_once(self, world: World) -> None:
        browser = Browser(with_password_only(world.coordinator))
        page = browser.get(reverse("mfa_activate_totp"))
        data = page.form(has="code").fill({"code": code(key_on(page))})
        assert browser.post(reverse("mfa_activate_totp"), data).path == reverse("mfa_view_recovery_codes")
        assert browser.post(reverse("mfa_activate_totp"), data).path == SETUP
        assert Authenticator.objects.filter(type="totp").count() == OutgoingMail.objects.count() == 1

    def test_long_after_the_log_in_one_shows_first_who_one_is(self, world: World) -> None:
        client = with_password_only(world.coordinator)
        with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
            page = Browser(client).get(reverse("mfa_activate_totp"))
        assert page.path == reverse("account_reauthenticate")

    def test_a_teacher_may_too(self, world: World) -> None:
        browser = Browser(with_password_only(world.author))
        key = key_on(browser.get(reverse("mfa_activate_totp")))
        fill_in(browser, code(key))
        assert at_the_second_step(world.author)


class TestLoggingIn:
    def test_with_the_code_of_the_app(self, world: World) -> None:
        give_app(world.coordinator)
        browser = at_the_second_step(world.coordinator)
        assert not inside(browser.client)
        assert browser.get("/werkplek/").path == STEP or not inside(browser.client)
        browser.get(STEP)
        assert fill_in(browser, code()).path == "/werkplek/"
        assert inside(browser.client)

    @pytest.mark.parametrize("typed", ["", "000000", "abc", "１２３４５６", "1' or '1'='1", "9" * 5000])
    def test_nothing_else_will_do(self, world: World, typed: str) -> None:
        give_app(world.coordinator)
        browser = at_the_second_step(world.coordinator)
        page = fill_in(browser, typed)
        assert page.path == STEP
        assert "There is one thing to look at" in page.text
        assert not inside(browser.client)
        failed = AuditEvent.objects.filter(action="auth.factor_failed", outcome="refused")
        assert failed.count() == (1 if typed else 0)
        assert not AuditEvent.objects.filter(action="auth.login").exists()

    def test_not_with_the_code_of_somebody_else(self, world: World) -> None:
        give_app(world.coordinator)
        give_app(world.principal, "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
        browser = at_the_second_step(world.coordinator)
        fill_in(browser, code("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"))
        assert not inside(browser.client)

    def test_a_code_works_once(self, world: World, real_cache: Any) -> None:
        give_app(world.coordinator)
        now = code()
        assert fill_in(at_the_second_step(world.coordinator), now).path == "/werkplek/"
        again = at_the_second_step(world.coordinator)
        assert fill_in(again, now).path == STEP
        assert not inside(again.client)
        assert fill_in(again, code(steps=1)).path == "/werkplek/"

    @pytest.mark.parametrize("steps", [-3, -2, 2, 3])
    def test_an_old_code_is_refused(self, world: World, steps: int) -> None:
        give_app(world.coordinator)
        assert fill_in(at_the_second_step(world.coordinator), code(steps=steps)).path == STEP

    def test_a_recovery_code_works_once(self, world: World) -> None:
        give_app(world.coordinator)
        one = recovery_codes(world.coordinator)[0]
        assert fill_in(at_the_second_step(world.coordinator), f"{one[:4]} {one[4:]}").path == "/werkplek/"
        assert actions(world.coordinator)[:2] == ["auth.recovery_code_used", "auth.login"]
        assert fill_in(at_the_second_step(world.coordinator), one).path == STEP
        assert len(recovery_codes(world.coordinator)) == 9

    def test_wrong_codes_are_limited(self, world: World, real_cache: Any) -> None:
        """Also for who comes back with the password from another browser: six digits are soon guessed."""
        give_app(world.coordinator)
        for _ in range(2):
            browser = at_the_second_step(world.coordinator)
            pages = [fill_in(browser, "000000").text for _ in range(4)]
        assert "tried too often" in pages[-1]
        assert fill_in(browser, code()).path == STEP
        assert AuditEvent.objects.filter(action="auth.factor_failed").count() == 9
        with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
            assert fill_in(at_the_second_step(world.coordinator), code()).path == "/werkplek/"

    def test_the_page_without_a_password_before_it_tells_nothing(self, world: World) -> None:
        give_app(world.coordinator)
        for response in (Client().get(STEP), Client().post(STEP, {"code": code()})):
            assert response["Location"] == LOGIN

    def test_a_new_password_by_mail_does_not_skip_it(self, world: World) -> None:
        give_app(world.coordinator)
        ask_reset(world.coordinator.email)
        found = re.search(r"/wachtwoord/nieuw/\S+", mail.outbox[0].body)
        assert found
        browser = Browser(Client())
        page = browser.get(found[0])
        browser.send(page.form(has="password1"), password1=NEW, password2=NEW)
        assert not inside(browser.client)
        page = browser.send(browser.get(LOGIN).form(action=LOGIN), login=world.coordinator.email, password=NEW)
        assert page.path == STEP
        assert not inside(browser.client)

    def test_one_can_begin_again_as_somebody_else(self, world: World) -> None:
        give_app(world.coordinator)
        browser = at_the_second_step(world.coordinator)
        assert browser.page is not None
        page = browser.send(browser.page.form(action="/uitloggen/"))
        assert page.path == LOGIN
        assert try_login(browser.client, world.author.email, PASSWORD)["Location"] == "/"


class TestChanging:
    @pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
    def test_one_shows_first_who_one_is(self, world: World, login: Any, name: str) -> None:
        give_app(world.coordinator)
        client = login(world.coordinator, confirmed=False)
        for method in (client.get, client.post):
            assert method(reverse(name))["Location"].startswith(reverse("account_reauthenticate"))
        assert Authenticator.objects.filter(user=world.coordinator, type="totp").exists()

    def test_without_the_last_one_nothing_opens(self, world: World, login: Any) -> None:
        give_app(world.coordinator)
        browser = Browser(login(world.coordinator))
        page = browser.post(browser.get(reverse("mfa_deactivate_totp")).path, {})
        assert page.path == SETUP
        assert "Set up a second step" in page.text
        assert not Authenticator.objects.exists(), "recovery codes go with it"
        assert browser.get("/werkplek/").path == SETUP
        assert "auth.factor_removed" in actions(world.coordinator)
        assert [row.to for row in OutgoingMail.objects.all()] == [world.coordinator]

    def test_a_passkey_that_is_left_keeps_the_door_open(self, world: World, login: Any) -> None:
        give_app(world.coordinator)
        give_passkey(world.coordinator)
        browser = Browser(login(world.coordinator))
        browser.post(reverse("mfa_deactivate_totp"), {})
        assert browser.get("/werkplek/").path == "/werkplek/"
        assert recovery_codes(world.coordinator)

    def test_new_recovery_codes_end_the_old_ones(self, world: World, login: Any) -> None:
        give_app(world.coordinator)
        old = recovery_codes(world.coordinator)
        page = Browser(login(world.coordinator)).post(reverse("mfa_generate_recovery_codes"), {})
        assert page.path == reverse("mfa_view_recovery_codes")
        assert not set(old) & set(recovery_codes(world.coordinator))
        assert "auth.recovery_codes_made" in actions(world.coordinator)
        assert fill_in(at_the_second_step(world.coordinator), old[0]).path == STEP

    def test_the_codes_as_a_file(self, world: World, login: Any) -> None:
        give_app(world.coordinator)
        response = login(world.coordinator).get(reverse("mfa_download_recovery_codes"))
        assert "attachment" in response["Content-Disposition"]
        lines = response.content.decode().splitlines()
        assert [line.replace(" ", "") for line in lines[2:] if line] == recovery_codes(world.coordinator)

    def test_a_new_password_is_told_by_mail(self, world: World, login: Any) -> None:
        browser = Browser(login(world.author))
        page = browser.get(reverse("account_change_password"))
        browser.send(page.form(has="oldpassword"), oldpassword=PASSWORD, password1=NEW, password2=NEW)
        assert send_due() == 1
        assert mail.outbox[0].to == [world.author.email]
        assert NEW not in mail.outbox[0].body


class TestLost:
    def test_an_administrator_takes_it_away(self, world: World, login: Callable[..., Client]) -> None:
        give_app(world.coordinator)
        give_passkey(world.coordinator)
        theirs, other = login(world.coordinator), login(world.principal)
        assert factors_reset(user=world.coordinator, by=world.administrator) == 3
        assert not Authenticator.objects.filter(user=world.coordinator).exists()
        assert theirs.get("/")["Location"].startswith(LOGIN)
        assert not other.get("/")["Location"].startswith(LOGIN)
        event = AuditEvent.objects.get(action="auth.factors_reset")
        assert (event.actor_ref, event.object_ref) == (world.administrator.reference, world.coordinator.reference)
        assert [row.to for row in OutgoingMail.objects.all()] == [world.coordinator]
        response = Client().post(LOGIN, {"login": world.coordinator.email, "password": PASSWORD}, follow=True)
        assert response.request["PATH_INFO"] == SETUP

    def test_nobody_does_it_to_themselves(self, world: World) -> None:
        give_app(world.administrator)
        with pytest.raises(ValueError, match="their own"):
            factors_reset(user=world.administrator, by=world.administrator)
        assert Authenticator.objects.filter(user=world.administrator).exists()


class TestReallyYou:
    def confirm(self, client: Client, typed: str) -> Page:
        browser = Browser(client)
        page = browser.get(reverse("account_reauthenticate") + "?next=/tweede-stap/noodcodes/")
        return browser.send(page.form(has="password"), password=typed)

    def test_with_the_password(self, world: World, login: Any) -> None:
        give_app(world.author)
        page = self.confirm(login(world.author, confirmed=False), PASSWORD)
        assert page.path == reverse("mfa_view_recovery_codes")
        assert actions(world.author)[1:] == ["auth.confirmed"]

    def test_not_with_another(self, world: World, login: Any) -> None:
        give_app(world.author)
        page = self.confirm(login(world.author, confirmed=False), "verkeerd-wachtwoord")
        assert "This password is not right" in page.text
        assert actions(world.author)[1:] == ["auth.confirm_failed"]

    def test_with_a_code(self, world: World, login: Any) -> None:
        give_app(world.author)
        client = login(world.author, confirmed=False)
        browser = Browser(client)
        browser.get(ASK + "?next=/tweede-stap/noodcodes/")
        assert "This code is not right" in fill_in(browser, "000000").text
        assert fill_in(browser, code(SECRET)).path == reverse("mfa_view_recovery_codes")
        assert actions(world.author)[1:] == ["auth.confirm_failed", "auth.confirmed"]

    def test_who_has_no_password_is_asked_for_the_passkey(self, world: World, login: Any) -> None:
        user = world.coordinator
        user.set_unusable_password()
        user.save()
        give_passkey(user)
        page = Browser(login(user, confirmed=False)).get(reverse("mfa_add_webauthn"))
        assert page.path == reverse("mfa_reauthenticate_webauthn")
