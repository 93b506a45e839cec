"""A list of 25 cases, and a search for people: one event each, whatever they show."""

from collections.abc import Iterator

from django.urls import reverse

from audit.models import AuditEvent
from tests.bench import requests
from tests.bench.table import Line
from tests.bench.world import Scene

NAMES = 25


def lines(scene: Scene) -> Iterator[Line]:
    """Count the events that one page of the desk adds."""
    answer, browser = requests.product(), requests.Browser(scene.handler)
    before = AuditEvent.objects.count()
    answer(browser.get(reverse("signals:desk") + "?tab=new"))
    added = AuditEvent.objects.order_by("-id")[: AuditEvent.objects.count() - before]
    shown = sum(len(event.details.get("cases", [])) for event in added)
    if shown != NAMES:
        raise RuntimeError(f"The page showed {shown} cases instead of {NAMES}.")
    yield Line(f"events for a list of {NAMES}", len(added), "rows", most=1)
