"""A teacher reports a concern: from the log-in to what became of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEvent
from signals.models import Case, Draft, Signal, Step
from signals.services.cases import case_close, case_take
from signals.services.steps import step_decline
from tests.conftest import PASSWORD, World, join, person, send, typed
from tests.journeys.page import Browser, Form, Page


@pytest.fixture
def teacher(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


def first_page(browser: Browser) -> Form:
    return browser.get(reverse("signals:signal-new")).form(id="concern")


def second_page(browser: Browser, **values: Any) -> Page:
    """A report about somebody without a name, as far as the questions."""
    given = {"subject_description": "Een jongen met een rode jas", "concern": "bullying", "observed": "Ik zag duwen."}
    return browser.send(first_page(browser), "continue", **(given | values))


def sent(browser: Browser, answers: dict[str, Any] | None = None, **values: Any) -> Page:
    page = second_page(browser, **values)
    return browser.send(page.form(id="check"), "send", **(answers or {}))


def test_log_in_write_send(world: World, client: Any) -> None:
    browser = Browser(client)
    page = browser.get("/")
    assert page.path == reverse("account_login")
    assert "tel:112" in page.hrefs("tel:")
    page = browser.send(page.form(action=page.path), login=world.author.email, password=PASSWORD)
    assert page.path == reverse("signals:mine")
    assert "tel:112" in page.hrefs("tel:")
    assert page.hrefs(reverse("signals:signal-new"))
    page = sent(browser)
    assert "Received at" in page.text
    assert "Ik zag duwen." in page.text
    assert not Draft.objects.exists()
    assert "Received" in browser.get(reverse("signals:mine")).text


def test_112_before_writing(teacher: Browser) -> None:
    page = teacher.get(reverse("signals:mine"))
    page = teacher.send(page.form(action=reverse("signals:called")))
    draft = Draft.objects.get()
    assert draft.called_112_at is not None
    assert page.path == reverse("signals:draft", args=[draft.reference])
    assert "This has been recorded." in page.text
    page = teacher.send(
        page.form(id="concern"),
        "continue",
        subject_description="Een man met een mes",
        concern="weapon",
        observed="Hij liep de aula in.",
    )
    teacher.send(page.form(id="check"), "send", immediate_danger="yes")
    signal = Signal.objects.get()
    assert signal.called_112_at == draft.called_112_at
    assert Step.objects.get(recipient="emergency_112").state == "done"


def test_112_on_the_form_keeps_what_was_typed(teacher: Browser) -> None:
    page = teacher.send(first_page(teacher), "called", observed="Hij dreigt met een mes.")
    draft = Draft.objects.get()
    assert page.path == reverse("signals:draft", args=[draft.reference])
    assert draft.called_112_at is not None
    assert page.form(id="concern").data()["observed"] == "Hij dreigt met een mes."


def test_only_the_send_button_of_the_second_page_sends(teacher: Browser) -> None:
    """Enter presses the first button of a form, and a call to 112 must never send what is not ready."""
    page = second_page(teacher, concern="weapon")
    form, path = page.form(id="check"), page.path
    buttons = {control.value for control in form.controls if control.kind == "submit"}
    assert "send" in buttons
    for button in (buttons | {"called", "save", "back", ""}) - {"send"}:
        teacher.post(path, {**form.data(), "action": button})
        assert not Signal.objects.exists(), button
    assert "tel:112" in page.hrefs("tel:")


def test_112_after_sending(teacher: Browser) -> None:
    page = sent(teacher, {"immediate_danger": "yes"}, concern="weapon")
    assert Step.objects.get(recipient="emergency_112").state == "open"
    page = teacher.send(page.form(action="/112-gebeld/"))
    assert Step.objects.get(recipient="emergency_112").state == "done"
    assert "This has been recorded." in page.text
    moment = Signal.objects.get().called_112_at
    teacher.post(reverse("signals:signal-called", args=[Signal.objects.get().reference]), {})
    assert Signal.objects.get().called_112_at == moment


def test_a_person_that_was_found_is_kept(world: World, teacher: Browser) -> None:
    form = teacher.send(first_page(teacher), "search", person_query="zandstra", observed="Blauwe plek.").form(
        id="concern"
    )
    assert form.data()["observed"] == "Blauwe plek."
    page = teacher.send(form, "continue", person=f"pupil:{world.pupil.reference}", concern="wellbeing")
    assert "Noor Zandstra" in page.text
    teacher.send(page.form(id="check"), "send")
    assert Signal.objects.get().people.get().pupil == world.pupil


def test_a_description_instead_of_a_person(teacher: Browser) -> None:
    sent(teacher)
    assert Signal.objects.get().people.get().description == "Een jongen met een rode jas"


def test_a_draft_is_kept_and_thrown_away(teacher: Browser) -> None:
    page = teacher.send(first_page(teacher), "save", observed="Half af")
    draft = Draft.objects.get()
    assert page.hrefs(reverse("signals:draft", args=[draft.reference]))
    page = teacher.get(reverse("signals:draft", args=[draft.reference]))
    assert page.form(id="concern").data()["observed"] == "Half af"
    page = teacher.get(reverse("signals:mine"))
    teacher.send(page.form(action="/weggooien/"))
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("concern", "asked", "not_asked"),
    [
        ("bullying", {"discrimination"}, {"departure", "victim_is_minor", "absence_16h_in_4_weeks"}),
        ("departure", {"departure", "not_attending", "refuted"}, {"weapon_found", "calamity"}),
        ("domestic_violence", {"acute_or_structural_unsafety"}, {"offence_committed", "departure"}),
        ("data_request", {"advice_wanted"}, {"immediate_danger", "police_request"}),
    ],
)
def test_only_the_questions_that_matter(teacher: Browser, concern: str, asked: set[str], not_asked: set[str]) -> None:
    names = second_page(teacher, concern=concern).form(id="check").names()
    assert asked <= names
    assert not not_asked & names
    assert len(names - {"csrfmiddlewaretoken", "seen"}) < 13


def test_the_age_of_a_known_pupil_is_not_asked(world: World, teacher: Browser) -> None:
    person = {"person": f"pupil:{world.pupil.reference}", "subject_description": ""}
    teacher.send(first_page(teacher), "search", person_query="zandstra")
    form = teacher.page.form(id="concern")  # type: ignore[union-attr]
    page = teacher.send(form, "continue", concern="absence", observed="Drie weken weg.", **person)
    assert "subject_is_minor" not in page.form(id="check").names()
    page = second_page(teacher, concern="absence")
    assert "subject_is_minor" in page.form(id="check").names()


def test_back_to_the_first_page_and_on_again(teacher: Browser) -> None:
    page = second_page(teacher, concern="departure")
    form = page.form(id="check")
    page = teacher.send(form, "back", refuted="yes", shared_with=["police_contact", "municipality_oov"])
    assert page.path == reverse("signals:draft", args=[Draft.objects.get().reference])
    assert page.form(id="concern").data()["observed"] == "Ik zag duwen."
    page = teacher.send(page.form(id="concern"), "continue", observed="Ik zag slaan.")
    assert "Ik zag slaan." in page.text
    data = page.form(id="check").data()
    assert (data["refuted"], data["shared_with"]) == ("yes", ["police_contact", "municipality_oov"])
    assert Draft.objects.count() == 1


def test_before_sending_the_readers_are_named(world: World, teacher: Browser) -> None:
    text = second_page(teacher).text
    assert "Coordinator, " in text
    assert "Principal, " in text
    assert "only with a reason, and that is recorded" in text
    for name in ("Sister Coordinator", "Board Officer", "Other Coordinator", "Former"):
        assert name not in text


def test_before_sending_about_staff_the_readers_are_others(world: World, teacher: Browser) -> None:
    teacher.send(first_page(teacher), "search", person_query="subject", subject_role="staff")
    form = teacher.page.form(id="concern")  # type: ignore[union-attr]
    about = {"person": f"staff:{world.subject.reference}", "subject_role": "staff"}
    text = teacher.send(form, "continue", concern="verbal_violence", observed="Hij schold.", **about).text
    assert "Board Officer, " in text
    assert "Coordinator, " not in text
    assert "Principal, " not in text


def test_a_warning_when_nobody_would_read_it(world: World, login: Any) -> None:
    lonely = person("lonely")
    join(lonely, "teacher", world.other_school)
    world.other_coordinator.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert "Tell your principal in person as well." in second_page(Browser(login(lonely))).text


def test_r18_keeps_its_order_and_is_the_boards(world: World, teacher: Browser) -> None:
    teacher.send(first_page(teacher), "search", person_query="subject", subject_role="staff")
    form = teacher.page.form(id="concern")  # type: ignore[union-attr]
    about = {"person": f"staff:{world.subject.reference}", "subject_role": "staff"}
    page = teacher.send(form, "continue", concern="sexual", observed="Berichten.", **about)
    teacher.send(page.form(id="check"), "send", victim_is_minor="yes")
    steps = Step.objects.order_by("position")
    assert [step.recipient for step in steps] == ["board", "confidential_inspector", "parents", "police_report"]
    assert {(step.obligation, step.basis, step.actor) for step in steps} == {("must", "law", "board")}


def finish(case: Case, by: User) -> None:
    case_take(by=by, case=case)
    for step in case.steps.filter(state="open", obligation="must"):
        step_decline(by=by, step=step, reason="Voor deze proef niet nodig.", applies=False)
    case_close(by=by, case=case, outcome="resolved", reason="Het is goed gekomen.")


def test_received_being_handled_closed(world: World, teacher: Browser, pupil_signal: Signal) -> None:
    page, own = reverse("signals:mine"), reverse("signals:signal", args=[pupil_signal.reference])
    for place in (page, own):
        assert "received" in teacher.get(place).text.lower()
    case_take(by=world.coordinator, case=pupil_signal.case)
    for place in (page, own):
        assert "being handled" in teacher.get(place).text.lower()
    Case.objects.filter(pk=pupil_signal.case.pk).update(status="new", owner=None, taken_at=None)
    Step.objects.filter(recipient="care_coordinator").update(state="open")
    finish(pupil_signal.case, world.coordinator)
    for place in (page, own):
        assert "closed" in teacher.get(place).text.lower()
    assert "Het is goed gekomen." not in teacher.get(own).text, "why it was closed is for the team"


def test_an_addition(world: World, teacher: Browser, pupil_signal: Signal) -> None:
    own = reverse("signals:signal", args=[pupil_signal.reference])
    page = teacher.get(own)
    page = teacher.send(page.form(action="/aanvullen/"), text="Vandaag weer gezien.")
    assert "Vandaag weer gezien." in page.text
    assert pupil_signal.additions.count() == 1
    page = teacher.send(page.form(action="/aanvullen/"), expect=422, text="   ")
    assert "Write something first." in page.text
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        assert Signal.objects.get().observed == pupil_signal.observed


def test_notes_and_the_team_stay_hidden_for_the_writer(world: World, login: Any, taken_case: Case) -> None:
    coordinator, teacher = Browser(login(world.coordinator)), Browser(login(world.author))
    page = coordinator.get(reverse("signals:case", args=[taken_case.reference]))
    coordinator.send(page.form(action="/notitie/"), text="Alleen voor het team.")
    own = taken_case.signals.get()
    assert "Alleen voor het team." not in teacher.get(reverse("signals:signal", args=[own.reference])).text


def test_a_colleague_sees_nothing_of_it(world: World, login: Any, pupil_signal: Signal) -> None:
    colleague = Browser(login(world.teacher))
    assert pupil_signal.reference not in colleague.get(reverse("signals:mine")).text
    colleague.get(reverse("signals:signal", args=[pupil_signal.reference]), 404)


def test_a_school_must_be_chosen_by_who_works_at_two(world: World, login: Any) -> None:
    join(world.author, "teacher", world.sister_school)
    browser = Browser(login(world.author))
    form = first_page(browser)
    assert set(form.options("school")) == {world.school.reference, world.sister_school.reference}
    page = second_page(browser, school=world.sister_school.reference)
    browser.send(page.form(id="check"), "send")
    assert Signal.objects.get().school == world.sister_school


def test_a_pupil_of_the_other_school_does_not_fit(world: World, login: Any) -> None:
    join(world.author, "teacher", world.sister_school)
    browser = Browser(login(world.author))
    data = typed(world, school=world.sister_school.reference, action="continue")
    page = browser.post(reverse("signals:signal-new"), data, 422)
    assert "This person is not at the school you chose." in page.text


def test_it_is_about_now_in_dutch_as_well(world: World, login: Any) -> None:
    signal = send(world.author, typed(world))
    page = Browser(login(world.author), "nl").get(reverse("signals:signal", args=[signal.reference]))
    step = Step.objects.filter(signal=signal).order_by("position")[0]
    assert step.why_nl in page.text
    assert step.why_en not in page.text
    assert page.lang == settings.LANGUAGE_CODE


def test_printing_is_recorded(world: World, login: Any, pupil_signal: Signal) -> None:
    page = login(world.author).get(reverse("signals:signal", args=[pupil_signal.reference]), {"print": "1"})
    assert b"data-print-now" in page.content
    assert AuditEvent.objects.filter(action="signal.printed", actor_ref=world.author.reference).count() == 1


def test_a_search_leaves_a_digest_and_not_the_words(world: World, login: Any) -> None:
    client = login(world.author)
    for words in ("Noor Zand", "noor  zand", "Bram"):
        client.post(reverse("signals:person-search"), {"person_query": words, "subject_role": "pupil"})
    found = [event.details["terms"] for event in AuditEvent.objects.filter(action="person.searched").order_by("id")]
    assert found[0] == found[1] != found[2]
    assert all(len(digest) == 16 for digest in found)
    assert "noor" not in str(list(AuditEvent.objects.values_list("body", flat=True))).lower()
