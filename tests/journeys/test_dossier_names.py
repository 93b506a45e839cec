"""What of others would come along in a dossier: call names, chats in small letters, accounts, numbers, initials."""

import re
import uuid
from typing import Any

import pytest

from accounts.models import Pupil
from signals.models import Case, Dossier
from signals.services.cases import case_note, case_take
from tests.conftest import World, send, typed
from tests.dossiers import begun
from tests.journeys.page import Browser, Page

LISTED = ("Alexander (Sander) Jansen", "Willem de Boer", "Emma Bos", "Tim van den Berg", "Mees de Wit", "Kevin Maas")


@pytest.fixture
def case(world: World) -> Case:
    for name in LISTED:
        Pupil.objects.create(school=world.school, name=name, group="3B")
    return case_take(by=world.coordinator, case=send(world.author, typed(world)).case)


def letter(world: World, login: Any, case: Case, text: str) -> tuple[Browser, Page]:
    """The page of the letter with this note in it."""
    case_note(by=world.coordinator, case=case, text=text, key=str(uuid.uuid4()))
    row = begun(case, world.coordinator)
    browser = Browser(login(world.coordinator))
    return browser, browser.get(f"/dossier/{row.reference}/nakijken/")


def told(page: Page) -> str:
    """The letter itself, not what stands around it."""
    text = page.text.partition("Who is who")[0].replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r" (?=[.,])", "", text)


def test_how_somebody_is_called_every_day(world: World, login: Any, case: Case) -> None:
    _browser, page = letter(world, login, case, "Sander sloeg willempje. Later lachte sander om emmaatje.")
    assert "leerling B sloeg leerling C. Later lachte leerling B om leerling D." in told(page)


def test_a_chat_in_small_letters(world: World, login: Any, case: Case) -> None:
    browser, page = letter(world, login, case, "In de app schreef mees dat het klaar was.")
    form = page.form(has="lower")
    mees = Pupil.objects.get(name="Mees de Wit")
    assert form.options("lower") == [f"mees=pupil:{mees.reference}"], "it may be a word, so it is asked"
    page = browser.send(form, "doubts", lower=form.options("lower"))
    assert "schreef leerling B dat" in told(page)


def test_addresses_accounts_and_numbers(world: World, login: Any, case: Case) -> None:
    text = "Van tvdberg@live.nl, via @pimpelmees en 06-12345678, naar juf@school.example op 03-11-2026. K.M. belde."
    browser, page = letter(world, login, case, text)
    assert "Van leerling B, via @pimpelmees" in told(page)
    form = page.form(has="sign")
    assert form.data()["sign"] == ["@pimpelmees", "06-12345678", "juf@school.example"], "ticked beforehand"
    assert form.options("word") == ["K.M"]
    page = browser.send(form, "doubts", sign=["@pimpelmees", "06-12345678"], word=["K.M"])
    shown = told(page)
    assert "via [account] en [nummer], naar juf@school.example op 03-11-2026. leerling C. belde." in shown
    assert "06-12345678 → [nummer]" in page.text
    page = browser.send(page.form(has="choice"), "word", word="juf@school.example", choice="leave")
    assert "sign" not in page.html.partition("Did we miss a name?")[2].partition("letter-make")[0]
    page = browser.send(page.form(has="sure"), "make", sure="on")
    others = Dossier.objects.get().content["others"]
    assert {"leerling\N{NO-BREAK SPACE}B", "leerling\N{NO-BREAK SPACE}C"} <= set(others)
    assert not [one for one in others if "[" in one], "people only"
