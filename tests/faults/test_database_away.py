"""The database is away, full, locked or read-only, and comes back. What one sees, and what is left of one's words."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.factors.services import MAIL
from accounts.models import OutgoingMail
from accounts.outbox import queue
from signals.models import Attachment, Draft
from signals.services.cases import case_take
from signals.services.drafts import draft_save
from tests.conftest import PASSWORD, World, send, typed
from tests.faults import inject
from tests.faults.counting import log_is_whole, since, tally
from tests.faults.losing import Losable, losable
from tests.faults.running import Person, Server, Workers, page, until

ODD = """Hij zei: "stop" & <script>alert(1)</script>\r\nEn toen {{ ging }} hij weg.""" + " En toen?" * 1500
WAYS = ("cut", "standby", "locked", "gone", "read-only", "full")
STAYS_AWAY = ("cut", "gone")  # not even reading works
Visit = Callable[..., Person]


@pytest.fixture
def lost(folder: Path) -> Iterator[Losable]:
    with losable(folder) as found:
        yield found


@pytest.fixture
def workers(folder: Path, lost: Losable, post: Any) -> Iterator[Workers]:
    mail = f"smtp://127.0.0.1:{post.server_address[1]}"
    found = Workers(folder, DATABASE_URL=lost.url, FAULTS_PATIENCE="0.2", FAULTS_MAIL=mail)
    yield found
    found.end()


@pytest.fixture
def server(folder: Path, lost: Losable) -> Iterator[Server]:
    found = Server(folder, DATABASE_URL=lost.url, FAULTS_PATIENCE="0.2")
    yield found
    found.end()


def calm(response: requests.Response, language: str = "en") -> Any:
    """The page that says so; nothing of the machine is on it, and nothing keeps it."""
    seen = page(response, 503)
    assert {"en": "This does not work for a moment", "nl": "Dit lukt nu even niet"}[language] in seen.text
    assert (seen.lang, response.headers["Retry-After"], response.headers["Cache-Control"]) == (
        language,
        "30",
        "no-store",
    )
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert seen.hrefs("tel:112")
    assert not [word for word in ("Traceback", "Error", "sqlite", "psycopg", "database is") if word in seen.html]
    return seen


def addresses() -> list[str]:
    """Every address that needs no number."""
    found = set()
    for name in {name for name in get_resolver().reverse_dict if isinstance(name, str)} | names():
        try:
            found.add(reverse(name))
        except NoReverseMatch:
            continue
    return sorted(found)


def names() -> set[str]:
    spaces = get_resolver().namespace_dict.items()
    return {
        f"{space}:{name}" for space, (_path, inner) in spaces for name in inner.reverse_dict if isinstance(name, str)
    }


def test_away_and_back_and_nothing_is_lost(
    world: World, visit: Visit, workers: Workers, lost: Losable, folder: Path, post: Any
) -> None:
    """One server, all ways after each other: it is never started again."""
    every_page_says_so_and_what_was_typed_comes_back(world, visit, lost)
    a_file_is_chosen_again_and_its_description_stays(world, visit, lost)
    if "cut" in lost.ways:
        cut_in_the_middle_of_a_transaction(world, visit, lost, folder)
    a_worker_that_starts_meanwhile_waits(workers, lost)
    the_worker_goes_on(world, workers, lost, post)
    assert log_is_whole()


def every_page_says_so_and_what_was_typed_comes_back(world: World, visit: Visit, lost: Losable) -> None:
    author, coordinator, visitor = visit(world.author), visit(world.coordinator, language="nl"), visit(None)
    new = reverse("signals:signal-new")
    words = typed(world, observed=ODD, action="save")
    log_in = visitor.get(reverse("account_login")).form(has="password").data()
    for way in [way for way in WAYS if way in lost.ways]:
        form, before = author.get(new).form(id="concern").data(), tally()
        with lost.ways[way]():
            start = time.monotonic()
            seen = calm(author.post(new, {**form, **words}))
            assert time.monotonic() - start < 10
            again = seen.form(has="observed")
            calm(coordinator.ask("GET", reverse("signals:desk")), "nl")
            if way in STAYS_AWAY:
                nothing_else_is_shown(author, coordinator, visitor, log_in, {**form, **words})
        assert since(before) == {}, way
        assert visitor.ask("GET", "/readyz").text == "ok"
        sent = author.post(again.action, again.data())
        assert sent.status_code == 302, way
        assert author.post(again.action, again.data()).status_code == 302
        assert Draft.objects.get().data["observed"].splitlines() == ODD.splitlines()
        assert page(coordinator.ask("GET", reverse("signals:desk"))).status == 200
        Draft.objects.all().delete()


def nothing_else_is_shown(
    author: Person, coordinator: Person, visitor: Person, log_in: dict[str, Any], words: dict[str, Any]
) -> None:
    """Every page; and what never comes back: a password, and words for which this browser got no form."""
    for path in addresses():
        calm(coordinator.ask("GET", path), "nl")
    asked = visitor.ask("GET", "/livez"), visitor.ask("GET", "/readyz")
    assert [(found.status_code, found.text) for found in asked] == [(200, "ok"), (503, "database away")]
    refused = visitor.post(reverse("account_login"), {**log_in, "login": "a@school.example", "password": PASSWORD})
    assert PASSWORD not in calm(refused).html
    assert "a@school.example" not in refused.text
    forged = author.post(reverse("signals:signal-new"), {**words, "csrfmiddlewaretoken": "x" * 64})
    assert "stop" not in calm(forged).html
    assert calm(author.ask("POST", "/bestaat-niet/", data=words)).forms == []


def a_file_is_chosen_again_and_its_description_stays(world: World, visit: Visit, lost: Losable) -> None:
    coordinator = visit(world.coordinator)
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    form = coordinator.get(reverse("signals:case-file-add", args=[case.reference])).form(has="about")
    path, data = reverse("signals:case-file-add", args=[case.reference]), {**form.data(), "about": "Brief van moeder"}
    with lost.ways["cut" if "cut" in lost.ways else "gone"]():
        seen = calm(coordinator.post(path, data, files={"file": ("a.txt", b"Zilverreiger")}))
    assert "choose it again" in seen.text
    assert "Zilverreiger" not in seen.html
    again = page(coordinator.post(path, seen.form(has="about").data()), 422)
    assert again.form(has="about").data()["about"] == "Brief van moeder"
    assert not Attachment.objects.exists()


def cut_in_the_middle_of_a_transaction(world: World, visit: Visit, lost: Losable, folder: Path) -> None:
    author = visit(world.author)

    def make() -> str:
        draft = draft_save(by=world.author, draft=None, data=typed(world))
        return reverse("signals:draft-check", args=[draft.reference])

    path = make()
    form = {**author.get(path).form(id="check").data(), "action": "send"}
    before = tally()
    steps = int(author.post(path, form).headers["X-Steps"])
    whole = since(before)
    for at in (2, steps // 2, steps - 4, steps - 3, steps - 2, steps - 1):
        path, before, again = make(), tally(), form
        with ThreadPoolExecutor() as pool:
            asked = pool.submit(author.post, path, form, f"{at} wait")
            until((folder / inject.REACHED).exists)
            with lost.ways["cut"]():
                (folder / inject.GO).touch()
                answer = asked.result(20)
        (folder / inject.GO).unlink()
        if answer.status_code != 302:
            again = calm(answer).form(has="seen").data()
            assert again["action"] == "send"
        assert author.post(path, again).status_code == 302
        assert since(before) == whole, f"{at} of {steps}"


def a_worker_that_starts_meanwhile_waits(workers: Workers, lost: Losable) -> None:
    """A machine that starts again: the worker may be there before its database."""
    with lost.ways["cut" if "cut" in lost.ways else "gone"]():
        number = workers.start()
        until(lambda: "waits for the database" in workers.said.read_text())
    assert not workers.is_dead(number)
    workers.stop(number)


def the_worker_goes_on(world: World, workers: Workers, lost: Losable, post: Any) -> None:
    """One worker lives through it all, and sends what was queued meanwhile once."""
    number = workers.start()
    waits = OutgoingMail.objects.waiting().filter(kind=MAIL)
    for way in lost.ways.values():
        queue(MAIL, to=world.author, path="/")
        with way():
            before = failures(workers)  # a mail can still leave where only more room is not given
            until(lambda before=before: failures(workers) > before or not waits.exists())
        until(lambda: not waits.exists())
    assert not workers.is_dead(number)
    workers.stop(number)
    mails = OutgoingMail.objects.filter(kind=MAIL).values_list("pk", flat=True)
    mine = [mail for mail in post.taken if mail["To"] == world.author.email]  # others are of the log
    brought = Counter(mail["Message-ID"].split("-")[1] for mail in mine)
    assert [brought[str(pk)] for pk in mails] == [1] * len(lost.ways)


def failures(workers: Workers) -> int:
    """Of rounds, and of a start: a worker that comes while the database is away waits for it."""
    said = workers.said.read_text()
    return said.count("could not do its round") + said.count("waits for the database")
