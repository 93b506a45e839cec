"""In the demo the page that asks for a code shows it; nowhere else does any page."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.factors.demo import SECRET, demo_code, demo_factor
from accounts.models import User
from tests.accounts.test_second_step import ASK, STEP, at_the_second_step, fill_in, inside
from tests.conftest import World
from tests.factors import code, give_app
from tests.journeys.page import Browser

SHOWN = re.compile(r"the code is (\d{3} \d{3})")


@pytest.fixture
def demo(settings: Any, world: World) -> User:
    settings.DEMO = True
    assert demo_factor(world.coordinator)
    return world.coordinator


def test_the_page_shows_the_code(demo: User) -> None:
    browser = at_the_second_step(demo)
    assert browser.page is not None
    found = SHOWN.search(browser.page.text)
    assert found
    assert fill_in(browser, found[1]).path == "/werkplek/"


def test_a_used_code_gives_way_to_the_next(demo: User, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "demo"}}
    for _ in range(2):
        browser = at_the_second_step(demo)
        assert browser.page is not None
        found = SHOWN.search(browser.page.text)
        assert found
        fill_in(browser, found[1])
        assert inside(browser.client)


def test_it_is_there_when_one_is_asked_again(demo: User, login: Any) -> None:
    assert SHOWN.search(Browser(login(demo)).get(ASK).text)


def test_never_outside_the_demo(demo: User, settings: Any, login: Any) -> None:
    """Even with the demo's own secret in the database."""
    settings.DEMO = False
    browser = at_the_second_step(demo)
    assert browser.page is not None
    for page in (browser.page, Browser(login(demo)).get(ASK)):
        assert "Demo" not in page.text
        digits = re.sub(r"\D", "", page.html)
        assert code(SECRET) not in digits
        assert code(SECRET, steps=1) not in digits
    assert demo_code(demo) == ""


def test_a_secret_of_ones_own_is_not_shown(world: World, settings: Any) -> None:
    settings.DEMO = True
    give_app(world.coordinator)
    browser = at_the_second_step(world.coordinator)
    assert browser.page is not None
    assert not SHOWN.search(browser.page.text)


def test_nobody_gets_the_known_secret_outside_the_demo(world: World, settings: Any) -> None:
    with pytest.raises(RuntimeError, match="demo only"):
        demo_factor(world.coordinator)
    with pytest.raises(CommandError):
        call_command("demo")
    assert not Authenticator.objects.exists()


def test_who_only_reports_gets_none(world: World, settings: Any) -> None:
    settings.DEMO = True
    assert not demo_factor(world.author)


def test_who_has_not_given_the_password_sees_no_code(demo: User) -> None:
    response = Client().get(STEP, follow=True)
    assert "Demo: de code" not in response.content.decode()
