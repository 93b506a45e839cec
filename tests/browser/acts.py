"""What people do on the pages. By name and role of what they press, never by its words: those change."""

from django.urls import reverse
from playwright.sync_api import Page

from accounts.factors.rule import needs_second_factor
from accounts.models import User
from tests.conftest import PASSWORD
from tests.factors import code, give_app

NAME = "Noor Zandstra"


def log_in_by_form(page: Page, user: User) -> None:
    """With the second step where this person needs one."""
    login, code_page = reverse("account_login"), reverse("mfa_authenticate")
    two_steps = needs_second_factor(user)
    if two_steps:
        give_app(user)
    page.goto("/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator(f"form[action='{login}'] button[type=submit]").click()
    if two_steps:
        page.wait_for_url(f"**{code_page}**")
        page.locator("main [name=code]").fill(code())
        page.locator("main form:has([name=code]) button.btn-primary").click()
    page.wait_for_url(lambda url: login not in url)


def write(page: Page, name: str = "", observed: str = "Ik zag duwen.", told: str = "") -> None:
    """Fill in the first page of a report."""
    page.locator("[name=person_query]").fill(name or "zandst")  # at once: no later answer takes what was found away
    page.locator("label[for=person-1]").click()
    page.locator("label:has([name=concern][value=bullying])").click()
    page.locator("[name=observed]").fill(observed)
    if told:
        page.locator("[name=told]").fill(told)


def second_page(page: Page, name: str = "", observed: str = "Ik zag duwen.", told: str = "") -> None:
    """A report as far as the questions."""
    page.goto(reverse("signals:signal-new"))
    write(page, name, observed, told)
    page.locator("main [name=action][value=continue]").click()
    page.wait_for_url("**/vragen/")
