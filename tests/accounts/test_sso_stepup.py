"""Showing once more who one is, for people who log in with a school account; and linking and unlinking one."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.http import urlencode

from accounts.factors import middleware
from accounts.models import User
from accounts.outbox import send_due
from accounts.sso.proof import reauthenticate_url, recently_confirmed, second_factor_proven
from tests.accounts.sso import (
    OIDC,
    VERIFIED,
    browser,
    last_event,
    oidc_account,
    request_of,
    saml_account,
    site,  # noqa: F401
    user_in,
)
from tests.conftest import PASSWORD, World
from tests.idp.running import Idp, away, come_back, enter, in_past

LINKS, CONFIRM = "/inloggen/schoolaccounts/", "/bevestigen/schoolaccount/"


@pytest.fixture(autouse=True)
def with_a_second_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are about showing again who one is; what comes before it is in test_second_step.py."""
    monkeypatch.setattr(middleware, "has_shown_second_factor", lambda request: True)


@pytest.fixture
def idps(oidc_idp: Idp, saml_idp: Idp, site: Any) -> dict[str, Idp]:  # noqa: F811
    site.SSO = (oidc_account(oidc_idp), saml_account(saml_idp))
    oidc_idp.plan(userinfo=VERIFIED)
    return {"surfconext": oidc_idp, "entree": saml_idp}


@pytest.fixture(params=["surfconext", "entree"])
def inside(request: Any, world: World, idps: dict[str, Idp]) -> tuple[Client, Idp]:
    """The coordinator, who has no password and no second factor here, logged in with a school account."""
    client = browser()
    world.coordinator.set_unusable_password()
    world.coordinator.save()
    enter(client, idps[request.param], request.param, "coordinator")
    assert user_in(client) == world.coordinator
    return client, idps[request.param]


def again(client: Client, idp: Idp, name: str = "coordinator") -> Any:
    """Press the button on the page that asks, and come back."""
    page = idp.log_in(away(client.post(CONFIRM, {"next": LINKS})), name)
    return come_back(client, page)


class TestStepUp:
    def test_being_logged_in_is_not_enough(self, inside: tuple[Client, Idp]) -> None:
        client, _idp = inside
        assert not did_recently_reauthenticate(request_of(client))
        assert not recently_confirmed(request_of(client))
        response = client.get(LINKS)
        assert response["Location"] == f"{CONFIRM}?{urlencode({'next': LINKS})}"

    def test_the_provider_asks_again(self, inside: tuple[Client, Idp]) -> None:
        client, idp = inside
        page = client.get(LINKS, follow=True)
        assert f'name="next" value="{LINKS}"' in page.content.decode()
        assert "Or fill in your password here" not in page.content.decode()
        response = again(client, idp)
        assert response["Location"] == LINKS
        assert client.get(LINKS).status_code == 200
        assert recently_confirmed(request_of(client))
        asked = idp.log("/authorize") or idp.log("/sso")
        assert 'ForceAuthn="true"' in asked[-1].get("request", "") or (
            asked[-1]["data"]["prompt"],
            asked[-1]["data"]["max_age"],
        ) == ("login", "0")

    def test_it_holds_ten_minutes(self, inside: tuple[Client, Idp]) -> None:
        client, idp = inside
        again(client, idp)
        session = client.session
        for note in session["account_authentication_methods"]:
            note["at"] -= 601
        session.save()
        assert client.get(LINKS).status_code == 302

    @pytest.mark.parametrize("said", [{"auth_time": in_past(3600)}, {"auth_time": None}], ids=["long ago", "not said"])
    def test_a_provider_that_did_not_ask_again_confirms_nothing(
        self, inside: tuple[Client, Idp], said: dict[str, Any]
    ) -> None:
        client, idp = inside
        idp.plan(ignore_prompt=True, claims=said, instant="2026-01-05T08:00:00Z", userinfo=VERIFIED)
        response = again(client, idp)
        assert response.status_code == 400
        assert b"We do not know for sure that it is you" in response.content
        assert client.get(LINKS).status_code == 302
        event = last_event("auth.login_failed")
        assert (event.actor_ref, event.rule) == (user_in(client).reference, "the provider did not ask again")  # type: ignore[union-attr]

    def test_somebody_else_confirms_nothing(self, world: World, inside: tuple[Client, Idp]) -> None:
        client, idp = inside
        other = browser()
        slug = "entree" if idp.certificate else "surfconext"
        idp.browser.cookies.clear()
        enter(other, idp, slug, "principal")
        assert user_in(other) == world.principal
        response = again(client, idp, "principal")
        assert response.status_code == 400
        assert user_in(client) == world.coordinator
        assert client.get(LINKS).status_code == 302

    def test_an_answer_to_somebody_elses_question_confirms_nothing(
        self, world: World, inside: tuple[Client, Idp]
    ) -> None:
        client, idp = inside
        page = idp.log_in(away(client.post(CONFIRM, {"next": LINKS})), "coordinator")
        session = client.session
        for state in session["socialaccount_states"].values():
            state[0]["data"]["user"] = world.principal.reference
        session.save()
        assert come_back(client, page).status_code == 400
        assert client.get(LINKS).status_code == 302

    def test_a_second_factor_shown_then_counts(self, inside: tuple[Client, Idp]) -> None:
        client, idp = inside
        assert not second_factor_proven(request_of(client))
        if idp.certificate:
            idp.plan(context="urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken")
        else:
            idp.plan(claims={"amr": ["mfa"]})
        again(client, idp)
        assert second_factor_proven(request_of(client))


