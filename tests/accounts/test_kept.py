"""What was typed is not lost when the log-in ended or changed meanwhile, and nobody else ever sees it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kept
from accounts.models import KeptWords, User
from audit.models import AuditEvent
from signals.models import Case, Draft, Note, Signal
from tests.accounts.test_sessions import LOGIN, MINE, enter, replay, show_code, with_button
from tests.conftest import PASSWORD, World, typed
from tests.journeys.page import Browser, Page

KEPT, NEW = "/bewaard/", reverse("signals:signal-new")
STORY = "Zilverreiger vloog langs het raam.\nTwee keer."
HEADING = "What you typed is still there"


@pytest.fixture
def strict() -> Client:
    """A browser that is held to the tokens of its forms."""
    return Client(enforce_csrf_checks=True, headers={"user-agent": "Firefox"})


def later(**pause: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(**pause), tick=False)


def fill(browser: Browser, world: World) -> dict[str, Any]:
    """A filled-in report with the tokens and the key of its page, not sent yet."""
    form = browser.get(NEW).form(id="concern")
    hidden = {name: form.data()[name] for name in ("csrfmiddlewaretoken", "key")}
    return {**typed(world, observed=STORY), **hidden, "action": "continue"}


def log_in(browser: Browser, page: Page, user: User) -> Page:
    return show_code(browser, browser.send(page.form(action=LOGIN), login=user.email, password=PASSWORD))


def go_on(page: Page) -> Any:
    return next(form for form in page.forms if "kept_words" in form.names())


@pytest.mark.parametrize("pause", [31 * 60, 11 * 3600], ids=["too long a pause", "the next morning"])
def test_a_report_that_came_too_late_becomes_a_draft_and_one_report(world: World, strict: Client, pause: int) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(seconds=pause):
        page = browser.post(NEW, data)
        assert page.path == LOGIN
        assert STORY not in page.html
        browser.post(NEW, data), "a second click"
        assert not Draft.objects.exists()
        page = log_in(browser, page, world.author)
        assert page.path == KEPT
        assert HEADING in page.text
        assert "Zilverreiger vloog langs het raam. Twee keer." in page.text
        assert "What did you see or hear yourself?" in page.text
        page = browser.send(go_on(page))
        assert page.path.endswith("/vragen/")
        assert Draft.objects.get().data["observed"].replace("\r\n", "\n") == STORY
        page = browser.send(page.form(has="action"), "send")
    assert Signal.objects.get().observed == STORY
    assert not KeptWords.objects.exists()
    done = AuditEvent.objects.filter(action__startswith="words.").order_by("id").values_list("action", flat=True)
    assert list(done) == ["words.kept", "words.used"]


def test_words_that_go_twice_make_one_report(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(minutes=31):
        page = log_in(browser, browser.post(NEW, data), world.author)
        form = go_on(page)
        browser.send(form)
        browser.send(form)
    assert Draft.objects.count() == 1


def test_somebody_else_in_the_same_browser_never_sees_it(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(minutes=31):
        page = log_in(browser, browser.post(NEW, data), world.teacher)
        assert page.path == MINE, "their own first page, as if there were nothing"
        assert STORY.split()[0] not in page.html
        words = KeptWords.objects.get()
        assert words.user == world.author
        token = with_button(page, "en" if page.lang == "nl" else "nl").data()["csrfmiddlewaretoken"]
        browser.post(KEPT, {"discard": words.reference, "csrfmiddlewaretoken": token})
        browser.post(MINE, {"kept_words": words.reference, "csrfmiddlewaretoken": token}, expect=405)
        browser.post("/taal/", {"kept_words": words.reference, "csrfmiddlewaretoken": token, "next": MINE})
        assert KeptWords.objects.count() == 1
        browser.send(page.form(action=reverse("account_logout")))
        page = log_in(browser, browser.get(LOGIN), world.author)
        assert page.path == KEPT, "who has words waiting sees those first"
        assert "Zilverreiger" in page.text


def test_words_of_somebody_elses_page_are_not_taken_for_ones_own(world: World, strict: Client) -> None:
    """A page of the author still stands in a tab, and a colleague is logged in by now."""
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    browser.send(browser.get(MINE).form(action=reverse("account_logout")))
    enter(world.teacher, client=strict)
    page = browser.post(NEW, data, expect=403)
    assert STORY.split()[0] not in page.html
    assert KeptWords.objects.get().user == world.author
    assert browser.get(KEPT).path == MINE


def test_a_log_in_in_another_tab_makes_no_difference(world: World, strict: Client) -> None:
    """The page of before carries a token that no longer counts."""
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    browser.send(browser.get(MINE).form(action=reverse("account_logout")))
    enter(world.author, client=strict)
    page = browser.post(NEW, data, expect=403)
    assert HEADING in page.text
    page = browser.get(page.hrefs(KEPT)[0])
    browser.send(go_on(page))
    assert Draft.objects.get().data["observed"].replace("\r\n", "\n") == STORY


def test_a_form_from_elsewhere_plants_nothing(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    other = enter(world.teacher, client=Client(enforce_csrf_checks=True))
    foreign = other.get(NEW).form(id="concern").data()["csrfmiddlewaretoken"]
    for token in ("", "x" * 64, "é" * 64, foreign):
        browser.post(NEW, {**typed(world), "csrfmiddlewaretoken": token}, expect=403)
    strict.logout()
    for token in ("", "x" * 64, foreign):
        browser.post(NEW, {**typed(world), "csrfmiddlewaretoken": token}, expect=403)
    assert not KeptWords.objects.exists()


def test_what_opens_a_door_is_never_kept(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    page = browser.get(reverse("account_change_password"))
    change = page.form(has="oldpassword").data() | {"oldpassword": PASSWORD, "password1": "p", "password2": "p"}
    token = change["csrfmiddlewaretoken"]
    with later(minutes=31):
        browser.post(reverse("account_change_password"), change)
        assert not KeptWords.objects.exists()
        odd = {"password": "Geheim1", "code": "123456", "otp_code": "654321", "recovery_codes": "aa", "text": "Dag"}
        browser.post(NEW, odd | {"csrfmiddlewaretoken": token})
    assert KeptWords.objects.get().fields == [["text", "Dag"]]


def test_what_is_too_much_is_not_kept(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(minutes=31):
        page = browser.post(NEW, data | {"observed": "a" * (kept.LONGEST + 1)})
        assert page.path == LOGIN
        assert not KeptWords.objects.exists()
        for number in range(kept.MOST + 3):
            browser.post(NEW, data | {"observed": f"{number}\x00"})
    assert KeptWords.objects.count() == kept.MOST


def test_throw_away(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(minutes=31):
        page = log_in(browser, browser.post(NEW, data), world.author)
        form = next(form for form in page.forms if "discard" in {control.name for control in form.controls})
        reference = next(control.value for control in form.controls if control.name == "discard")
        for _click in range(2):
            assert browser.post(KEPT, form.data() | {"discard": reference}).path == MINE
    assert not KeptWords.objects.exists()
    assert AuditEvent.objects.filter(action="words.discarded").count() == 1


def test_after_thirty_days_it_is_gone(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(minutes=31):
        browser.post(NEW, data)
    with later(days=30, minutes=30):
        assert kept.own_words(world.author)
    with later(days=30, minutes=32):
        assert not kept.own_words(world.author)
        assert kept.words_clear() == 1


def test_a_form_that_comes_after_a_clock_jumped_deletes_nothing(world: World, strict: Client) -> None:
    """All log-ins end by it, so the next form of anybody comes too late; what is old goes by night, after a wait."""
    KeptWords.objects.create(user=world.teacher, path=NEW, fields=[["observed", STORY]])
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(days=40):
        assert browser.post(NEW, data).path == LOGIN
    assert "Zilverreiger" in enter(world.teacher).get(KEPT).text
    assert kept.own_words(world.author)


def test_words_stay_when_the_page_does_not_take_them(world: World, strict: Client, taken_case: Case) -> None:
    """The case is none of theirs any more: nothing is shown, and nothing is lost."""
    browser = enter(world.coordinator, client=strict)
    form = browser.get(reverse("signals:case", args=[taken_case.reference])).form(has="text")
    data = form.data() | {"text": STORY}
    with later(minutes=16):
        page = log_in(browser, browser.post(form.action, data), world.coordinator)
        assert "Zilverreiger" in page.text
        world.coordinator.memberships.update(school=world.sister_school)
        browser.send(go_on(page), expect=404)
        assert "Zilverreiger" in browser.get(KEPT).text
        world.coordinator.memberships.update(school=world.school)
        browser.send(go_on(browser.get(KEPT)))
    assert Note.objects.get().text == STORY
    assert not KeptWords.objects.exists()


def test_a_question_about_the_words_shows_them_and_need_not_keep_them(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world) | {"concern": ""}
    with later(minutes=31):
        page = log_in(browser, browser.post(NEW, data), world.author)
        page = browser.send(go_on(page), expect=422)
        assert "Zilverreiger" in page.html
    assert not KeptWords.objects.exists()


def test_a_visitor_leaves_nothing(db: None, client: Client) -> None:
    assert client.post(NEW, {"observed": STORY}).status_code == 302
    assert not KeptWords.objects.exists()


def test_a_cookie_that_was_copied_shows_no_words(world: World, strict: Client) -> None:
    browser = enter(world.author, client=strict)
    data = fill(browser, world)
    with later(minutes=31):
        browser.post(NEW, data)
        assert replay(browser).get(KEPT).status_code == 302
