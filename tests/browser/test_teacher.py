"""A teacher reports a concern on a phone, with JavaScript and without it."""

import re
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from escalation.models import Contact
from schoolsafety.away import away
from signals.models import Draft, Signal
from signals.services.drafts import draft_save
from tests.browser.acts import NAME, log_in_by_form, second_page, write
from tests.browser.looks import SIDEWAYS
from tests.conftest import World, typed

PHONE_NUMBER = "+31687654321"


@pytest.fixture
def reachable(world: World) -> None:
    """Whoever a card may name has the number of this school."""
    for recipient in ("coordinator", "anti_bullying_coordinator", "principal", "care_coordinator", "confidant"):
        Contact.objects.create(
            board=world.board, school=world.school, recipient=recipient, name="Iemand", phone=PHONE_NUMBER
        )


class Thumb:
    """Counts every tap beside the writing itself."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        self.taps += 1
        target.tap()


def emergency_comes_first(page: Page) -> None:
    """Before anything else that one can press in the page stands the number of the emergency services."""
    first = page.locator("a[href^='tel:']").first
    expect(first).to_have_attribute("href", "tel:112")
    expect(first).to_be_visible()
    box = first.bounding_box()
    assert box
    assert box["y"] + box["height"] < 200
    assert page.evaluate(
        """() => {
        const call = document.querySelector("a[href='tel:112']");
        return !!(call.compareDocumentPosition(document.querySelector("main")) & Node.DOCUMENT_POSITION_FOLLOWING);
    }"""
    )


@pytest.mark.usefixtures("reachable")
@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_from_log_in_to_steps(world: World, page_for: Any, js: bool) -> None:
    page = page_for(None, js=js)
    log_in_by_form(page, world.author)
    assert page.url.endswith(reverse("signals:mine"))
    emergency_comes_first(page)
    page.locator(f"main a[href='{reverse('signals:signal-new')}']").tap()
    page.wait_for_url("**" + reverse("signals:signal-new"))
    emergency_comes_first(page)

    thumb = Thumb()
    if js:
        page.locator("[name=person_query]").fill("zand")
    else:
        page.locator("[name=person_query]").fill("zand")
        page.locator("#search-button").tap()
    found = page.locator("label", has_text=NAME)
    thumb.tap(found)
    expect(found.locator("input")).to_be_checked()
    thumb.tap(page.locator("label:has([name=concern][value=bullying])"))
    page.locator("[name=observed]").fill("In de gang riep groep 3B haar na.")
    thumb.tap(page.locator("main [name=action][value=continue]"))

    page.wait_for_url("**/vragen/")
    emergency_comes_first(page)
    assert not Signal.objects.exists()
    thumb.tap(page.locator("main [name=action][value=send]"))
    assert thumb.taps <= 4

    page.wait_for_url("**?sent=1")
    signal = Signal.objects.get()
    assert reverse("signals:signal", args=[signal.reference]) in page.url
    expect(page.locator("article.step").first).to_be_visible()
    expect(page.locator(f"article.step a[href='tel:{PHONE_NUMBER}']").first).to_be_visible()
    assert not Draft.objects.exists()


def test_search_hears_the_last_letters(world: World, page_for: Any) -> None:
    """Results follow the typing, a choice stays chosen, and an empty search box says nothing."""
    page = page_for(world.author)
    page.goto(reverse("signals:signal-new"))
    box, results = page.locator("[name=person_query]"), page.locator("#person-results")
    with page.expect_response(lambda answer: answer.request.post_data_json["person_query"] == "zan"):
        box.press_sequentially("zan", delay=20)
    label = results.locator("label", has_text=NAME)
    label.tap()
    box.fill("bestaatniet")
    expect(results.locator("label", has_text=NAME).locator("input")).to_be_checked()
    page.reload()
    box.press_sequentially("xxxx", delay=20)
    expect(results.locator(".aside")).to_be_visible()
    expect(results.locator("input")).to_have_count(0)
    box.press("Enter")
    expect(page.locator("#search-button")).to_be_visible()
    assert not Draft.objects.exists()


# After what the page itself does with an answer that is a failure.
COUNT_FAILED = """() => addEventListener("htmx:responseError", () => {
  document.body.dataset.failed = (document.body.dataset.failed || "") + "1";
})"""


def test_a_search_that_fails_says_so_and_leaves_what_was_chosen(world: World, page_for: Any) -> None:
    page = page_for(world.author, fails=True)
    page.goto(reverse("signals:signal-new"))
    box, results = page.locator("[name=person_query]"), page.locator("#person-results")
    box.fill("zand")
    results.locator("label", has_text=NAME).tap()
    body, search = away(RequestFactory().get("/"), None).content, f"**{reverse('signals:person-search')}"
    page.route(search, lambda route: route.fulfill(status=503, body=body, content_type="text/html"))
    page.evaluate(COUNT_FAILED)
    for failed, words in (("1", "zands"), ("11", "zandst")):
        box.fill(words)
        expect(page.locator("body")).to_have_attribute("data-failed", failed)
        expect(results.locator(".message")).to_have_count(1)
    expect(results.locator(".message")).to_contain_text("niet aan u")
    expect(box).to_have_value("zandst")
    expect(results.locator("label", has_text=NAME).locator("input")).to_be_checked()
    assert not page.evaluate(SIDEWAYS)
    page.unroute(search)
    box.fill("zandstra")
    expect(results.locator(".message")).to_have_count(0)
    expect(results.locator("label", has_text=NAME).locator("input")).to_be_checked()


def test_back_keeps_what_was_typed(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    second_page(page)
    page.locator("main [name=action][value=back]").first.tap()
    expect(page.locator("[name=observed]")).to_have_value("Ik zag duwen.")
    expect(page.locator("[name=concern][value=bullying]")).to_be_checked()
    expect(page.locator("label", has_text=NAME).locator("input")).to_be_checked()
    page.locator("main [name=action][value=continue]").tap()
    page.wait_for_url("**/vragen/")
    page.go_back()
    expect(page.locator("[name=observed]")).to_have_value("Ik zag duwen.")
    assert Draft.objects.count() == 1


def test_a_double_click_sends_once(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:signal-new"))
    write(page)
    page.locator("main [name=action][value=continue]").dblclick()
    page.wait_for_url("**/vragen/")
    page.locator("main [name=action][value=send]").dblclick()
    page.wait_for_url("**sent=1")
    assert Signal.objects.count() == 1
    assert not Draft.objects.exists()


def test_leaving_a_half_typed_form_asks_first(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:signal-new"))
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("a.brand").tap()
    page.wait_for_url("**" + reverse("signals:mine"))
    assert asked == []
    page.goto(reverse("signals:signal-new"))
    write(page)
    with page.expect_event("dialog"):
        page.locator("a.brand").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(page.locator("[name=observed]")).to_have_value("Ik zag duwen.")
    page.locator("main [name=action][value=save]").tap()
    page.wait_for_url("**" + reverse("signals:mine"))
    assert asked == ["beforeunload"], "keeping a draft asks nothing"


ODD = {
    "turned round": "links \u202eneergezet\u202c rechts",
    "arabic": "قال لي التلميذ",
    "html": "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'><b>dik</b> {{ 7|add:7 }}",
    "emoji": "👩🏽‍🏫 zei 😀",
    "long": "w" + "o" * 198 + "w",
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_texts_are_only_text(world: World, page_for: Any, kind: str) -> None:
    """Shown as they were typed, on the teacher's page and the coordinator's; nothing runs and nothing breaks."""
    text = ODD[kind]
    world.pupil.name = f"{text[:100]} Zandstra"
    world.pupil.save()
    page = page_for(world.author)
    second_page(page, name="Zandstra", observed=text, told=text)
    page.locator("main [name=action][value=send]").tap()
    page.wait_for_url("**sent=1")
    case = Signal.objects.get().case
    own = page.locator("main").text_content() or ""
    page = page_for(world.coordinator)
    page.goto(reverse("signals:case", args=[case.reference]))
    for shown in (own, page.locator("main").text_content() or ""):
        assert shown.count(text) >= 2
    assert page.evaluate("() => window.hacked") is None
    assert not page.evaluate(SIDEWAYS)


@pytest.mark.usefixtures("reachable")
def test_on_paper(world: World, page_for: Any) -> None:
    """The steps with their reasons, without what only a screen needs."""
    page = page_for(world.author, width=1280)
    second_page(page)
    page.locator("main [name=action][value=send]").click()
    page.wait_for_url("**sent=1")
    reason = page.locator("article.step .fold-in").first
    assert not reason.is_visible()
    page.emulate_media(media="print")
    for off in ("header.top", "footer.foot", ".strip", "form textarea"):
        expect(page.locator(off).first).to_be_hidden()
    expect(page.locator("article.step .tel-number").first).to_be_visible()
    for number in range(page.locator("article.step").count()):
        expect(page.locator("article.step").nth(number).locator(".fold-in > p").first).to_be_visible()


def test_forced_colours(world: World, page_for: Any) -> None:
    """With the colours of the reader's own system, what is chosen and what must be pressed still has a line."""
    page = page_for(world.author, forced_colors="active")
    page.goto(reverse("signals:signal-new"))
    chosen = page.locator(".choice:has(input:checked)").first
    assert chosen.evaluate("one => getComputedStyle(one).borderTopWidth") == "3px"
    button = page.locator("main .btn-primary").first
    assert button.evaluate("one => getComputedStyle(one).borderTopWidth") == "3px"


