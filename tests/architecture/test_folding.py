"""What is worked out when a template is loaded reads the same as what is worked out for each request."""

import re
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.test import override_settings
from django.utils import translation

from schoolsafety.context import May
from signals.services.cases import case_take
from tests.conftest import World, send, typed

ONCE = re.compile(r'name="(csrfmiddlewaretoken|key|page)" value="[\w-]+"')


def unfolded() -> list[dict[str, Any]]:
    engine = settings.TEMPLATES[0]
    return [{**engine, "OPTIONS": {**engine["OPTIONS"], "loaders": engine["OPTIONS"]["loaders"][0][1]}}]


def loaded(source: str, **parts: str) -> Any:
    loader = ("django.template.loaders.locmem.Loader", {"page.html": source, **parts})
    libraries = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
    return Engine(loaders=[("schoolsafety.folding.Loader", [loader])], libraries=libraries).get_template("page.html")


def test_pages_read_the_same(world: World, login: Any) -> None:
    signal = send(world.author, typed(world))
    case = case_take(by=world.coordinator, case=signal.case)
    coordinator, author = login(world.coordinator), login(world.author)
    asked = [
        (coordinator, "/werkplek/?tab=open"),
        (coordinator, f"/casus/{case.reference}/delen/"),
        (author, f"/zorg/{signal.reference}/"),
        (author, "/zorg/nieuw/"),
        (login(world.administrator), "/mensen/"),
        (login(None), "/inloggen/"),
    ]
    found: list[list[str]] = []
    for templates in (settings.TEMPLATES, unfolded()):
        with override_settings(TEMPLATES=templates):
            found.append([read(client, path) for client, path in asked])
    for (_client, path), folded, plain in zip(asked, *found, strict=True):
        assert folded == plain, path


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
    response = client.get(path)
    assert response.status_code == 200, path
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
