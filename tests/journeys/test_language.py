"""Dutch, whatever the browser says; English for who chooses it, until they choose again."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import World
from tests.journeys.page import Page


@pytest.mark.parametrize("accept", ["", "en", "en-GB,en;q=0.9", "de", "*", "x" * 5000])
@pytest.mark.parametrize("path", ["/inloggen/", "/mijn-meldingen/", "/bestaat-niet/"])
def test_dutch_whatever_the_browser_says(world: World, login: Any, path: str, accept: str) -> None:
    client = Client() if path == "/inloggen/" else login(world.author)
    response = client.get(path, headers={"Accept-Language": accept})
    assert response["Content-Language"] == "nl"
    assert Page(response).lang == "nl"


def test_english_after_choosing_and_back(world: World, login: Any) -> None:
    client = login(world.author)
    for language in ("en", "nl"):
        page = Page(client.get("/mijn-meldingen/"))
        form = page.form(action=reverse("set_language"))
        response = client.post(form.action, {**form.data(), "language": language})
        assert response["Location"] == "/mijn-meldingen/"
        response = client.get("/mijn-meldingen/", headers={"Accept-Language": "de"})
        assert response["Content-Language"] == language
        assert Page(response).lang == language


def test_the_words_of_the_protocol_follow(world: World, login: Any) -> None:
    client = login(world.author)
    path = reverse("signals:signal-new")
    assert "Pesten" in client.get(path).content.decode()
    client.cookies["django_language"] = "en"
    text = client.get(path).content.decode()
    assert "Bullying" in text
    assert "Pesten" not in text


def test_a_visitor_chooses_too(client: Client, db: None) -> None:
    client.post("/taal/", {"language": "en", "next": "/inloggen/"})
    assert Page(client.get("/inloggen/")).lang == "en"
