"""The pages that are measured, each as somebody who sees the same cases in both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse

from tests.bench.scale.shape import COORDINATOR, GUEST, OFFICER, PRINCIPAL, PRIVACY, SECOND, STAFF, TEACHER, Shape

GUEST_ID = (GUEST - 1) * STAFF + TEACHER


@dataclass(frozen=True)
class Page:
    """One page. data: what is posted. rows: cases it must show at least. limited: it has to stay below the limit."""

    name: str
    who: int
    path: str
    rows: int = 0
    limited: bool = True
    data: dict[str, str] = field(default_factory=dict)


def pages(shape: Shape, full: int) -> list[Page]:
    """Lists, then what is only told. full: cases on a full page."""
    return [*_lists(shape, full), *_told(shape)]


def _lists(shape: Shape, full: int) -> Iterator[Page]:
    desk, followup = reverse("signals:desk"), reverse("signals:followup")
    for tab in ("new", "mine", "week", "waiting", "open", "closed"):
        yield Page(f"coordinator: {tab}", COORDINATOR, f"{desk}?tab={tab}", full if tab != "waiting" else 1)
    for tab in ("new", "open", "closed"):
        yield Page(f"coordinator of three schools: {tab}", SECOND, f"{desk}?tab={tab}", full)
    for tab in ("new", "mine", "week", "waiting", "open", "closed"):
        yield Page(f"board officer of 60 schools: {tab}", shape.staff + OFFICER, f"{desk}?tab={tab}", full)
    for tab in ("open", "unreviewed", "overdue", "closed"):
        yield Page(f"principal: {tab}", PRINCIPAL, f"{followup}?tab={tab}", full if tab != "overdue" else 1)
    yield Page("teacher with 30 shares", GUEST_ID, reverse("signals:shared"), full)
    yield Page("teacher: own reports", TEACHER, reverse("signals:mine"), 1)


def _told(shape: Shape) -> Iterator[Page]:
    for name, who in (
        ("coordinator", COORDINATOR),
        ("principal", PRINCIPAL),
        ("privacy officer", shape.staff + PRIVACY),
    ):
        yield Page(f"trail, {name}", who, reverse("signals:trail"), limited=False)
    search = {"person_query": "noor za"}
    for role, name, who in (
        ("pupil", "coordinator", COORDINATOR),
        ("staff", "principal", PRINCIPAL),
        ("pupil", "board officer", shape.staff + OFFICER),
        ("staff", "board officer", shape.staff + OFFICER),
    ):
        data = search | {"subject_role": role}
        yield Page(f"search a {role}, {name}", who, reverse("signals:person-search"), limited=False, data=data)
