"""Every text of the screens stands in the Dutch catalogue, translated, whole and in our way of writing."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

from tests.conftest import World

ROOT = Path(__file__).parents[2]
PACKAGES = ("schoolsafety", "signals", "escalation", "accounts", "audit")
CATALOGUE = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"
REFRESH = "run: make messages, translate what is new, then python locale/compile.py"

Key = tuple[str, str, str]  # context, English, English plural

# Where the context, the text and the plural stand among the arguments.
ARGUMENTS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
FUNCTIONS = {name + ending: places for name, places in ARGUMENTS.items() for ending in ("", "_lazy", "_noop")}
LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*u?({LITERAL})(?:,\s*u?({LITERAL}))?(?:,\s*u?({LITERAL}))?")
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")


def key(name: str, texts: list[str | None]) -> Key:
    """The entry that a call asks for; a text that is no literal is None."""
    context, text, plural = (None if place is None else texts[place] for place in FUNCTIONS[name])
    return context or "", text or "", plural or ""


def in_python(path: Path) -> Iterator[Key]:
    """What the calls in a file ask for, under whatever name the function was imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in FUNCTIONS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield key(known[node.func.id], texts)


def in_template(path: Path) -> Iterator[Key]:
    for name, *found in CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        yield key("gettext" if name == "_" else name, [ast.literal_eval(text) if text else None for text in found])


def sources() -> dict[Key, str]:
    """Every text that a screen may ask for, with one file that does."""
    found: dict[Key, str] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found |= dict.fromkeys(in_python(path), str(path.relative_to(ROOT)))
    for path in (ROOT / "templates").rglob("*.*"):
        found |= dict.fromkeys(in_template(path), str(path.relative_to(ROOT)))
    return found


def keys(catalogue: polib.POFile) -> set[Key]:
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "") for entry in catalogue}


def pairs(entry: polib.POEntry) -> list[tuple[str, str]]:
    """The Dutch of an entry, each with the English it stands for."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    dutch = entry.msgstr_plural
    return [(entry.msgid, dutch.get(0, "")), (entry.msgid_plural, dutch.get(1, ""))]


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def test_every_text_is_in_the_catalogue_and_nothing_else(catalogue: polib.POFile) -> None:
    asked, known = sources(), keys(catalogue)
    missing = {wanted: where for wanted, where in asked.items() if wanted not in known}
    assert not missing, REFRESH
    assert not known - set(asked), f"nobody asks for these any more; {REFRESH}"
    assert not catalogue.obsolete_entries(), REFRESH


def test_no_text_is_computed() -> None:
    computed = [where for (_context, text, _plural), where in sources().items() if not text]
    assert not computed, "only a text that stands in the call itself can be collected"


def test_everything_is_translated(catalogue: polib.POFile) -> None:
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []
    assert [english for entry in catalogue for english, dutch in pairs(entry) if not dutch.strip()] == []
    assert catalogue.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"


def test_placeholders_are_the_same(catalogue: polib.POFile) -> None:
    wrong = [
        (english, dutch)
        for entry in catalogue
        for english, dutch in pairs(entry)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(dutch))
    ]
    assert wrong == []


def test_the_dutch_is_calm_and_says_u(catalogue: polib.POFile) -> None:
    dutch = [text for entry in catalogue for _english, text in pairs(entry)]
    assert [text for text in dutch if "!" in text] == []
    assert [text for text in dutch if re.search(r"\b(je|jij|jou|jouw|jullie)\b", text, re.IGNORECASE)] == []


def test_the_catalogue_is_compiled(catalogue: polib.POFile) -> None:
    compiled = CATALOGUE.with_suffix(".mo")
    assert compiled.exists(), "run: python locale/compile.py"
    found = {(entry.msgid, *(dutch for _english, dutch in pairs(entry))) for entry in polib.mofile(str(compiled))}
    assert found == {(entry.msgid, *(dutch for _english, dutch in pairs(entry))) for entry in catalogue}, (
        "the compiled catalogue is older; run: python locale/compile.py"
    )


def test_makemessages_finds_the_same(catalogue: polib.POFile, tmp_path: Path) -> None:
    """What xgettext collects, so that no call is written in a way that it does not see."""
    if shutil.which("xgettext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("gettext is not installed, and CI must have it: apt-get install gettext")
        pytest.skip("gettext is not installed here; CI runs this test")
    unwanted = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in (*PACKAGES, "templates", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unwanted)
    shutil.copy(ROOT / "manage.py", tmp_path)
    command = [sys.executable, "manage.py", "makemessages", "--locale", "nl", "--no-obsolete", "--no-location"]
    unset = {"DJANGO_SETTINGS_MODULE", "PYTHONPATH"}
    env = {name: value for name, value in os.environ.items() if name not in unset}
    env |= {"SECRET_KEY": "only-for-tests", "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}", "DEMO": "False"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    collected = polib.pofile(str(tmp_path / CATALOGUE.relative_to(ROOT)))
    assert keys(collected) == keys(catalogue), REFRESH
    assert [entry.msgid for entry in collected if not entry.translated()] == []


@pytest.mark.parametrize(
    ("language", "heading", "button", "other"),
    [
        ("nl", "Maakt u zich zorgen om iemand?", "Zorg melden", "English"),
        ("en", "Are you worried about someone?", "Report a concern", "Nederlands"),
    ],
)
def test_the_home_page(world: World, login: Any, language: str, heading: str, button: str, other: str) -> None:
    client: Client = login(world.author)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get(reverse("start"), follow=True)
    assert response.status_code == 200
    assert response.headers["Content-Language"] == language
    page = response.content.decode()
    assert f'<html lang="{language}">' in page
    for words in (heading, button, other):
        assert words in page


def test_the_screens_are_dutch_first(client: Client, db: None) -> None:
    response = client.get(reverse("account_login"), headers={"accept-language": "en"})
    assert response.headers["Content-Language"] == "nl"
    assert "Direct gevaar?" in response.content.decode()
