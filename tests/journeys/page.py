"""A page as a person sees it: its words, its links, and its forms, which are filled in and sent as they stand.

A field or a choice that is not on the page can't be filled in, so a form that lost one fails the test.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

INLINE = frozenset({"a", "b", "bdi", "em", "small", "span", "strong", "svg", "time", "use"})
SILENT = frozenset({"script", "style", "title"})


@dataclass
class Control:
    """One input, button, textarea or option. `on`: ticked or selected."""

    kind: str
    name: str
    value: str
    on: bool = False
    label: str = ""


@dataclass
class Form:
    """One form with everything that belongs to it, also what stands outside it with `form=`."""

    id: str
    action: str
    controls: list[Control] = field(default_factory=list)

    def names(self) -> set[str]:
        return {control.name for control in self.controls if control.kind not in ("submit", "button")}

    def options(self, name: str) -> list[str]:
        """The values that can be chosen for a radio, checkbox or list."""
        return [c.value for c in self.controls if c.name == name and c.kind in ("radio", "checkbox", "option")]

    def data(self) -> dict[str, Any]:
        """What the browser would send if nothing were touched."""
        found: dict[str, list[str]] = {}
        for control in self.controls:
            if control.kind in ("submit", "button", "image", "reset"):
                continue
            if control.kind in ("radio", "checkbox", "option") and not control.on:
                continue
            found.setdefault(control.name, []).append(control.value)
        return {name: values if len(values) > 1 else values[0] for name, values in found.items()}

    def fill(self, values: dict[str, Any]) -> dict[str, Any]:
        """The data after somebody filled in some fields."""
        data = self.data()
        for name, value in values.items():
            assert name in self.names(), f"no field '{name}' here, only {sorted(self.names())}"
            if options := self.options(name):
                for one in value if isinstance(value, list | tuple) else [value]:
                    assert one in options, f"'{one}' can't be chosen for '{name}', only {options}"
            data[name] = value
        return data


class Page(HTMLParser):
    """Reads one response."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.response, self.status = response, response.status_code
        self.html = response.content.decode()
        self.path = str(response.request["PATH_INFO"])  # type: ignore[attr-defined]
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.lang, self.words = "", []
        self._form: Form | None = None
        self._loose: list[tuple[str, Control]] = []
        self._hidden = 0
        self._text_of: Control | None = None
        self._select = ""
        self._link = ""
        self.feed(self.html)
        for owner, control in self._loose:
            self.form(id=owner).controls.append(control)

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join("".join(self.words).split())

    def form(self, *, action: str = "", id: str = "", has: str = "") -> Form:
        """The one form with this end of its address, this id, or a field or button of this name."""
        found = [
            form
            for form in self.forms
            if (not action or form.action.endswith(action))
            and (not id or form.id == id)
            and (not has or has in {control.name for control in form.controls})
        ]
        assert len(found) == 1, f"{len(found)} forms with {action or id or has} on {self.path}"
        return found[0]

    def hrefs(self, part: str) -> list[str]:
        """The addresses of links that hold this part."""
        return [href for href, _text in self.links if part in href]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag not in INLINE:
            self.words.append(" ")
        if tag in SILENT:
            self._hidden += 1
        elif tag == "html":
            self.lang = got.get("lang", "")
        elif tag == "form":
            self._form = Form(got.get("id", ""), got.get("action", ""))
            self.forms.append(self._form)
        elif tag == "a":
            self._link = got.get("href", "")
            self.links.append((self._link, ""))
        elif tag == "select":
            self._select = got.get("name", "")
        elif tag in ("input", "button", "textarea", "option"):
            self._control(tag, got)

    def _control(self, tag: str, got: dict[str, str]) -> None:
        kind = {"button": got.get("type", "submit"), "input": got.get("type", "text")}.get(tag, tag)
        value = got.get("value", "on" if kind == "checkbox" else "")
        name = self._select if tag == "option" else got.get("name", "")
        control = Control(kind, name, value, on="checked" in got or "selected" in got)
        if tag in ("button", "textarea", "option"):
            self._text_of = control
        if "form" in got:
            self._loose.append((got["form"], control))
        elif self._form is not None:
            self._form.controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self.words.append(" ")
        if tag in SILENT:
            self._hidden -= 1
        elif tag == "form":
            self._form = None
        elif tag in ("button", "textarea", "option"):
            if self._text_of and tag == "textarea":
                self._text_of.value = self._text_of.value.removeprefix("\n")
            self._text_of = None
        elif tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        self.words.append(data)
        if self._link and self.links:
            href, text = self.links[-1]
            self.links[-1] = (href, " ".join(f"{text} {data}".split()))
        if self._text_of:
            self._text_of.label = f"{self._text_of.label} {data}".strip()
            if self._text_of.kind == "textarea":
                self._text_of.value += data


class Browser:
    """Somebody at a screen, in English so that the words in the tests are the words in the code."""

    def __init__(self, client: Client, language: str = "en") -> None:
        self.client = client
        client.cookies["django_language"] = language
        self.page: Page | None = None

    def get(self, path: str, expect: int = 200) -> Page:
        return self._show(self.client.get(path, follow=True), expect)

    def send(self, form: Form, button: str = "", expect: int = 200, **values: Any) -> Page:
        """Fill in a form of the page and press one of its buttons (by value), or the only one."""
        data = form.fill(values)
        buttons = [control for control in form.controls if control.kind == "submit"]
        if button:
            pressed = next((control for control in buttons if control.value == button), None)
            assert pressed, f"no button '{button}', only {[control.value for control in buttons]}"
            data[pressed.name] = pressed.value
        assert self.page is not None
        return self.post(form.action or self.page.path, data, expect)

    def post(self, path: str, data: dict[str, Any], expect: int = 200) -> Page:
        """Send something, with or without a form that asked for it."""
        return self._show(self.client.post(path, data, follow=True), expect)

    def _show(self, response: HttpResponse, expect: int) -> Page:
        self.page = Page(response)
        assert self.page.status == expect, f"{self.page.path}: {self.page.status}, {self.page.text[:500]}"
        return self.page
