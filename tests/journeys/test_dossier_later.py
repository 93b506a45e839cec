"""What happens to a dossier when the case it is of changes: a report goes, two click at once, an answer is lost."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from accounts.content.tokens import Token
from accounts.models import Pupil
from audit.models import AuditEvent
from signals import filestore
from signals.dossier.services import making, preparing, tidying
from signals.dossier.services.tidying import dossiers_end
from signals.models import Case, Dossier, Signal
from signals.services.cases import case_take
from signals.services.sending import signal_add
from signals.services.transfers import case_merge, signal_split
from signals.services.walls import case_wall
from tests.conftest import World, send, typed
from tests.dossiers import begun, kept, ordered
from tests.journeys.page import Browser
from tests.journeys.test_double_submit import at_once
from tests.sharing import share

WHY = "Het gaat bij nader inzien over iets anders."


def taken(world: World, **changes: Any) -> Case:
    case = case_take(by=world.coordinator, case=send(world.author, typed(world, **changes)).case)
    return again(case)


def again(case: Case) -> Case:
    return Case.objects.select_related("school", "board", "owner", "joined_to").get(pk=case.pk)


@pytest.fixture
def double(world: World) -> tuple[Case, Signal]:
    """A case with two reports, and the second of them."""
    first, second = taken(world, observed="Eerste verhaal"), taken(world, observed="Tweede verhaal", concern="weapon")
    report = second.signals.get()
    case_merge(by=world.coordinator, case=second, into=first, reason=WHY, key=uuid.uuid4())
    return again(first), Signal.objects.select_related("case").get(pk=report.pk)


def split(world: World, report: Signal) -> Case:
    own = signal_split(by=world.coordinator, signal=report, reason=WHY, key=uuid.uuid4()).target
    assert own is not None
    return again(own)


def test_a_report_that_went_behind_a_wall_takes_the_dossier_along(
    world: World, login: Any, double: tuple[Case, Signal]
) -> None:
    """The PDF holds what stands in that report: only who handles both cases has it."""
    case, report = double
    row = kept(case, world.coordinator)
    Dossier.objects.filter(pk=row.pk).update(reports=[one.reference for one in case.signals.all()])
    own = split(world, report)
    desk = login(world.coordinator)
    listed = Browser(desk).get(f"/casus/{case.reference}/dossier/")
    assert listed.hrefs(f"/dossier/{row.reference}/"), "both cases are theirs"
    assert desk.get(f"/dossier/{row.reference}/").status_code == 200
    case_wall(by=world.coordinator, case=own, reason=WHY, keeper=None)
    assert desk.get(f"/dossier/{row.reference}/").status_code == 404
    assert desk.get(f"/dossier/{row.reference}/stand/").status_code == 404
    assert desk.post(f"/dossier/{row.reference}/pdf/").status_code == 404
    other = kept(case, world.coordinator, "Anders")
    Dossier.objects.filter(pk=other.pk).update(reports=[case.signals.get().reference])
    assert desk.post(f"/dossier/{other.reference}/pdf/").status_code == 200
    listed = Browser(desk).get(f"/casus/{case.reference}/dossier/")
    assert listed.hrefs(f"/dossier/{other.reference}/")
    assert not listed.hrefs(f"/dossier/{row.reference}/"), "not even for whom it was"


def test_a_dossier_about_who_left_the_case_is_not_made(world: World, login: Any) -> None:
    """Their report was split off after it was begun: everybody in it would be somebody else."""
    sem = Pupil.objects.create(school=world.school, name="Sem Kuyt", group="3B")
    first, second = taken(world), taken(world, person=f"pupil:{sem.reference}")
    report = second.signals.get()
    case_merge(by=world.coordinator, case=second, into=first, reason=WHY, key=uuid.uuid4())
    about = f"pupil:{sem.reference}"
    row = begun(again(first), world.coordinator, about=about)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/dossier/{row.reference}/nakijken/")
    split(world, Signal.objects.select_related("case").get(pk=report.pk))
    said = "is not in this case any more"
    assert said in browser.send(page.form(has="sure"), "make", sure="on").text
    page = browser.post(f"/dossier/{row.reference}/onderdelen/", {"action": "look", "part": row.picked})
    assert said in page.text
    assert page.path.endswith("/voor-wie/"), "where it can be chosen again"
    assert about not in page.form(has="purpose").options("whom")
    assert Dossier.objects.get().state == "draft"


def test_about_somebody_else_it_begins_anew(world: World, login: Any) -> None:
    """What was said by hand of words, such as that one may stay, was said for the person it was about."""
    sem = Pupil.objects.create(school=world.school, name="Sem Kuyt", group="3B")
    first, second = taken(world), taken(world, person=f"pupil:{sem.reference}")
    case_merge(by=world.coordinator, case=second, into=first, reason=WHY, key=uuid.uuid4())
    row = begun(again(first), world.coordinator)
    browser = Browser(login(world.coordinator))
    browser.post(f"/dossier/{row.reference}/nakijken/", {"action": "word", "word": "Kuyt", "choice": "leave"})
    assert Dossier.objects.get().words
    page = browser.get(f"/dossier/{row.reference}/voor-wie/")
    browser.send(page.form(has="purpose"), purpose="Iets anders dan wat het was.")
    assert Dossier.objects.get().words, "for another purpose it stays"
    page = browser.get(f"/dossier/{row.reference}/voor-wie/")
    browser.send(page.form(has="purpose"), whom=f"pupil:{sem.reference}")
    row.refresh_from_db()
    assert (row.about, row.words, row.picked) == (f"pupil:{sem.reference}", [], [])


def test_a_dossier_in_a_case_of_its_own_is_not_opened_by_putting_it_back(
    world: World, login: Any, double: tuple[Case, Signal]
) -> None:
    """The line of time tells what it was for, to whoever reads the other case by a share."""
    case, report = double
    share(case, world.coordinator, world.teacher)
    row = signal_split(by=world.coordinator, signal=report, reason=WHY, key=uuid.uuid4())
    begun(again(row.target), world.coordinator)
    desk = login(world.coordinator)
    kept(again(row.target), world.coordinator)
    path = reverse("signals:case-reports-back", args=[row.target.reference])
    page = desk.post(path, {"what": row.reference}, follow=True).content.decode()
    assert world.teacher.name in page
    report.refresh_from_db()
    assert report.case == row.target
    Dossier.objects.filter(state="ready").delete()
    desk.post(path, {"what": row.reference})
    report.refresh_from_db()
    assert report.case == case, "one that was only begun has no line"


def test_a_lost_answer_of_the_database_destroys_nothing(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was kept, and the connection went before it could say so: the row needs what it names."""
    row = ordered(taken(world), world.coordinator)
    monkeypatch.setattr(making, "printed", lambda *_all: b"%PDF-1.7 ja")
    keep = making._keep

    def lost(*given: Any) -> bool:
        keep(*given)
        raise OperationalError("the connection was lost")

    monkeypatch.setattr(making, "_keep", lost)
    with pytest.raises(OperationalError):
        making.dossier_make(row.pk)
    monkeypatch.setattr(making, "_keep", keep)
    making.dossier_make(row.pk)  # tried again: it is there
    assert login(world.coordinator).post(f"/dossier/{row.reference}/pdf/").content == b"%PDF-1.7 ja"


