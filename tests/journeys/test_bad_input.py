"""Whatever is typed: a clear error at its field with the text kept, or stored and shown as it is."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from accounts.models import Pupil
from signals.forms.fields import LineField, StoryField, clean_text
from signals.models import Case, Draft, Note, Signal
from signals.models.signal import BOX
from tests.conftest import World, join, typed
from tests.journeys.page import Browser, Page

KEY = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"
STRANGE = {
    "html": "<b>vet</b><img src=x onerror=alert(1)>",
    "script": "<script>alert('MERK')</script>",
    "closes the tag": "</textarea></script><svg/onload=alert(1)>",
    "attribute": "\" autofocus onfocus=alert(1) x='",
    "template": "{{ 7|add:7 }} {% debug %} ${7*7} #{7*7} {0.__class__} %s %(x)s",
    "sql": "Robert'); DROP TABLE signals_case;--",
    "formula": '=HYPERLINK("http://evil.example","klik")',
    "formula plus": "+1+1 @SUM(A1) -2+3",
    "right to left": "naam \u202egnp.exe\u202c en \u2067tekst\u2069",
    "zero width": "a\u200bb\ufeffc\u2060d",
    "separators": "regel\u2028twee\u2029drie",
    "emoji": "👩‍👩‍👧‍👦 🏴‍☠️ 🇳🇱",
    "zalgo": "Z\u0363\u036d\u0311a\u0334\u0321l\u0353go",
    "controls": "a\x01\x07\x1b[31mb\x7f",
    "path": "../../etc/passwd\\..\\..",
    "header": "x\nSet-Cookie: merk=1\nBcc: iemand@evil.example",
    "scripts": "Ṱ̺ Ω≈ç√ 社會科學院 ﷽ İıſß",
}


def form_page(browser: Browser, data: dict[str, Any], expect: int = 200) -> Page:
    return browser.post(reverse("signals:signal-new"), {**data, "action": "continue"}, expect)


@pytest.fixture
def teacher(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


def day(**shift: int) -> str:
    return (timezone.localdate() + timedelta(**shift)).isoformat()


WRONG: dict[str, tuple[str, Any, str]] = {
    "no concern": ("concern", "", "Choose what it is about."),
    "unknown concern": ("concern", "murder", "is not one of the available choices"),
    "concern with a zero byte": ("concern", "bullying\x00", "is not one of the available choices"),
    "unknown role": ("subject_role", "king", "is not one of the available choices"),
    "no role": ("subject_role", "", "This field is required."),
    "no text": ("observed", "", "Write down what you saw or heard."),
    "only spaces": ("observed", " \n\t ", "Write down what you saw or heard."),
    "zero byte": ("observed", "a\x00b", "Null characters are not allowed."),
    "too long": ("observed", "x" * 100_000, "at most"),
    "one too long": ("observed", "x" * (BOX + 1), "at most"),
    "too long told": ("told", "x" * (BOX + 1), "at most"),
    "too long opinion": ("opinion", "x" * (BOX + 1), "at most"),
    "too long against": ("against", "x" * (BOX + 1), "at most"),
    "long description": ("subject_description", "x" * 501, "at most"),
    "zero in description": ("subject_description", "a\x00", "Null characters are not allowed."),
    "no day": ("happened_on", "", "Fill in when it happened."),
    "no known day": ("known_on", "", "Fill in when you or a colleague first knew"),
    "tomorrow": ("happened_on", day(days=1), "This moment has yet to come."),
    "known tomorrow": ("known_on", day(days=1), "This moment has yet to come."),
    "known before": ("known_on", day(days=-1), "can't have known before it happened"),
    "day zero": ("happened_on", "2026-11-00", "Enter a valid date."),
    "31 February": ("happened_on", "2026-02-31", "Enter a valid date."),
    "year 10000": ("happened_on", "10000-01-01", "Enter a valid date."),
    "year 9999": ("happened_on", "9999-12-31", "This moment has yet to come."),
    "year 1": ("happened_on", "0001-01-01", "too long ago"),
    "year 1800": ("happened_on", "1800-05-05", "too long ago"),
    "words for a day": ("happened_on", "gisteren", "Enter a valid date."),
    "zero byte in a day": ("happened_on", "2026-01-01\x00", "Enter a valid date."),
    "25 o'clock": ("happened_time", "25:00", "Enter a valid time."),
    "words for a time": ("known_time", "na de pauze", "Enter a valid time."),
    "unknown pupil": ("person", "pupil:ZZZZ-ZZZZ-ZZ", "Choose a person from the list"),
    "unknown kind": ("person", "parent:1", "Choose a person from the list"),
    "database id": ("person", "pupil:1", "Choose a person from the list"),
    "zero byte in person": ("person", "pupil:\x00", "Null characters are not allowed."),
    "long person": ("person", "pupil:" + "9" * 500, "at most"),
    "nobody": ("person", "", "Search for the person, or describe"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_clear_error_at_the_field(world: World, teacher: Browser, name: str) -> None:
    field, value, message = WRONG[name]
    page = form_page(teacher, typed(world, told="Dit moet blijven.") | {field: value}, 422)
    form = page.response.context["form"]
    at = "subject_description" if name == "nobody" else field
    assert list(form.errors) == [at], form.errors
    with translation.override("en"):
        said = " ".join(form.errors[at])
    assert message in said
    assert "\x00" in said or escape(said) in page.html
    assert f"#{form[at].auto_id}" in page.hrefs("#id_")
    if field != "told":
        assert page.form(id="concern").data()["told"] == "Dit moet blijven."
    if field in ("observed", "happened_on", "known_on", "happened_time") and "\x00" not in value:
        assert page.form(id="concern").data()[field].strip() == value.strip()
    assert not Draft.objects.exists()
    assert not Signal.objects.exists()


def test_later_today_is_in_the_future(world: World, login: Any) -> None:
    with time_machine.travel(timezone.localtime().replace(hour=12) + timedelta(days=1)):
        data = typed(world, happened_time="23:59", known_time="23:59")
        page = form_page(Browser(login(world.author)), data, 422)
    assert {"happened_time", "known_time"} <= set(page.response.context["form"].errors)


def test_the_limit_itself_is_allowed(world: World, teacher: Browser) -> None:
    page = form_page(teacher, typed(world, observed="x" * BOX))
    assert page.path.endswith("/vragen/")


@pytest.mark.parametrize("name", STRANGE)
def test_strange_text_is_kept_and_shown_as_it_is(world: World, login: Any, teacher: Browser, name: str) -> None:
    text = STRANGE[name]
    data = typed(world, observed=text, told=text, opinion=text, against=text, subject_description=text, person="")
    page = form_page(teacher, data)
    teacher.send(page.form(id="check"), "send")
    signal = Signal.objects.get()
    assert signal.observed == clean_text(text.strip())
    line = clean_text(text.strip()).replace("\n", " ")
    assert signal.people.get().description == line
    own = teacher.get(reverse("signals:signal", args=[signal.reference]))
    other = Browser(login(world.coordinator)).get(reverse("signals:case", args=[signal.case.reference]))
    for page in (own, other):
        assert escape(line) in page.html
        assert "<script>alert" not in page.html
        assert "onerror=alert(1)>" not in page.html
        assert "merk" not in page.response.cookies


@pytest.mark.parametrize("name", STRANGE)
def test_strange_notes_and_outcomes(world: World, coordinator: Browser, taken_case: Case, name: str) -> None:
    text = STRANGE[name]
    path = reverse("signals:case-note", args=[taken_case.reference])
    page = coordinator.post(path, {"text": text, "key": KEY})
    assert Note.objects.get().text == clean_text(text.strip())
    step = taken_case.steps.filter(state="open")[0]
    page = coordinator.get(reverse("signals:step-done", args=[step.reference]))
    form = page.form(has="happened_on")
    page = coordinator.send(form, by_whom=text, with_whom=text, reference_number=text, shared=text, ground="law")
    outcome = step.outcomes.get()
    assert "\n" not in outcome.by_whom + outcome.with_whom + outcome.reference_number
    assert escape(outcome.by_whom) in page.html
    assert "<script>alert" not in page.html


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("role", ["pupil", "staff", "king"])
def test_strange_searches(teacher: Browser, name: str, role: str) -> None:
    data = {"person_query": STRANGE[name] + "\x00", "subject_role": role, "person": "x\x00"}
    page = teacher.post(reverse("signals:person-search"), data)
    assert "<script>alert" not in page.html
    page = teacher.post(reverse("signals:signal-new"), {**data, "action": "search"})
    assert "<script>alert" not in page.html


def test_half_a_character_is_refused_by_the_fields() -> None:
    for field in (StoryField(), LineField()):
        with pytest.raises(ValidationError) as error:
            field.clean("a\ud800b")
        assert [one.code for one in error.value.error_list] == ["surrogate"]


def test_half_a_character_in_a_post_becomes_a_mark(world: World, teacher: Browser) -> None:
    body = "&".join(f"{name}={quote(str(value))}" for name, value in typed(world, observed="").items())
    response = teacher.client.post(
        reverse("signals:signal-new"),
        body.replace("observed=", "observed=a%ED%A0%80%FFb") + "&action=continue",
        content_type="application/x-www-form-urlencoded",
        follow=True,
    )
    assert response.status_code == 200
    assert "\ufffd" in Draft.objects.get().data["observed"]


def test_one_spelling_for_what_looks_the_same(world: World, teacher: Browser) -> None:
    page = form_page(teacher, typed(world, observed="re\u0301el\r\nen\rnog"))
    teacher.send(page.form(id="check"), "send")
    assert Signal.objects.get().observed == "r\u00e9el\nen\nnog"


def test_a_pupil_of_another_school_can_not_be_named(world: World, teacher: Browser) -> None:
    away = Pupil.objects.create(school=world.other_school, name="Ver Weg")
    for pupil in (world.sister_pupil, away):
        page = form_page(teacher, typed(world, person=f"pupil:{pupil.reference}"), 422)
        assert "Choose a person from the list, or describe them." in page.text
        assert pupil.name not in page.text


def test_a_school_of_somebody_else_can_not_be_chosen(world: World, login: Any) -> None:
    join(world.author, "teacher", world.sister_school)
    browser = Browser(login(world.author))
    for school in (world.other_school.reference, "x\x00", "ZZZZ-ZZZZ-ZZ"):
        page = form_page(browser, typed(world, school=school), 422)
        assert "school" in page.response.context["form"].errors


def test_one_can_not_report_oneself(world: World, teacher: Browser) -> None:
    data = typed(world, subject_role="staff", person=f"staff:{world.author.reference}")
    assert "You can't write a report about yourself." in form_page(teacher, data, 422).text
