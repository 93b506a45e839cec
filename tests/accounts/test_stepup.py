"""What matters asks once more who one is, and loses nothing that was typed."""

import sys
from datetime import timedelta
from time import time
from types import ModuleType
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from accounts.guard import guard
from accounts.models import KeptWords, User
from accounts.requests import person
from accounts.roles import Permission
from accounts.stepup import is_fresh, step_up
from audit.models import AuditEvent
from schoolsafety import urls
from tests.accounts.test_sessions import enter
from tests.conftest import PASSWORD, World
from tests.journeys.page import Browser

CSV, XLSX, TRAIL = reverse("signals:trail-csv"), reverse("signals:trail-xlsx"), reverse("signals:trail")
CONFIRM = reverse("account_reauthenticate")


@guard(Permission.START)
@step_up
def grave(request: HttpRequest) -> HttpResponse:
    """Something that matters, with a reason."""
    return HttpResponse(f"{person(request).name}: {request.POST.get('reason', 'asked')}")


@pytest.fixture
def graves(settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The site with one more page, which asks again."""
    module = ModuleType("grave_urls")
    module.urlpatterns = [path("ernstig/", grave, name="grave"), *urls.urlpatterns]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(module, name, getattr(urls, name))
    monkeypatch.setitem(sys.modules, "grave_urls", module)
    settings.ROOT_URLCONF = "grave_urls"
    return "/ernstig/"


@pytest.mark.parametrize("address", [CSV, XLSX])
def test_an_export_asks_first(world: World, address: str) -> None:
    browser = enter(world.author)
    query = "?kind=logins"
    page = browser.get(address + query)
    assert page.path == CONFIRM
    assert not AuditEvent.objects.filter(action="trail.exported").exists()
    assert browser.client.get(address + query)["Location"].startswith(CONFIRM)
    page = browser.send(page.form(action=CONFIRM), password="verkeerd-wachtwoord")
    assert page.path == CONFIRM
    assert browser.client.get(address).status_code == 302
    page = browser.send(page.form(action=CONFIRM), password=PASSWORD)
    assert page.path == TRAIL
    assert page.hrefs(address + query), "the same choices"
    assert browser.client.get(address + query)["Content-Disposition"].startswith("attachment")
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        assert browser.client.get(address + query)["Location"].startswith(CONFIRM)


def test_logging_in_is_not_showing_it_again(world: World, login: Any) -> None:
    assert login(world.principal, confirmed=False).get(CSV).status_code == 302
    assert login(world.principal).get(CSV).status_code == 200


def test_the_proof_of_one_person_is_not_that_of_another(world: World, login: Any) -> None:
    client = login(world.principal)
    session = client.session
    session["account_authentication_methods_user"] = str(world.teacher.pk)
    session.save()
    assert client.get(CSV).status_code == 302


def test_who_has_no_password_is_not_let_through_for_lack_of_one(world: World, login: Any) -> None:
    """They show it at the provider of their school account; tests/accounts/test_sso_stepup.py goes that way."""
    world.author.set_unusable_password()
    world.author.save()
    client = login(world.author, confirmed=False)
    assert client.get(CSV)["Location"].startswith(CONFIRM)
    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": time(), "reauthenticated": True}]
    session.save()
    assert client.get(CSV).status_code == 200


@pytest.mark.parametrize(
    ("proof", "fresh"),
    [
        ({"method": "password", "reauthenticated": True, "at": 0}, True),
        ({"method": "mfa", "reauthenticated": True, "at": -599}, True),
        ({"method": "mfa", "reauthenticated": True, "at": -601}, False),
        ({"method": "password", "at": 0}, False),
        ({"method": "code", "reauthenticated": True, "at": 0}, False),
        ({"method": "password", "reauthenticated": True, "at": 90}, False),
        ({"method": "password", "reauthenticated": True}, False),
    ],
)
def test_what_is_fresh(world: World, rf: Any, proof: dict[str, Any], fresh: bool) -> None:
    request = rf.get("/")
    request.user = world.author
    found = proof | ({"at": time() + proof["at"]} if "at" in proof else {})
    request.session = {
        "account_authentication_methods": [found],
        "account_authentication_methods_user": str(world.author.pk),
    }
    assert is_fresh(request) is fresh


def test_what_was_typed_waits_for_the_answer(world: World, graves: str) -> None:
    browser = enter(world.author, client=Client(enforce_csrf_checks=True))
    token = browser.get(CONFIRM).form(action=CONFIRM).data()["csrfmiddlewaretoken"]
    page = browser.post(graves, {"reason": "Omdat het moet.", "csrfmiddlewaretoken": token})
    assert page.path == CONFIRM
    page = browser.send(page.form(action=CONFIRM), password=PASSWORD)
    assert page.path == reverse("kept_words")
    assert "Omdat het moet." in page.text
    page = browser.send(next(form for form in page.forms if "kept_words" in form.names()))
    assert page.html == "Author: Omdat het moet."
    assert not KeptWords.objects.exists()


def test_words_that_must_wait_once_more_are_still_there(world: World, graves: str) -> None:
    browser = enter(world.author)
    data = {"reason": "Omdat het moet."}
    browser.post(graves, data)
    words = KeptWords.objects.get()
    browser.post(graves, data | {"kept_words": words.reference})
    assert KeptWords.objects.get().fields == [["reason", "Omdat het moet."]]


def test_one_button_is_kept_as_well(world: World, graves: str) -> None:
    browser = enter(world.author)
    page = browser.post(graves, {})
    page = browser.send(page.form(action=CONFIRM), password=PASSWORD)
    assert "You pressed a button" in page.text
    assert browser.send(next(f for f in page.forms if "kept_words" in f.names())).html == "Author: asked"


def test_the_guard_still_stands_before_it(world: World, login: Any, graves: str) -> None:
    """Who has no role gets 404, fresh or not; a visitor the log-in."""
    former: User = world.former
    assert login(former).post(graves, {"reason": "x"}).status_code == 404
    assert login(None).post(graves, {"reason": "x"}).status_code == 302
    assert not KeptWords.objects.exists()
    assert Browser(login(world.author)).get(graves).html == "Author: asked"
