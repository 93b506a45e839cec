"""A web process is killed (-9) at every single step of a request, and somebody else's answers on."""

import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.references import new_reference
from signals.models import Attachment, Case, Draft, HandOver, Signal, Step
from signals.services.cases import case_take
from signals.services.drafts import draft_save
from signals.services.filetidy import Tidied, files_tidy
from tests.conftest import World, join, person, send, typed
from tests.faults.counting import log_is_whole, since, tally
from tests.faults.running import KilledError, Person, page
from tests.handing import propose

Visit = Callable[..., Person]
NOTHING: dict[str, int] = {}


@dataclass
class Write:
    """A request that writes.

    make: what each try needs for itself. press: sends it; with a fault, or without. look: at what is seen between the
    kill and the next try; gets whether it was done. every: 2 leaves every second step out. again: events that come a
    second time when it is sent a second time.
    """

    make: Callable[[], Any]
    press: Callable[..., Any]
    look: Callable[[Any, bool], None]
    every: int = 1
    again: tuple[str, ...] = ()


def test_killed_at_every_step_nothing_is_lost_or_there_twice(world: World, visit: Visit) -> None:
    for write in (report_sent, first_page, step_declined, case_handed_over, file_added):
        killed_everywhere(write(world, visit), write.__name__)
    assert log_is_whole()
    files_without_a_row_are_cleared()


def killed_everywhere(write: Write, name: str) -> None:
    """Kill at each step, beginning with the last, look, and send it once more. No step is left half done."""
    thing, before = write.make(), tally()
    first = write.press(thing, "")
    assert first.status_code == 302, page(first, first.status_code).text
    steps, whole, done = int(first.headers["X-Steps"]), since(before), []
    for at in range(steps, 0, -write.every):
        thing, before = write.make(), tally()
        with pytest.raises(KilledError):
            write.press(thing, f"{at} kill")
        after = since(before)
        assert after in (NOTHING, whole), f"{name} half at step {at} of {steps}"
        done.append(after == whole)
        write.look(thing, done[-1])
        assert write.press(thing, "").status_code == 302
        twice = {event: 2 for event in write.again if done[-1]}
        assert since(before) == {**whole, **twice}, f"{name} step {at} of {steps}"
    assert done == sorted(done, reverse=True), "once it is done, it is done"
    assert 0 < sum(done) < len(done)


def report_sent(world: World, visit: Visit) -> Write:
    author = visit(world.author)

    def make() -> Draft:
        return draft_save(by=world.author, draft=None, data=typed(world))

    form = author.get(reverse("signals:draft-check", args=[make().reference])).form(id="check").data()

    def press(draft: Draft, fault: str) -> Any:
        path = reverse("signals:draft-check", args=[draft.reference])
        return author.post(path, {**form, "action": "send"}, fault)

    def look(draft: Draft, done: bool) -> None:
        """The draft is offered again, or leads to the report that it became; either way the words are there."""
        seen = author.get(reverse("signals:draft", args=[draft.reference]))
        assert typed(world)["observed"] in seen.html
        sent = Signal.objects.filter(key=draft.reference).first()
        assert (sent is not None, Draft.objects.filter(pk=draft.pk).exists()) == (done, not done)
        assert not sent or seen.path == reverse("signals:signal", args=[sent.reference])

    return Write(make, press, look)


def first_page(world: World, visit: Visit) -> Write:
    author, new = visit(world.author), reverse("signals:signal-new")
    form = author.get(new).form(id="concern").data()

    def press(key: str, fault: str) -> Any:
        return author.post(new, {**form, **typed(world), "key": key, "page": key, "action": "continue"}, fault)

    def look(key: str, done: bool) -> None:
        """What was not kept stands in the browser, which sends it again."""
        assert (reverse("signals:draft", args=[key]) in author.get(reverse("signals:mine")).html) == done

    return Write(new_reference, press, look, every=2, again=("draft.saved",))


def step_declined(world: World, visit: Visit) -> Write:
    coordinator, left = visit(world.coordinator), []

    def make() -> Step:
        if not left:
            left.extend(
                case_take(by=world.coordinator, case=send(world.author, typed(world)).case).steps.filter(state="open")
            )
        return left.pop()

    form = coordinator.get(reverse("signals:step-decline", args=[make().reference])).form(has="reason").data()
    words = {"reason": "Dit is al met de ouders besproken."}

    def press(step: Step, fault: str) -> Any:
        return coordinator.post(reverse("signals:step-decline", args=[step.reference]), {**form, **words}, fault)

    def look(step: Step, done: bool) -> None:
        assert (Step.objects.get(pk=step.pk).state == "declined") == done
        if done:
            assert words["reason"] in coordinator.get(reverse("signals:case", args=[step.case.reference])).text

    return Write(make, press, look, every=3)


def case_handed_over(world: World, visit: Visit) -> Write:
    second = person("tweede")
    join(second, "coordinator", world.school)
    people = {user.pk: visit(user) for user in (world.coordinator, second)}
    tokens = {pk: at.get(reverse("signals:desk")).forms[-1].data() for pk, at in people.items()}
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)

    def make() -> HandOver:
        """Back and forth between two people."""
        case.refresh_from_db()
        return propose(case, case.owner, second if case.owner == world.coordinator else world.coordinator)

    def press(row: HandOver, fault: str) -> Any:
        token = tokens[row.to.pk]["csrfmiddlewaretoken"]
        data = {"csrfmiddlewaretoken": token, "asked": row.reference, "answer": "accept"}
        return people[row.to.pk].post(reverse("signals:hand-over-answer", args=[case.reference]), data, fault)

    def look(row: HandOver, done: bool) -> None:
        assert Case.objects.get(pk=case.pk).owner == (row.to if done else row.by)

    return Write(make, press, look, every=3)


def file_added(world: World, visit: Visit) -> Write:
    coordinator, content = visit(world.coordinator), b"Kom je vanavond? Zilverreiger."
    case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    path = reverse("signals:case-file-add", args=[case.reference])
    form = coordinator.get(path).form(has="about").data()

    def press(key: str, fault: str) -> Any:
        return coordinator.post(path, {**form, "key": key}, fault, files={"file": ("a.txt", content)})

    def look(key: str, done: bool) -> None:
        assert Attachment.objects.filter(key=key).exists() == done

    return Write(lambda: str(uuid.uuid4()), press, look, every=4)


def files_without_a_row_are_cleared() -> None:
    """What was written and has no row, because the process died between the two."""
    contents = [found for found in Path(settings.FILES_DIR).rglob("*") if found.is_file()]
    old = time.time() - 7200
    for found in contents:
        os.utime(found, (old, old))
    assert files_tidy().cleared == len(contents) - Attachment.objects.count() > 0
    assert files_tidy() == Tidied()
