"""What is worked out when a template is loaded reads the same as what is worked out for each request."""

import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.template import Context, Engine
from django.test import override_settings
from django.utils import timezone, translation

from schoolsafety.context import May
from signals.models import Case, Signal
from signals.services.cases import case_note, case_take
from tests.conftest import World, send, typed
from tests.handing import key, make_task, meet
from tests.sharing import share

ONCE = re.compile(r'name="(csrfmiddlewaretoken|key|page)" value="[\w-]+"')


def unfolded() -> list[dict[str, Any]]:
    engine = settings.TEMPLATES[0]
    return [{**engine, "OPTIONS": {**engine["OPTIONS"], "loaders": engine["OPTIONS"]["loaders"][0][1]}}]


def loaded(source: str, **parts: str) -> Any:
    loader = ("django.template.loaders.locmem.Loader", {"page.html": source, **parts})
    libraries = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
    return Engine(loaders=[("schoolsafety.folding.Loader", [loader])], libraries=libraries).get_template("page.html")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_read_the_same(world: World, login: Any, pupil_signal: Signal, language: str) -> None:
    new, case = asked(world, pupil_signal)
    own = f"/casus/{case.reference}/"
    pages = {
        world.coordinator: [
            *("/werkplek/?tab=new", "/werkplek/?tab=open", "/werkplek/?tab=mine&filters=1", "/werkplek/?tab=closed"),
            *(own, f"{own}delen/", f"{own}sluiten/", f"{own}taak/", f"{own}overleg/", f"{own}antwoorden/"),
            *(f"{own}bestand/", f"{own}overdragen/", f"/casus/{new.reference}/", f"{own}afschermen/", "/afwezig/"),
            *("/casus/zoeken/", "/logboek/", "/gedeeld/", "/wie-bellen-we-wanneer/", "/oefenen/", "/oefenen/melden/"),
        ],
        world.author: [
            *(f"/zorg/{pupil_signal.reference}/", "/zorg/nieuw/", "/mijn-meldingen/", "/berichten/", "/sessies/"),
            *("/wachtwoord/", "/tweede-stap/", "/zorg/papier/", f"{own}x/", "/uitloggen/"),
        ],
        world.principal: [
            "/opvolging/",
            f"/opvolging/{case.reference}/",
            "/contacten/",
            "/schoolkalender/",
            "/logboek/",
        ],
        world.board_officer: ["/werkplek/", own, "/noodtoegang/", "/noodtoegang/nakijken/", "/logboek/controleren/"],
        world.privacy_officer: ["/logboek/", "/noodtoegang/nakijken/", "/logboek/wie-kon-wat/"],
        world.administrator: ["/mensen/", "/mensen/uitnodigen/", f"/mensen/{world.teacher.reference}/", "/post/"],
        None: ["/inloggen/", "/wachtwoord/vergeten/", "/oh-nee/"],
    }
    clients = [(login(user), path) for user, paths in pages.items() for path in paths]
    for client, _path in clients:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    found: list[list[str]] = []
    moment = timezone.now()
    for templates in (settings.TEMPLATES, unfolded()):
        with override_settings(TEMPLATES=templates), time_machine.travel(moment, tick=False):
            found.append([read(client, path) for client, path in clients])
    for (_client, path), folded, plain in zip(clients, *found, strict=True):
        assert folded == plain, path
    assert all("<!doctype html>" in page for page in found[0])


def asked(world: World, signal: Signal) -> tuple[Case, Case]:
    """A new case, and one that was taken, with a note, a task, a meeting and somebody who reads along."""
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    case_note(by=world.coordinator, case=case, text="Gebeld <b>& 'ja'", key=key())
    make_task(case, world.coordinator)
    meet(case, world.coordinator)
    share(case, world.coordinator, world.teacher)
    return signal.case, case


def test_a_part_that_is_kept_knows_nothing_but_its_values(world: World, login: Any) -> None:
    source = "{% load same_for %}{% same_for may here %}{{ here }} {{ may.case_handle }} {{ name }}{% endsame_for %}!"
    libraries = {"same_for": "schoolsafety.templatetags.same_for"}
    page = Engine(libraries=libraries).from_string(source)
    for here, may, wanted in (
        ("desk", May(["case_handle"]), "desk True !"),
        ("desk", May(), "desk False !"),
        ("<b>", May(), "&lt;b&gt; False !"),
    ):
        assert page.render(Context({"here": here, "may": may, "name": "Carla"})) == wanted
    menus = [
        login(user).get("/mijn-meldingen/").content.decode().count("/werkplek/")
        for user in (world.coordinator, world.author)
    ]
    assert menus[0] > menus[1] == 0


def read(client: Any, path: str) -> str:
    with transaction.atomic():
        response = client.get(path)
        transaction.set_rollback(True)  # that it was read is not on the page that is read next
    assert response.status_code in (200, 404), path
    return ONCE.sub("", response.content.decode())


def test_each_language_gets_its_own_copy() -> None:
    source = '{% load i18n %}{% translate "Desk" %}'
    engine = loaded(source).engine
    for language, word in (("en", "Desk"), ("nl", "Werkplek"), ("en", "Desk")):
        with translation.override(language):
            template = engine.get_template("page.html")
            assert template.render(Context()) == word
            assert len(template.nodelist) == 1


def test_what_depends_on_who_asks_stays() -> None:
    icon = "<svg>{{ name }}{% if more %}!{% endif %}</svg>"
    source = '{% include "icon.html" with name="lock" more=1 %}{% include "icon.html" with name=kind more=0 %}'
    template = loaded(source, **{"icon.html": icon})
    assert template.nodelist[0].s == "<svg>lock!</svg>"
    assert template.render(Context({"kind": "<b>"})) == "<svg>lock!</svg><svg>&lt;b&gt;</svg>"
    asks_more = loaded('{% include "icon.html" with name="lock" %}', **{"icon.html": icon})
    assert asks_more.render(Context({"more": True})) == "<svg>lock!</svg>"
    assert asks_more.render(Context({"more": False})) == "<svg>lock</svg>"


def test_a_part_that_holds_itself_is_loaded_once() -> None:
    template = loaded('{% if more %}{% include "page.html" with more=0 %}{% endif %}x')
    assert template.render(Context({"more": True})) == "xx"


def test_what_changes_by_itself_is_never_folded() -> None:
    template = loaded('{% include "now.html" %}{% cycle "a" "b" %}', **{"now.html": '{% now "u" %}'})
    assert [type(node).__name__ for node in template.nodelist] == ["IncludeNode", "CycleNode"]
