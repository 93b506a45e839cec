"""How often one may try: strict for one account at one place, never so that a whole school can't get in."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.test_login import LOGIN, RESET, try_login
from tests.accounts.test_second_step import inside
from tests.conftest import PASSWORD, World, join, person
from tests.factors import code, give_app

SCHOOL, HOME = "192.0.2.7", "198.51.100.20"


@pytest.fixture(autouse=True)
def real_cache(settings: Any) -> Any:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}}
    cache.clear()
    yield
    cache.clear()


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def attack(email: str, times: int, address: str = SCHOOL) -> list[tuple[int, str]]:
    """Wrong passwords, each from a browser of its own; what was answered."""
    answers = []
    for number in range(times):
        response = try_login(at(address), email, f"verkeerd-wachtwoord-{number}")
        answers.append((response.status_code, words(response, email)))
    return answers


def words(response: Any, email: str) -> str:
    text = response.content.decode().replace(email, "")
    return re.sub(r'value="[^"]*"', "", text)


def test_the_owner_gets_in_from_elsewhere(world: World) -> None:
    """A hundred wrong passwords for one account from one address."""
    answers = attack(world.author.email, 100)
    assert len(set(answers[:5])) == len(set(answers[5:])) == 1, "five tries, then a pause"
    assert answers[0] != answers[5]
    here, home = at(SCHOOL), at(HOME)
    try_login(here, world.author.email, PASSWORD)
    try_login(home, world.author.email, PASSWORD)
    assert not inside(here)
    assert inside(home)


def test_colleagues_at_the_same_address_get_in(world: World) -> None:
    attack(world.author.email, 100)
    client = at(SCHOOL)
    try_login(client, world.teacher.email, PASSWORD)
    assert inside(client)


def test_a_script_that_tries_everybody_does_not_hold_up_who_was_here_before(world: World, settings: Any) -> None:
    """A pupil at the school's own address uses up all that the address may; a known browser does not notice."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_address": "20/m/ip"}
    own = at(SCHOOL)
    try_login(own, world.author.email, PASSWORD)
    own.post("/uitloggen/")
    for number in range(30):
        attack(f"leraar{number}@school.example", 1)
    attack(world.author.email, 10)
    new = at(SCHOOL)
    try_login(new, world.author.email, PASSWORD)
    try_login(own, world.author.email, PASSWORD)
    assert not inside(new)
    assert inside(own)


def test_a_known_browser_may_not_guess_without_end(world: World) -> None:
    own = at(SCHOOL)
    try_login(own, world.author.email, PASSWORD)
    own.post("/uitloggen/")
    for _ in range(6):
        try_login(own, world.author.email, "verkeerd-wachtwoord")
    try_login(own, world.author.email, PASSWORD)
    assert not inside(own)


def test_a_browser_is_known_for_one_account_only(world: World, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_address": "1/m/ip"}
    own = at(SCHOOL)
    try_login(own, world.author.email, PASSWORD)
    own.post("/uitloggen/")
    try_login(own, world.teacher.email, PASSWORD)
    assert not inside(own)


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "0" * 5000, "é"])
def test_a_made_up_cookie_is_no_known_browser(world: World, settings: Any, value: str) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_address": "0/m/ip"}
    client = at(SCHOOL)
    client.cookies[settings.DEVICE_COOKIE_NAME] = value
    try_login(client, world.author.email, PASSWORD)
    assert not inside(client)


def test_the_cookie_names_nobody(world: World, settings: Any) -> None:
    client = at(SCHOOL)
    try_login(client, world.author.email, PASSWORD)
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert world.author.email not in cookie.value
    assert world.author.reference not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_whole_school_logs_in_within_a_minute(world: World) -> None:
    """Forty teachers from one address, one in four with a wrong password first."""
    started = timezone.now()
    people = [person(f"leraar_{number}") for number in range(40)]
    with time_machine.travel(started, tick=False):
        for number, user in enumerate(people):
            join(user, "teacher", world.school)
            client = at(SCHOOL)
            if number % 4 == 0:
                try_login(client, user.email, "verkeerd-wachtwoord")
            try_login(client, user.email, PASSWORD)
            assert inside(client), number


def test_a_whole_school_sets_a_password_within_a_minute(world: World) -> None:
    answers = [at(SCHOOL).post(RESET, {"email": f"leraar_{number}@school.example"}) for number in range(40)]
    assert {response.status_code for response in answers} == {302}


def test_after_the_pause_it_goes_on(world: World) -> None:
    attack(world.author.email, 6)
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        client = at(SCHOOL)
        try_login(client, world.author.email, PASSWORD)
    assert inside(client)


def test_a_day_has_an_end_to_guessing(world: World) -> None:
    now = timezone.now()
    for pause in range(12):
        with time_machine.travel(now + timedelta(minutes=6 * pause), tick=False):
            attack(world.author.email, 5)
    with time_machine.travel(now + timedelta(minutes=90), tick=False):
        client = at(SCHOOL)
        try_login(client, world.author.email, PASSWORD)
    assert not inside(client)


@pytest.mark.parametrize("known", ["author", "coordinator", "former"])
def test_the_answers_do_not_tell_who_exists(world: World, known: str) -> None:
    """The same status, words and shape at each try: with a second step, without a role, and not there at all."""
    give_app(world.coordinator)
    one = attack(world.people[known].email, 8)
    cache.clear()
    assert one == attack("niemand@school.example", 8)


def test_a_forgotten_password_does_not_tell_who_exists(world: World) -> None:
    def answers(email: str) -> list[tuple[int, str]]:
        cache.clear()
        return [
            (response.status_code, response.headers.get("Location", ""))
            for response in (at(SCHOOL).post(RESET, {"email": email}) for _ in range(8))
        ]

    assert answers(world.author.email) == answers("niemand@school.example")
    assert len(mail.outbox) == 5


def test_the_code_page_does_not_tell_who_has_a_second_step(world: World) -> None:
    """Without the right password nobody comes to it, whoever they say they are."""
    give_app(world.coordinator)
    pages = []
    for email in (world.coordinator.email, world.principal.email, "niemand@school.example"):
        client = at(SCHOOL)
        first = try_login(client, email, "verkeerd-wachtwoord")
        then = client.post("/inloggen/code/", {"code": code()})
        pages.append((first.status_code, words(first, email), then.status_code, then["Location"]))
    assert len(set(pages)) == 1
    assert pages[0][3] == LOGIN


def test_the_first_success_of_an_attacker_clears_nothing(world: World) -> None:
    """Logging in with one's own account between guesses gives no new guesses at that of another."""
    mallory = person("mallory")
    join(mallory, "teacher", world.school)
    for _ in range(3):
        attack(world.author.email, 3)
        try_login(at(SCHOOL), mallory.email, PASSWORD)
    client = at(SCHOOL)
    try_login(client, world.author.email, PASSWORD)
    assert not inside(client)
    assert User.objects.get(pk=world.author.pk).check_password(PASSWORD)
