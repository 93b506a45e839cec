"""Only an expression (R15): the writer may send it without the name. Never otherwise."""

from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import KeptWords
from audit.models import AuditEvent
from escalation.facts import Facts
from escalation.protocol import current_protocol
from signals import unnamed
from signals.errors import RuleError
from signals.forms.concern import ConcernForm
from signals.models import Draft, Person, Signal
from signals.report import report
from signals.services.drafts import draft_save
from signals.services.sending import signal_send
from tests.conftest import World, send, typed
from tests.journeys.page import Browser, Page

EXPRESSION = {"expression_only": "yes"}
OFFER = "Do you want the name to be stored?"


@pytest.fixture
def writer(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


def questions(browser: Browser, world: World, **changes: Any) -> Page:
    draft = draft_save(by=world.author, draft=None, data=typed(world, concern="radicalisation", **changes))
    return browser.get(reverse("signals:draft-check", args=[draft.reference]))


def asked(browser: Browser, world: World, **changes: Any) -> Page:
    """The second page once the answers say that it is only an expression."""
    page = questions(browser, world, **changes)
    return browser.send(page.form(id="check"), "send", expect=422, **EXPRESSION)


def test_nobody_can_find_it_back_by_name(writer: Browser, world: World, login: Any) -> None:
    page = asked(writer, world)
    assert OFFER in page.text
    assert "can't find it back by name" in page.text
    draft = Draft.objects.get()
    KeptWords.objects.create(user=world.author, path=reverse("signals:draft", args=[draft.reference]), fields=[])
    KeptWords.objects.create(user=world.author, path="/elders/", fields=[["text", "Dag"]])
    page = writer.send(page.form(id="check"), "send", keep_name="no")
    assert "name not stored" in page.text
    assert world.pupil.name not in page.text
    person = Person.objects.get()
    assert (person.pupil, person.user, person.description) == (None, None, "pupil, name not stored")
    assert not Draft.objects.exists()
    assert KeptWords.objects.get().path == "/elders/"
    log = str(list(AuditEvent.objects.values()))
    assert world.pupil.reference not in log
    assert world.pupil.name not in log
    case = Signal.objects.get().case
    read = Browser(login(world.coordinator)).get(reverse("signals:case", args=[case.reference]))
    assert "name not stored" in read.text
    assert world.pupil.name not in read.text


def test_the_name_is_stored_when_the_writer_says_so(writer: Browser, world: World) -> None:
    page = asked(writer, world)
    assert "Choose whether the name is stored." in page.text
    writer.send(page.form(id="check"), "send", keep_name="yes")
    assert Person.objects.get().pupil == world.pupil


def test_a_name_that_stands_in_the_story_has_to_go_first(writer: Browser, world: World) -> None:
    page = asked(writer, world, told="Iedereen zegt dat Noor dit vaker roept.")
    page = writer.send(page.form(id="check"), "send", expect=422, keep_name="no")
    assert "still stands in what you wrote: Noor" in page.text
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    "answers",
    [{}, EXPRESSION | {"concrete_safety_risk": "yes"}, EXPRESSION | {"recruiting_suspected": "yes"}],
    ids=["belief", "risk", "recruiting"],
)
def test_it_is_not_offered_otherwise_and_a_forged_choice_is_refused(
    writer: Browser, world: World, answers: dict[str, str]
) -> None:
    page = questions(writer, world)
    assert OFFER not in page.text
    form = page.form(id="check")
    page = writer.post(page.path, form.fill(answers) | {"action": "send", "keep_name": "no"}, expect=422)
    assert OFFER not in page.text
    assert "the name is needed" in page.text
    assert not Signal.objects.exists()
    writer.send(page.form(id="check"), "send")
    assert Person.objects.get().pupil == world.pupil


def test_behind_a_wall_the_name_stays(writer: Browser, world: World) -> None:
    """It keeps the report away from whom it is about."""
    page = questions(writer, world, subject_role="staff", person=f"staff:{world.subject.reference}")
    data = page.form(id="check").fill(EXPRESSION) | {"action": "send", "keep_name": "no"}
    page = writer.post(page.path, data, expect=422)
    assert "the name is needed" in page.text
    assert OFFER not in page.text


def test_behind_a_wall_it_stays_whatever_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule that the board must be told of a colleague is one that a school may change."""
    facts = Facts(sector="vo", concern="radicalisation", subject_role="pupil", expression_only=True)
    steps = unnamed.decide(facts, current_protocol())
    monkeypatch.setattr(unnamed, "decide", lambda *_given: steps)
    assert unnamed.is_offered(facts)
    assert not unnamed.is_offered(replace(facts, subject_role="staff"))


def test_the_service_refuses_it_too(world: World) -> None:
    form = ConcernForm(typed(world), user=world.author, schools=[world.school])
    assert form.is_valid()
    draft = draft_save(by=world.author, draft=None, data=typed(world))
    with pytest.raises(RuleError):
        signal_send(by=world.author, draft=draft, report=report(form.cleaned_data, {}, unnamed=True))
    assert Draft.objects.exists()
    assert send(world.author, typed(world)).people.get().pupil == world.pupil
