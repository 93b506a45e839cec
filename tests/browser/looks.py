"""What a page looks like to somebody who can't see it well, or has a thumb: axe, the size of targets, the width."""

import os
from pathlib import Path
from typing import Any

from django.db import connection
from playwright.sync_api import Page

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 640}  # the oldest phones, and a desk at 400 per cent

# Says what sticks out, or nothing.
SIDEWAYS = """() => {
  const page = document.documentElement, width = page.clientWidth;
  if (width < 100 || page.scrollWidth <= width + 1) return "";  // below 100: the window is going or coming
  const out = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > width + 1);
  return `${page.scrollWidth} of ${width}: ` + out.slice(-2).map(one => one.outerHTML.slice(0, 120)).join(" | ");
}"""

# The next pages of a browser have axe at hand: handed over once, and compiled once. It runs only where one looks.
LATER = f"window.bringAxe = () => {{ {AXE} }};"
READY = "() => { if (typeof axe !== 'object' && window.bringAxe) bringAxe(); return typeof axe === 'object'; }"

RUN_AXE = """async ([only, tags]) => {
  window.scrollTo(0, 0);
  const options = only ? {runOnly: {type: "rule", values: [only]}} : {runOnly: {type: "tag", values: tags}};
  const found = await axe.run(document, {...options, resultTypes: ["violations"]});
  return found.violations.map(one => `${one.id} (${one.impact}): ` + one.nodes.slice(0, 3)
    .map(node => node.target.join(" ") + " " + node.any.concat(node.all, node.none).map(c => c.message).join("; "))
    .join(" | "));
}"""

# Whatever one can press is 44 high. A box to tick is as large as its label. Left alone: what can't be pressed or
# is outside the screen until it has the focus, and links inside a sentence (their line can't be that high).
SMALL = """limit => {
  const inSentence = one => {
    if (one.tagName !== "A" || getComputedStyle(one).display !== "inline") return false;
    const around = one.closest("p, li, dd, td, th, label");
    return around && around.textContent.trim().length > one.textContent.trim().length + 1;
  };
  const found = [];
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (one.type === "hidden" || one.matches(".first-button, .skip") || !one.checkVisibility()) continue;
    if (inSentence(one)) continue;
    const box = (one.matches("[type=radio], [type=checkbox]") && one.closest("label")) || one;
    const height = box.getBoundingClientRect().height;
    if (height && height < limit - 0.5)
      found.push(`${Math.round(height)} px: ${(one.innerText || one.name).trim().slice(0, 40)} ` +
        `<${one.tagName.toLowerCase()} class="${one.className}"> in .${one.parentElement.className}`);
  }
  return [...new Set(found)];
}"""


def axe(page: Page, rule: str = "") -> list[str]:
    """The violations that axe finds: of all rules, or of one.

    On SQLite only: axe takes most of the time of the browser tests, and a page is the same whatever it came from. On
    PostgreSQL the same pages are opened, and watched for errors and their width.

    From the top of the page: the bar that stays there covers whatever happens to be scrolled halfway under it.
    What gets the focus is kept clear of it by scroll-padding.
    """
    if connection.vendor == "postgresql":
        return []
    page.wait_for_load_state()
    if not page.evaluate(READY):
        page.context.add_init_script(LATER)
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN_AXE, [rule, TAGS])
    return found


def look(page: Page, name: str, targets: int = 44) -> list[str]:
    """Everything that is wrong with the open page on a desk and on a phone, light and dark."""
    page.wait_for_load_state()  # a click waits until the next page begins, not until it is there
    problems: list[str] = []

    def add(view: str, found: list[str]) -> None:
        problems.extend(f"{name}, {view}: {one}" for one in found)

    page.emulate_media(reduced_motion="reduce")  # no colours on their way to other colours
    for view, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(size)
        add(view, axe(page))
        wide = page.evaluate(SIDEWAYS)
        add(view, [f"sideways scroll {wide}"] if wide else [])
        keep(page, f"{name}-{view}")
        page.emulate_media(color_scheme="dark")
        add(f"{view} dark", axe(page, "color-contrast"))
        keep(page, f"{name}-{view}-dark")
        page.emulate_media(color_scheme="light")
    add("phone", page.evaluate(SMALL, targets))
    page.set_viewport_size(NARROW)
    wide = page.evaluate(SIDEWAYS)
    add("narrow", [f"sideways scroll {wide}"] if wide else [])
    return problems


def keep(page: Page, name: str) -> None:
    """A picture of the page, when SCREENSHOTS names a folder to put it in."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def active(page: Page, ask: str) -> Any:
    """Something about the element that has the focus."""
    page.wait_for_load_state()
    return page.evaluate(f"() => {{ const one = document.activeElement; return {ask}; }}")
