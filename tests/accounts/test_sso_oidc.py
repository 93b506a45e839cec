"""OpenID Connect, against a provider that runs: who gets in, and every way to forge an answer."""

import re
from dataclasses import replace
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.outbox import send_due
from accounts.sso.proof import second_factor_proven
from tests.accounts.sso import VERIFIED, browser, last_event, oidc_account, request_of, site, user_in  # noqa: F401
from tests.conftest import World
from tests.idp.running import Idp, away, begin, come_back, enter, in_past, local

CALLBACK = "/inloggen/met/surfconext/terug/"
LOA2 = "http://surfconext.nl/assurance/loa2"


@pytest.fixture
def idp(oidc_idp: Idp, site: Any) -> Idp:  # noqa: F811
    site.SSO = (oidc_account(oidc_idp),)
    return oidc_idp


@pytest.fixture
def linked(world: World, idp: Idp) -> User:
    """The coordinator, linked to her school account before."""
    idp.plan(userinfo=VERIFIED)
    enter(browser(), idp, "surfconext", "coordinator")
    assert SocialAccount.objects.filter(user=world.coordinator).count() == 1
    idp.plan(forget=True)
    idp.plan()
    idp.browser.cookies.clear()
    return world.coordinator


def page_is_the_same_for_all(response: Any) -> None:
    assert response.status_code == 403
    assert b"You can't come in with this account" in response.content
    assert b"Ask the person who manages the accounts" in response.content


