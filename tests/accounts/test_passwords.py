"""What may be a password: long, not what everybody tries first, and nothing more is asked of it."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.test_login import LOGIN, NEW
from tests.conftest import PASSWORD, World
from tests.journeys.page import Browser


@pytest.mark.parametrize(
    "password",
    [
        *("kort", "elftekens-1", "password1234", "123456789012", "qwertyuiop123"),
        *("author@school.example", "AuthorAuthor1"),
        *("HetLyceum2026!", "lyceum-merendal-1", "Bestuur-A-2026", "Merendal123456"),
        *(
            "schoolsafety1",
            "SchoolSafety-2026",
            "Welkom012026!",
            "Wachtwoord2026!",
            "Zomervakantie26",
            "WinterWinter12",
            "qwertyuiop12345",
        ),
        *("oktober-2026-!", "juf-juf-juf-juf", "voetbal12345678"),
    ],
)
def test_what_is_tried_first_is_refused(world: World, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, world.author)


@pytest.mark.parametrize(
    "password",
    [
        *(NEW, PASSWORD, "giraffe tafel regen", "zesentwintig kleine eendjes"),
        *("in de winter drink ik thee", "mijn school heeft twee deuren", "٣٤٥ שלום 中文 ñandú", "🦒" * 12),
        *("x9#Lq!7vR2@w", "merendal giraffe tafel", " spaties aan beide kanten ", "y" * 200),
    ],
)
def test_anything_else_is_not(world: World, password: str) -> None:
    validate_password(password, world.author)


def test_the_words_of_another_school_are_just_words(world: World) -> None:
    with pytest.raises(ValidationError):
        validate_password("zusterschool-klimop", world.sister_coordinator)
    validate_password("zusterschool-klimop", world.other_coordinator)


def test_it_says_what_to_do(world: World, login: object) -> None:
    with pytest.raises(ValidationError) as error:
        validate_password("HetLyceum2026!", world.author)
    assert "Voeg andere woorden toe" in str(error.value)


@pytest.mark.parametrize("length", [64, 128, 1000])
def test_long_ones_work_whole(world: World, length: int) -> None:
    """Nothing is cut off: the first half does not open the door."""
    long = ("giraffe tafel " * 100)[:length].strip()
    world.author.set_password(long)
    world.author.save()
    for typed, inside in ((long, True), (long[:-1], False), (long[:72], length <= 72)):
        client = Client()
        client.post(LOGIN, {"login": world.author.email, "password": typed})
        assert ("_auth_user_id" in client.session) == inside


def test_the_boxes_let_one_paste_and_any_length(world: World, login: object) -> None:
    client: Client = login(world.author)  # type: ignore[operator]
    page = Browser(client).get(reverse("account_change_password"))
    boxes = [part for part in page.html.split("<input")[1:] if 'type="password"' in part]
    assert len(boxes) >= 2
    for box in boxes:
        assert "maxlength" not in box
        assert "onpaste" not in box
        assert 'autocomplete="off"' not in box
        assert "-password" in box.partition("autocomplete")[2][:30]


def test_a_change_asks_for_the_one_there_is(world: World, login: object) -> None:
    client: Client = login(world.author)  # type: ignore[operator]
    browser = Browser(client)
    for typed in ("", "verkeerd-wachtwoord", NEW):
        page = browser.get(reverse("account_change_password"))
        page = browser.send(page.form(has="oldpassword"), oldpassword=typed, password1=NEW, password2=NEW)
        assert "to look at" in page.text
    assert User.objects.get(pk=world.author.pk).check_password(PASSWORD)


def test_an_empty_form_names_each_field(world: World, login: Any) -> None:
    page = login(world.author).post(reverse("account_change_password"), {"oldpassword": ""})
    text = page.content.decode()
    for words in ("Vul uw wachtwoord van nu in.", "Vul een nieuw wachtwoord in.", "nieuwe wachtwoord nog een keer in."):
        assert words in text
