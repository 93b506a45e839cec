"""Asks every page as everybody for everything, and compares with the plan."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.guard import PUBLIC as PUBLIC_MARK
from accounts.guard import walk as addresses_below
from schoolsafety.accesscheck import plan
from schoolsafety.accesscheck.plan import Far
from schoolsafety.accesscheck.stage import Stage, build
from signals import filestore

HIDDEN, REFUSED, NOT_ALLOWED = 404, 403, 405
BACKEND = "accounts.backend.Backend"
MOST_SECONDS = 3.0  # of asking; then the transaction, and its lock on SQLite, is given back and the stage built anew


@dataclass(frozen=True)
class Ask:
    """One request: by whom, with which method, to which address, about which case, and what must come."""

    person: str
    method: str
    name: str
    kind: str = ""
    expected: str = "open"  # open, instead (sent to another page), refused, hidden, login


@dataclass
class Outcome:
    """What came of it all."""

    asked: int = 0
    surprises: list[str] = field(default_factory=list)
    longest: float = 0.0  # seconds that a transaction was open


GLASS_PAGES = ("signals:glass", *plan.REVIEWED)  # they tell the number of the case that was opened


def names() -> dict[str, Any]:
    """The view of every address by its name, with its namespace."""
    resolver = get_resolver()
    spaces = {
        id(pattern): space
        for space, (_prefix, inner) in resolver.namespace_dict.items()
        for _route, pattern in addresses_below(inner)
    }
    rows = [(spaces.get(id(pattern)), pattern) for _route, pattern in addresses_below(resolver)]
    return {f"{space}:{row.name}" if space else str(row.name): row.callback for space, row in rows}


def run(people: Iterable[str] = tuple(plan.PEOPLE)) -> Outcome:
    """The self-test, in short transactions that are each rolled back, so that nobody has to wait for long.

    Args:
        people: who tries; everybody when nothing is said.
    """
    outcome = Outcome()
    known, unused = names(), set[tuple[str, str]]()
    outcome.surprises += [f"{name}: there is such a page, but the plan does not know it" for name in unplanned(known)]
    todo = [ask for ask in asks() if ask.person in set(people)]
    while todo:
        started = monotonic()
        with transaction.atomic(), filestore.in_memory():
            stage = build()
            built = monotonic()
            while todo and monotonic() - built < MOST_SECONDS:
                ask = todo.pop(0)
                if (ask.method, ask.name) in unused:
                    continue
                code, found = one(stage, ask)
                outcome.asked, outcome.surprises = outcome.asked + 1, outcome.surprises + found
                if code == NOT_ALLOWED:
                    unused.add((ask.method, ask.name))
            transaction.set_rollback(True)
        outcome.longest = max(outcome.longest, monotonic() - started)
    return outcome


def unplanned(known: dict[str, Any]) -> list[str]:
    """Addresses about which the plan says nothing. Public ones show nothing of anybody."""
    planned = {
        *plan.NEEDS,
        plan.FILE,
        *plan.OF_WORK,
        *plan.ABSENCES,
        *plan.SHARES,
        *plan.FOLLOWED,
        *plan.WALLED,
        *plan.REVIEWED,
        *plan.WRITTEN,
        *plan.DRAFTS,
        *plan.EXERCISES,
        *plan.FILTERS,
        *plan.OPEN,
        *plan.CONTACTS,
        *plan.CALENDARS,
        *plan.AGREED,
        *plan.COLLEAGUES,
        *plan.INVITATIONS,
        *plan.OWN,
    }
    return [name for name, view in known.items() if name not in planned and view.guarded_by != PUBLIC_MARK]


def asks() -> Iterator[Ask]:
    """Every request there is to make."""
    for person in plan.PEOPLE:
        for name, roles in plan.OPEN.items():
            yield from _both(person, name, "", "open" if person in roles else "hidden")
        for kind in plan.CASES:
            yield from _about(person, kind)
        yield from _beside_cases(person)
        sees = person in plan.AGREED["escalation:own-step"]
        for name, may in plan.AGREED.items():
            yield from _both(person, name, "proposal", "open" if person in may else "refused" if sees else "hidden")
        keeps = "open" if person in plan.KEEPERS else "hidden"
        for name in plan.COLLEAGUES:
            yield from _both(person, name, "colleague", keeps)
            yield from _both(person, name, "stranger", "hidden")
        for name in plan.ABSENCES:
            yield from _both(person, name, "absence", "open" if person in plan.DEPUTIES else "hidden")
        for name in plan.INVITATIONS:
            yield from _both(person, name, "invitation", keeps)


def _beside_cases(person: str) -> Iterator[Ask]:
    """What there is one of: a draft, an exercise, a break-glass, a school."""
    for name in plan.DRAFTS:
        yield from _both(person, name, "draft", "open" if person == "author" else "hidden")
    for name in plan.FILTERS:
        yield from _both(person, name, "filter", "open" if person == "coordinator" else "hidden")
    for name in plan.EXERCISES:
        yield from _both(person, name, "practice", "open" if person == "author" else "hidden")
    for name in plan.REVIEWED:
        yield from _both(person, name, "glass", "open" if person in plan.REVIEWERS else "hidden")
    for name in (*plan.CONTACTS, *plan.CALENDARS):
        yield from _both(person, name, "school", "open" if person in plan.CONTACT_KEEPERS else "hidden")


def _about(person: str, kind: str) -> Iterator[Ask]:
    far = plan.KNOWS[kind].get(person, Far.NOTHING)
    for name, needed in plan.NEEDS.items():
        if far == Far.FOLLOW and name == "signals:case":
            yield Ask(person, "GET", name, kind, "instead")
        else:
            yield from _both(person, name, kind, _verdict(far, far >= needed))
    mine = person == plan.AUTHORS.get(kind, "author")
    yield from _both(person, plan.FILE, kind, _verdict(far, far >= Far.READ or mine))
    for name, needed in plan.OF_WORK.items() if kind in plan.WORKED else ():
        yield from _both(person, name, kind, _verdict(far, far >= needed))
    for name in plan.SHARES if kind == "shared" else ():
        yield from _both(person, name, kind, _verdict(far, far == Far.HANDLE))
    for name in plan.WALLED:
        officer = person in ("officer", "officer_subject")  # theirs is the wall itself
        yield from _both(person, name, kind, _verdict(far, far in (Far.FOLLOW, Far.HANDLE) and not officer))
    for name in plan.FOLLOWED:
        yield from _both(person, name, kind, _verdict(far, far == Far.FOLLOW))
    for name in plan.WRITTEN:
        yield from _both(person, name, kind, "open" if mine else "hidden")


def _verdict(far: Far, enough: bool) -> str:
    if enough:
        return "open"
    return "refused" if far else "hidden"


def _both(person: str, name: str, kind: str, expected: str) -> Iterator[Ask]:
    for method in ("GET", "POST"):
        yield Ask(person, method, name, kind, "login" if person in plan.OUTSIDE else expected)


def one(stage: Stage, ask: Ask) -> tuple[int, list[str]]:
    """Make one request, undo what it did, and say what was not as expected."""
    client = _client(stage, ask.person)
    with transaction.atomic():
        path = reverse(ask.name, args=_arguments(stage, ask))
        response = getattr(client, ask.method.lower())(path, secure=settings.HTTPS)
        transaction.set_rollback(True)
    code = response.status_code
    right = (
        code == NOT_ALLOWED
        or {  # the method is refused before anything is looked up
            "open": code in (200, 302, 409, 422),
            "instead": code == 302,
            "refused": code in (REFUSED, HIDDEN),
            "hidden": code == HIDDEN,
            "login": code == 302 and reverse("account_login") in response.headers.get("Location", ""),
        }[ask.expected]
    )
    found = [] if right else [f"{_said(ask)}: answered {code}, expected {ask.expected}"]
    return code, found + [f"{_said(ask)}: {leak}" for leak in leaks(stage, ask, response)]


def _said(ask: Ask) -> str:
    return f"{ask.method} {ask.name} {ask.kind} as {ask.person}".replace("  ", " ")


def leaks(stage: Stage, ask: Ask, response: HttpResponse) -> list[str]:
    """Planted words of a case on a page for somebody who may not know them."""
    text = response.content.decode(errors="replace")
    found = []
    for kind in plan.CASES:
        mine = ask.person == plan.AUTHORS.get(kind, "author")
        far = plan.KNOWS[kind].get(ask.person, Far.NOTHING)
        if stage.story(kind) in text and far < Far.READ and not mine:
            found.append(f"shows the story of: {kind}")
        asked_for = kind == ask.kind
        reference = stage.case(kind).reference
        knows = far or mine or ask.person in ("privacy",) or ask.person in plan.NUMBERS.get(kind, ())
        knows = knows or (kind == "shared" and ask.person in plan.REVIEWERS and ask.name in GLASS_PAGES)
        if reference in text and not knows and not asked_for:
            found.append(f"shows the number of: {kind}")
    for kind in ("draft", "practice"):
        if stage.story(kind) in text and ask.person != "author":
            found.append(f"shows somebody's {kind}")
    return found


def _client(stage: Stage, person: str) -> Client:
    """A browser of this person, with nothing but the session that they logged in with."""
    client = Client(raise_request_exception=False, HTTP_HOST=_host())
    if person == "visitor":
        return client
    if person not in stage.sessions:
        log_in(client, stage.people[person])
        stage.sessions[person] = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.cookies.clear()
    client.cookies[settings.SESSION_COOKIE_NAME] = stage.sessions[person]
    return client


def log_in(client: Client, user: Any) -> None:
    """A session as after logging in with a second factor, and having shown once more who one is."""
    assert isinstance(user, get_user_model())  # noqa: S101
    client.force_login(user, backend=BACKEND)
    session, now = client.session, time()
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": now},
        {"method": "mfa", "type": "totp", "at": now},
        {"method": "password", "at": now, "reauthenticated": True},
    ]
    session.save()


def _host() -> str:
    return next((host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))), "localhost")


def _arguments(stage: Stage, ask: Ask) -> list[str]:
    if not ask.kind:
        return ["antwoorden"] if ask.name == "signals:practice-act" else []
    if ask.kind in ("practice", "draft", "filter", "glass", "proposal", "invitation", "absence"):
        return _one(stage, ask.kind)
    if ask.kind == "school":
        school = [stage.school.reference] if stage.school else []
        return school if ask.name in plan.CALENDARS else [*school, "police_contact"]
    if ask.kind in plan.ABOUT:
        user = stage.people[plan.ABOUT[ask.kind]]
        role = [user.memberships.get().reference] if ask.name == "signals:role-end" else []
        return [user.reference, *role]
    return _of_case(stage, ask)


def _of_case(stage: Stage, ask: Ask) -> list[str]:
    """What stands in the address of a page about a case, or about something in it."""
    case = stage.case(ask.kind)
    if ask.name in plan.WRITTEN:
        return [stage.signals[ask.kind].reference]
    if ask.name in (plan.FILE, "signals:file-remove"):
        return [case.reference, stage.files[ask.kind].reference][ask.name == plan.FILE :]
    for kept, names_of in plan.ROWS.items():
        if ask.name in names_of:
            return [getattr(stage, kept)[ask.kind].reference]
    if ask.name.startswith("signals:step-"):
        step = case.steps.order_by("pk").first()
        return [step.reference] if step else []
    return [case.reference, *stage.within(ask.name, ask.kind)]


def _one(stage: Stage, kind: str) -> list[str]:
    """What there is one of: the exercise (a step of it), the draft, the break-glass."""
    if kind == "practice":
        return [stage.exercise]
    found = getattr(stage, kind)
    return [found.reference] if found else []
