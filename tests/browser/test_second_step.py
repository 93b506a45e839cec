"""The second step in a real Chromium: passkeys from a virtual authenticator under our policy, and how pages look."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.factors.selectors import passkey_code
from tests.browser.looks import look
from tests.conftest import PASSWORD, World
from tests.factors import SECRET, code, give_app, give_passkey, recovery_codes

SETUP, STEP, LOGIN = "/tweede-stap/", "/inloggen/code/", "/inloggen/"


def authenticator(page: Page, *, verified: bool = True) -> Any:
    """A phone or computer that keeps passkeys, and says yes to whatever it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def password_login(page: Page, email: str) -> None:
    page.goto(LOGIN)
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form[action='/inloggen/'] button[type=submit]").click()


def log_out(page: Page) -> None:
    page.goto("/uitloggen/")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**" + LOGIN)


@pytest.mark.parametrize("width", [390, 1280])
def test_set_up_a_passkey_log_out_and_log_in_with_it(world: World, page_for: Any, width: int) -> None:
    page = page_for(None, width=width)
    authenticator(page)
    password_login(page, world.coordinator.email)
    page.wait_for_url("**" + SETUP + "*")
    page.locator(f"main a[href='{reverse('mfa_add_webauthn')}']").click()
    page.locator("[name=name]").fill("Laptop")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/noodcodes/")
    page.locator("main a.btn-primary").click()
    page.wait_for_url("**/werkplek/")
    log_out(page)
    page.locator("form[data-passkey=login] button").click()
    page.wait_for_url("**/werkplek/")
    page.goto(SETUP)
    assert page.locator("h3", has_text="Laptop").count() == 1


def test_after_the_password_and_when_asked_again(world: World, page_for: Any) -> None:
    page = page_for(None)
    authenticator(page)
    password_login(page, world.coordinator.email)
    page.wait_for_url("**" + SETUP + "*")
    page.goto(reverse("mfa_add_webauthn"))
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/noodcodes/")
    log_out(page)
    password_login(page, world.coordinator.email)
    page.wait_for_url("**" + STEP)
    page.locator("form[data-passkey=get] button").click()
    page.wait_for_url("**/werkplek/")
    page.goto(reverse("mfa_reauthenticate_webauthn") + "?next=" + reverse("mfa_generate_recovery_codes"))
    page.locator("form[data-passkey=get] button").click()
    page.wait_for_url("**" + reverse("mfa_generate_recovery_codes"))


def test_a_device_that_knows_nobody_says_so(world: World, page_for: Any) -> None:
    """The page says in words that it did not work, and the other way is still there."""
    page = page_for(None)
    session = authenticator(page, verified=False)
    page.goto(LOGIN)
    page.locator("form[data-passkey=login] button").click()
    page.locator("[data-passkey-failed]").wait_for(state="visible")
    expect(page.locator("[name=password]")).to_be_visible()
    session.send("WebAuthn.disable")


def test_without_javascript_the_page_does_not_offer_it(world: World, page_for: Any) -> None:
    give_app(world.coordinator)
    page = page_for(None, js=False)
    password_login(page, world.coordinator.email)
    page.wait_for_url("**" + STEP)
    assert page.locator("form[data-passkey]").count() == 0
    page.locator("[name=code]").fill(code())
    page.locator("main form:has([name=code]) button").click()
    page.wait_for_url("**/werkplek/")
    page.goto("/tweede-stap/toegangssleutel/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form:has([name=password]) button").click()
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("form[data-passkey]")).to_be_hidden()


def test_how_it_looks(world: World, page_for: Any) -> None:
    """What somebody meets at the first log-in."""
    page = page_for(None, width=1280)
    problems = look_at(page, "login", LOGIN)
    password_login(page, world.coordinator.email)
    page.wait_for_url("**" + SETUP + "*")
    problems += look(page, "factor-setup")
    problems += look_at(page, "factor-app", reverse("mfa_activate_totp"))
    page.locator("[name=code]").fill("000000")
    refused(page)
    problems += look(page, "factor-app-wrong")
    problems += look_at(page, "factor-passkey", reverse("mfa_add_webauthn"))
    assert problems == []


def test_how_it_looks_with_everything_set_up(world: World, page_for: Any) -> None:
    give_app(world.coordinator)
    row, _passkey = give_passkey(world.coordinator, "Telefoon van de onderwijsinspectiecoördinatiewerkgroep")
    give_passkey(world.coordinator, "Laptop")
    page = page_for(world.coordinator, width=1280)
    problems = []
    for name in ("index", "deactivate_totp", "view_recovery_codes", "generate_recovery_codes", "reauthenticate"):
        problems += look_at(page, f"factor-{name}", reverse(f"mfa_{name}"))
    problems += look_at(page, "factor-reauthenticate-passkey", reverse("mfa_reauthenticate_webauthn"))
    problems += look_at(page, "factor-reauthenticate-password", reverse("account_reauthenticate"))
    for name in ("edit", "remove"):
        problems += look_at(page, f"factor-{name}", reverse(f"mfa_{name}_webauthn", args=[passkey_code(row)]))
    other = page_for(None, width=1280)
    password_login(other, world.coordinator.email)
    other.wait_for_url("**" + STEP)
    problems += look(other, "factor-step")
    other.locator("[name=code]").fill("123456")
    refused(other)
    problems += look(other, "factor-step-wrong")
    assert problems == []
    assert recovery_codes(world.coordinator)
    assert SECRET not in page.content()


def refused(page: Page) -> None:
    """Send the code, which is a wrong one; the page that comes back says so."""
    expect(page.locator(".error-summary")).to_have_count(0)
    page.locator("main form:has([name=code]) button").click()
    page.locator(".error-summary").wait_for()


def look_at(page: Page, name: str, path: str) -> list[str]:
    page.goto(path)
    return look(page, name)
