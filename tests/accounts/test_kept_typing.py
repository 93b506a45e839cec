"""What somebody is typing into any form is kept until it arrives, for them alone."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import KeptWords
from audit.models import AuditEvent
from signals.models import Case, Note
from tests.conftest import World
from tests.journeys.page import Browser

TYPING, MINE = "2345-6789-BC", reverse("words_typed")
STORY = "Zilverreiger vloog langs het raam."


def note(client: Client, case: Case) -> dict[str, Any]:
    """What the script sends while somebody writes a note."""
    form = Browser(client).get(reverse("signals:case", args=[case.reference])).form(action="/notitie/")
    return {**form.data(), "text": STORY, "kept_words": TYPING, "kept_path": form.action}


def keep(client: Client, data: dict[str, Any]) -> bool:
    response = client.post(MINE, data)
    assert response.status_code == 200
    kept: bool = response.json()["kept"]
    return kept


def test_a_half_written_note_is_offered_after_the_next_log_in(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.coordinator)
    data = note(client, taken_case)
    assert keep(client, data)
    assert keep(client, data | {"text": STORY + " En terug."})
    page = Browser(login(world.coordinator)).get("/bewaard/")
    assert STORY + " En terug." in page.text
    assert AuditEvent.objects.filter(action="words.kept").count() == 1
    browser = Browser(login(world.coordinator))
    form = next(form for form in browser.get("/bewaard/").forms if "kept_words" in form.names())
    browser.send(form)
    assert Note.objects.get().text == STORY + " En terug."
    assert not KeptWords.objects.exists()


def test_nobody_else_sees_or_changes_it(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.coordinator)
    data = note(client, taken_case)
    keep(client, data)
    other = login(world.author)
    assert not keep(other, data | {"text": "Van een ander, langer dan het was."})
    assert not keep(other, data | {"kept_nothing": "1"})
    assert STORY not in Browser(other).get("/bewaard/").html
    assert STORY in str(KeptWords.objects.get().fields)


def test_what_arrived_is_forgotten_also_when_a_message_comes_late(
    world: World, login: Any, taken_case: Case, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "late"}}
    client = login(world.coordinator)
    data = note(client, taken_case)
    keep(client, data)
    client.post(data["kept_path"], {name: data[name] for name in ("text", "key", "kept_words")})
    assert Note.objects.count() == 1
    assert not keep(client, data)
    assert not KeptWords.objects.exists()


def test_what_was_taken_out_again_is_gone(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.coordinator)
    data = note(client, taken_case)
    keep(client, data)
    keep(client, data | {"text": "", "kept_nothing": "1"})
    assert not KeptWords.objects.exists()


def test_other_places_and_secrets_are_not_kept(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.coordinator)
    data = note(client, taken_case)
    for path in ("/wachtwoord/", "/inloggen/", "/nergens/", "https://elders.example/", "//elders.example/", "", MINE):
        assert not keep(client, data | {"kept_path": path}), path
    assert not keep(client, data | {"kept_words": "x"})
    assert not keep(client, data | {"text": "a" * 400_001})
    keep(client, data | {"password": "geheim-woord"})
    assert "geheim-woord" not in str(KeptWords.objects.get().fields)


def test_words_beside_a_file_stay_until_the_file_is_taken(world: World, login: Any, taken_case: Case) -> None:
    """The script that sends it gets its answers as data."""
    client, path = login(world.coordinator), reverse("signals:case-file-add", args=[taken_case.reference])
    form = Browser(client).get(path).form(has="about")
    data = {**form.data(), "about": STORY, "kept_words": TYPING}
    keep(client, data | {"kept_path": path})

    def send(name: str, content: bytes) -> dict[str, Any]:
        body = data | {"file": SimpleUploadedFile(name, content)}
        found: dict[str, Any] = client.post(path, body, headers={"accept": "application/json"}).json()
        return found

    assert send("a.exe", b"MZ")["problem"]
    assert STORY in str(KeptWords.objects.get().fields)
    assert keep(client, data | {"kept_path": path})
    assert send("a.txt", b"Zilverreiger")["url"]
    assert not KeptWords.objects.exists()
