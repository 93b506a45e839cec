"""On paper: the blank form, and typing one that was filled in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.content.tokens import Token
from escalation.models import Contact
from escalation.protocol import current_protocol
from escalation.questions import questions_of_sector
from signals.errors import RuleError
from signals.forms.concern import ConcernForm
from signals.models import Signal
from signals.report import report
from signals.services.cases import case_take, story_open
from signals.services.drafts import draft_save
from signals.services.sending import signal_send
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser

PAPER = reverse("signals:paper")
NEW = reverse("signals:signal-new")


@pytest.fixture
def writer(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


def on_paper(world: World, **changes: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return typed(world, paper="1", paper_by=world.teacher.reference, paper_name="", paper_on=today) | changes


def test_the_blank_form_holds_the_questions_and_the_numbers_and_nobody(writer: Browser, world: World) -> None:
    Contact.objects.create(board=world.board, school=world.sister_school, recipient="principal", phone="+31687654321")
    page = writer.get(PAPER)
    sheet = page.text.partition("Danger right now? First call 112.")[2]
    assert sheet
    for question in questions_of_sector("vo", current_protocol()):
        assert question.label["en"] in sheet
    for words in ("see or hear yourself", "others say", "think of it", "speaks against", "When the school knew"):
        assert words in sheet
    assert "06 12345678" in sheet  # the school's own
    assert "06 87654321" not in sheet  # of another school
    sheet = sheet.partition("Whoever reads")[0]
    for name in (world.author.name, world.pupil.name, "J. de Boer"):
        assert name not in sheet


def test_with_two_schools_one_is_chosen_and_another_does_not_exist(world: World, login: Any) -> None:
    both = person("two_schools")
    join(both, "teacher", world.school)
    join(both, "teacher", world.sister_school)
    browser = Browser(login(both))
    assert "112." not in browser.get(PAPER).text
    assert "De Zusterschool" in browser.get(f"{PAPER}?school={world.sister_school.reference}").text
    browser.get(f"{PAPER}?school={world.other_school.reference}", expect=404)


def test_who_wrote_it_and_who_typed_it_stand_on_every_page(writer: Browser, world: World, login: Any) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    form = writer.get(f"{NEW}?paper=1").form(id="concern")
    assert {"paper_by", "paper_on"} <= form.names()
    given = on_paper(world, paper_on=yesterday.isoformat(), paper_time="10:15", happened_on=yesterday.isoformat())
    page = writer.post(NEW, given | {"action": "continue"})
    assert f"Written on paper Teacher, {yesterday.strftime('%-d %B %Y')} at 10:15" in page.text
    page = writer.send(page.form(id="check"), "send")
    signal = Signal.objects.get()
    assert (signal.author, signal.on_paper_by) == (world.author, world.teacher)
    words = ("by Teacher on", "at 10:15, typed by Author on")
    assert all(word in page.text for word in ("By Teacher on", words[1]))
    case_take(by=world.coordinator, case=signal.case)
    case = Browser(login(world.coordinator)).get(reverse("signals:case", args=[signal.case.reference]))
    assert all(word in case.text for word in words)
    story_open(by=world.principal, case=signal.case, reason="Nodig om te volgen wat er gebeurt.")
    story = Browser(login(world.principal)).get(reverse("signals:story", args=[signal.case.reference]))
    assert all(word in story.text for word in words)


def test_it_gives_who_wrote_it_no_access(world: World, login: Any) -> None:
    signal = send(world.author, on_paper(world))
    browser = Browser(login(world.teacher))
    browser.get(reverse("signals:signal", args=[signal.reference]), expect=404)
    assert signal.reference not in browser.get(reverse("signals:mine")).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"paper_by": ""}, "Choose who wrote it, or fill in a name."),
        ({"paper_by": "other"}, "Choose who wrote it, or fill in a name."),
        ({"paper_name": "Invaller Jansen"}, "not both"),
        ({"paper_on": ""}, "Fill in the day that stands on the paper."),
        ({"paper_on": "2999-01-01"}, "This moment has yet to come."),
        ({"paper_on": "2020-01-01"}, "before it happened"),
        ({"paper_by": "NIEMAND"}, "Select a valid choice"),
    ],
    ids=["nothing", "nobody", "both", "no-day", "future", "before", "unknown"],
)
def test_what_cannot_be(writer: Browser, world: World, changes: dict[str, str], words: str) -> None:
    page = writer.post(NEW, on_paper(world, **changes) | {"action": "continue"}, expect=422)
    assert words in page.text
    assert page.form(id="concern").data()["paper"] == "1"


def test_nobody_writes_about_themselves(writer: Browser, world: World) -> None:
    about = on_paper(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation")
    page = writer.post(NEW, about | {"paper_by": world.subject.reference, "action": "continue"}, expect=422)
    assert "write a report about themselves" in page.text
    form = ConcernForm(about, user=world.author, schools=[world.school])
    assert form.is_valid()
    draft = draft_save(by=world.author, draft=None, data=about)
    content = report(form.cleaned_data, {})
    with pytest.raises(RuleError):
        signal_send(by=world.author, draft=draft, report=replace(content, on_paper_by=world.subject))
    signal = signal_send(by=world.author, draft=draft, report=content)
    assert signal.case.walled


def test_somebody_without_an_account(writer: Browser, world: World) -> None:
    given = on_paper(world, paper_by="other", paper_name="Invaller Jansen")
    page = writer.send(writer.post(NEW, given | {"action": "continue"}).form(id="check"), "send")
    assert "By Invaller Jansen on" in page.text


def test_without_paper_nothing_of_it_is_kept(writer: Browser, world: World) -> None:
    given = on_paper(world, paper="", action="continue")
    writer.send(writer.post(NEW, given).form(id="check"), "send")
    assert Signal.objects.get().on_paper_on is None


@pytest.mark.parametrize("wrong", [{"on_paper_on": None}, {"on_paper_by_name": Token("Jansen")}, {"on_paper_by": None}])
def test_the_database_wants_them_together(world: World, wrong: dict[str, Any]) -> None:
    signal = send(world.author, on_paper(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.filter(pk=signal.pk).update(**wrong)
