"""An address that does not exist and one that is not for you give the same answer."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from signals.models import Case, Signal
from tests.conftest import World

NOBODY = "ZZZZ-ZZZZ-ZZ"


def answer(client: Client, path: str) -> tuple[int, str, dict[str, str]]:
    response = client.get(path)
    headers = {name: value for name, value in response.items() if name not in ("X-Request-Id", "Content-Length")}
    text = response.content.decode().replace(path, "")
    return (
        response.status_code,
        "".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line),
        headers,
    )


@pytest.mark.parametrize("name", ["case", "followup-case", "story", "signal", "draft", "step-done", "case-close"])
@pytest.mark.parametrize("who", ["teacher", "sister_coordinator", "principal", "other_board_officer", "superuser"])
def test_forbidden_looks_like_unknown(
    world: World, login: Any, taken_case: Case, walled_signal: Signal, who: str, name: str
) -> None:
    case = walled_signal.case
    reference = {
        "signal": walled_signal.reference,
        "draft": walled_signal.key,
        "step-done": case.steps.all()[0].reference,
    }.get(name, case.reference)
    client = login(world.people[who])
    client.get("/")
    forbidden = answer(client, reverse(f"signals:{name}", args=[reference]))
    unknown = answer(client, reverse(f"signals:{name}", args=[NOBODY]))
    nowhere = answer(client, f"/{reference}/")
    assert forbidden[0] == 404
    assert forbidden == unknown
    assert forbidden[:2] == nowhere[:2]


def test_a_visitor_is_sent_to_the_log_in_for_both(world: World, client: Client, pupil_signal: Signal) -> None:
    for reference in (pupil_signal.case.reference, NOBODY):
        path = reverse("signals:case", args=[reference])
        assert client.get(path)["Location"] == f"{reverse('account_login')}?next={path}"


def test_no_page_is_kept_by_the_browser(world: World, login: Any, pupil_signal: Signal) -> None:
    client = login(world.coordinator)
    for path in ("/werkplek/", reverse("signals:case", args=[pupil_signal.case.reference]), "/bestaat-niet/"):
        response = client.get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["Referrer-Policy"] == "same-origin"


def test_a_form_of_another_site_is_refused(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.author, backend="accounts.backend.Backend")
    assert client.post(reverse("signals:called")).status_code == 403
