"""A case is found by what was written in it, by who may read it; the search keeps and tells nothing else."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.content.tokens import Token
from accounts.folding import folded, plainly_folded
from accounts.models import Pupil, User
from audit.models import AuditEvent
from signals import textsearch
from signals.models import Barred, Case, CaseChange, Note, Signal, StepOutcome
from signals.services.cases import case_join, case_take, story_open
from signals.services.facts import facts_correct
from signals.services.glass import glass_break
from signals.services.meetings import Decision
from signals.services.transfers import case_merge
from tests.conftest import World, send, typed
from tests.filing import keep
from tests.handing import make_task, meet, propose
from tests.journeys.page import Browser
from tests.journeys.test_case_search import SEARCH, find, found, hits, shared
from tests.sharing import share


def note(case: Case, by: Any, text: str) -> Note:
    return Note.objects.create(case=case, author=by, text=text, key=uuid.uuid4(), created_at=timezone.now())


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Café", "CAFE"),
        ("cafe\u0301", "Café"),
        ("CAFÉ", "cafe\u0301"),
        ("Zoë", "zoe"),
        ("Straße", "STRASSE"),
        ("ﬁets", "fiets"),
        ("Łukasz Wałęsa", "lukasz walesa"),
        ("Elif Yıldız", "YILDIZ"),
        ("Elif Yildiz", "yıldız"),
        ("İbrahim Kılıç", "ibrahim kilic"),
        ("Søren Đorđević", "soren dordevic"),
        ("Þóra Bjærg", "thora bjaerg"),
    ],
)
def test_accents_and_capitals_make_no_difference(text: str, query: str) -> None:
    assert folded(query) in folded(text)
    assert folded(query) in plainly_folded(text)


def test_other_letters_are_found_as_well() -> None:
    assert folded("Ålesund") == "alesund"
    assert folded("МАМА") in folded("Моя мама")
    assert folded("أمي") in folded("قالت أمي")


def test_every_place_where_words_are_written(world: World, login: Any, taken_case: Case) -> None:
    now, by = timezone.now(), world.coordinator
    signal = taken_case.signals.get()
    signal.additions.create(author=world.author, text="Later een kameel gezien", key=uuid.uuid4(), created_at=now)
    note(taken_case, by, "Gebeld met de giraffe")
    CaseChange.objects.create(case=taken_case, kind="status", old="a", new="monitoring", reason="Walvis", by=by, at=now)
    StepOutcome.objects.create(
        step=signal.steps.all()[0],
        kind="done",
        happened_at=now,
        by_whom="Olifant",
        shared="Tijger",
        reference_number="VT-2026-77",
        recorded_by=by,
        recorded_at=now,
    )
    send(world.author, typed(world, observed="Niets bijzonders."))
    for query in ("groep 3b haar", "KAMEEL later", "giraffe", "walvis", "olifant", "tijger", "vt-2026-77", "gang"):
        assert hits(login, by, query) == [taken_case.reference], query
    assert hits(login, by, "kameel giraffe") == [], "words stand together in one text"
    assert hits(login, by, "neushoorn") == []


def test_tasks_meetings_files_and_hand_overs(world: World, login: Any, taken_case: Case, second: User) -> None:
    by = world.coordinator
    make_task(taken_case, by, text="Zebrapad oversteken met de conciërge.")
    meet(
        taken_case, by, text="Het nijlpaard besproken.", decisions=(Decision("De mentor belt over het stekelvarken."),)
    )
    keep(taken_case, by, "krokodil")
    propose(taken_case, by, second, text="Ik ben met verlof; een flamingo wacht op antwoord.")
    send(world.author, typed(world, observed="Niets bijzonders."))
    for query in ("zebrapad", "nijlpaard", "advies over pesten", "stekelvarken", "krokodil.txt", "flamingo"):
        assert hits(login, by, query) == [taken_case.reference], query
        for user in (world.principal, world.sister_coordinator, world.other_coordinator, world.teacher):
            assert hits(login, user, query) == [], (user, query)


def test_reasons_of_changed_answers_and_of_who_looked(world: World, login: Any, taken_case: Case, second: User) -> None:
    by = world.coordinator
    facts_correct(
        by=by, signal=taken_case.signals.get(), answers={"calamity": True}, reason="Kaleidoscoop bekeken.", seen=0
    )
    glass_break(by=world.sister_coordinator, case=taken_case, reason="Het marsepein stond voor de deur van de school.")
    story_open(by=world.principal, case=taken_case, reason="Een luchtballon vloog over.")
    other = case_take(by=by, case=send(world.author, typed(world, observed="Niets bijzonders.")).case)
    story_open(by=world.principal, case=other, reason="De zeemeermin belde.")
    case_merge(by=by, case=other, into=taken_case, reason="Dezelfde leerling, denk ik.", key=uuid.uuid4())
    share(taken_case, by, world.teacher, reason="Van de boekweit afgeweten.")
    for query in ("kaleidoscoop", "marsepein", "luchtballon", "zeemeermin"):
        assert hits(login, by, query) == [taken_case.reference], query
        assert hits(login, world.teacher, query) == [taken_case.reference], "it stands on the page"
        assert hits(login, world.other_coordinator, query) == [], query


def test_why_a_case_was_shared_finds_it_for_who_handles_it(world: World, login: Any, taken_case: Case) -> None:
    share(taken_case, world.coordinator, world.teacher, reason="Zeppelin wil meelezen.")
    share(taken_case, world.coordinator, world.sister_coordinator, reason="Om over de boekweit te praten.")
    assert hits(login, world.coordinator, "zeppelin") == [taken_case.reference]
    assert hits(login, world.teacher, "boekweit") == [], "who it is shared with reads no reason but the own one"


def test_accents_in_names_and_texts(world: World, login: Any) -> None:
    world.pupil.name = "Zoë Müller"
    world.pupil.save()
    sent = send(world.author, typed(world, observed="In het café zei Daniël niets."))
    for query in ("zoe muller", "ZOË", "cafe daniel", "Zoe\u0308"):
        assert hits(login, world.coordinator, query) == [sent.case.reference], query


def test_names_of_other_languages(world: World, login: Any) -> None:
    world.pupil.name = "Elif Yıldız"
    world.pupil.save()
    sent = send(world.author, typed(world, observed="Zij zat naast Łukasz."))
    for query in ("yildiz", "YILDIZ", "Yıldız", "lukasz"):
        assert hits(login, world.coordinator, query) == [sent.case.reference], query


def test_two_letters_find_names_only(world: World, login: Any, pupil_signal: Signal) -> None:
    assert hits(login, world.coordinator, "no") == [pupil_signal.case.reference]
    assert hits(login, world.coordinator, "ep") == [], "3B stands in a text"


def test_words_of_what_may_not_be_read_find_nothing(
    world: World, login: Any, taken_case: Case, walled_signal: Signal
) -> None:
    note(taken_case, world.coordinator, "Gebeld met de giraffe")
    note(walled_signal.case, world.board_officer, "Gebeld met de neushoorn")
    for user, query, expected in [
        (world.coordinator, "giraffe", True),
        (world.coordinator, "neushoorn", False),  # behind the wall
        (world.board_officer, "neushoorn", True),
        (world.board_officer, "giraffe", False),  # the school's
        (world.subject, "neushoorn", False),  # about them
        (world.principal, "giraffe", False),  # follows without the story
        (world.sister_coordinator, "giraffe", False),
        (world.other_coordinator, "giraffe", False),
        (world.teacher, "giraffe", False),
    ]:
        assert bool(hits(login, user, query)) == expected, (user, query)
        if not expected:
            real, absent = find(login, user, query), find(login, user, "xantippe")
            assert real.text.replace(query, "") == absent.text.replace("xantippe", ""), (user, query)
    shared(world, taken_case, world.teacher)
    assert hits(login, world.teacher, "giraffe") == [taken_case.reference]
    Barred.objects.create(case=taken_case, user=world.coordinator, by=world.principal, at=timezone.now())
    assert hits(login, world.coordinator, "giraffe") == []


def test_texts_of_a_joined_case_find_where_it_went(world: World, login: Any, taken_case: Case) -> None:
    other = send(world.author, typed(world, observed="Een kameel in de gang."))
    case_join(by=world.coordinator, case=other.case, into=taken_case)
    assert hits(login, world.coordinator, "kameel") == [taken_case.reference]


def test_what_was_written_before_a_case_was_put_with_another(world: World, login: Any, taken_case: Case) -> None:
    other = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    note(other, world.coordinator, "Gebeld met de giraffe")
    why = "De dromedaris gaat over hetzelfde."
    case_merge(by=world.coordinator, case=other, into=taken_case, reason=why, key=str(uuid.uuid4()))
    for query in ("giraffe", "dromedaris"):
        assert hits(login, world.coordinator, query) == [taken_case.reference], query
        assert hits(login, world.sister_coordinator, query) == [], query
    Barred.objects.create(case=taken_case, user=world.coordinator, by=world.principal, at=timezone.now())
    assert hits(login, world.coordinator, "giraffe") == []


def test_neither_the_address_nor_the_event_holds_the_words(world: World, login: Any, taken_case: Case) -> None:
    note(taken_case, world.coordinator, "Gebeld met de giraffe")
    browser = Browser(login(world.coordinator))
    page = browser.send(browser.get(SEARCH).form(id="case-search"), q="Giraffe")
    assert not page.hrefs("giraffe")
    assert "Gebeld met" not in page.html, "the list shows no story"
    event = AuditEvent.objects.order_by("-id")[0]
    assert event.details["cases"] == [taken_case.reference]
    assert "iraffe" not in str(event.details) + event.body


def test_of_very_many_cases_the_newest_texts(world: World, login: Any, monkeypatch: Any) -> None:
    old = send(world.author, typed(world, observed="Een kameel."))
    new = send(world.author, typed(world, observed="Nog een kameel."))
    told = "Texts were searched in the newest of them"
    assert told not in find(login, world.coordinator, "kameel").text
    monkeypatch.setattr(textsearch, "MOST", 1)
    page = find(login, world.coordinator, "kameel")
    assert [one for one in found(page) if one != "zoeken"] == [new.case.reference]
    assert told in page.text
    assert hits(login, world.coordinator, "noor") == [new.case.reference, old.case.reference], "names are all looked at"
    Pupil.objects.filter(pk=world.pupil.pk).update(name="Zoë Łukasz Yıldız")
    for query in ("zoe", "lukasz yildiz", "YILDIZ"):
        assert hits(login, world.coordinator, query) == [new.case.reference, old.case.reference], query
    assert hits(login, world.coordinator, "\u0301\u0308") == [], "of these nothing is left to look for"


def test_a_text_that_does_not_open_is_left_out_and_told(
    world: World, login: Any, taken_case: Case, caplog: Any
) -> None:
    good, bad = (note(taken_case, world.coordinator, text) for text in ("Een giraffe", "Een neushoorn"))
    Note.objects.filter(pk=bad.pk).update(text=Token("sealed:1:AAAA"))
    assert hits(login, world.coordinator, "giraffe") == [good.case.reference]
    assert "ALARM: a text can't be opened and is not searched. signals_note.text of" in caplog.text
