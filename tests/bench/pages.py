"""The product's own pages against a bare Django page; sending a report and other writes against a bare POST.

The limits are those of the product: a list 1.3, the page of a case with 200 lines 3, sending a report 2.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from signals.models import Signal
from signals.services.drafts import draft_save
from tests.bench import requests, writes
from tests.bench.app.models import PlainNote
from tests.bench.long_case import LINES, lengthen
from tests.bench.measure import Variant, compare, ratio
from tests.bench.settling import settle
from tests.bench.table import Line
from tests.bench.world import Scene

BARE = "tests.bench.bare"
COUNT = 8
NOTE = {"status": "new", "text": "In de gang riep groep 3B haar na. " * 5}
LIMITS = {"list": 1.3, f"case, {LINES} lines": 3.0, "send a report": 2.0}


def lines(scene: Scene, cases: str = "1,000") -> Iterator[Line]:
    """Reading, then writing. cases: how many there are, for the name of a line."""
    PlainNote.objects.bulk_create(PlainNote(author=scene.handler, **NOTE) for _ in range(25))
    long = lengthen(scene)
    settle()
    bare, product = requests.bare(), requests.product()
    handler, author = requests.Browser(scene.handler), requests.Browser(scene.author)
    reader, writer = requests.Browser(scene.handler, plain=True), requests.Browser(scene.author, plain=True)

    def get(path: str) -> Any:
        return lambda count: [handler.get(path) for _ in range(count)]

    found = {
        "bare page": Variant(bare, lambda count: [reader.get("/bare/", BARE) for _ in range(count)]),
        "list": Variant(product, get(reverse("signals:desk") + "?tab=new")),
        "case, new": Variant(product, get(reverse("signals:case", args=[scene.case.reference]))),
        f"case, {LINES} lines": Variant(product, get(reverse("signals:case", args=[long.reference]))),
    }
    yield from _compared("bare page", found, cases)
    found = {
        "bare POST": Variant(bare, lambda count: [writer.post("/bare/new/", NOTE, BARE) for _ in range(count)]),
        "send a report": Variant(product, lambda count: _reports(scene, author, count)),
    }
    found |= {name: Variant(product, prepare) for name, prepare in writes.others(scene, handler, author).items()}
    before = Signal.objects.count()
    yield from _compared("bare POST", found, cases)
    if Signal.objects.count() == before:
        raise RuntimeError("No report was sent.")


def _compared(base: str, found: dict[str, Variant], cases: str) -> Iterator[Line]:
    compare(found, count=COUNT)
    yield Line(f"{base}, among {cases} cases", found[base].milliseconds, "ms")
    for name, variant in found.items():
        if name != base:
            yield Line(f"{name} / {base}, among {cases} cases", ratio(variant, found[base]), "x", most=LIMITS.get(name))


def _reports(scene: Scene, author: requests.Browser, count: int) -> Iterable[HttpRequest]:
    """The last click of as many reports: the draft is there, and the questions are answered with "don't know"."""
    for _ in range(count):
        draft = draft_save(by=scene.author, draft=None, data=scene.data)
        yield author.post(reverse("signals:draft-check", args=[draft.reference]), {"action": "send"})
