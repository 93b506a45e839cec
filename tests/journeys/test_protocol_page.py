"""The page with the whole table, as everybody who works here sees it."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from escalation import protocol
from escalation.protocol import current_protocol, load_protocols
from tests.conftest import World
from tests.escalation.test_versions import POLICE, newer

PAGE = reverse("escalation:protocol")


def test_every_rule_stands_there_with_whom_how_firm_and_its_source(world: World, login: Any) -> None:
    text = login(world.author).get(PAGE).content.decode()
    table = current_protocol()
    assert [row for row in table.rules if f'id="rule-{row}"' not in text] == []
    for part in (
        "U vermoedt dat iemand naar een oorlogsgebied wil",
        "0900-1113111",
        "richtlijn Rijksoverheid",
        "Deze regel staat uit",
        "Uw school mag het anders afspreken",
        "Dit is de eerste versie.",
        "Versie 2026-11, geldt vanaf 22 november 2026.",
        "2026-11-22",
    ):
        assert part in text, part


@pytest.mark.parametrize("name", ["teacher", "coordinator", "principal", "privacy_officer", "administrator"])
def test_it_is_in_everybody_s_menu(world: World, login: Any, name: str) -> None:
    client = login(getattr(world, name))
    assert f'href="{PAGE}"' in client.get(reverse("signals:trail")).content.decode()
    assert client.get(PAGE).status_code == 200


def test_who_has_no_role_here_does_not_see_it(world: World, login: Any) -> None:
    assert login(world.former).get(PAGE).status_code == 404
    assert login(None).get(PAGE).status_code == 302


def test_in_english_it_says_the_same(world: World, login: Any) -> None:
    client = login(world.author)
    client.cookies["django_language"] = "en"
    text = client.get(PAGE).content.decode()
    assert "Who do we call when?" in text
    assert "You suspect that someone wants to go to a war zone" in text


def test_a_new_version_says_what_changed(
    world: World, login: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer(tmp_path, (POLICE, POLICE.replace("same_day", "now")), ("valid_from: 2027-08-01", "valid_from: 2026-11-23"))
    found = load_protocols(tmp_path)
    monkeypatch.setattr(protocol, "all_protocols", lambda: found)
    text = login(world.author).get(PAGE).content.decode()
    assert "Versie 2027-08" in text
    assert "Sinds versie 2026-11:" in text
    assert "is nu moet · nu · richtlijn rijksoverheid" in text
