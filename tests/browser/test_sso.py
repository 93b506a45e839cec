"""The way through a provider in a real browser: policy of the page, cookies and redirects as they are."""

import re
from dataclasses import replace
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse
from playwright.sync_api import expect

from tests.accounts.sso import VERIFIED, oidc_account
from tests.browser.looks import look
from tests.conftest import World
from tests.idp.running import Idp

TWO_STEPS = {"amr": ["pwd", "mfa"]}
BUTTON = "form[action='/inloggen/met/surfconext/'] button"


@pytest.fixture
def idp(oidc_idp: Idp, live_server: Any, settings: Any) -> Idp:
    settings.SITE_URL = live_server.url
    settings.SSO = (oidc_account(oidc_idp),)
    # The provider asked for a second factor as well, so that a coordinator is let in without setting one up here.
    oidc_idp.plan(userinfo=VERIFIED, claims=TWO_STEPS)
    return oidc_idp


def stay(route: Any) -> None:
    """The page that leads to the provider, held still so that one can look at it."""
    response = route.fetch()
    route.fulfill(response=response, body=re.sub('<meta http-equiv="refresh"[^>]*>', "", response.text()))


def log_in_there(page: Any, name: str) -> None:
    page.locator("input[name=username]").fill(name)
    page.get_by_role("button").click()


@pytest.mark.parametrize("js", [True, False], ids=["script", "no script"])
def test_log_in_through_the_provider(world: World, idp: Idp, page_for: Any, js: bool) -> None:
    page = page_for(None, js=js, also=idp.url)
    page.goto(reverse("signals:desk"))
    page.locator(BUTTON).click()
    page.wait_for_url(f"{idp.url}/**")
    log_in_there(page, "coordinator")
    page.wait_for_url(f"**{reverse('signals:desk')}")
    expect(page.locator(".menu-who")).to_have_text(world.coordinator.name)
    assert SocialAccount.objects.get().user == world.coordinator


def test_confirm_and_unlink(world: World, idp: Idp, page_for: Any) -> None:
    page = page_for(None, width=1280, also=idp.url)
    page.goto("/")
    page.locator(BUTTON).click()
    log_in_there(page, "coordinator")
    page.wait_for_url(f"**{reverse('signals:desk')}")
    page.goto(reverse("sso_links"))
    page.locator(f"form[action='{reverse('sso_confirm')}'] button").click()
    log_in_there(page, "coordinator")
    page.wait_for_url(f"**{reverse('sso_links')}")
    page.locator("[name=action][value=unlink]").click()
    expect(page.locator("[name=action][value=link]")).to_be_visible()
    assert not SocialAccount.objects.exists()


def test_who_was_not_invited_reads_whom_to_ask(world: World, idp: Idp, page_for: Any) -> None:
    page = page_for(None, also=idp.url)
    page.goto("/")
    page.locator(BUTTON).click()
    log_in_there(page, "niemand")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(f"main a[href='{reverse('account_login')}']")).to_be_visible()
    page.locator(f"main a[href='{reverse('account_login')}']").click()
    expect(page.locator("[name=login]")).to_be_visible()


def test_every_page_as_axe_sees_it(world: World, idp: Idp, settings: Any, page_for: Any) -> None:
    """With a long name on the button, in all the ways in which it can go wrong."""
    settings.SSO = (
        replace(settings.SSO[0], name="Onderwijsgroep Merendal en Omstreken"),
        replace(settings.SSO[0], slug="weg", name="Entree", issuer="http://127.0.0.1:1"),
    )
    page, problems = page_for(None, width=1280, also=idp.url), []
    page.goto(reverse("account_login"))
    problems += look(page, "sso-login")
    page.route("**/inloggen/met/surfconext/", stay)
    page.locator(BUTTON).click()
    page.wait_for_url("**/inloggen/met/surfconext/")
    problems += look(page, "sso-leave")
    page.unroute("**/inloggen/met/surfconext/")
    page.goto(f"{reverse('openid_connect_callback', args=['surfconext'])}?state=old&code=x")
    problems += look(page, "sso-unfinished")
    idp.plan(userinfo=VERIFIED, claims=TWO_STEPS)
    for name, where in (("niemand", "sso-refused"), ("coordinator", "")):
        page.goto(reverse("account_login"))
        page.locator(BUTTON).click()
        log_in_there(page, name)
        page.wait_for_url(lambda url: not url.startswith(idp.url))
        problems += look(page, where) if where else []
        idp.plan(forget=True, userinfo=VERIFIED, claims=TWO_STEPS)
    page.goto(reverse("sso_links"))
    problems += look(page, "sso-confirm")
    idp.plan(claims={"auth_time": None} | TWO_STEPS, userinfo=VERIFIED)
    page.locator(f"form[action='{reverse('sso_confirm')}'] button").click()
    log_in_there(page, "coordinator")
    page.wait_for_url("**/terug/**")
    problems += look(page, "sso-unconfirmed")
    idp.plan(userinfo=VERIFIED, claims=TWO_STEPS)
    page.goto(reverse("sso_links"))
    page.locator(f"form[action='{reverse('sso_confirm')}'] button").click()
    log_in_there(page, "coordinator")
    page.wait_for_url(f"**{reverse('sso_links')}")
    problems += look(page, "sso-links")
    assert problems == []