def test_what_cannot_be_kept_is_thrown_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ordered(taken(world), world.coordinator)
    monkeypatch.setattr(making, "printed", lambda *_all: b"%PDF-1.7 ja")
    monkeypatch.setattr(making, "_keep", lambda *_all: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        making.dossier_make(row.pk)
    assert list(filestore.held()) == []


def test_what_changes_nothing_is_not_written_down(world: World, login: Any) -> None:
    row = begun(taken(world), world.coordinator)
    browser = Browser(login(world.coordinator))

    def written() -> int:
        return AuditEvent.objects.filter(action="dossier.prepared").count()

    def change(page: str, found: int, **data: Any) -> None:
        before = written()
        for _click in range(2):
            path = f"/dossier/{row.reference}/{page}/"
            sent = browser.get(path).form(has="purpose").fill(data) if page == "voor-wie" else data
            browser.post(path, sent)
        assert written() - before == found, (page, data)

    change("onderdelen", 0, part=row.picked)
    change("onderdelen", 1, part=row.picked, named_staff="on")
    change("voor-wie", 0)
    change("voor-wie", 1, purpose="Iets anders dan wat het was.")
    change("nakijken", 1, action="word", word="tas", choice="new")
    change("nakijken", 1, action="undo:tas")


def test_reading_a_dossier_is_no_look_at_the_case(world: World, login: Any) -> None:
    """What others did since stays marked as new."""
    case = taken(world)
    row = begun(case, world.coordinator)
    path, now = f"/casus/{case.reference}/", timezone.now()
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        login(world.coordinator).get(path)
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        signal_add(by=world.author, signal=case.signals.get(), text="Er was nog iets.", key=str(uuid.uuid4()))
    with time_machine.travel(now + timedelta(hours=3), tick=False):
        login(world.coordinator).get(f"/dossier/{row.reference}/nakijken/")
    with time_machine.travel(now + timedelta(hours=4), tick=False):
        assert "Others added 1 line since." in Browser(login(world.coordinator)).get(path).text


def test_words_that_were_kept_stand_under_their_own_question(world: World, login: Any) -> None:
    """A name that was typed elsewhere is no name on a letter; nor is whom it is about what a file is."""
    client, case = login(world.coordinator), taken(world)
    form = Browser(client).get(f"/casus/{case.reference}/dossier/").form(has="purpose")
    typing = {"kept_words": "2345-6789-BC", "kept_path": f"/casus/{case.reference}/dossier/", "name": "Een filter"}
    filled = form.fill({"purpose": "Gesprek met de wijkagent."})
    assert client.post(reverse("words_typed"), {**filled, **typing}).json()["kept"]
    page = Browser(login(world.coordinator)).get("/bewaard/")
    assert "What for?" in page.text
    assert "Een filter" not in page.text.partition("Name on the letter")[2]
    assert "What is it?" not in page.text


def test_ordered_in_another_tab_while_it_was_changed_here(
    world: World, login: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was a draft when the page was asked for, and is none any more when it comes to it."""
    row = begun(taken(world), world.coordinator)
    browser = Browser(login(world.coordinator))
    page = browser.get(f"/dossier/{row.reference}/voor-wie/")
    locked_row = preparing._locked

    def ordered_meanwhile(dossier: Dossier) -> Dossier:
        Dossier.objects.filter(pk=dossier.pk).update(state="making", ordered_at=timezone.now())
        return locked_row(dossier)

    monkeypatch.setattr(preparing, "_locked", ordered_meanwhile)
    for path, data in ((page.path, page.form(has="purpose").data()), (f"/dossier/{row.reference}/onderdelen/", {})):
        Dossier.objects.filter(pk=row.pk).update(state="draft", ordered_at=None)
        shown = browser.post(path, data)
        assert "This dossier is made already. Begin a new one." in shown.text


def test_what_is_still_being_put_together_is_not_dropped(world: World, login: Any) -> None:
    """A week counts from the last change, not from the day it was begun."""
    row, now = begun(taken(world), world.coordinator), timezone.now()
    with time_machine.travel(now + timedelta(days=6)):
        login(world.coordinator).post(f"/dossier/{row.reference}/onderdelen/", {"part": row.picked[:1]})
    with time_machine.travel(now + timedelta(days=12)):
        assert dossiers_end() == 0
    with time_machine.travel(now + timedelta(days=14)):
        assert dossiers_end() == 1
    assert not Dossier.objects.exists()


def test_one_that_can_not_be_opened_or_ended_keeps_no_other_past_its_term(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = taken(world)
    broken, odd, other = (kept(case, world.coordinator, text) for text in ("Een", "Twee", "Drie"))
    Dossier.objects.filter(pk=broken.pk).update(purpose=Token("sealed:1:AAAA"))
    event = tidying.server_event

    def fails(action: Any, **given: Any) -> None:
        if given["ref"] == odd.reference:
            raise ValueError(odd.reference)
        event(action, **given)

    monkeypatch.setattr(tidying, "server_event", fails)
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(ValueError, match=odd.reference):
        dossiers_end()
    assert [row.state for row in Dossier.objects.order_by("pk")] == ["over", "ready", "over"]
    assert f"ALARM: dossier {odd.pk} could not be ended" in caplog.text
    assert other.reference


@pytest.mark.django_db(transaction=True)
class TestThreads:
    @pytest.fixture(autouse=True)
    def two_connections(self, transactional_db: None) -> None:
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            pytest.skip("a database in memory has one connection: two threads can't meet there")

    def test_two_threads_begin_one_dossier(self, world: World, login: Any) -> None:
        case = taken(world)
        page = Browser(login(world.coordinator)).get(f"/casus/{case.reference}/dossier/")
        words = {"to_name": "Politie", "consent_reason": "Dat is onveilig.", "purpose": "Gesprek met de wijkagent."}
        told = {"recipient": "police", "ground": "task", "consent": "not_asked", **words}
        data = page.form(has="purpose").fill(told)
        clients = [login(world.coordinator) for _ in range(4)]
        answers = at_once([lambda client=client: client.post(page.path, data) for client in clients])
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer["Location"] for answer in answers}) == 1
        assert Dossier.objects.count() == 1
        assert AuditEvent.objects.filter(action="dossier.prepared").count() == 1
