"""What else is written all day: requests for a note, for what became of a step, and for what an open form keeps."""

import uuid
from collections.abc import Callable, Iterable

from django.http import HttpRequest
from django.urls import reverse

from accounts.references import new_reference
from signals.services.cases import case_take
from tests.bench.requests import Browser
from tests.bench.world import Scene
from tests.conftest import send

WHY = "Met de ouders besproken, en met het wijkteam; zij nemen het over. " * 3
Prepare = Callable[[int], Iterable[HttpRequest]]


def others(scene: Scene, handler: Browser, author: Browser) -> dict[str, Prepare]:
    """By its name what prepares as many requests."""
    taken = case_take(by=scene.handler, case=send(scene.author, scene.data).case)
    path = reverse("signals:case-note", args=[taken.reference])

    def notes(count: int) -> Iterable[HttpRequest]:
        return [handler.post(path, {"text": WHY, "key": str(uuid.uuid4())}) for _ in range(count)]

    def steps(count: int) -> Iterable[HttpRequest]:
        for _ in range(count):
            case = case_take(by=scene.handler, case=send(scene.author, scene.data).case)
            step = case.steps.filter(state="open").first()
            address = reverse("signals:step-decline", args=[step.reference])
            yield handler.post(address, {"applies": "yes", "reason": WHY})

    def kept(count: int) -> Iterable[HttpRequest]:
        """One open form that goes on keeping what is typed."""
        form = {**scene.data, "key": new_reference(), "page": new_reference(), "seen": ""}
        address = reverse("signals:draft-keep")
        return [
            author.post(address, {**form, "observed": f"{WHY} {turn}", "turn": str(turn)})
            for turn in range(1, count + 1)
        ]

    return {"note": notes, "decide about a step": steps, "keep what is typed": kept}
