"""Every change, reading, refusal and log-in leaves the events it should, no more and no less."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from signals.models import Case, Draft, Signal, Step
from signals.services.cases import case_take
from signals.services.drafts import draft_save
from signals.services.steps import step_decline
from tests.conftest import PASSWORD, World, join, send, typed
from tests.journeys.page import Browser
from tests.sharing import share

KEY = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"
REASON = "Hier staat waarom dit zo is."


@dataclass
class Stage:
    """One report that is taken, one that is new, one behind the wall, and a draft."""

    world: World
    taken: Case
    new: Signal
    walled: Signal
    draft: Draft
    before: int = 0

    def begin(self) -> None:
        """What happened until now was only preparation."""
        self.before = AuditEvent.objects.order_by("-id").values_list("id", flat=True)[0]

    def must(self) -> Step:
        return self.taken.steps.filter(state="open", obligation="must")[0]

    def declined(self) -> Step:
        step = self.must()
        step_decline(by=self.world.coordinator, step=step, reason=REASON, applies=True)
        return step


@pytest.fixture
def stage(world: World) -> Stage:
    taken = send(world.author, typed(world))
    case_take(by=world.coordinator, case=taken.case)
    new = send(world.author, typed(world, concern="weapon"), {"immediate_danger": True})
    staff = f"staff:{world.subject.reference}"
    walled = send(world.author, typed(world, subject_role="staff", person=staff, concern="sexual"))
    draft = draft_save(by=world.author, draft=None, data=typed(world))
    return Stage(world, Case.objects.get(pk=taken.case.pk), new, walled, draft)


def url(name: str, *args: Any) -> str:
    return reverse(f"signals:{name}", args=args)


def closed(stage: Stage) -> str:
    for step in stage.taken.steps.filter(state="open", obligation="must"):
        step_decline(by=stage.world.coordinator, step=step, reason=REASON, applies=True)
    return url("case-close", stage.taken.reference)


def close(client: Client, stage: Stage) -> HttpResponse:
    address = closed(stage)
    stage.begin()
    return client.post(address, {"outcome": "resolved", "reason": REASON})


def reopen(client: Client, stage: Stage) -> HttpResponse:
    close(client, stage)
    stage.begin()
    return client.post(url("case-reopen", stage.taken.reference), {"reason": REASON})


def step_reopen(client: Client, stage: Stage) -> HttpResponse:
    step = stage.declined()
    stage.begin()
    return client.post(url("step-reopen", step.reference), {"reason": REASON})


def share_it(client: Client, stage: Stage) -> HttpResponse:
    whom = {"colleague": f"staff:{stage.world.teacher.reference}", "level": "read", "reason": REASON, "key": KEY}
    return client.post(url("case-share", stage.taken.reference), {**whom, "ends_on": timezone.localdate().isoformat()})


def share_stop(client: Client, stage: Stage) -> HttpResponse:
    given = share(stage.taken, stage.world.coordinator, stage.world.teacher)
    stage.begin()
    return client.post(url("share-end", stage.taken.reference, given.reference))


def shared_read(client: Client, stage: Stage) -> HttpResponse:
    share(stage.taken, stage.world.coordinator, stage.world.teacher)
    stage.begin()
    return client.get(url("case", stage.taken.reference))


def done(client: Client, stage: Stage) -> HttpResponse:
    data = {"happened_on": "2026-01-02", "happened_time": "10:00", "by_whom": "Ik"}
    return client.post(url("step-done", stage.must().reference), data)


def post(name: str, which: Callable[[Stage], Any], data: dict[str, Any] | None = None) -> Any:
    return lambda client, stage: client.post(url(name, which(stage)), data or {})


def get(name: str, which: Callable[[Stage], Any] | None = None) -> Any:
    return lambda client, stage: client.get(url(name, *([which(stage)] if which else [])))


def taken(stage: Stage) -> str:
    return stage.taken.reference


def new(stage: Stage) -> str:
    return stage.new.case.reference


def report(stage: Stage) -> str:
    return stage.new.reference


def wall(stage: Stage) -> str:
    return stage.walled.case.reference


def draft(stage: Stage) -> str:
    return stage.draft.reference


NOBODY = "ZZZZ-ZZZZ-ZZ"
TEXT = {"text": "Nog iets.", "key": KEY}
SEARCH = {"person_query": "zandstra", "subject_role": "pupil"}
# who, what they do, the events it leaves in order, the case that the first one belongs to
CASES: dict[str, tuple[str, Any, list[str], Callable[[Stage], str] | None]] = {
    "draft saved": (
        "author",
        lambda c, s: c.post(url("signal-new"), {**typed(s.world), "action": "save"}),
        ["draft.saved"],
        None,
    ),
    "draft by 112": ("author", lambda c, s: c.post(url("called")), ["draft.saved"], None),
    "draft thrown away": ("author", post("draft-discard", draft), ["draft.deleted"], None),
    "person searched": ("author", lambda c, s: c.post(url("person-search"), SEARCH), ["person.searched"], None),
    "sent": (
        "author",
        post("draft-check", draft, {"action": "send"}),
        ["signal.sent"],
        lambda s: Case.objects.latest("id").reference,
    ),
    "own report read": ("author", get("signal", report), ["signal.read"], new),
    "added": ("author", post("signal-add", report, TEXT), ["signal.added"], new),
    "addition without text": ("author", post("signal-add", report), ["signal.read"], new),
    "called after sending": ("author", post("signal-called", report), ["signal.called", "step.done"], new),
    "desk": ("coordinator", get("desk"), ["case.listed"], None),
    "case read": ("coordinator", get("case", taken), ["case.read"], taken),
    "taken": ("coordinator", post("case-take", new), ["step.done", "case.taken"], new),
    "taken too late": ("coordinator", post("case-take", taken), [], None),
    "noted": ("coordinator", post("case-note", taken, TEXT), ["case.noted"], taken),
    "note without text": ("coordinator", post("case-note", taken), ["case.read"], taken),
    "joined": (
        "coordinator",
        lambda c, s: c.post(url("case-join", new(s)), {"into": s.taken.reference}),
        ["step.done", "case.joined"],
        new,
    ),
    "moved": (
        "coordinator",
        lambda c, s: c.post(url("case-move", s.taken.reference, "monitoring"), {"reason": REASON}),
        ["case.moved"],
        taken,
    ),
    "closed": ("coordinator", close, ["case.closed"], taken),
    "reopened": ("coordinator", reopen, ["case.reopened"], taken),
    "closing refused by a rule": ("coordinator", post("case-close", taken), [], None),
    "shared": ("coordinator", share_it, ["case.shared"], taken),
    "sharing without a reason": ("coordinator", post("case-share", taken), [], None),
    "colleague searched": (
        "coordinator",
        post("share-search", taken, {"colleague_query": "teacher"}),
        ["person.searched"],
        None,
    ),
    "share stopped": ("coordinator", share_stop, ["share.ended"], taken),
    "what was shared": ("teacher", get("shared"), ["case.listed"], None),
    "shared case read": ("teacher", shared_read, ["case.read"], taken),
    "REFUSED share": (
        "coordinator",
        lambda c, s: c.post(url("share-end", s.taken.reference, NOBODY)),
        ["access.refused"],
        None,
    ),
    "step done": ("coordinator", done, ["step.done"], taken),
    "step declined": (
        "coordinator",
        lambda c, s: c.post(url("step-decline", s.must().reference), {"reason": REASON, "applies": "yes"}),
        ["step.declined"],
        taken,
    ),
    "step opened again": ("coordinator", step_reopen, ["step.reopened"], taken),
    "followed list": ("principal", get("followup"), ["case.listed"], None),
    "followed": ("principal", get("followup-case", taken), ["case.followed"], taken),
    "story opened": ("principal", post("story", taken, {"reason": REASON}), ["case.story_opened"], taken),
    "story without reason": ("principal", post("story", taken), [], None),
    "trail": ("principal", get("trail"), ["trail.read"], None),
    "contacts": ("coordinator", lambda c, s: c.get(reverse("escalation:contacts")), ["contact.listed"], None),
    "contact saved": (
        "coordinator",
        lambda c, s: c.post(
            reverse("escalation:contact-edit", args=[s.world.school.reference, "principal"]),
            {"name": "Mw. Schoolleider", "phone": "0301234567", "owner": s.world.coordinator.reference},
        ),
        ["contact.saved"],
        None,
    ),
    "contact checked": (
        "coordinator",
        lambda c, s: c.post(reverse("escalation:contact-check", args=[s.world.school.reference, "police_contact"])),
        ["contact.checked"],
        None,
    ),
    "walled read": ("board_officer", get("case", wall), ["case.read"], wall),
    "logged out": ("author", lambda c, s: c.post(reverse("account_logout")), ["auth.logout"], None),
    "REFUSED page": ("author", get("desk"), ["access.refused"], None),
    "REFUSED case": ("sister_coordinator", get("case", taken), ["access.refused"], None),
    "REFUSED walled": ("coordinator", get("case", wall), ["access.refused"], None),
    "REFUSED nothing there": ("coordinator", get("case", lambda s: NOBODY), ["access.refused"], None),
    "REFUSED draft": ("teacher", get("draft", draft), ["access.refused"], None),
    "REFUSED report": ("teacher", get("signal", report), ["access.refused"], None),
    "REFUSED step": ("sister_coordinator", get("step-done", lambda s: s.must().reference), ["access.refused"], None),
    "REFUSED contacts": (
        "sister_coordinator",
        lambda c, s: c.get(reverse("escalation:contact-edit", args=[s.world.school.reference, "principal"])),
        ["access.refused"],
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_events_of_a_request(stage: Stage, login: Any, name: str) -> None:
    who, do, actions, case = CASES[name]
    client = login(stage.world.people[who])
    stage.begin()
    response = do(client, stage)
    events = list(AuditEvent.objects.filter(id__gt=stage.before).order_by("id"))
    assert [event.action for event in events] == actions
    assert response.status_code in ((404,) if name.startswith("REFUSED") else (200, 302, 422)), response.status_code
    for event in events:
        assert event.actor_ref == stage.world.people[who].reference
        assert event.outcome == ("refused" if name.startswith("REFUSED") else "allowed")
        assert event.request_id == response["X-Request-Id"]
        assert event.pd_commit
    if events:
        assert events[0].case_ref == (case(stage) if case else "")


def test_a_visible_case_that_is_not_yours_to_handle_is_403_and_recorded(stage: Stage, login: Any) -> None:
    """Somebody who follows at one school and handles at another sees both, but does not handle the first."""
    join(stage.world.principal, "coordinator", stage.world.sister_school)
    response = login(stage.world.principal).get(url("case-close", taken(stage)))
    event = AuditEvent.objects.latest("id")
    assert response.status_code == 403
    assert (event.action, event.outcome, event.case_ref) == ("access.refused", "refused", taken(stage))


@pytest.mark.parametrize(
    ("email", "password", "action", "known"),
    [
        ("author@school.example", PASSWORD, "auth.login", True),
        ("author@school.example", "verkeerd-wachtwoord", "auth.login_failed", True),
        ("AUTHOR@school.example", "verkeerd-wachtwoord", "auth.login_failed", True),
        ("niemand@school.example", PASSWORD, "auth.login_failed", False),
    ],
)
def test_log_ins(world: World, client: Client, email: str, password: str, action: str, known: bool) -> None:
    client.post(reverse("account_login"), {"login": email, "password": password})
    event = AuditEvent.objects.get()
    assert event.action == action
    assert event.actor_ref == (world.author.reference if known else "")
    assert event.outcome == ("allowed" if action == "auth.login" else "refused")
    assert email.lower() not in str(list(AuditEvent.objects.values())).lower()


def test_a_visitor_leaves_no_event(world: World, client: Client) -> None:
    assert client.get(url("desk")).status_code == 302
    assert not AuditEvent.objects.exists()


def test_the_trail_stands_on_the_page_of_the_case(stage: Stage, login: Any) -> None:
    page = Browser(login(stage.world.coordinator)).get(url("case", taken(stage)))
    lines = page.response.context["trail"]
    assert [(line.who, line.reference) for line in lines] == [("Coordinator", taken(stage))] * 3 + [
        ("Author", taken(stage))
    ]
    for sentence in ("Coordinator read the story", "Coordinator took the case", "Author sent a concern"):
        assert sentence in page.text


def test_everybody_sees_the_own_part_of_the_trail(stage: Stage, login: Any) -> None:
    def references(name: str) -> set[str]:
        days = login(stage.world.people[name]).get(url("trail")).context["days"]
        return {line.reference for _day, lines in days for line in lines if line.reference}

    mine, hidden = {taken(stage), new(stage)}, wall(stage)
    assert references("author") == mine | {hidden}
    assert references("coordinator") == {taken(stage)}
    assert references("principal") == mine
    assert references("privacy_officer") == mine | {hidden}
    assert references("administrator") == set()
    assert references("other_coordinator") == set()
    assert references("subject") == set()
