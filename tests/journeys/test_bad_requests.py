"""Requests that no form of ours makes: other fields, too many, wrong keys and made-up addresses. Never a 500."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from signals.models import Case, Draft, Signal
from tests.conftest import World, typed
from tests.journeys.page import Browser, Page

KEY = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"


def form_page(browser: Browser, data: dict[str, Any], expect: int = 200) -> Page:
    return browser.post(reverse("signals:signal-new"), {**data, "action": "continue"}, expect)


@pytest.fixture
def teacher(world: World, login: Any) -> Browser:
    return Browser(login(world.author))


@pytest.fixture
def coordinator(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


def test_fields_that_are_not_asked_do_nothing(world: World, teacher: Browser) -> None:
    extra = {
        "status": "closed",
        "walled": "on",
        "author": world.teacher.pk,
        "case": "1",
        "owner": world.author.pk,
        "entered_at": "2020-01-01",
        "called_112_at": "2020-01-01 10:00",
        "is_superuser": "on",
        "board": world.other_school.board_id,
    }
    page = form_page(teacher, typed(world) | extra)
    page = teacher.post(
        page.path, {**page.form(id="check").data(), **extra, "sector": "wo", "subject_role": "staff", "action": "send"}
    )
    signal = Signal.objects.get()
    assert (signal.author, signal.school, signal.subject_role) == (world.author, world.school, "pupil")
    assert (signal.case.status, signal.case.walled, signal.case.owner) == ("new", False, None)
    assert signal.called_112_at is None
    assert signal.facts["sector"] == "vo"
    assert timezone.now() - signal.entered_at < timedelta(minutes=1)


def test_ten_thousand_fields_are_refused(teacher: Browser) -> None:
    data = {f"field{number}": "x" for number in range(10_000)}
    assert teacher.client.post(reverse("signals:signal-new"), data).status_code == 400
    body = "&".join(f"a{number}=1" for number in range(10_000))
    kind = "application/x-www-form-urlencoded"
    assert teacher.client.post(reverse("signals:signal-new"), body, content_type=kind).status_code == 400


def test_three_megabytes_are_refused(teacher: Browser) -> None:
    response = teacher.client.post(reverse("signals:signal-new"), {"observed": "x" * 3_000_000})
    assert response.status_code in (400, 413)


def test_the_same_field_twice_counts_once(world: World, teacher: Browser) -> None:
    data = typed(world) | {"concern": ["bullying", "weapon"], "observed": ["een", "twee"]}
    form_page(teacher, data)
    assert Draft.objects.get().data["concern"] == "weapon"
    assert Draft.objects.get().data["observed"] == "twee"


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"observed": "\\ud800"}', "[" * 10_000])
def test_json_is_no_form(teacher: Browser, body: str) -> None:
    response = teacher.client.post(reverse("signals:signal-new"), body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert not Draft.objects.exists()


AFTER = [
    "xyz",
    "-1",
    "0",
    "9" * 18,
    "9" * 19,
    "9" * 400,
    "1e9",
    "none-1",
    "none-x",
    "1-1-1",
    "-",
    "\x00",
    "٣",
    "9" * 18 + "-" + "9" * 18,
]


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("coordinator", "/werkplek/?tab=new&"),
        ("coordinator", "/werkplek/?tab=closed&"),
        ("principal", "/opvolging/?tab=overdue&"),
        ("author", "/mijn-meldingen/?"),
        ("author", "/logboek/?"),
    ],
)
def test_any_key_for_a_page(world: World, login: Any, pupil_signal: Signal, who: str, address: str, after: str) -> None:
    response = login(world.people[who]).get(f"{address}after={quote(after)}")
    assert response.status_code == 200


@pytest.mark.parametrize("tab", ["x", "", "\x00", "new' OR 1=1", "é" * 500])
def test_an_unknown_tab_is_the_first(world: World, login: Any, tab: str) -> None:
    for who, address in (("coordinator", "/werkplek/"), ("principal", "/opvolging/")):
        assert login(world.people[who]).get(address, {"tab": tab}).status_code == 200


@pytest.mark.parametrize("key", ["", "x", "1", "\x00", KEY[:-1], "0" * 500, KEY + "0", "__import__('os')"])
def test_a_wrong_key_keeps_the_text(teacher: Browser, pupil_signal: Signal, key: str) -> None:
    path = reverse("signals:signal-add", args=[pupil_signal.reference])
    page = teacher.post(path, {"text": "Dit moet blijven.", "key": key}, 422)
    assert page.form(action="/aanvullen/").data()["text"] == "Dit moet blijven."
    assert not pupil_signal.additions.exists()


@pytest.mark.parametrize("value", ["maybe", "\x00", "true", "1", "yes ", "y" * 10_000])
def test_an_answer_that_is_no_choice(world: World, teacher: Browser, value: str) -> None:
    page = form_page(teacher, typed(world))
    path, data = page.path, page.form(id="check").data()
    page = teacher.post(path, {**data, "discrimination": value, "action": "send"}, 422)
    assert "discrimination" in page.response.context["form"].errors
    assert not Signal.objects.exists()
    teacher.post(path, {**data, "discrimination": value, "action": "back"})
    teacher.get(path)


def test_a_missing_answer_counts_as_no(world: World, teacher: Browser) -> None:
    page = form_page(teacher, typed(world))
    teacher.post(page.path, {"action": "send"})
    assert Signal.objects.get().facts["discrimination"] is False


@pytest.mark.parametrize("value", ["police_contact\x00", "nobody", "x" * 9_000])
def test_an_unknown_recipient(world: World, teacher: Browser, value: str) -> None:
    page = form_page(teacher, typed(world, concern="departure"))
    path, data = page.path, page.form(id="check").data()
    teacher.post(path, {**data, "refuted": "yes", "shared_with": ["board", value], "action": "send"}, 422)
    assert not Signal.objects.exists()


def test_a_draft_that_no_longer_fits_asks_to_look_again(world: World, teacher: Browser) -> None:
    page = form_page(teacher, typed(world))
    world.pupil.is_active = False
    world.pupil.save()
    page = teacher.get(page.path)
    assert "Please look at it once more." in page.text
    assert page.form(id="concern").data()["observed"] == typed(world)["observed"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "", "phone": "0301234567"}, "name"),
        ({"name": "Jan Jansen", "phone": "", "email": ""}, "phone"),
        ({"name": "Jan Jansen", "phone": "geen nummer"}, "phone"),
        ({"name": "Jan Jansen", "phone": "06\x00"}, "phone"),
        ({"name": "Jan Jansen", "phone": "9" * 400}, "phone"),
        ({"name": "Jan Jansen", "email": "a@b\nBcc: x@y.nl"}, "email"),
        ({"name": "Jan\x00", "email": "a@b.nl"}, "name"),
        ({"name": "J" * 121, "email": "a@b.nl"}, "name"),
    ],
)
def test_a_contact_that_can_not_be(coordinator: Browser, world: World, data: dict[str, str], field: str) -> None:
    path = reverse("escalation:contact-edit", args=[world.school.reference, "principal"])
    page = coordinator.post(path, data, 422)
    assert field in page.response.context["form"].errors


@pytest.mark.parametrize("recipient", ["emergency_112", "parents", "nobody", "x" * 500])
def test_a_contact_that_a_school_does_not_keep(coordinator: Browser, world: World, recipient: str) -> None:
    coordinator.get(f"/contacten/{world.school.reference}/{recipient}/", 404)


@pytest.mark.parametrize(
    "data",
    [
        {"happened_on": "2026-02-31", "happened_time": "10:00", "by_whom": "x"},
        {"happened_on": "0001-01-01", "happened_time": "00:00", "by_whom": "x"},
        {"happened_on": "9999-12-31", "happened_time": "23:59", "by_whom": "x"},
        {"happened_on": "2026-01-01", "happened_time": "10:00", "by_whom": "x" * 121},
        {"happened_on": "2026-01-01", "happened_time": "10:00", "by_whom": "x", "shared": "y", "ground": "magic"},
        {"happened_on": "2026-01-01", "happened_time": "10:00", "by_whom": "\x00"},
        {},
        {"x": "y"},
    ],
)
def test_an_outcome_that_can_not_be(coordinator: Browser, taken_case: Case, data: dict[str, str]) -> None:
    step = taken_case.steps.filter(state="open")[0]
    response = coordinator.client.post(reverse("signals:step-done", args=[step.reference]), data)
    assert response.status_code in ((200, 422) if not data else (422,))
    step.refresh_from_db()
    assert step.state == "open"


@pytest.mark.parametrize("outcome", ["", "won", "resolved\x00", "x" * 1000])
def test_an_outcome_of_a_case_that_is_no_choice(coordinator: Browser, taken_case: Case, outcome: str) -> None:
    path = reverse("signals:case-close", args=[taken_case.reference])
    data = {"outcome": outcome, "reason": "Een reden van genoeg tekens."}
    assert coordinator.client.post(path, data).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/casus/%00/",
        "/casus/1/",
        "/casus/../",
        "/zorg/-1/",
        "/zorg/ZZZZ-ZZZZ-Z0/",
        "/zorg/zzzz-zzzz-zz/",
        "/stap/1/gedaan/",
        "/x" * 900,
        "/%ff%fe/",
        "/zorg/concept/' OR 1=1/",
    ],
)
def test_made_up_addresses(coordinator: Browser, path: str) -> None:
    assert coordinator.client.get(path).status_code == 404


@pytest.mark.parametrize("language", ["", "x", "\x00", "nl\r\nSet-Cookie: a=b", "en" * 999])
def test_made_up_languages(teacher: Browser, language: str) -> None:
    response = teacher.client.post("/taal/", {"language": language, "next": "https://evil.example/"})
    assert response.status_code == 302
    assert "evil.example" not in response["Location"]
    teacher.client.cookies["django_language"] = "x" * 300
    assert teacher.client.get("/mijn-meldingen/")["Content-Language"] == "nl"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods(teacher: Browser, world: World, method: str) -> None:
    for name in ("signal-new", "mine", "called", "person-search"):
        response = getattr(teacher.client, method)(reverse(f"signals:{name}"))
        assert response.status_code == 405
