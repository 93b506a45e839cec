"""The people of a case, each once with a role, and a view of each in which nothing of another stands."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Pupil
from audit.actions import Action
from audit.models import AuditEvent
from signals.models import Attachment, Case, CaseChange, Meeting, Note, Signal, Step, Task
from signals.services.cases import case_close, case_join, case_note, case_take
from signals.services.transfers import signal_split
from tests.conftest import World, join, person, send, typed
from tests.handing import WHY, key, make_task, meet, propose
from tests.journeys.page import Browser, Page
from tests.living import of_case, of_person, of_report, words
from tests.sharing import share

ONE, TWO, WHOLE, BOTH = "Zilverreiger", "Kwartelkoning", "Waterhoen", "Roerdomp"
PARTS = ("observed", "told", "opinion", "against", "aanvulling", "antwoorden", "door", "met", "gedeeld")
WRITTEN = ("notitie", "taak", "opmerking", "overleg", "besluit", "erbij", "bestand")


@dataclass
class Two:
    """A case about two pupils, with every kind of line: about each of them, about both and about the whole case."""

    case: Case
    one: Pupil
    two: Pupil
    reports: tuple[Signal, Signal, Signal]

    def address(self, number: int, page: str = "case-person") -> str:
        return reverse(f"signals:{page}", args=[self.case.reference, self.reports[number].people.get().row_key])


@pytest.fixture
def two(world: World) -> Two:
    other = Pupil.objects.create(school=world.school, name="Bram van Ééghen", group="2C")
    about_other = f"pupil:{other.reference}"
    first = send(world.author, words(world, ONE))
    second = send(world.author, words(world, TWO, person=about_other, concern="weapon"))
    both = send(world.author, words(world, BOTH))
    both.people.create(role="subject", pupil=other)
    case = case_take(by=world.coordinator, case=first.case)
    for report in (second, both):
        case_join(by=world.coordinator, case=report.case, into=case)
    reports = tuple(Signal.objects.select_related("case__board", "case__school", "author").order_by("pk"))
    for report, mark in zip(reports, (ONE, TWO, BOTH), strict=True):
        of_report(world, report, mark)
    of_person(world, case, ONE, world.pupil.reference)
    of_person(world, case, TWO, other.reference)
    of_case(world, case, WHOLE)
    return Two(Case.objects.get(pk=case.pk), world.pupil, other, reports)  # type: ignore[arg-type]


def look(client: Client, path: str, expect: int = 200) -> Page:
    return Browser(client).get(path, expect)


def shows_only(page: Page, mark: str) -> None:
    """All of one person, and no word of another, of both or of the whole case, wherever in the page."""
    for part in (*PARTS, *WRITTEN, "van de melder"):
        assert f"{mark} {part}" in page.text, part
    html = page.html.lower()
    for other in {ONE, TWO, WHOLE, BOTH} - {mark}:
        assert other.lower() not in html
    names = ("bram", "éghen", "weapon", "wapen") if mark == ONE else ("noor", "zandstra", "bullying", "pest")
    assert not [name for name in names if name in html.replace("advies over pesten", "")]


def test_the_view_of_one_person_shows_nothing_of_another(world: World, login: Any, two: Two) -> None:
    client = login(world.coordinator)
    shows_only(look(client, two.address(0)), ONE)
    shows_only(look(client, two.address(1)), TWO)
    for asked in ("?kind=files", "?kind=changes", "?order=old", "?older=yes", "?print=1"):
        html = look(client, two.address(0) + asked).html.lower()
        assert not [word for word in (TWO, WHOLE, BOTH, "bram", "éghen") if word.lower() in html], asked
    whole = look(client, reverse("signals:case", args=[two.case.reference]))
    assert all(f"{mark} notitie" in whole.text for mark in (ONE, TWO, WHOLE)), "the whole case has it all"
    assert whole.text.count("About Noor Zandstra (3B)") >= len(("note", "task", "meeting", "file"))


def test_who_reads_by_a_share_sees_the_same_and_others_nothing(world: World, login: Any, two: Two) -> None:
    reader = person("lezer")
    join(reader, "teacher", world.school)
    share(two.case, world.coordinator, reader)
    page = look(login(reader), two.address(0))
    shows_only(page, ONE)
    assert "Change the role" not in page.text
    for name in ("author", "teacher", "sister_coordinator", "privacy_officer", "other_coordinator"):
        look(login(world.people[name]), two.address(0), 404)
    look(login(world.principal), two.address(0), 403)


def test_a_line_that_calls_another_by_name_is_left_out_and_counted(world: World, login: Any, two: Two) -> None:
    client, one = login(world.coordinator), two.one.reference
    before = look(client, two.address(0))
    shown = len(before.response.context["entries"])
    for text in ("Zij en Bram.", "Brams jas.", "Met VAN EEGHEN gebeld.", "foto_bram_1"):
        case_note(by=world.coordinator, case=two.case, text=text, key=key(), person=one)
    make_task(two.case, world.coordinator, text="Bram bellen.", person=one)
    make_task(two.case, world.coordinator, text="Noor bellen.", person=one)
    case_note(by=world.coordinator, case=two.case, text="Noor van Zandstra: een goed gesprek.", key=key(), person=one)
    page = look(client, two.address(0))
    assert len(page.response.context["entries"]) == shown + 2
    assert "bram" not in page.html.lower()
    assert "Noor bellen." in page.text
    more = int(page.response.context["together"].split()[0]) - int(before.response.context["together"].split()[0])
    assert more == 5
    assert sum(link["count"] for link in page.response.context["kinds"][1:]) == shown + 2, "the kinds count no other"


@pytest.mark.parametrize(
    "text",
    ["Zie het account bram2012.", "Bramtje deed mee.", "Ook Brammetje zei dit.", "B. Zandstra was erbij.", "bzandstra"],
)
def test_a_name_is_recognised_as_a_dossier_recognises_it(world: World, login: Any, two: Two, text: str) -> None:
    """With digits, made small, with an initial before a name that both have, written together."""
    Pupil.objects.filter(pk=two.two.pk).update(name="Bram Zandstra")
    client, one = login(world.coordinator), two.one.reference
    for said in (text, "Noor Zandstra, noor2012 en Noortje zelf."):
        case_note(by=world.coordinator, case=two.case, text=said, key=key(), person=one)
    page = look(client, two.address(0))
    assert text not in page.text
    assert "noor2012 en Noortje zelf." in page.text
    assert text in look(client, reverse("signals:case", args=[two.case.reference])).text, "the whole case has it"


def test_a_colleague_a_case_is_about_is_not_named_as_who_wrote_something(world: World, login: Any, two: Two) -> None:
    two.reports[1].people.create(role="subject", user=world.author)  # so that every report is by one of the people
    page = look(login(world.coordinator), two.address(0))
    assert world.author.name.lower() not in page.html.lower()
    assert f"{ONE} notitie" in page.text


def test_who_was_described_by_the_name_of_another(world: World, login: Any, two: Two) -> None:
    """Neither their page nor what is about them alone says that name."""
    friend = "Een vriend van Bram uit de buurt"
    mark = words(world, "Wulp", subject_role="outsider", person="", subject_description=friend)
    report = send(world.author, mark)
    case_join(by=world.coordinator, case=report.case, into=two.case)
    about = report.people.get()
    case_note(by=world.coordinator, case=two.case, text="Wulp: Bram belde.", key=key(), person=str(about.row_key))
    case_note(by=world.coordinator, case=two.case, text="Wulp alleen.", key=key(), person=str(about.row_key))
    page = look(login(world.coordinator), reverse("signals:case-person", args=[two.case.reference, about.row_key]))
    assert "bram" not in page.html.lower()
    assert "Wulp alleen." in page.text
    assert "Somebody who was described in a report" in page.text
    assert "een vriend" not in look(login(world.coordinator), two.address(1)).html.lower()


def test_everybody_stands_once_with_a_role_that_can_be_changed(world: World, login: Any, two: Two) -> None:
    browser = Browser(login(world.coordinator))
    case = reverse("signals:case", args=[two.case.reference])
    people = browser.get(case).response.context["people"]
    assert [one["name"] for one in people] == ["Noor Zandstra (3B)", "Bram van Ééghen (2C)"]
    assert people[1]["role_label"].endswith("whom it is about")
    page = browser.get(two.address(1))
    page = browser.send(page.form(action="/rol/"), role="witness")
    assert "who saw or heard it" in page.text
    browser.post(two.address(1, "case-role"), {"role": "witness"})  # a second click
    change = CaseChange.objects.get(kind="role")
    assert (change.old, change.new, change.by) == (two.two.reference, "witness", world.coordinator)
    event = AuditEvent.objects.get(action=Action.CASE_ROLE_SET)
    assert (event.object_ref, event.details) == (str(two.reports[1].people.get().row_key), {"role": "witness"})
    assert "Role of Bram van Ééghen (2C): who saw or heard it" in browser.get(case).text
    assert "Role of" not in browser.get(two.address(0)).text
    browser.send(browser.get(two.address(1)).form(action="/rol/"), role="subject")
    assert "whom it is about" in browser.get(case).response.context["people"][1]["role_label"], "and back again"
    assert CaseChange.objects.filter(kind="role").count() == 2


def test_a_role_is_for_who_handles_the_case_while_it_is_open(world: World, login: Any, two: Two) -> None:
    for name, code in (("principal", 403), ("teacher", 404), ("sister_coordinator", 404)):
        assert login(world.people[name]).post(two.address(1, "case-role"), {"role": "witness"}).status_code == code
    for role in ("", "suspect", "\x00"):
        Browser(login(world.coordinator)).post(two.address(1, "case-role"), {"role": role})
    two.case.steps.filter(state="open").update(state="declined")
    case_close(by=world.coordinator, case=two.case, outcome="resolved", reason=WHY)
    page = Browser(login(world.coordinator)).post(two.address(1, "case-role"), {"role": "witness"})
    assert "Take the case first, or reopen it." in page.text
    assert not CaseChange.objects.filter(kind="role").exists()
    assert "Change the role" not in look(login(world.coordinator), two.address(0)).text


def test_new_lines_ask_whom_they_are_about_only_where_there_are_several(world: World, login: Any, two: Two) -> None:
    browser = Browser(login(world.coordinator))
    case, reference = two.case.reference, str(two.reports[1].people.get().row_key)
    page = browser.get(reverse("signals:case", args=[case]))
    assert page.form(action="/notitie/").options("whom")[0] == "", "the whole case comes first"
    browser.send(page.form(action="/notitie/"), text="Nieuwe notitie", whom=reference)
    today = timezone.localdate().isoformat()
    task = {"text": "Nieuwe taak", "due_on": today, "whom": reference}
    form = browser.get(reverse("signals:task-new", args=[case])).form(has="whom")
    browser.send(form, **task, anyway="on") if "anyway" in form.names() else browser.send(form, **task)
    meeting = browser.get(reverse("signals:meeting-new", args=[case])).form(has="whom")
    browser.send(meeting, text="Nieuw overleg", whom=reference, decision_1="Nieuw besluit")
    for model in (Note, Meeting):
        assert model.objects.latest("pk").person == two.two.reference
    assert "Nieuwe notitie" in look(login(world.coordinator), two.address(1)).text
    assert "Nieuwe notitie" not in look(login(world.coordinator), two.address(0)).html
    alone = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    page = browser.get(reverse("signals:case", args=[alone.reference]))
    assert "whom" not in page.form(action="/notitie/").names()
    assert "Only about" not in page.text
    browser.post(reverse("signals:case-note", args=[case]), {"text": "x", "key": key(), "whom": "iets"}, 422)


def test_a_file_and_a_task_can_be_about_one_person(world: World, login: Any, two: Two) -> None:
    from tests.architecture.walker import filing

    client, reference = login(world.coordinator), str(two.reports[1].people.get().row_key)
    sent = {**filing(None), "whom": reference}  # type: ignore[arg-type]
    assert client.post(reverse("signals:case-file-add", args=[two.case.reference]), sent).status_code == 302
    assert Attachment.objects.latest("pk").person == two.two.reference
    task = {"text": "x", "assignee": world.coordinator.reference, "due_on": timezone.localdate().isoformat()}
    task |= {"remind": "never", "anyway": "on", "key": key(), "whom": reference}
    assert client.post(reverse("signals:task-new", args=[two.case.reference]), task).status_code == 302
    assert Task.objects.latest("pk").person == two.two.reference


def test_what_is_too_late_or_nearly_due_says_so_as_in_the_case(world: World, login: Any, two: Two) -> None:
    client, now = login(world.coordinator), timezone.now()
    Step.objects.filter(signal=two.reports[0]).update(due_at=now + timedelta(days=9))
    Task.objects.update(due_on=timezone.localdate() + timedelta(days=9))
    late = {"too late": False, "soon": False}
    assert {word: f'<span class="due-word">{word}</span>' in look(client, two.address(0)).html for word in late} == late
    musts = Step.objects.filter(signal=two.reports[0], state="open", obligation="must")
    musts.update(due_at=now - timedelta(hours=1))
    assert look(client, two.address(0)).html.count('<span class="due-word">too late</span>') == musts.count() > 0
    musts.update(due_at=now + timedelta(hours=2), urgency="same_day")
    assert look(client, two.address(0)).html.count('<span class="due-word">soon</span>') == musts.count()
    make_task(two.case, world.coordinator, person=two.one.reference)
    Task.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert '<span class="due-word">too late</span>' in look(client, two.address(0)).html


def test_reading_it_is_recorded_with_whom_and_is_no_look_at_the_case(world: World, login: Any, two: Two) -> None:
    client, who = login(world.coordinator), two.reports[0].people.get().row_key
    case = reverse("signals:case", args=[two.case.reference])
    look(client, two.address(0))
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.object_type, event.object_ref) == ("case.read", "person", str(who))
    assert "Noor" not in event.body
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        page = look(login(world.coordinator), case)
    assert "read what is about one person in the case" in page.text
    assert "You looked here before" not in page.text


def test_older_lines_of_one_person_come_at_a_click_too(world: World, login: Any, two: Two) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=3 * 366)):
        client = login(world.coordinator)
        assert ONE not in look(client, two.address(0)).html
        page = look(client, two.address(0) + "?older=yes")
    shows_only(page, ONE)
    event = AuditEvent.objects.get(action=Action.CASE_OLDER_READ)
    assert event.object_type == "person"


def test_who_is_not_in_the_case_is_unknown(world: World, login: Any, two: Two) -> None:
    other = send(world.author, typed(world)).people.get().row_key
    for who in (other, "00000000-0000-4000-8000-000000000000"):
        look(login(world.coordinator), reverse("signals:case-person", args=[two.case.reference, who]), 404)
    look(login(world.coordinator), f"/casus/{two.case.reference}/persoon/noor/", 404)


def test_a_case_that_was_put_with_another_leads_on(world: World, login: Any, two: Two) -> None:
    moved = Case.objects.get(status="joined", joined_to=two.case, pk=Case.objects.filter(status="joined").first().pk)
    path = reverse("signals:case-person", args=[moved.reference, two.reports[1].people.get().row_key])
    assert login(world.coordinator).get(path).url == two.address(1)


def test_what_was_about_somebody_who_left_the_case_is_not_about_who_stays(world: World, login: Any, two: Two) -> None:
    both, second = two.reports[2], two.reports[1]
    for report in (both, second):
        signal_split(by=world.coordinator, signal=Signal.objects.get(pk=report.pk), reason=WHY, key=key())
    page = look(login(world.coordinator), reverse("signals:case", args=[two.case.reference]))
    assert f"{TWO} notitie" in page.text, "what was written in the case stays there"
    assert "Only about" not in page.text
    html = look(login(world.coordinator), two.address(0)).html
    assert not [mark for mark in (TWO, BOTH, WHOLE) if mark in html]


def test_a_hand_over_is_about_the_whole_case(world: World, login: Any, two: Two) -> None:
    second = person("tweede")
    join(second, "coordinator", world.school)
    propose(two.case, world.coordinator, second, text=f"{WHOLE} overdracht")
    assert WHOLE not in look(login(world.coordinator), two.address(0)).html


def test_the_page_of_a_meeting_says_whom_it_is_about_where_there_are_several(
    world: World, login: Any, two: Two
) -> None:
    client = login(world.coordinator)
    for about, said in ((two.two.reference, "About Bram van Ééghen (2C)"), ("", None)):
        row = meet(two.case, world.coordinator, person=about)
        for more in ("", "?print=1"):
            text = look(client, reverse("signals:meeting", args=[row.reference]) + more).text
            assert said in text if said else "About" not in text
    alone = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    row = meet(alone, world.coordinator, person=world.pupil.reference)
    assert "Noor" not in look(client, reverse("signals:meeting", args=[row.reference])).text, "it is about nobody else"
