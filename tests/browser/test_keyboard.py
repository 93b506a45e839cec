"""From the log-in to a sent report with nothing but the keyboard, and the focus always in sight."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from signals.models import Signal
from tests.browser.acts import NAME
from tests.browser.looks import active
from tests.conftest import PASSWORD, World

# What is wrong with how the focus shows, or nothing. A choice shows it on its label; the small button that opens the
# calendar in a date box belongs to the browser, which draws its own ring there.
UNSEEN = """() => {
  const one = document.activeElement;
  if (one === document.body || (one.matches("input:focus-within") && !one.matches(":focus"))) return "";
  const shown = [one, one.closest(".choice")].filter(Boolean).some(box => {
    const style = getComputedStyle(box);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = (one.closest(".choice") || one).getBoundingClientRect();
  const top = document.querySelector("header.top").getBoundingClientRect().bottom;
  const what = one.outerHTML.slice(0, 100);
  if (!shown) return "no outline: " + what;
  if (box.width < 4 || box.right < 0) return "outside the page: " + what;
  if (box.bottom <= 0 || box.top >= innerHeight) return "outside the window: " + what;
  if (box.bottom <= top && !one.closest("header.top") && !one.matches(".skip")) return "behind the header: " + what;
  return "";
}"""


class Keys:
    """Somebody without a mouse. Each stop on the way shows the focus, or it is remembered."""

    def __init__(self, page: Page) -> None:
        self.page, self.unseen = page, list[str]()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab(self, back: bool = False) -> None:
        self.press("Shift+Tab" if back else "Tab")
        if wrong := self.page.evaluate(UNSEEN):
            self.unseen.append(f"{self.page.url}: {wrong}")

    def to(self, selector: str, back: bool = False) -> None:
        """Tab until this has the focus."""
        for _ in range(80):
            if active(self.page, f"one.matches({selector!r})"):
                return
            self.tab(back)
        raise AssertionError(f"{selector} can't be reached with the keyboard")

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def choose(self, selector: str) -> None:
        """Walk with the arrows through the radios of the group that has the focus."""
        for _ in range(60):
            if active(self.page, f"one.matches({selector!r}) && one.checked"):
                return
            self.press("ArrowDown")
        raise AssertionError(f"{selector} can't be chosen with the arrows")


def test_from_log_in_to_sent(world: World, page_for: Any) -> None:
    page = page_for(None, width=1280)
    page.goto("/")
    keys = Keys(page)
    keys.to("[name=login]")
    keys.type(world.author.email)
    keys.to("[name=password]")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**" + reverse("signals:mine"))

    keys.tab()
    assert active(page, "one.matches('.skip')"), "the first stop is the way to the content"
    expect(page.locator(".skip")).to_be_in_viewport()
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    keys.tab()
    assert active(page, "!!one.closest('main')")
    keys.to(f"main a[href='{reverse('signals:signal-new')}']")
    keys.press("Enter")
    page.wait_for_url("**" + reverse("signals:signal-new"))

    keys.to("[name=person_query]")
    keys.type("zandst")
    page.locator("label", has_text=NAME).wait_for()
    keys.to("#person-results input")
    keys.choose("#person-1")
    keys.to("[name=concern]")
    keys.press("Space")
    keys.choose("[name=concern][value=bullying]")
    keys.to("[name=observed]")
    keys.type("In de gang riep groep 3B haar na.")
    keys.to("main [name=action][value=continue]")
    keys.press("Enter")
    page.wait_for_url("**/vragen/")
    keys.to("main .choice input")
    keys.press("Enter")
    assert page.url.endswith("/vragen/")
    keys.press("ArrowUp")
    keys.press("ArrowDown")
    keys.to("main [name=action][value=send]")
    keys.to("main .choice input", back=True)
    keys.to("main [name=action][value=send]")
    keys.press("Space")
    page.wait_for_url("**sent=1")
    assert Signal.objects.get().concern == "bullying"
    assert keys.unseen == []


def test_errors_take_the_focus_and_lead_to_the_fields(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:signal-new"))
    page.locator("main [name=action][value=continue]").press("Enter")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    links = [link.get_attribute("href") or "" for link in summary.locator("a").all()]
    assert {"#id_concern", "#id_observed", "#id_subject_description"} <= set(links)
    keys = Keys(page)
    for number, target in enumerate(links):
        summary.focus()
        for _ in range(number + 1):
            keys.tab()
        assert active(page, "one.hash") == target
        keys.press("Enter")
        expect(page.locator(target)).to_be_focused()
        box, header = page.locator(target).bounding_box(), page.locator("header.top").bounding_box()
        assert box
        assert header
        assert box["y"] >= header["y"] + header["height"] - 1, f"{target} is behind the header"
    assert keys.unseen == []


def test_every_stop_of_the_busiest_page_is_seen(world: World, taken_case: Any, page_for: Any) -> None:
    """Down the whole case page and back, on a phone."""
    page = page_for(world.coordinator)
    page.goto(reverse("signals:case", args=[taken_case.reference]))
    keys = Keys(page)
    keys.to("footer button")
    keys.to(".skip", back=True)
    assert keys.unseen == []


# How far below the clear part of the column beside a case the focus stands: where the column fades away, or further.
TOO_LOW = """() => {
  const one = document.activeElement, beside = document.querySelector("aside.sticky"), fade = 48;
  const there = beside.getBoundingClientRect(), below = beside.scrollHeight - beside.clientHeight - beside.scrollTop;
  const clear = Math.min(there.bottom - Math.min(fade, below), innerHeight);
  const box = one.getBoundingClientRect();
  return !beside.contains(one) ? 0 : Math.max(0, Math.round(box.bottom - clear), Math.round(there.top - box.top));
}"""


def test_what_stands_beside_a_case_is_reached_in_a_low_window(world: World, taken_case: Any, page_for: Any) -> None:
    """With everything unfolded it is taller than the window: with the keyboard, and with the wheel of a mouse."""
    page = page_for(world.coordinator, width=1280)
    page.goto(reverse("signals:case", args=[taken_case.reference]))
    page.evaluate("() => document.querySelectorAll('aside details').forEach(fold => { fold.open = true; })")
    beside = page.locator("aside.sticky")
    assert beside.evaluate("one => one.scrollHeight > one.clientHeight + 100")
    keys, low, stops = Keys(page), list[int](), 0
    keys.to("aside.sticky a")
    while active(page, "one.closest('aside.sticky') !== null"):
        low.append(page.evaluate(TOO_LOW))
        stops += 1
        keys.tab()
    assert stops > 10
    assert (keys.unseen, max(low)) == ([], 0)
    page.evaluate("() => scrollTo(0, 600)")
    beside.evaluate("one => { one.scrollTop = 0; }")
    beside.hover()
    page.mouse.wheel(0, 4000)
    last = beside.locator("a, summary, button").last
    expect(last).to_be_in_viewport(ratio=1)


def test_menu_opens_and_closes(world: World, page_for: Any) -> None:
    page = page_for(world.author)
    page.goto(reverse("signals:mine"))
    keys = Keys(page)
    keys.to("details.menu > summary")
    keys.press("Enter")
    link = page.locator(".menu-in a").first
    expect(link).to_be_visible()
    keys.tab()
    expect(link).to_be_focused()
    keys.press("Escape")
    expect(link).to_be_hidden()
    assert active(page, "one.tagName") == "SUMMARY"
    keys.press("Enter")
    page.locator("main").click(position={"x": 5, "y": 400})
    expect(link).to_be_hidden()
    assert keys.unseen == []