def test_a_draft_is_kept_and_thrown_away(world: World, page_for: Any) -> None:
    draft_save(by=world.author, draft=None, data=typed(world, observed="Half verhaal"))
    page = page_for(world.author)
    page.goto(reverse("signals:mine"))
    row = page.locator(".mine-row").first
    row.locator("h3 a").tap()
    expect(page.locator("[name=observed]")).to_have_value("Half verhaal")
    page.goto(reverse("signals:mine"))
    row.locator("summary").tap()
    row.locator("button[type=submit]").tap()
    expect(page.locator(".empty")).to_be_visible()
    assert not Draft.objects.exists()


# What is typed, and the word that the hint is about; None: no hint.
HINTS = {
    "Zij komt altijd te laat.": "altijd",
    "Meester Van Nooit zag het.": None,
    "Ze had het over de altijdgroene heg en een nooitgedacht plan.": None,
    "Nooit is ze op tijd.": "Nooit",
    "In de gang duwde Sanne haar.": "Sanne",
    "Hij stond bij mevrouw Bakker, in Zwolle, op Instagram, bij de Dorpsstraat.": None,
    "Vader zegt dat hij moslim is.": "moslim",
    "Er is een Marokkaanse jongen bij.": "Marokkaanse",
    "Hij zwom in het pool van Christian.": "Christian",
    "She is never there, says a Muslim friend.": "never",
    "Zij stemt PVV.": "PVV",
    "Noor duwde terug, zag ik.": None,
}

