"""Passkeys, with one in Python that can also do what no browser would. tests/browser has a real browser's."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.factors.selectors import passkey_code
from accounts.models import OutgoingMail, User
from audit.models import AuditEvent
from tests.accounts.test_login import LOGIN, try_login
from tests.accounts.test_second_step import READERS, STEP, actions, inside, with_password_only
from tests.conftest import World
from tests.factors import HOST, Passkey, give_app, give_passkey
from tests.journeys.page import Browser

PASSKEY_LOGIN, ADD = "/inloggen/toegangssleutel/", "/tweede-stap/toegangssleutel/"
NONSENSE = (
    *("", "null", "[]", "1", '"x"', "{", "{}", '{"id": 1}', '{"response": null}', '{"response": {"userHandle": 1}}'),
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AB", "type": "public-key", "response": {"userHandle": "\\u0000", "signature": "!"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "authenticatorData": "AA", '
    '"signature": "AA", "userHandle": "AA"}, "clientExtensionResults": {}}',
    "[" * 5000,
)


def at_home(client: Client) -> Client:
    """Under the name that the passkeys in tests belong to."""
    client.defaults["SERVER_NAME"] = HOST
    return client


def options(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(PASSKEY_LOGIN, headers={"accept": "application/json"}).json()
    return found["request_options"]


def log_in(passkey: Passkey, **changes: Any) -> Client:
    """Log in with nothing but a passkey."""
    client = at_home(Client())
    sent = json.loads(passkey.get(options(client)))
    sent["response"] |= changes
    client.post(PASSKEY_LOGIN, {"credential": json.dumps(sent)})
    return client


def asked(page: Any) -> dict[str, Any]:
    """What a page asks of the browser."""
    _, _, rest = page.html.partition('id="passkey-options" type="application/json">')
    found: dict[str, Any] = json.loads(rest.partition("<")[0])
    return found


def enrol(client: Client, passkey: Passkey, name: str = "Mijn sleutel") -> Browser:
    browser = Browser(at_home(client))
    page = browser.get(ADD)
    browser.post(ADD, {"name": name, "credential": passkey.create(asked(page)["creation_options"])})
    return browser


class TestSettingUp:
    def test_at_the_first_log_in(self, world: World) -> None:
        browser = enrol(with_password_only(world.coordinator), Passkey())
        assert browser.page is not None
        assert browser.page.path == reverse("mfa_view_recovery_codes")
        assert browser.get("/werkplek/").path == "/werkplek/"
        assert actions(world.coordinator)[1] == "auth.factor_added"
        assert OutgoingMail.objects.count() == 1
        assert "Mijn sleutel" in browser.get("/tweede-stap/").text

    def test_it_asks_for_a_finger_face_or_pin(self, world: World) -> None:
        wanted = asked(Browser(at_home(with_password_only(world.coordinator))).get(ADD))["creation_options"][
            "publicKey"
        ]
        assert wanted["authenticatorSelection"]["userVerification"] == "required"
        assert wanted["authenticatorSelection"]["residentKey"] == "required"
        enrol(with_password_only(world.coordinator), Passkey(verified=False))
        assert not Authenticator.objects.exists()

    @pytest.mark.parametrize("origin", ["http://elders.example", "https://localhost.example", f"http://{HOST}.example"])
    def test_not_from_another_site(self, world: World, origin: str) -> None:
        enrol(with_password_only(world.coordinator), Passkey(origin))
        assert not Authenticator.objects.exists()

    def test_not_with_an_old_challenge(self, world: World) -> None:
        browser = Browser(at_home(with_password_only(world.coordinator)))
        sent = Passkey().create(asked(browser.get(ADD))["creation_options"])
        browser.get(ADD)
        browser.post(ADD, {"name": "", "credential": sent})
        assert not Authenticator.objects.exists()

    @pytest.mark.parametrize("sent", NONSENSE)
    def test_nonsense_is_refused(self, world: World, sent: str) -> None:
        browser = Browser(at_home(with_password_only(world.coordinator)))
        browser.get(ADD)
        page = browser.post(ADD, {"name": "x", "credential": sent})
        assert page.path == ADD
        assert "to look at" in page.text
        assert not Authenticator.objects.exists()

    def test_a_name_is_only_text_and_not_endless(self, world: World) -> None:
        browser = enrol(with_password_only(world.coordinator), Passkey(), "<b>{{7*7}}</b>")
        assert "<b>{{7*7}}</b>" in browser.get("/tweede-stap/").text
        page = enrol(with_password_only(world.principal), Passkey(), "x" * 61).page
        assert page is not None
        assert page.path == ADD


class TestLoggingIn:
    @pytest.mark.parametrize("name", READERS)
    def test_a_passkey_is_enough(self, world: World, name: str) -> None:
        _row, passkey = give_passkey(world.people[name])
        client = log_in(passkey)
        assert client.get("/logboek/").status_code == 200
        assert actions(world.people[name])[0] == "auth.login"

    def test_the_page_that_was_asked_for_comes_next(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        client = at_home(Client())
        sent = {"credential": passkey.get(options(client)), "next": "/logboek/"}
        assert client.post(PASSKEY_LOGIN, sent)["Location"] == "/logboek/"

    def test_what_is_asked_does_not_tell_who_has_one(self, world: World) -> None:
        before = options(at_home(Client()))["publicKey"]
        give_passkey(world.coordinator)
        after = options(at_home(Client()))["publicKey"]
        assert before.pop("challenge") != after.pop("challenge")
        assert before == after
        assert not after.get("allowCredentials")

    def test_one_that_asked_for_nothing_is_refused(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        passkey.verified = False
        assert not inside(log_in(passkey))

    def test_one_from_another_site_is_refused(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        passkey.origin = "https://localhost.example"
        assert not inside(log_in(passkey))

    def test_it_is_no_key_to_somebody_else(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        _other, theirs = give_passkey(world.principal)
        passkey.user = theirs.user
        assert not inside(log_in(passkey))

    def test_a_changed_signature_is_refused(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        assert not inside(log_in(passkey, signature="MEUCIQ"))
        other = json.loads(passkey.get(options(at_home(Client()))))["response"]["signature"]
        assert not inside(log_in(passkey, signature=other))
        assert inside(log_in(passkey))

    def test_an_answer_works_once(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        client = at_home(Client())
        sent = {"credential": passkey.get(options(client))}
        client.post(PASSKEY_LOGIN, sent)
        client.post(reverse("account_logout"))
        client.post(PASSKEY_LOGIN, sent)
        assert not inside(client)

    def test_one_that_was_removed_is_refused(self, world: World) -> None:
        row, passkey = give_passkey(world.coordinator)
        row.delete()
        assert not inside(log_in(passkey))

    def test_who_left_gets_the_answer_to_a_wrong_passkey(self, world: World) -> None:
        _row, passkey = give_passkey(world.coordinator)
        User.objects.filter(pk=world.coordinator.pk).update(is_active=False)
        left = log_in(passkey)
        passkey.verified = False
        wrong = log_in(passkey)
        words = [Browser(client).get(LOGIN).text for client in (left, wrong)]
        assert not inside(left)
        assert words[0] == words[1]
        assert "That did not work" in words[0]

    @pytest.mark.parametrize("sent", NONSENSE)
    def test_nonsense_is_refused(self, world: World, sent: str) -> None:
        client = at_home(Client())
        options(client)
        response = client.post(PASSKEY_LOGIN, {"credential": sent})
        assert response["Location"] == LOGIN
        assert not inside(client)
        event = AuditEvent.objects.latest("id")
        assert (event.action, event.outcome, event.actor_ref) == ("auth.login_failed", "refused", "")

    def test_the_other_way_stays_open_after_a_failure(self, world: World) -> None:
        client = at_home(Client())
        client.post(PASSKEY_LOGIN, {"credential": "{}"})
        try_login(client, world.author.email, "een-lang-wachtwoord-2026")
        assert inside(client)


class TestAsSecondStep:
    def begin(self, world: World) -> tuple[Browser, Passkey]:
        _row, passkey = give_passkey(world.coordinator)
        client = at_home(Client())
        response = try_login(client, world.coordinator.email, "een-lang-wachtwoord-2026")
        assert response["Location"] == STEP
        return Browser(client), passkey

    def test_after_the_password(self, world: World) -> None:
        browser, passkey = self.begin(world)
        sent = passkey.get(asked(browser.get(STEP))["request_options"])
        assert browser.post(STEP, {"credential": sent}).path == "/werkplek/"

    @pytest.mark.parametrize("sent", NONSENSE)
    def test_nonsense_is_refused(self, world: World, sent: str) -> None:
        browser, _passkey = self.begin(world)
        browser.get(STEP)
        page = browser.post(STEP, {"credential": sent})
        assert page.path == STEP
        assert not inside(browser.client)
        assert "This passkey did not work" in page.text

    def test_another_passkey_is_refused_and_recorded(self, world: World) -> None:
        browser, _passkey = self.begin(world)
        _other, theirs = give_passkey(world.principal)
        sent = theirs.get(asked(browser.get(STEP))["request_options"])
        assert "This passkey did not work" in browser.post(STEP, {"credential": sent}).text
        assert actions(world.coordinator) == ["auth.factor_failed"]

    def test_to_show_who_one_is(self, world: World, login: Any) -> None:
        _row, passkey = give_passkey(world.coordinator)
        browser = Browser(at_home(login(world.coordinator, confirmed=False)))
        path = reverse("mfa_reauthenticate_webauthn")
        page = browser.get(f"{path}?next={ADD}")
        assert browser.post(path, {"credential": '{"id": 1}', "next": ADD}).path == path
        page = browser.get(f"{path}?next={ADD}")
        page = browser.post(path, {"credential": passkey.get(asked(page)["request_options"]), "next": ADD})
        assert page.path == ADD
        assert actions(world.coordinator)[1:] == ["auth.confirm_failed", "auth.confirmed"]


class TestKeeping:
    def test_another_name(self, world: World, login: Any) -> None:
        row, _passkey = give_passkey(world.author, "Oud")
        browser = Browser(login(world.author))
        page = browser.get(reverse("mfa_edit_webauthn", args=[passkey_code(row)]))
        page = browser.send(page.form(has="name"), name="Nieuw")
        assert page.path == "/tweede-stap/"
        assert "Nieuw" in page.text
        assert "Oud" not in page.text
        assert actions(world.author)[1:] == ["auth.factor_named"]

    def test_remove(self, world: World, login: Any) -> None:
        give_app(world.author)
        row, passkey = give_passkey(world.author)
        page = Browser(login(world.author)).post(reverse("mfa_remove_webauthn", args=[passkey_code(row)]), {})
        assert page.path == "/tweede-stap/"
        assert actions(world.author)[1:] == ["auth.factor_removed"]
        assert not inside(log_in(passkey))

    @pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
    def test_that_of_somebody_else_does_not_exist(self, world: World, login: Any, name: str) -> None:
        row, _passkey = give_passkey(world.principal)
        client = login(world.coordinator)
        for method in (client.get, client.post):
            assert method(reverse(name, args=[passkey_code(row)]), {"name": "x"}).status_code == 404
        assert Authenticator.objects.get().wrap().name == "Mijn telefoon"
        assert AuditEvent.objects.filter(action="access.refused").count() == 2
