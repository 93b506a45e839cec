"""Somebody who turns out to be involved later: added to a case, taken out again, put back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, Pupil, User
from accounts.roles import POLICY
from audit.actions import Action
from audit.erasure import erase_personal
from audit.models import AuditEvent, PersonalPart
from signals.about import involved
from signals.casepeople import people_in
from signals.dossier.compose import letter_of
from signals.dossier.parts import subjects_of
from signals.dossier.selectors import material_of
from signals.errors import RuleError
from signals.models import Barred, Case, CaseChange, CasePerson, HandOver, Step, Transfer
from signals.readable import answer
from signals.readable_events import events_of
from signals.services.cases import case_close, case_note, case_take
from signals.services.persons import Newcomer, person_add, person_remove
from signals.services.transfers import case_merge, signal_move, signal_split, transfer_undo
from signals.services.walls import case_wall
from tests.architecture.test_readable import recorded
from tests.conftest import World, join, person, send, typed
from tests.dossiers import begun
from tests.handing import WHY, away, key, make_task, propose
from tests.journeys.page import Browser, Page
from tests.sharing import share

NEIGHBOUR = "De buurvrouw, mevrouw Kievit"


@pytest.fixture
def bram(world: World) -> Pupil:
    return Pupil.objects.create(school=world.school, name="Bram van Ééghen", group="2C")


def page_of(case: Case) -> str:
    return reverse("signals:case", args=[case.reference])


def adding(case: Case) -> str:
    return reverse("signals:case-person-add", args=[case.reference])


def of(case: Case, page: str = "case-person") -> str:
    """An address about who was added last."""
    return reverse(f"signals:{page}", args=[case.reference, CasePerson.objects.latest("pk").row_key])


def add(client: Client, case: Case, *, expect: int = 200, **data: str) -> Page:
    sent = {"role": "witness", "key": key(), "action": "add", "sure": data.get("person", ""), **data}
    return Browser(client).post(adding(case), sent, expect)


def added(case: Case, by: User, role: str = "other", **who: Any) -> CasePerson:
    return person_add(by=by, case=case, newcomer=Newcomer(**who), role=role, key=key())


def names(page: Page) -> list[str]:
    return [one["name"] for one in page.response.context["people"]]


def test_a_pupil_is_found_added_and_has_a_view(world: World, login: Any, taken_case: Case, bram: Pupil) -> None:
    browser = Browser(login(world.coordinator))
    steps = list(Step.objects.order_by("pk").values())
    page = browser.get(browser.get(page_of(taken_case)).hrefs("/persoon/erbij/")[0])
    assert "The steps and the wall don’t change by this" in page.text
    page = browser.send(page.form(has="person_query"), button="search", person_query="bram van")
    assert "2C" in page.text
    page = browser.send(page.form(has="person_query"), button="add", person=f"pupil:{bram.reference}", role="harmed")
    assert names(page) == ["Noor Zandstra (3B)", "Bram van Ééghen (2C)"]
    assert page.response.context["people"][1]["role_label"] == "pupil, to whom it was done"
    assert "Added a person: Bram van Ééghen (2C), to whom it was done" in page.text
    assert list(Step.objects.order_by("pk").values()) == steps
    case_note(by=world.coordinator, case=taken_case, text="Gesproken op de gang.", key=key(), person=bram.reference)
    page = browser.get(of(taken_case))
    assert "Bram van Ééghen" in page.text
    assert "Gesproken op de gang." in page.text
    assert "noor" not in page.html.lower()
    assert "bram" not in browser.get(_first(taken_case)).html.lower()


def _first(case: Case) -> str:
    """The view of whom the report is about."""
    return reverse("signals:case-person", args=[case.reference, case.signals.get().people.get().row_key])


def test_the_log_says_a_role_and_no_name(world: World, login: Any, taken_case: Case, bram: Pupil) -> None:
    add(login(world.coordinator), taken_case, person=f"pupil:{bram.reference}")
    add(login(world.coordinator), taken_case, description=NEIGHBOUR)
    for event in AuditEvent.objects.filter(action=Action.CASE_PERSON_ADDED):
        assert event.details == {"role": "witness", "staff": False}
        assert not [word for word in ("Bram", "Kievit", bram.reference) if word in event.body]
    page = Browser(login(world.coordinator)).get(page_of(taken_case))
    assert "added somebody to the case: who saw or heard it" in page.text
    assert names(page)[2] == NEIGHBOUR
    stored = CasePerson.objects.filter(pupil=None).values_list("description")
    assert "Kievit" not in str(stored)


def test_a_second_click_adds_nobody_and_other_words_are_not_lost(world: World, login: Any, taken_case: Case) -> None:
    client, sent = login(world.coordinator), {"description": NEIGHBOUR, "key": key()}
    add(client, taken_case, **sent)
    add(client, taken_case, **sent)
    assert CasePerson.objects.count() == CaseChange.objects.filter(kind="person").count() == 1
    browser = Browser(client)
    page = browser.post(
        adding(taken_case), {"role": "witness", "action": "add", **sent, "description": "Haar zoon"}, 422
    )
    assert "This form was sent before." in page.text
    page = browser.send(page.form(has="person_query"), button="add")
    assert names(page)[1:] == [NEIGHBOUR, "Haar zoon"]
    page = add(client, taken_case, expect=422, description=NEIGHBOUR)
    assert "This person stands in the case already." in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"description": " "},
        {"description": "x" * 501},
        {"description": "Een oom\x00"},
        {"description": "Een oom", "role": "suspect"},
        {"description": "Een oom", "role": ""},
        {"description": "Een oom", "key": "geen"},
        {"person": "pupil:2222-2222-22"},
        {"person": "staff:\x00"},
        {"person": "pupil:P1", "description": "Een oom"},
    ],
)
def test_bad_input_is_told_and_adds_nobody(world: World, login: Any, taken_case: Case, wrong: dict[str, str]) -> None:
    if wrong.get("person") == "pupil:P1":
        wrong = {**wrong, "person": f"pupil:{world.pupil.reference}"}
    page = add(login(world.coordinator), taken_case, expect=422, **wrong)
    assert page.response.context["form"].errors
    assert not CasePerson.objects.exists()


def test_only_people_of_the_school_are_found(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.coordinator)
    far = world.sister_pupil
    page = Browser(client).post(adding(taken_case), {"person_query": far.name[:5], "action": "search"})
    assert far.name not in page.text
    add(client, taken_case, expect=422, person=f"pupil:{far.reference}")
    response = client.post(adding(taken_case), {"person_query": "noor"}, headers={"HX-Request": "true"})
    assert "Noor Zandstra" in response.content.decode()
    assert "<html" not in response.content.decode()
    assert AuditEvent.objects.filter(action=Action.PERSON_SEARCHED).count() == 2


def test_only_who_handles_the_case_adds_and_takes_out(world: World, login: Any, taken_case: Case) -> None:
    reader = person("lezer")
    join(reader, "teacher", world.school)
    share(taken_case, world.coordinator, reader, level="contribute")
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    for user, code in ((world.teacher, 404), (world.author, 404), (world.sister_coordinator, 404)):
        for page in (adding(taken_case), of(taken_case, "case-person-remove"), of(taken_case, "case-person-back")):
            assert login(user).post(page, {"description": "Nog een", "role": "other"}).status_code == code
    for user in (reader, world.principal):
        for page in (adding(taken_case), of(taken_case, "case-person-remove"), of(taken_case, "case-person-back")):
            assert login(user).post(page, {"description": "Nog een", "role": "other"}).status_code in (403, 404)
    page = Browser(login(reader)).get(page_of(taken_case))
    assert NEIGHBOUR in names(page)
    assert not page.hrefs("/persoon/erbij/")
    assert "Take this person out" not in Browser(login(reader)).get(of(taken_case)).text
    assert CasePerson.objects.get().removed_at is None


def test_a_new_or_closed_case_takes_nobody(world: World, login: Any, taken_case: Case) -> None:
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    taken_case.steps.filter(state="open").update(state="declined")
    case_close(by=world.coordinator, case=taken_case, outcome="resolved", reason=WHY)
    client = login(world.coordinator)
    assert not Browser(client).get(page_of(taken_case)).hrefs("/persoon/erbij/")
    assert "Take the case first, or reopen it." in add(client, taken_case, expect=422, description="Haar zoon").text
    page = Browser(client).post(of(taken_case, "case-person-remove"), {})
    assert "Take the case first, or reopen it." in page.text
    new = send(world.author, typed(world)).case
    assert "Take the case first, or reopen it." in Browser(client).get(adding(new)).text


def test_a_colleague_who_is_added_can_not_read_the_case(world: World, login: Any, taken_case: Case) -> None:
    """As if a report were about them: no page, no list, no search, no log, no break-glass; and not in who can read."""
    other = person(
        "tweede",
    )
    join(other, "coordinator", world.school)
    browser = Browser(login(other))
    assert names(browser.get(page_of(taken_case))) == ["Noor Zandstra (3B)"]
    task = make_task(taken_case, world.coordinator, assignee=other)
    propose(taken_case, world.coordinator, other)
    OutgoingMail.objects.all().delete()
    add(login(world.coordinator), taken_case, person=f"staff:{other.reference}", role="subject")
    for path in (
        page_of(taken_case),
        adding(taken_case),
        of(taken_case),
        reverse("signals:task-change", args=[task.reference]),
    ):
        assert login(other).get(path).status_code == 404
    for path in ("/werkplek/?tab=open", "/logboek/"):
        assert taken_case.reference not in Browser(login(other)).get(path).text, path
    found = Browser(login(other)).post("/casus/zoeken/", {"q": taken_case.reference}).text
    assert found.count(taken_case.reference) <= 1, "what was typed, and nothing that was found"
    page = Browser(login(world.coordinator)).get(page_of(taken_case))
    assert other.name not in [reader.name for reader in page.response.context["readers"]]
    assert HandOver.objects.get().state == "lapsed"
    assert OutgoingMail.objects.get(kind="task.left").to == world.coordinator
    event = AuditEvent.objects.get(action=Action.CASE_PERSON_ADDED)
    assert other.reference not in event.body
    assert other.reference in PersonalPart.objects.get(event_id=event.pk).data, "what can be erased with the case"


def test_what_a_colleague_loses_is_told_first(world: World, login: Any, taken_case: Case, second: User) -> None:
    """A witness who handles the case would lose it, and nobody would have said so."""
    make_task(taken_case, world.coordinator, assignee=second)
    browser = Browser(login(world.coordinator))
    page = browser.get(adding(taken_case))
    assert "also as a witness, can’t read this case any more" in page.text
    page = browser.send(page.form(has="person_query"), button="search", person_query="tweede")
    staff = f"staff:{second.reference}"
    page = browser.send(page.form(has="person_query"), button="add", person=staff, role="witness", expect=422)
    told = ("What changes for Tweede", "They handle this case now.", "They have a task in it", "name them in a note")
    for said in told:
        assert said in page.text
    assert login(second).get(page_of(taken_case)).status_code == 200
    page = browser.send(page.form(has="person_query"), button="add", sure=staff)
    assert names(page)[1] == "Tweede"
    assert login(second).get(page_of(taken_case)).status_code == 404


def test_it_is_told_of_each_and_only_of_who_loses_something(world: World, login: Any, taken_case: Case) -> None:
    client, staff = login(world.coordinator), f"staff:{world.principal.reference}"
    page = add(client, taken_case, expect=422, person=staff, sure=f"staff:{world.author.reference}")
    assert "They follow now whether the steps of this case are taken." in page.text
    page = add(client, taken_case, expect=422, person=f"staff:{world.author.reference}", sure=staff)
    assert "They wrote a report in it." in page.text
    share(taken_case, world.coordinator, world.subject)
    page = add(client, taken_case, expect=422, person=f"staff:{world.subject.reference}", sure="")
    assert "They can read this case now." in page.text
    assert not CasePerson.objects.exists()
    add(client, taken_case, person=f"staff:{world.teacher.reference}", sure="")
    assert CasePerson.objects.get().user == world.teacher


def test_before_a_colleague_is_put_back_it_is_told_as_well(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    browser, said = Browser(login(world.coordinator)), "Once put back they can’t open this case any more"
    for who in (second, world.teacher):
        added(taken_case, world.coordinator, user=who)
        person_remove(by=world.coordinator, case=taken_case, person=involved(people_in(taken_case))[1])
    page = browser.get(adding(taken_case))
    assert page.text.count(said) == 1, "a teacher had nothing to lose"
    assert f"{said}, also as a witness. They handle this case now." in page.text


def test_of_who_owns_it_that_is_told(world: World, login: Any, taken_case: Case, second: User) -> None:
    page = add(login(second), taken_case, expect=422, person=f"staff:{world.coordinator.reference}", sure="")
    assert "The case is theirs now. A colleague has to take it over." in page.text


def test_a_deputy_who_is_added_stands_in_no_longer(world: World, login: Any, taken_case: Case) -> None:
    other = person("tweede")
    join(other, "coordinator", world.school)
    away(world.coordinator, other, world.school)
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    browser, said = Browser(login(world.coordinator)), f"{other.name} stands in"
    assert said in browser.get(page_of(taken_case)).text
    added(taken_case, world.coordinator, user=other)
    assert said not in browser.get(page_of(taken_case)).text


def test_the_writer_of_the_report_sees_no_more_of_it_than_they_sent(world: World, login: Any, taken_case: Case) -> None:
    report = taken_case.signals.get()
    before = Browser(login(world.author)).get(reverse("signals:signal", args=[report.reference]))
    added(taken_case, world.coordinator, "subject", user=world.author)
    after = Browser(login(world.author)).get(reverse("signals:signal", args=[report.reference]))
    assert len(after.text) < len(before.text)
    assert world.coordinator.name not in after.text


def test_nobody_adds_themselves_and_somebody_is_always_left(world: World, login: Any, taken_case: Case) -> None:
    page = add(login(world.coordinator), taken_case, expect=422, person=f"staff:{world.coordinator.reference}")
    assert "You can't add yourself" in page.text
    case_wall(by=world.coordinator, case=taken_case, reason=WHY, keeper=world.coordinator)
    page = add(login(world.coordinator), taken_case, expect=422, person=f"staff:{world.coordinator.reference}")
    assert "You can't add yourself" in page.text
    officer = login(world.board_officer)
    add(officer, taken_case, person=f"staff:{world.coordinator.reference}", role="subject")
    assert login(world.coordinator).get(page_of(taken_case)).status_code == 404, "also who is named on the wall"
    page = Browser(officer).get(page_of(taken_case))
    assert "take_over" in page.response.context["wall"], "its owner can't open it any more"


def test_a_mistake_is_taken_out_and_put_back(world: World, login: Any, taken_case: Case) -> None:
    other = person("tweede")
    join(other, "coordinator", world.school)
    added(taken_case, world.coordinator, user=other)
    browser = Browser(login(world.coordinator))
    page = browser.get(of(taken_case))
    assert "can then read the case again" in page.text
    page = browser.send(page.form(action="/weg/"))
    assert names(page) == ["Noor Zandstra (3B)"]
    assert f"Took a person out of this case: {other.name}" in page.text
    assert f"Added a person: {other.name}" in page.text, "what happened stays"
    assert login(other).get(page_of(taken_case)).status_code == 200
    browser.post(of(taken_case, "case-person-remove"), {})
    assert AuditEvent.objects.filter(action=Action.CASE_PERSON_REMOVED).count() == 1
    browser.get(of(taken_case), 404)
    page = browser.send(browser.get(adding(taken_case)).form(action="/terug/"))
    assert names(page)[1] == other.name
    browser.post(of(taken_case, "case-person-back"), {})
    assert CaseChange.objects.filter(kind="person").count() == 3
    assert login(other).get(page_of(taken_case)).status_code == 404
    assert "Put back" not in browser.get(adding(taken_case)).text


def test_a_colleague_about_whom_something_was_written_stays_out(world: World, login: Any, taken_case: Case) -> None:
    other = person("tweede")
    join(other, "coordinator", world.school)
    added(taken_case, world.coordinator, user=other)
    case_note(by=world.coordinator, case=taken_case, text="Zij was erbij.", key=key(), person=other.reference)
    browser = Browser(login(world.coordinator))
    page = browser.get(of(taken_case))
    assert "they still can’t read this case" in page.text
    page = browser.send(page.form(action="/weg/"))
    assert "somebody who is no longer in this case" in page.text or "Zij was erbij." in page.text
    assert Barred.objects.get().user == other
    assert login(other).get(page_of(taken_case)).status_code == 404


def test_whom_a_report_names_is_not_taken_out(world: World, login: Any, taken_case: Case) -> None:
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    first = _first(taken_case)
    browser = Browser(login(world.coordinator))
    assert "Take this person out" not in browser.get(first).text
    page = browser.post(f"{first}weg/", {})
    assert len(names(page)) == 2
    assert add(login(world.coordinator), taken_case, expect=422, person=f"pupil:{world.pupil.reference}")


def test_the_role_of_who_was_added_can_change(world: World, login: Any, taken_case: Case, bram: Pupil) -> None:
    added(taken_case, world.coordinator, "witness", pupil=bram)
    browser = Browser(login(world.coordinator))
    browser.send(browser.get(of(taken_case)).form(action="/rol/"), role="harmed")
    browser.post(of(taken_case, "case-role"), {"role": "harmed"})
    page = browser.get(page_of(taken_case))
    assert page.response.context["people"][1]["role_label"] == "pupil, to whom it was done"
    assert "Added a person: Bram van Ééghen (2C), who saw or heard it" in page.text, "what it was then"
    assert CaseChange.objects.filter(kind="role").count() == 1


def test_who_was_added_is_found_by_searching_until_taken_out(
    world: World, login: Any, taken_case: Case, bram: Pupil
) -> None:
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    added(taken_case, world.coordinator, pupil=bram)
    browser = Browser(login(world.coordinator))
    for words in ("kievit", "bram éégh"):
        assert taken_case.reference in browser.post("/casus/zoeken/", {"q": words}).text, words
        assert (
            taken_case.reference
            not in Browser(login(world.sister_coordinator)).post("/casus/zoeken/", {"q": words}).text
        )
    browser.post(of(taken_case, "case-person-remove"), {})
    assert taken_case.reference not in browser.post("/casus/zoeken/", {"q": "bram éégh"}).text


def test_another_case_of_who_was_added_is_suggested(world: World, login: Any, taken_case: Case, bram: Pupil) -> None:
    """From both sides, and where both only added them; not behind another wall, and no small report counts by it."""
    about_bram = case_take(
        by=world.coordinator, case=send(world.author, typed(world, person=f"pupil:{bram.reference}")).case
    )
    third = case_take(
        by=world.coordinator, case=send(world.author, typed(world, person="", subject_description="Een meisje")).case
    )
    browser = Browser(login(world.coordinator))

    def others(case: Case) -> set[str]:
        return {row.reference for row in browser.get(page_of(case)).response.context["same"].others}

    assert others(taken_case) == others(about_bram) == set()
    added(taken_case, world.coordinator, pupil=bram)
    assert others(taken_case) == {about_bram.reference}
    assert others(about_bram) == {taken_case.reference}
    added(third, world.coordinator, pupil=bram)
    assert others(third) == {taken_case.reference, about_bram.reference}
    assert not browser.get(page_of(third)).response.context["same"].third
    browser.post(of(third, "case-person-remove"), {})
    assert others(third) == set()
    case_wall(by=world.coordinator, case=about_bram, reason=WHY, keeper=world.coordinator)
    assert others(taken_case) == set()


def test_they_go_along_when_cases_are_put_together_and_back(
    world: World, login: Any, taken_case: Case, bram: Pupil
) -> None:
    other = person("tweede")
    join(other, "coordinator", world.school)
    into = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    added(taken_case, world.coordinator, "harmed", pupil=bram)
    added(taken_case, world.coordinator, user=other)
    row = case_merge(by=world.coordinator, case=taken_case, into=into, reason=WHY, key=uuid4())
    browser = Browser(login(world.coordinator))
    page = browser.get(page_of(into))
    assert names(page) == ["Noor Zandstra (3B)", "Bram van Ééghen (2C)", other.name]
    assert "Added a person: Bram van Ééghen (2C), to whom it was done" in page.text
    assert login(other).get(page_of(into)).status_code == 404
    added(into, world.coordinator, description=NEIGHBOUR)
    transfer_undo(by=world.coordinator, transfer=row)
    assert names(browser.get(page_of(into))) == ["Noor Zandstra (3B)", NEIGHBOUR]
    assert names(browser.get(page_of(taken_case)))[1:] == ["Bram van Ééghen (2C)", other.name]
    for case in (into, taken_case):
        assert login(other).get(page_of(case)).status_code == 404, "nor what was written about them meanwhile"


def test_a_case_is_put_with_one_in_which_a_colleague_stands_and_back(
    world: World, login: Any, taken_case: Case
) -> None:
    """They read less by it, also when it is put back: what was written meanwhile may be about them."""
    other = person("tweede")
    join(other, "coordinator", world.school)
    new = send(world.author, typed(world)).case
    added(taken_case, world.coordinator, user=other)
    assert login(other).get(page_of(new)).status_code == 200
    browser = Browser(login(world.coordinator))
    browser.post(reverse("signals:case-join", args=[new.reference]), {"into": taken_case.reference})
    assert taken_case.signals.count() == 2
    assert login(other).get(page_of(new)).status_code == 404
    row = Transfer.objects.get()
    transfer_undo(by=world.coordinator, transfer=row)
    assert taken_case.signals.count() == 1
    assert names(browser.get(page_of(new))) == ["Noor Zandstra (3B)"]
    assert login(other).get(page_of(new)).status_code == 404
    assert other.reference not in AuditEvent.objects.filter(action=Action.SIGNAL_MOVED).latest("pk").body


def test_a_case_that_goes_back_does_not_lie_with_who_can_not_open_it(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    old = case_take(by=second, case=send(world.author, typed(world)).case)
    added(taken_case, world.coordinator, user=second)
    browser = Browser(login(world.coordinator))
    page = browser.get(reverse("signals:case-reports", args=[old.reference]))
    browser.send(page.form(has="where"), where=taken_case.reference, reason=WHY)
    page = browser.get(reverse("signals:case-reports", args=[taken_case.reference]))
    page = browser.send(page.form(action="/terugzetten/"))
    assert page.path == page_of(old)
    assert login(second).get(page_of(old)).status_code == 404
    old.refresh_from_db()
    assert (old.status, old.owner) == ("in_review", world.coordinator)
    assert [owner.name for owner in page.response.context["owners"]] == ["Coordinator", "Tweede"]


def test_nothing_waits_any_more_for_who_comes_with_another_case(
    world: World, login: Any, taken_case: Case, second: User
) -> None:
    """As for who is added there: what was asked of them lapses, and the owner hears of their task."""
    old = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    added(old, world.coordinator, user=second)
    make_task(taken_case, world.coordinator, second)
    propose(taken_case, world.coordinator, second)
    mails = OutgoingMail.objects.filter(kind="task.left").values_list("to__name", "reference")
    assert not mails.exists()
    row = case_merge(by=world.coordinator, case=old, into=taken_case, reason=WHY, key=uuid4())
    assert login(second).get(page_of(taken_case)).status_code == 404
    assert list(mails) == [("Coordinator", taken_case.reference)]
    assert HandOver.objects.get().state == "lapsed"
    page = Browser(login(world.coordinator)).get(page_of(taken_case))
    assert "has lapsed" in page.text
    transfer_undo(by=world.coordinator, transfer=row)
    assert login(second).get(page_of(taken_case)).status_code == 404


def test_a_report_does_not_go_where_somebody_could_read_it(world: World, login: Any, taken_case: Case) -> None:
    other = person("tweede")
    join(other, "coordinator", world.school)
    second = send(world.author, typed(world))
    case_merge(by=world.coordinator, case=second.case, into=taken_case, reason=WHY, key=uuid4())
    into = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    added(taken_case, world.coordinator, user=other)
    second.refresh_from_db()
    with pytest.raises(RuleError, match="the same people|dezelfde mensen"):
        signal_move(by=world.coordinator, signal=second, into=into, reason=WHY, key=uuid4())


def test_who_was_added_stays_out_of_a_report_that_becomes_a_case_of_its_own(
    world: World, login: Any, taken_case: Case
) -> None:
    other = person("tweede")
    join(other, "coordinator", world.school)
    second = send(world.author, typed(world))
    case_merge(by=world.coordinator, case=second.case, into=taken_case, reason=WHY, key=uuid4())
    added(taken_case, world.coordinator, user=other)
    second.refresh_from_db()
    row = signal_split(by=world.coordinator, signal=second, reason=WHY, key=uuid4())
    assert login(other).get(page_of(row.target)).status_code == 404
    assert names(Browser(login(world.coordinator)).get(page_of(row.target))) == ["Noor Zandstra (3B)"]


def test_a_form_of_a_case_that_was_put_with_another_asks_once_more(world: World, login: Any, taken_case: Case) -> None:
    into = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    browser = Browser(login(world.coordinator))
    form = browser.get(adding(taken_case)).form(has="person_query")
    case_merge(by=world.coordinator, case=taken_case, into=into, reason=WHY, key=uuid4())
    page = browser.send(form, button="add", description=NEIGHBOUR, role="other", expect=409)
    assert "Then send it once more." in page.text
    page = browser.send(page.form(has="person_query"), button="add")
    assert names(page)[1] == NEIGHBOUR
    assert CasePerson.objects.get().case == into


def test_a_dossier_replaces_who_was_added_also_after_they_were_taken_out(world: World, taken_case: Case) -> None:
    note = "Karim en mevrouw Kievit stonden bij de poort."
    case_note(by=world.coordinator, case=taken_case, text=note, key=key())

    def letter() -> str:
        return str(letter_of(begun(taken_case, world.coordinator), by=world.coordinator).frozen()).replace("\\xa0", " ")

    assert "mevrouw Kievit" in letter(), "nobody knew her"
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    added(taken_case, world.coordinator, description="De broer, Karim")
    for _time in ("in the case", "taken out"):
        written = letter()
        assert "Kievit" not in written
        assert "Karim" not in written
        assert "persoon B" in written
        assert "persoon C" in written
        for one in involved(people_in(taken_case))[1:]:
            person_remove(by=world.coordinator, case=taken_case, person=one)


def test_a_dossier_can_be_about_who_was_added(world: World, taken_case: Case, bram: Pupil) -> None:
    assert len(subjects_of(material_of(taken_case))) == 1
    added(taken_case, world.coordinator, pupil=bram)
    case_note(by=world.coordinator, case=taken_case, text="Bram zat erbij.", key=key(), person=bram.reference)
    case_note(by=world.coordinator, case=taken_case, text="Niet voor Bram.", key=key(), person=world.pupil.reference)
    about = next(who for who, name in subjects_of(material_of(taken_case)).items() if name.startswith("Bram"))
    written = str(letter_of(begun(taken_case, world.coordinator, about=about), by=world.coordinator).frozen())
    assert "Bram zat erbij." in written
    assert "Niet voor Bram." not in written
    assert "Noor" not in written
    person_remove(by=world.coordinator, case=taken_case, person=involved(people_in(taken_case))[1])
    assert len(subjects_of(material_of(taken_case))) == 1


def test_the_view_of_one_person_names_nobody_who_was_taken_out(world: World, login: Any, taken_case: Case) -> None:
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    for text in ("Kievit belde over Noor.", "Noor was rustig."):
        case_note(by=world.coordinator, case=taken_case, text=text, key=key(), person=world.pupil.reference)
    person_remove(by=world.coordinator, case=taken_case, person=involved(people_in(taken_case))[1])
    page = Browser(login(world.coordinator)).get(_first(taken_case))
    assert "Noor was rustig." in page.text
    assert "kievit" not in page.html.lower()


def test_the_story_of_a_principal_names_them_and_the_page_without_it_does_not(
    world: World, login: Any, taken_case: Case
) -> None:
    added(taken_case, world.coordinator, description=NEIGHBOUR)
    browser = Browser(login(world.principal))
    assert "Kievit" not in browser.get(reverse("signals:followup-case", args=[taken_case.reference])).text
    page = browser.post(reverse("signals:story", args=[taken_case.reference]), {"reason": WHY})
    assert f"Added a person: {NEIGHBOUR}" in page.text
    added(taken_case, world.coordinator, user=world.principal)
    assert login(world.principal).get(reverse("signals:story", args=[taken_case.reference])).status_code == 404


def test_the_log_knows_who_could_read_it_and_that_it_was_erased(world: World, taken_case: Case) -> None:
    """Also where who was added is not behind a wall, and once the part that can be erased is gone."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(), datetime.min.time()))
    end, who = start + timedelta(days=1), world.principal

    def asked() -> Any:
        events = events_of(world.board.reference, who.reference, start, end)
        rows = answer(events, person=who.reference, day=timezone.localdate(), start=start, end=end, policy=POLICY).rows
        return next(row for row in rows if row.case == taken_case.reference)

    record_role(who, world)
    assert [held.until for held in asked().held] == [None]
    row = added(taken_case, world.coordinator, user=who)
    (held,) = asked().held
    assert held.until is not None
    assert held.until >= row.at
    erase_personal(AuditEvent.objects.filter(action=Action.CASE_PERSON_ADDED), "request")
    assert asked().unsure


def record_role(user: User, world: World) -> None:
    recorded(user.memberships.select_related("school__board", "board", "user").get())