def test_who_came_with_a_password_gives_the_password(world: World, idps: dict[str, Idp]) -> None:
    client = browser()
    client.post("/inloggen/", {"login": world.coordinator.email, "password": PASSWORD})
    assert reauthenticate_url(request_of(client), LINKS) == ""
    assert client.get(LINKS)["Location"].startswith("/bevestigen/?")
    assert client.get(CONFIRM)["Location"] == "/bevestigen/"


def test_who_has_a_password_too_may_choose(world: World, idps: dict[str, Idp]) -> None:
    client = browser()
    enter(client, idps["entree"], "entree", "coordinator")
    page = client.get(LINKS, follow=True)
    assert "Or fill in your password here" in page.content.decode()
    client.post(f"/bevestigen/?next={LINKS}", {"password": PASSWORD})
    assert client.get(LINKS).status_code == 200


def test_a_provider_that_is_no_longer_configured_asks_nothing(
    world: World,
    idps: dict[str, Idp],
    site: Any,  # noqa: F811
) -> None:
    client = browser()
    enter(client, idps["entree"], "entree", "coordinator")
    site.SSO = (OIDC,)
    assert reauthenticate_url(request_of(client), LINKS) == ""
    assert client.get(LINKS)["Location"].startswith("/bevestigen/?")


def test_a_provider_that_can_not_ask_again_is_not_asked(
    world: World,
    idps: dict[str, Idp],
    site: Any,  # noqa: F811
) -> None:
    site.SSO = tuple(replace(account, step_up=False) for account in site.SSO)
    client = browser()
    enter(client, idps["entree"], "entree", "coordinator")
    assert reauthenticate_url(request_of(client), LINKS) == ""
    assert client.get(LINKS)["Location"].startswith("/bevestigen/?")
    assert client.post(CONFIRM)["Location"] == "/bevestigen/"


