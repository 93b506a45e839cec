"""Two clicks, a replayed form, two tabs: one report, one note, one addition."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, Pupil
from audit.models import AuditEvent
from signals import report
from signals.forms.concern import ConcernForm
from signals.models import Addition, Case, Draft, Note, Signal
from signals.services.drafts import draft_save
from signals.services.sending import signal_send
from signals.services.steps import step_decline
from signals.services.tasks import tasks_remind
from signals.views import concern
from tests.conftest import World, join, person, typed
from tests.handing import make_task, propose
from tests.journeys.page import Browser, Page

KEY = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"


@pytest.fixture
def teacher(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


def second_page(browser: Browser, world: World) -> Page:
    return browser.post(reverse("signals:signal-new"), typed(world, action="continue"))


def test_sent_twice_is_one_report(world: World, teacher: Browser) -> None:
    page = second_page(teacher, world)
    form, path = page.form(id="check"), page.path
    first = teacher.post(path, {**form.data(), "action": "send"})
    second = teacher.post(path, {**form.data(), "action": "send"})
    assert first.path == second.path
    assert (Signal.objects.count(), Case.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(action="signal.sent").count() == 1


def test_the_service_sends_a_draft_once(world: World, pupil_signal: Signal) -> None:
    """Two requests may both have found the draft before the first of them was done."""
    draft = draft_save(by=world.author, draft=None, data=typed(world))
    late = Draft.objects.get(pk=draft.pk)
    form = ConcernForm(typed(world), user=world.author, schools=[world.school])
    assert form.is_valid()
    content = report.report(form.cleaned_data, {})
    first = signal_send(by=world.author, draft=draft, report=content)
    assert signal_send(by=world.author, draft=late, report=content) == first
    assert Signal.objects.count() == 2, "this one, and the one of the fixture"


def test_a_draft_that_was_sent_leads_to_its_report(world: World, teacher: Browser) -> None:
    page = second_page(teacher, world)
    draft = Draft.objects.get()
    sent = teacher.send(page.form(id="check"), "send")
    for name in ("draft", "draft-check"):
        address = reverse(f"signals:{name}", args=[draft.reference])
        assert teacher.get(address).path == sent.path
        assert teacher.post(address, typed(world, action="continue")).path == sent.path
    assert (Signal.objects.count(), Draft.objects.count()) == (1, 0)
    teacher.post(reverse("signals:draft-discard", args=[draft.reference]), {}, 404)


def test_the_first_page_sent_twice_is_one_draft(world: World, teacher: Browser) -> None:
    form = teacher.get(reverse("signals:signal-new")).form(id="concern")
    data = {**form.data(), **typed(world, action="continue")}
    one = teacher.post(reverse("signals:signal-new"), data)
    two = teacher.post(reverse("signals:signal-new"), data)
    assert one.path == two.path
    assert Draft.objects.count() == 1


def test_a_first_page_that_was_sent_long_ago_leads_to_its_report(world: World, teacher: Browser) -> None:
    form = teacher.get(reverse("signals:signal-new")).form(id="concern")
    data = {**form.data(), **typed(world, action="continue")}
    page = teacher.post(reverse("signals:signal-new"), data)
    sent = teacher.send(page.form(id="check"), "send")
    assert teacher.post(reverse("signals:signal-new"), data).path == sent.path
    assert Draft.objects.count() == 0


def test_the_key_of_a_draft_of_another_gives_a_draft_of_ones_own(world: World, login: Any, teacher: Browser) -> None:
    second_page(teacher, world)
    theirs = Draft.objects.get()
    other = Browser(login(world.teacher))
    page = other.post(
        reverse("signals:signal-new"), typed(world, action="save", key=theirs.reference, observed="Van mij")
    )
    assert page.status == 200
    theirs.refresh_from_db()
    assert theirs.author == world.author
    assert theirs.data["observed"] == typed(world)["observed"]
    assert Draft.objects.get(author=world.teacher).reference != theirs.reference


@pytest.mark.parametrize("key", ["", "x", "\x00", "ZZZZ-ZZZZ-Z0", "Z" * 9_000])
def test_any_other_key_of_a_draft_is_ignored(world: World, teacher: Browser, key: str) -> None:
    teacher.post(reverse("signals:signal-new"), typed(world, action="save", key=key))
    assert Draft.objects.get().reference != key


def test_a_draft_of_another_is_not_there(world: World, login: Any, teacher: Browser) -> None:
    second_page(teacher, world)
    other, reference = Browser(login(world.teacher)), Draft.objects.get().reference
    for name in ("draft", "draft-check"):
        other.get(reverse(f"signals:{name}", args=[reference]), 404)
        other.post(reverse(f"signals:{name}", args=[reference]), typed(world), 404)
    other.post(reverse("signals:draft-discard", args=[reference]), {}, 404)
    assert Draft.objects.get().author == world.author


def test_a_sent_draft_of_another_is_not_there_either(world: World, login: Any, pupil_signal: Signal) -> None:
    Browser(login(world.teacher)).get(reverse("signals:draft", args=[pupil_signal.key]), 404)


def test_a_replayed_addition_is_one(teacher: Browser, pupil_signal: Signal) -> None:
    own = reverse("signals:signal", args=[pupil_signal.reference])
    form = teacher.get(own).form(action="/aanvullen/")
    for _ in range(3):
        teacher.post(form.action, {**form.data(), "text": "Nog iets."})
    assert Addition.objects.count() == 1
    assert AuditEvent.objects.filter(action="signal.added").count() == 1
    fresh = teacher.get(own).form(action="/aanvullen/")
    teacher.post(fresh.action, {**fresh.data(), "text": "Nog iets."})
    assert Addition.objects.count() == 2, "the same words on a new form are a new addition"


def test_a_replayed_note_is_one(world: World, login: Any, taken_case: Case) -> None:
    coordinator = Browser(login(world.coordinator))
    form = coordinator.get(reverse("signals:case", args=[taken_case.reference])).form(action="/notitie/")
    for _ in range(3):
        coordinator.post(form.action, {**form.data(), "text": "Gebeld."})
    assert Note.objects.count() == 1
    assert AuditEvent.objects.filter(action="case.noted").count() == 1


def at_once(calls: list[Any]) -> list[Any]:
    """Do everything at the same moment, each in its own thread with its own connection."""
    barrier = Barrier(len(calls))

    def run(call: Any) -> Any:
        barrier.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
class TestThreads:
    @pytest.fixture(autouse=True)
    def two_connections(self, transactional_db: None) -> None:
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            pytest.skip("a database in memory has one connection: two threads can't meet there")

    def test_two_threads_send_one_report(self, world: World, login: Any) -> None:
        page = second_page(Browser(login(world.author)), world)
        path, data = page.path, {**page.form(id="check").data(), "action": "send"}
        clients: list[Client] = [login(world.author) for _ in range(4)]
        answers = at_once([lambda client=client: client.post(path, data) for client in clients])
        assert {answer.status_code for answer in answers} == {302}
        assert len({answer["Location"].partition("?")[0] for answer in answers}) == 1
        assert (Signal.objects.count(), Case.objects.count()) == (1, 1)
        assert AuditEvent.objects.filter(action="signal.sent").count() == 1

    def test_two_threads_keep_one_draft(self, world: World, login: Any) -> None:
        form = Browser(login(world.author)).get(reverse("signals:signal-new")).form(id="concern")
        data = {**form.data(), **typed(world, action="continue")}
        clients: list[Client] = [login(world.author) for _ in range(4)]
        answers = at_once(
            [lambda client=client: client.post(reverse("signals:signal-new"), data) for client in clients]
        )
        assert {answer.status_code for answer in answers} == {302}
        assert Draft.objects.count() == 1

    def test_two_threads_take_one_case(self, world: World, login: Any, pupil_signal: Signal) -> None:
        path = reverse("signals:case-take", args=[pupil_signal.case.reference])
        clients: list[Client] = [login(world.coordinator) for _ in range(4)]
        answers = at_once([lambda client=client: client.post(path) for client in clients])
        assert {answer.status_code for answer in answers} == {302}
        assert AuditEvent.objects.filter(action="case.taken").count() == 1
        assert pupil_signal.case.changes.count() == 2

    def test_a_hand_over_that_is_accepted_refused_and_withdrawn_at_once(
        self, world: World, login: Any, taken_case: Case
    ) -> None:
        """One of the three happens, with one event; and whoever has the case is who it says."""
        second = person("tweede")
        join(second, "coordinator", world.school)
        row = propose(taken_case, world.coordinator, second)
        path, asked = reverse("signals:hand-over-answer", args=[taken_case.reference]), {"asked": row.reference}
        back = reverse("signals:hand-over-withdraw", args=[taken_case.reference])
        clients: list[Client] = [login(second), login(second), login(second), login(world.coordinator)]
        sent = [
            (path, asked | {"answer": "accept"}),
            (path, asked | {"answer": "accept"}),
            (path, asked | {"reason": "Ik heb er geen ruimte voor."}),
            (back, asked),
        ]
        pairs = list(zip(clients, sent, strict=True))
        answers = at_once([lambda client=client, to=to: client.post(*to) for client, to in pairs])
        refused = answers.pop(2)
        assert {answer.status_code for answer in answers} == {302}
        row.refresh_from_db()
        assert refused.status_code == (302 if row.state == "refused" else 409), "too late: the reason comes back"
        assert refused.status_code == 302 or "Ik heb er geen ruimte voor." in refused.content.decode()
        taken_case.refresh_from_db()
        ended = AuditEvent.objects.filter(action__startswith="handover.").exclude(action="handover.proposed")
        assert [event.action for event in ended] == [f"handover.{row.state}"]
        assert taken_case.owner == (second if row.state == "accepted" else world.coordinator)

    def test_two_workers_remind_once(self, world: World, taken_case: Case) -> None:
        make_task(taken_case, world.coordinator, due_on=timezone.localdate(), remind="same")
        assert sorted(at_once([tasks_remind, tasks_remind, tasks_remind])) == [0, 0, 1]
        assert OutgoingMail.objects.filter(kind="task.reminder").count() == 1

    def test_two_threads_write_one_note_and_one_addition(self, world: World, login: Any, taken_case: Case) -> None:
        signal = taken_case.signals.get()
        data = {"text": "Eén keer.", "key": KEY}
        for who, path in (
            (world.coordinator, reverse("signals:case-note", args=[taken_case.reference])),
            (world.author, reverse("signals:signal-add", args=[signal.reference])),
        ):
            clients: list[Client] = [login(who) for _ in range(4)]
            answers = at_once([lambda client=client, path=path: client.post(path, data) for client in clients])
            assert {answer.status_code for answer in answers} == {302}
        assert (Note.objects.count(), Addition.objects.count()) == (1, 1)

    def test_closing_and_reopening_a_step_at_once_leaves_no_open_must(
        self, world: World, login: Any, taken_case: Case
    ) -> None:
        for step in taken_case.steps.filter(state="open", obligation="must"):
            step_decline(by=world.coordinator, step=step, reason="Niet nodig in deze proef.", applies=False)
        step = taken_case.steps.filter(state="not_applicable")[0]
        close = reverse("signals:case-close", args=[taken_case.reference])
        again = reverse("signals:step-reopen", args=[step.reference])
        reason = {"reason": "Een reden van genoeg tekens."}
        one, two = login(world.coordinator), login(world.coordinator)
        at_once([lambda: one.post(close, {**reason, "outcome": "resolved"}), lambda: two.post(again, reason)])
        case = Case.objects.get(pk=taken_case.pk)
        assert not (case.status == "closed" and case.steps.filter(state="open", obligation="must").exists())


def test_words_typed_in_an_old_tab_are_kept(world: World, teacher: Browser) -> None:
    """The report was sent in another tab; what was typed here since becomes a draft of its own."""
    page = second_page(teacher, world)
    draft = Draft.objects.get()
    teacher.send(page.form(id="check"), "send")
    address = reverse("signals:draft", args=[draft.reference])
    teacher.post(address, typed(world, action="save", observed="En daarna zag ik nog iets anders."))
    assert Signal.objects.get().observed == typed(world)["observed"]
    assert Draft.objects.get().data["observed"] == "En daarna zag ik nog iets anders."


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ("told", "Hij zei dat zijn vader hem slaat."),
        ("opinion", "Ik maak mij zorgen."),
        ("against", "Zijn broer zegt van niet."),
        ("concern", "radicalisation"),
        ("happened_time", "00:00"),
    ],
)
def test_what_was_added_in_any_box_of_an_old_tab_is_kept(world: World, teacher: Browser, box: str, words: str) -> None:
    page = teacher.get(reverse("signals:signal-new"))
    first = {**page.form(id="concern").data(), **typed(world, action="continue")}
    teacher.send(teacher.post(page.path, first).form(id="check"), "send")
    kept = teacher.post(page.path, {**first, box: words})
    assert "What you typed now is kept here, as a new one." in kept.text
    assert Draft.objects.get().data[box] == words
    assert Signal.objects.count() == 1


def test_words_typed_in_an_old_tab_are_kept_when_a_call_is_recorded(world: World, teacher: Browser) -> None:
    page = second_page(teacher, world)
    draft = Draft.objects.get()
    teacher.send(page.form(id="check"), "send")
    teacher.post(reverse("signals:draft", args=[draft.reference]), typed(world, action="called", told="Hij bloedt."))
    assert Signal.objects.get().called_112_at is not None
    assert Draft.objects.get().data["told"] == "Hij bloedt."


def test_pressed_twice_a_report_about_nobody_of_the_list_leads_to_itself(world: World, teacher: Browser) -> None:
    page = teacher.get(reverse("signals:signal-new"))
    whom = {"person": "", "subject_description": "De jongen met de  rode jas ", "observed": " Een leus:\r\nweg. "}
    first = {**page.form(id="concern").data(), **typed(world, action="continue", **whom)}
    sent = teacher.send(teacher.post(page.path, first).form(id="check"), "send")
    assert teacher.post(page.path, first).path == sent.path == signal_path()
    assert not Draft.objects.exists()


def test_pressed_twice_a_report_without_a_name_brings_the_name_not_back(world: World, teacher: Browser) -> None:
    page = teacher.get(reverse("signals:signal-new"))
    first = {**page.form(id="concern").data(), **typed(world, action="continue", concern="radicalisation")}
    check = teacher.post(page.path, first).form(id="check")
    check = teacher.send(check, "send", expect=422, expression_only="yes").form(id="check")
    sent = teacher.send(check, "send", keep_name="no")
    assert "name not stored" in sent.text
    assert teacher.post(page.path, first).path == sent.path == signal_path()
    assert not Draft.objects.exists()


def signal_path() -> str:
    return reverse("signals:signal", args=[Signal.objects.get().reference])


def test_a_call_recorded_in_an_old_tab_stands_with_the_report(world: World, teacher: Browser) -> None:
    page = second_page(teacher, world)
    draft = Draft.objects.get()
    teacher.send(page.form(id="check"), "send")
    teacher.post(reverse("signals:draft", args=[draft.reference]), typed(world, action="called"))
    assert Signal.objects.get().called_112_at is not None
    assert not Draft.objects.exists()


def test_a_call_on_the_second_page_of_an_old_tab_stands_with_the_report(world: World, teacher: Browser) -> None:
    page = second_page(teacher, world)
    path, data = page.path, page.form(id="check").data()
    teacher.post(path, {**data, "action": "send"})
    teacher.post(path, {**data, "action": "called"})
    assert Signal.objects.get().called_112_at is not None


def test_a_call_at_the_moment_of_sending_stands_with_the_report(
    world: World, teacher: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other tab sends between looking for the draft and locking it."""
    check = second_page(teacher, world).form(id="check")

    def late(**given: Any) -> Draft:
        monkeypatch.setattr(concern, "draft_save", draft_save)
        teacher.send(check, "send")
        return draft_save(**given)

    monkeypatch.setattr(concern, "draft_save", late)
    teacher.send(check, "called")
    assert Signal.objects.get().called_112_at is not None


def test_what_was_answered_and_a_call_stay_when_the_first_page_needs_a_look(world: World, teacher: Browser) -> None:
    """Meanwhile the pupil left the school."""
    check = second_page(teacher, world).form(id="check")
    Pupil.objects.filter(pk=world.pupil.pk).update(is_active=False)
    page = teacher.send(check, "called", immediate_danger="yes")
    assert "Something is still missing or has changed." in page.text
    draft = Draft.objects.get()
    assert draft.called_112_at is not None
    assert draft.answers["immediate_danger"] == "yes"


def test_other_answers_of_an_old_tab_are_not_taken_for_sent(world: World, teacher: Browser) -> None:
    page = second_page(teacher, world)
    path, data = page.path, {**page.form(id="check").data(), "action": "send"}
    teacher.post(path, data)
    assert "was sent already" not in teacher.post(path, data).text, "a second click"
    told = teacher.post(path, {**data, "immediate_danger": "yes"})
    assert "This report was sent already, with other answers." in told.text
    assert Signal.objects.get().facts["immediate_danger"] is False
