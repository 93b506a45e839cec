"""An invitation that somebody uses with the account of their school, and so never needs a password here."""

from dataclasses import replace
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from accounts.links import path
from accounts.models import Invitation, Membership, User
from accounts.services.invitations import Offer, invitation_send, invitation_withdraw
from audit.models import AuditEvent
from tests.accounts.sso import VERIFIED, browser, oidc_account, saml_account, site, user_in  # noqa: F401
from tests.conftest import World
from tests.idp.running import Idp, away, come_back, enter

EMAIL = "nieuw@elders.example"  # not the address that the school's account has


@pytest.fixture
def idps(oidc_idp: Idp, saml_idp: Idp, site: Any) -> dict[str, Idp]:  # noqa: F811
    site.SSO = (oidc_account(oidc_idp), saml_account(saml_idp))
    oidc_idp.plan(userinfo=VERIFIED)
    return {"surfconext": oidc_idp, "entree": saml_idp}


@pytest.fixture
def invited(world: World) -> Invitation:
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    return invitation_send(by=world.administrator, email=EMAIL, name="Nieuwe Collega", offer=offer)


def leave(client: Client, invitation: Invitation, slug: str) -> str:
    return away(client.post(path(invitation), {"provider": slug}))


def join(client: Client, idp: Idp, invitation: Invitation, slug: str, name: str) -> Any:
    return come_back(client, idp.log_in(leave(client, invitation, slug), name))


def no_way_in(invitation: Invitation) -> None:
    user = User.objects.get(email=EMAIL)
    assert not user.is_active
    assert not Membership.objects.filter(user=user).exists()
    assert not SocialAccount.objects.filter(user=user).exists()
    assert Invitation.objects.get(pk=invitation.pk).used_at is None


@pytest.mark.parametrize("slug", ["surfconext", "entree"])
def test_one_press_and_one_is_in(world: World, idps: dict[str, Idp], invited: Invitation, slug: str) -> None:
    client = browser()
    page = client.get(path(invited)).content.decode()
    assert "Log in with SURFconext" in page
    assert "Or choose a password" in page
    assert join(client, idps[slug], invited, slug, "nieuweling").status_code == 302
    user = User.objects.get(email=EMAIL)
    assert user_in(client) == user
    assert (user.is_active, user.has_usable_password(), user.name) == (True, False, "Nieuwe Collega")
    assert user.memberships.get().school == world.school
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/mijn-meldingen/"
    done = {"invitation.used", "auth.identity_linked", "auth.login"}
    assert done <= set(AuditEvent.objects.filter(actor_ref=user.reference).values_list("action", flat=True))
    assert client.get(path(invited)).status_code == 410, "the link worked once"


def test_next_time_the_button_on_the_log_in_page_does(idps: dict[str, Idp], invited: Invitation) -> None:
    join(browser(), idps["surfconext"], invited, "surfconext", "nieuweling")
    idps["surfconext"].browser.cookies.clear()
    client = browser()
    enter(client, idps["surfconext"], "surfconext", "nieuweling")
    assert user_in(client) == User.objects.get(email=EMAIL)


def test_a_school_account_of_a_colleague_does_not_take_the_invitation(
    world: World, idps: dict[str, Idp], invited: Invitation
) -> None:
    enter(browser(), idps["surfconext"], "surfconext", "coordinator")
    client = browser()
    assert join(client, idps["surfconext"], invited, "surfconext", "coordinator").status_code == 403
    assert user_in(client) is None
    no_way_in(invited)


def test_an_invitation_that_was_withdrawn_meanwhile_opens_nothing(
    world: World, idps: dict[str, Idp], invited: Invitation
) -> None:
    client = browser()
    there = leave(client, invited, "surfconext")
    invitation_withdraw(by=world.administrator, invitation=invited)
    assert come_back(client, idps["surfconext"].log_in(there, "nieuweling")).status_code == 403
    assert user_in(client) is None
    no_way_in(invited)


def test_who_the_operator_keeps_out_stays_out(idps: dict[str, Idp], invited: Invitation, site: Any) -> None:  # noqa: F811
    site.SSO = (replace(site.SSO[0], require={"schac_home_organization": frozenset({"elders.example"})}),)
    client = browser()
    assert join(client, idps["surfconext"], invited, "surfconext", "nieuweling").status_code == 403
    no_way_in(invited)


def test_a_provider_that_is_not_there_leaves_the_password(idps: dict[str, Idp], invited: Invitation) -> None:
    page = browser().post(path(invited), {"provider": "bestaatniet"})
    assert page.status_code == 422
    assert "Or choose a password" in page.content.decode()
    no_way_in(invited)