@pytest.mark.parametrize("slug", ["surfconext", "entree"])
class TestLinks:
    @pytest.fixture
    def client(self, world: World, idps: dict[str, Idp], login: Any) -> Client:
        """The coordinator, logged in with a password and just confirmed."""
        found = browser()
        found.post("/inloggen/", {"login": world.coordinator.email, "password": PASSWORD})
        found.post(f"/bevestigen/?next={LINKS}", {"password": PASSWORD})
        for idp in idps.values():
            idp.plan(userinfo={"email": "elders@elders.example"}, attributes={})
        return found

    def link(self, client: Client, idp: Idp, slug: str, name: str) -> Any:
        page = client.post(LINKS, {"action": "link", "provider": slug})
        return come_back(client, idp.log_in(away(page), name))

    def test_linking_leaves_an_event_and_a_mail(
        self, world: World, idps: dict[str, Idp], client: Client, slug: str
    ) -> None:
        assert self.link(client, idps[slug], slug, "k.oordinator")["Location"] == LINKS
        assert "Linked to your account here" in client.get(LINKS).content.decode()
        assert last_event("auth.identity_linked").details == {"provider": slug}
        assert send_due() == 1
        assert (mail.outbox[0].to, mail.outbox[0].subject) == (
            [world.coordinator.email],
            "Uw manier van inloggen is veranderd",
        )
        other = browser()
        enter(other, idps[slug], slug, "k.oordinator")
        assert user_in(other) == world.coordinator

    def test_unlinking_too_and_the_address_does_not_link_again(
        self, world: World, idps: dict[str, Idp], client: Client, slug: str
    ) -> None:
        self.link(client, idps[slug], slug, "coordinator")
        client.post(LINKS, {"action": "unlink", "provider": slug})
        client.post(LINKS, {"action": "unlink", "provider": slug})
        assert not SocialAccount.objects.exists()
        event = last_event("auth.identity_unlinked")
        assert (event.actor_ref, event.object_ref) == (world.coordinator.reference,) * 2
        assert send_due() == 2
        idps[slug].plan(userinfo=VERIFIED)
        other = browser()
        assert enter(other, idps[slug], slug, "coordinator").status_code == 403
        assert user_in(other) is None
        self.link(client, idps[slug], slug, "coordinator")
        assert SocialAccount.objects.get().user == world.coordinator

    def test_an_identity_of_somebody_else_is_not_taken_over(
        self, world: World, idps: dict[str, Idp], client: Client, slug: str
    ) -> None:
        idps[slug].plan(userinfo=VERIFIED)
        enter(browser(), idps[slug], slug, "principal")
        response = self.link(client, idps[slug], slug, "principal")
        assert response.status_code == 403
        assert SocialAccount.objects.get().user == world.principal
        assert user_in(client) == world.coordinator

    def test_nobody_can_be_made_to_link_theirs_to_another_account(
        self, world: World, idps: dict[str, Idp], client: Client, slug: str
    ) -> None:
        """An attacker starts linking and lets a colleague, who is logged in at the school, finish it."""
        page = idps[slug].log_in(away(client.post(LINKS, {"action": "link", "provider": slug})), "principal")
        victim = browser()
        assert come_back(victim, page).status_code == 400
        victim.post("/inloggen/", {"login": world.principal.email, "password": PASSWORD})
        assert come_back(victim, page).status_code == 400
        assert not SocialAccount.objects.exists()

    def test_the_only_way_in_stays(self, world: World, idps: dict[str, Idp], client: Client, slug: str) -> None:
        self.link(client, idps[slug], slug, "coordinator")
        User.objects.filter(pk=world.coordinator.pk).update(password="!")
        client = browser()
        enter(client, idps[slug], slug, "coordinator")
        idps[slug].plan()
        again(client, idps[slug])
        response = client.post(LINKS, {"action": "unlink", "provider": slug})
        assert response.status_code == 422
        assert b"This is your only way in." in response.content
        assert SocialAccount.objects.exists()

    def test_nonsense_is_an_error_that_helps(
        self, world: World, idps: dict[str, Idp], client: Client, slug: str
    ) -> None:
        response = client.post(LINKS, {"action": "link", "provider": f"{slug}-x"})
        assert response.status_code == 422
        assert b"Choose one of the accounts below." in response.content

    def test_the_operator_unlinks(self, world: World, idps: dict[str, Idp], client: Client, slug: str) -> None:
        self.link(client, idps[slug], slug, "coordinator")
        out = StringIO()
        call_command("sso_unlink", world.coordinator.email.upper(), "--provider", "another", stdout=out)
        assert SocialAccount.objects.exists()
        call_command("sso_unlink", world.coordinator.email.upper(), stdout=out)
        assert not SocialAccount.objects.exists()
        assert out.getvalue().splitlines()[-1] == "Unlinked 1 school accounts."
        assert last_event("auth.identity_unlinked").actor_ref == ""
        with pytest.raises(CommandError, match="Nobody"):
            call_command("sso_unlink", "niemand@school.example")