PAUSE = 800  # milliseconds


def test_hints_while_writing(world: World, page_for: Any) -> None:
    """They name the word, can be put away, stop nothing, and nothing is asked from the server for them."""
    page = page_for(world.author, width=1280)
    page.clock.install()
    page.goto(reverse("signals:signal-new"))
    box, hint = page.locator("[name=observed]"), page.locator("[name=observed] + .writing-hint")
    asked: list[str] = []
    keeping = reverse("signals:draft-keep")
    page.on("request", lambda request: re.search(f"/static/|{keeping}", request.url) or asked.append(request.url))
    for text, word in HINTS.items():
        box.fill(text)
        page.clock.run_for(PAUSE)
        said = hint.locator("p").text_content() or ""
        assert (f"“{word}”" in said) if word else said == "", (text, said)
        assert hint.locator("button").is_visible() == bool(word)
    box.fill("Zij komt altijd te laat.")
    page.clock.run_for(PAUSE)
    expect(hint.locator("[aria-live=polite]")).to_contain_text("altijd")
    hint.locator("button").click()
    expect(hint.locator("button")).to_be_hidden()
    expect(box).to_be_focused()
    assert asked == []
    box.fill("Ik zag Sanne.")
    page.locator("main [name=action][value=save]").click()
    page.wait_for_url(f"**{reverse('signals:mine')}")
    assert Draft.objects.get().data["observed"] == "Ik zag Sanne."


def test_a_half_written_report_survives_a_lost_connection_and_a_closed_browser(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:signal-new"))
    status, keeping = page.locator("[data-draft-status]"), "**" + reverse("signals:draft-keep")
    page.route(keeping, lambda route: route.abort())
    page.locator("[name=observed]").fill("Hij zei dat hij weg wil.")
    expect(status).to_have_class(re.compile("draft-trouble"))
    page.unroute(keeping)
    page.locator("[name=observed]").press_sequentially(" Morgen al.")
    expect(status).not_to_have_class(re.compile("draft-trouble"))
    page.wait_for_url("**/concept/**")
    page.evaluate("window.onbeforeunload = null")
    page.close(run_before_unload=False)
    phone = page_for(world.author)
    phone.goto(reverse("signals:signal-new"))
    phone.locator("main .aside a[href*='/concept/']").tap()
    expect(phone.locator("[name=observed]")).to_have_value("Hij zei dat hij weg wil. Morgen al.")
    assert Draft.objects.count() == 1