class TestFirstUse:
    def test_a_verified_address_links_and_logs_in(self, world: World, idp: Idp) -> None:
        idp.plan(userinfo=VERIFIED)
        client = browser()
        response = enter(client, idp, "surfconext", "coordinator", next="/logboek/")
        assert response["Location"] == "/logboek/"
        assert user_in(client) == world.coordinator
        event = last_event("auth.identity_linked")
        assert (event.actor_ref, event.board_ref) == (world.coordinator.reference, world.board.reference)
        assert last_event("auth.login").actor_ref == world.coordinator.reference
        assert world.coordinator.has_usable_password(), "logging in at the school takes nothing away"

    def test_a_mail_says_so(self, linked: User) -> None:
        assert send_due() == 1
        assert mail.outbox[0].to == [linked.email]
        assert "/inloggen/schoolaccounts/" in mail.outbox[0].body

    def test_nothing_of_what_the_provider_said_is_kept(self, linked: User, idp: Idp) -> None:
        link = SocialAccount.objects.get()
        assert link.extra_data == {"iss": idp.url, "sub": "sub-coordinator"}
        assert not SocialToken.objects.exists()
        assert "school.example" not in link.uid

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"email_verified": False},
            {"email_verified": "true"},
            {"email_verified": True, "email": "coordinator@elders.example"},
            {"email_verified": True, "email": "niemand@school.example"},
            {"email_verified": True, "email": "former-colleague@school.example"},
            {"email_verified": True, "email": "coordinator@school.example@evil.example"},
            {"email_verified": True, "email": "evil@elders.example, coordinator@school.example"},
            {"email_verified": True, "email": ["coordinator@school.example"]},
            {"email_verified": True, "email": None},
        ],
        ids=str,
    )
    def test_an_address_that_is_not_sure_opens_nothing(self, world: World, idp: Idp, said: dict[str, Any]) -> None:
        idp.plan(userinfo=said)
        client = browser()
        page_is_the_same_for_all(enter(client, idp, "surfconext", "coordinator"))
        assert user_in(client) is None
        assert not SocialAccount.objects.exists()
        assert User.objects.count() == len(world.people), "nobody signs up"
        event = last_event("auth.login_failed")
        assert (event.outcome, event.actor_ref) == ("refused", "")
        assert "school.example" not in str(event.details)

    def test_addresses_count_only_in_the_domains_of_the_operator(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (oidc_account(idp, email_domains=frozenset()),)
        idp.plan(userinfo=VERIFIED)
        client = browser()
        page_is_the_same_for_all(enter(client, idp, "surfconext", "coordinator"))

    def test_a_provider_that_gives_out_all_addresses_need_not_say_verified(
        self,
        world: World,
        idp: Idp,
        site: Any,  # noqa: F811
    ) -> None:
        site.SSO = (oidc_account(idp, email_vouched=True),)
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        assert user_in(client) == world.coordinator

    def test_claims_that_must_hold(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (oidc_account(idp, require={"schac_home_organization": frozenset({"school.example"})}),)
        idp.plan(userinfo={**VERIFIED, "schac_home_organization": "elders.example"})
        client = browser()
        page_is_the_same_for_all(enter(client, idp, "surfconext", "coordinator"))
        idp.plan(userinfo={**VERIFIED, "schac_home_organization": "school.example"})
        enter(client, idp, "surfconext", "coordinator")
        assert user_in(client) == world.coordinator

    def test_a_closed_account_stays_closed_and_looks_like_none(self, world: World, idp: Idp) -> None:
        idp.plan(userinfo=VERIFIED)
        User.objects.filter(pk=world.coordinator.pk).update(is_active=False)
        closed = enter(browser(), idp, "surfconext", "coordinator").content
        idp.browser.cookies.clear()
        absent = enter(browser(), idp, "surfconext", "niemand").content
        assert tokenless(closed) == tokenless(absent)

    def test_user_info_about_somebody_else_is_refused(self, world: World, idp: Idp) -> None:
        idp.plan(userinfo={**VERIFIED, "sub": "sub-principal"})
        client = browser()
        assert enter(client, idp, "surfconext", "coordinator").status_code == 400
        assert user_in(client) is None


def tokenless(html: bytes) -> str:
    """Without what differs for every request: the token of a form, and the address of this very answer."""
    return re.sub(r'value="(\w{64}|[^"]*code=[^"]*)"', "", html.decode())


class TestIdentity:
    """After the first time it is issuer and subject, not the address."""

    def test_the_identity_opens_whatever_the_address_became(self, linked: User, idp: Idp) -> None:
        idp.plan(userinfo={"email": "nieuw@elders.example"})
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        assert user_in(client) == linked

    def test_an_address_that_was_given_to_a_colleague_opens_nothing(self, linked: User, idp: Idp) -> None:
        idp.plan(userinfo={**VERIFIED, "email": linked.email})
        client = browser()
        page_is_the_same_for_all(enter(client, idp, "surfconext", "opvolger"))
        assert SocialAccount.objects.count() == 1

    def test_an_identity_does_not_move_to_another_address(self, world: World, linked: User, idp: Idp) -> None:
        idp.plan(userinfo={**VERIFIED, "email": world.principal.email})
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        assert user_in(client) == linked

    def test_the_same_subject_of_another_issuer_is_somebody_else(
        self,
        linked: User,
        idp: Idp,
        site: Any,  # noqa: F811
    ) -> None:
        other = idp.url.replace("127.0.0.1", "localhost")
        site.SSO = (replace(site.SSO[0], issuer=other),)
        idp.plan(config={"issuer": other}, claims={"iss": other})
        client = browser()
        page_is_the_same_for_all(enter(client, idp, "surfconext", "coordinator"))

    def test_who_was_closed_is_out(self, linked: User, idp: Idp) -> None:
        User.objects.filter(pk=linked.pk).update(is_active=False)
        client = browser()
        page_is_the_same_for_all(enter(client, idp, "surfconext", "coordinator"))
        assert last_event("auth.login_failed").actor_ref == linked.reference

    def test_who_no_longer_has_the_claims_is_out(self, linked: User, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (oidc_account(idp, require={"eduperson_affiliation": frozenset({"employee"})}),)
        idp.plan(userinfo={"eduperson_affiliation": ["student"]})
        page_is_the_same_for_all(enter(browser(), idp, "surfconext", "coordinator"))


class TestForged:
    """Each answer that does not hold is refused, and the one beside it that does gets in."""

    @pytest.mark.parametrize(
        "plan",
        [
            {"claims": {"aud": "another-program"}},
            {"claims": {"aud": ["schoolsafety", "another-program"]}},
            {"claims": {"azp": "another-program"}},
            {"claims": {"iss": "https://evil.example"}},
            pytest.param({"claims": {"exp": in_past(200), "iat": in_past(500)}}, id="expired"),
            pytest.param({"claims": {"iat": in_past(-86_400)}}, id="made in the future"),
            {"claims": {"exp": None}},
            {"claims": {"nonce": None}},
            {"claims": {"nonce": "the-one-of-another-log-in"}},
            {"claims": {"sub": None}},
            {"claims": {"sub": ""}},
            {"sign": "other"},
            {"sign": "none"},
            {"sign": "hs256"},
            {"sign": "tampered"},
            {"config": {"issuer": "https://evil.example"}},
        ],
        ids=str,
    )
    def test_is_refused(self, linked: User, idp: Idp, plan: dict[str, Any]) -> None:
        client = browser()
        there = begin(client, "surfconext")
        idp.plan(**plan)
        response = come_back(client, idp.log_in(there, "coordinator"))
        assert response.status_code == 400
        assert user_in(client) is None
        assert last_event("auth.login_failed").outcome == "refused"
        idp.plan()
        enter(client, idp, "surfconext", "coordinator")
        assert user_in(client) == linked

    def test_an_answer_works_once(self, linked: User, idp: Idp) -> None:
        client = browser()
        page = idp.log_in(begin(client, "surfconext"), "coordinator")
        come_back(client, page)
        client.post(reverse("account_logout"))
        assert come_back(client, page).status_code == 400
        assert user_in(client) is None

    def test_an_answer_works_in_the_browser_that_asked(self, linked: User, idp: Idp) -> None:
        """Otherwise somebody could log a victim in to their own account, or the other way round."""
        page = idp.log_in(begin(browser(), "surfconext"), "coordinator")
        victim = browser()
        assert come_back(victim, page).status_code == 400
        begin(victim, "surfconext")
        assert come_back(victim, page).status_code == 400
        assert user_in(victim) is None

    def test_a_stolen_code_is_worth_nothing(self, linked: User, idp: Idp) -> None:
        """Put into the answer to another browser's question, it fails on the code verifier (PKCE)."""
        page = idp.log_in(begin(browser(), "surfconext"), "coordinator")
        thief = browser()
        own = idp.log_in(begin(thief, "surfconext"), "principal").headers["Location"]
        code = page.headers["Location"].partition("code=")[2].partition("&")[0]
        mine = own.partition("code=")[2].partition("&")[0]
        assert thief.get(local(own).replace(mine, code)).status_code == 400
        assert user_in(thief) is None

    @pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?state=%00&code=%00", "?error=x"])
    def test_nonsense_is_refused(self, linked: User, idp: Idp, query: str) -> None:
        client = browser()
        assert client.get(CALLBACK + query).status_code == 400
        assert user_in(client) is None

    def test_a_provider_that_is_not_configured_does_not_exist(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        assert browser().post("/inloggen/met/entree/").status_code == 404
        site.SSO = ()
        assert browser().post("/inloggen/met/surfconext/").status_code == 404
        assert browser().get(CALLBACK).status_code == 404
        assert b"Or with your e-mail address" not in browser().get("/inloggen/").content


class TestRequest:
    def test_what_is_asked(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (oidc_account(idp, ask=(LOA2,)),)
        idp.log_in(begin(browser(), "surfconext"), "coordinator")
        asked = idp.log("/authorize")[0]["data"]
        assert set(asked["scope"].split()) == {"openid", "email"}
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) >= 32
        assert asked["acr_values"] == LOA2
        assert asked["redirect_uri"] == f"http://zorg.school.example{CALLBACK}"
        assert "prompt" not in asked

    def test_nobody_else_chooses_what_is_asked(self, world: World, idp: Idp) -> None:
        client = browser()
        more = "?scope=openid,admin&auth_params=prompt%3Dnone&process=connect&action=rerequest"
        idp.log_in(away(client.post(f"/inloggen/met/surfconext/{more}")), "coordinator")
        asked = idp.log("/authorize")[0]["data"]
        assert set(asked["scope"].split()) == {"openid", "email"}
        assert "prompt" not in asked

    def test_a_log_in_starts_with_a_post(self, world: World, idp: Idp) -> None:
        assert browser().get("/inloggen/met/surfconext/").status_code == 405
        strict = Client(enforce_csrf_checks=True, headers={"host": "zorg.school.example"})
        assert strict.post("/inloggen/met/surfconext/").status_code == 403

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_after_the_log_in_one_stays_here(self, linked: User, idp: Idp, target: str) -> None:
        response = enter(browser(), idp, "surfconext", "coordinator", next=target)
        assert response["Location"] == "/"

    def test_stopping_at_the_provider_is_calm(self, world: World, idp: Idp) -> None:
        client = browser()
        there = begin(client, "surfconext")
        idp.plan(error="access_denied")
        response = come_back(client, idp.log_in(there, "coordinator"))
        assert response.status_code == 200
        assert b"You have stopped logging in" in response.content


class TestAway:
    """The provider is down: a clear page, and the log-in of our own still works."""

    def test_before_leaving(self, world: World, idp: Idp, site: Any) -> None:  # noqa: F811
        site.SSO = (oidc_account(replace(idp, url="http://127.0.0.1:1")),)
        client = browser()
        response = client.post("/inloggen/met/surfconext/")
        assert response.status_code == 503
        assert b"SURFconext can't be reached" in response.content
        assert client.get("/inloggen/").status_code == 200

    @pytest.mark.parametrize("plan", [{"down": True}, {"slow": 3}], ids=str)
    def test_on_the_way_back(self, linked: User, idp: Idp, site: Any, plan: dict[str, Any]) -> None:  # noqa: F811
        client = browser()
        page = idp.log_in(begin(client, "surfconext"), "coordinator")
        idp.plan(**plan)
        site.SOCIALACCOUNT_REQUESTS_TIMEOUT = 1
        assert come_back(client, page).status_code == 503
        assert user_in(client) is None

    def test_it_is_not_waited_for_long(self) -> None:
        from django.conf import settings as real

        assert real.SOCIALACCOUNT_REQUESTS_TIMEOUT <= 5


class TestSecondFactor:
    @pytest.mark.parametrize(
        ("claims", "proven"),
        [
            ({}, False),
            ({"acr": LOA2}, True),
            ({"acr": "http://surfconext.nl/assurance/loa1"}, False),
            ({"amr": ["pwd", "mfa"]}, True),
            ({"amr": ["pwd"]}, False),
            ({"amr": "pwd mfa"}, False),
            ({"acrs": [LOA2]}, True),
        ],
        ids=str,
    )
    def test_it_counts_when_the_provider_says_so(
        self, linked: User, idp: Idp, claims: dict[str, Any], proven: bool
    ) -> None:
        idp.plan(claims=claims)
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        assert second_factor_proven(request_of(client)) is proven

    def test_what_is_not_signed_proves_nothing(self, linked: User, idp: Idp) -> None:
        idp.plan(userinfo={"acr": LOA2, "amr": ["mfa"]})
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        assert second_factor_proven(request_of(client)) is False

    def test_it_ends_with_the_session_and_is_of_nobody_else(self, world: World, linked: User, idp: Idp) -> None:
        idp.plan(claims={"acr": LOA2})
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        request = request_of(client)
        assert second_factor_proven(request)
        request.user = world.principal
        assert not second_factor_proven(request)
        client.post(reverse("account_logout"))
        client.force_login(linked, backend="accounts.backend.Backend")
        assert not second_factor_proven(request_of(client))

    def test_a_password_proves_none(self, linked: User) -> None:
        from tests.conftest import PASSWORD

        client = browser()
        client.post("/inloggen/", {"login": linked.email, "password": PASSWORD})
        assert user_in(client) == linked
        assert not second_factor_proven(request_of(client))


class TestLogOut:
    def test_it_is_here_alone(self, linked: User, idp: Idp) -> None:
        """The session at the provider goes on: it may be in use for other things. Coming in again asks nothing."""
        client = browser()
        enter(client, idp, "surfconext", "coordinator")
        idp.plan()
        client.post(reverse("account_logout"))
        assert user_in(client) is None
        assert last_event("auth.logout").actor_ref == linked.reference
        assert idp.log("/authorize") == []
        page = idp.browser.get(begin(client, "surfconext"), timeout=30, allow_redirects=False)
        assert page.is_redirect, "the provider still knows who it is"
        come_back(client, page)
        assert user_in(client) == linked
