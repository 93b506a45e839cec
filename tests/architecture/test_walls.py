"""What is behind a wall, walked past every door: whom it is about or who is barred from it never sees it, whatever
the role; the school does not see that it exists; who handles it does."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, School, User
from accounts.roles import Permission
from signals import access, glass_access, people
from signals.filters import times
from signals.lists import desk_tabs, follow_tabs
from signals.models import BreakGlass, Case, Signal
from signals.opened import readers_of
from signals.same import candidates
from signals.services.cases import case_take
from signals.services.shares import can_be_shared_with
from signals.trail import case_events, people_seen, visible_case_events, visible_events
from tests.conftest import World, join, person, send, typed

FOLLOW = (Permission.CASE_FOLLOW,)
WHY = "Een ouder van deze leerling werkt hier op school."
MARK = "Zilverreiger-muur"
# Who it is about, or who is barred: one role, or two at two places.
ROLES: dict[str, tuple[tuple[str, str], ...]] = {
    "teacher": (("teacher", "school"),),
    "coordinator": (("coordinator", "school"),),
    "principal": (("principal", "school"),),
    "board_officer": (("board_officer", "board"),),
    "privacy_officer": (("privacy_officer", "board"),),
    "administrator": (("administrator", "board"),),
    "coordinator and principal elsewhere": (("coordinator", "school"), ("principal", "sister_school")),
    "principal and coordinator elsewhere": (("principal", "school"), ("coordinator", "sister_school")),
    "teacher and board officer": (("teacher", "school"), ("board_officer", "board")),
    "coordinator and privacy officer": (("coordinator", "school"), ("privacy_officer", "board")),
}
# All of them on SQLite; on PostgreSQL, where they take longer, every second.
TURN = 2 if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else 1
SUBJECTS = list(ROLES)[::TURN]
BY_ROUTE = {
    "R18": ("sexual", {"victim_is_minor": "yes"}),
    "R19": ("physical_violence", {}),
    "R26": ("verbal_violence", {}),
}
BY_HAND = ("coordinator keeps it", "coordinator hands it to the board", "principal keeps it", "taken down again")


def somebody(world: World, role: str, name: str = "betrokkene") -> User:
    found = person(name)
    for held, place in ROLES[role]:
        join(found, held, getattr(world, place))
    return found


def report_by_form(client: Client, world: World, rule: str, whom: User) -> Signal:
    """A report about a colleague, through both pages of the form."""
    if rule == "R19":
        School.objects.filter(pk=world.school.pk).update(sector="ko")
    concern, answers = BY_ROUTE[rule]
    data = typed(world, subject_role="staff", person=f"staff:{whom.reference}", concern=concern, observed=MARK)
    page = client.post(reverse("signals:signal-new"), data | {"action": "continue"})
    page = client.post(page.url, answers | {"action": "send"}, follow=True)
    found = Signal.objects.select_related("case__school", "case__board", "author").latest("pk")
    fired = {name for step in found.steps.all() for name in step.rules}
    assert ("R26" if rule == "R19" and found.subject_role == "principal" else rule) in fired
    assert page.redirect_chain[0][0].startswith(reverse("signals:signal", args=[found.reference]))
    return found


def wall(client: Client, case: Case, keeper: str, bar: User | None) -> None:
    data = {"reason": WHY, "keeper": keeper, "bar": bar.reference if bar else ""}
    assert client.post(reverse("signals:case-wall", args=[case.reference]), data).status_code == 302


def walled_by_hand(login: Any, world: World, how: str, whom: User | None) -> Signal:
    """A report about a pupil that was taken and read, and then walled on the page for it, with somebody kept out."""
    signal = send(world.author, typed(world, observed=MARK))
    case_take(by=world.coordinator, case=signal.case)
    case = Case.objects.get(pk=signal.case.pk)
    coordinator, principal = login(world.coordinator), login(world.principal)
    coordinator.get(reverse("signals:case", args=[case.reference]))
    principal.get(reverse("signals:followup-case", args=[case.reference]))
    actor = world.principal if how.startswith("principal") else world.coordinator
    keeper = "board" if "board" in how else actor.reference
    wall(principal if actor == world.principal else coordinator, case, keeper, whom)
    if how == "taken down again":
        address = reverse("signals:case-unwall", args=[case.reference])
        assert coordinator.post(address, {"reason": WHY}).status_code == 302
        assert not Case.objects.get(pk=case.pk).walled
    return Signal.objects.select_related("case__school", "case__board", "author").get(pk=signal.pk)


def test_search_results_tell_nothing(world: World, login: Any) -> None:
    """Who is kept out finds the pupil, and the colleague, as before."""
    whom = somebody(world, "coordinator")
    client = login(whom)

    def found() -> list[str]:
        answers = [
            client.post(reverse("signals:person-search"), {"person_query": words, "subject_role": role})
            for words, role in (("zandst", "pupil"), ("e", "staff"), ("sub", "staff"))
        ]
        return [answer.content.decode() for answer in answers]

    before = found()
    walled_by_hand(login, world, "coordinator keeps it", whom)
    report_by_form(login(world.author), world, "R26", world.subject)
    assert found() == before
    assert people.find(f"pupil:{world.pupil.reference}", [world.school])


@pytest.mark.parametrize("role", SUBJECTS)
@pytest.mark.parametrize("rule", BY_ROUTE)
def test_whom_it_is_about_sees_nothing(world: World, login: Any, rule: str, role: str) -> None:
    whom = somebody(world, role)
    signal = report_by_form(login(world.author), world, rule, whom)
    case_take(by=world.board_officer, case=signal.case)
    nothing_anywhere(world, login, whom, signal)
    opens_for(world, signal.case, {"Board Officer"} | {"Author"})


@pytest.mark.parametrize("role", SUBJECTS)
@pytest.mark.parametrize("how", BY_HAND)
def test_who_is_barred_sees_nothing(world: World, login: Any, how: str, role: str) -> None:
    whom = somebody(world, role)
    signal = walled_by_hand(login, world, how, whom)
    nothing_anywhere(world, login, whom, signal)
    behind = {"coordinator keeps it": {"Coordinator", "Board Officer"}, "taken down again": {"Coordinator"}}
    behind |= {
        "coordinator hands it to the board": {"Board Officer"},
        "principal keeps it": {"Principal", "Board Officer"},
    }
    opens_for(world, signal.case, behind[how] | {"Author"})


@pytest.mark.parametrize("how", [*BY_ROUTE, *BY_HAND[:3]][::TURN])
def test_others_of_the_board_see_what_their_role_gives(world: World, login: Any, how: str) -> None:
    """Somebody in every role whom it is not about and who is not barred: only an officer of the board reads it."""
    signal = (
        report_by_form(login(world.author), world, how, world.subject)
        if how in BY_ROUTE
        else walled_by_hand(login, world, how, None)
    )
    for number, role in enumerate(ROLES):
        viewer = somebody(world, role, f"kijker_{number}")
        officer = "board_officer" in dict(ROLES[role])
        privacy = "privacy_officer" in dict(ROLES[role])
        assert access.visible_cases(fresh(viewer)).filter(pk=signal.case.pk).exists() == officer, role
        assert bool(visible_events(fresh(viewer)).filter(case_ref=signal.case.reference)) == privacy, role
        client = login(viewer)
        expected = 200 if officer else 404
        assert client.get(reverse("signals:case", args=[signal.case.reference])).status_code == expected, role
        if not officer:
            assert_no_page_shows(client, signal.case, log=not privacy)
            assert_every_address_is_unknown(client, signal.case)
        if privacy:
            text = client.get(reverse("signals:trail")).content.decode()
            assert signal.case.reference in text
            assert MARK not in text


@pytest.mark.parametrize("how", BY_HAND[:3])
def test_the_log_of_the_school_is_silent_and_the_handler_sees_all(world: World, login: Any, how: str) -> None:
    """Also on what happened before the wall; who handles it behind the wall finds every line, older ones too."""
    signal = walled_by_hand(login, world, how, world.subject)
    other = somebody(world, "principal", "andere_schoolleider")
    assert not visible_events(fresh(other)).filter(case_ref=signal.case.reference).exists()
    assert not visible_case_events(fresh(other), signal.case.reference).exists()
    assert {event.school_ref for event in case_events(signal.case)} == {"", world.school.reference}
    handler = world.board_officer if "board" in how else getattr(world, how.partition(" ")[0])
    for user in (handler, world.board_officer):
        found = set(visible_case_events(fresh(user), signal.case.reference).values_list("action", flat=True))
        assert {"signal.sent", "case.taken", "case.read", "case.followed", "case.walled"} <= found


def test_what_was_put_with_it_is_behind_the_wall_as_well(world: World, login: Any) -> None:
    first, second = send(world.author, typed(world)), send(world.author, typed(world))
    case_take(by=world.coordinator, case=first.case)
    client, principal = login(world.coordinator), login(world.principal)
    joined = client.post(reverse("signals:case-join", args=[second.case.reference]), {"into": first.case.reference})
    assert joined.status_code == 302
    references = {first.case.reference, second.case.reference}
    assert references <= set(visible_events(world.principal).values_list("case_ref", flat=True))
    wall(client, first.case, "board", None)
    text = principal.get(reverse("signals:trail")).content.decode()
    assert not [reference for reference in references if reference in text]


def test_the_old_number_of_a_joined_case_is_no_way_around(world: World, login: Any) -> None:
    """Typing the number of a report that was put with a case one is barred from opens nothing."""
    first, second = send(world.author, typed(world)), send(world.author, typed(world))
    case_take(by=world.coordinator, case=first.case)
    client = login(world.coordinator)
    client.post(reverse("signals:case-join", args=[second.case.reference]), {"into": first.case.reference})
    wall(client, first.case, "board", world.sister_coordinator)
    assert access.case_behind_glass(world.sister_coordinator, second.case.reference) is None
    assert access.case_behind_glass(fresh(world.coordinator), second.case.reference) == first.case


def fresh(user: User) -> User:
    """The same person as in a new request, without remembered grants."""
    return User.objects.get(pk=user.pk)


def opens_for(world: World, case: Case, names: set[str]) -> None:
    """Who can read it, as the doors say it and as the page says it, is exactly these."""
    told = {row.name for row in readers_of(case) if not row.ended and not row.on_request}
    opened = {
        user.name for user in User.objects.all() if access.visible_cases(user, *access.READ).filter(pk=case.pk).exists()
    }
    assert told == names
    assert opened == names - {"Author"}


def nothing_anywhere(world: World, login: Any, whom: User, signal: Signal) -> None:
    case = Case.objects.select_related("school", "board").get(pk=signal.case.pk)
    no_door_opens(world, whom, case)
    client = login(whom)
    assert_no_page_shows(client, case)
    assert_every_address_is_unknown(client, case)
    assert_no_glass_to_break(client, whom, case)
    no_line_and_no_mail(whom, case)


def no_door_opens(world: World, whom: User, case: Case) -> None:
    viewer = fresh(whom)
    seen = access.sight(viewer)
    now = timezone.now()
    for permissions in ((), access.HANDLE, access.ADD, access.READ, FOLLOW):
        cases = access.visible_cases(viewer, *permissions)
        assert not cases.filter(pk=case.pk).exists()
        for tab in (*desk_tabs(cases, viewer.pk, times(now, now)).values(), *follow_tabs(cases).values()):
            assert not tab.filter(pk=case.pk).exists()
    assert not access.may(viewer, case)
    assert seen.way(case) is None
    assert not can_be_shared_with(case, viewer)
    assert access.case_behind_glass(viewer, case.reference) is None
    assert not glass_access.knows_of_glass(viewer, case.reference)
    other = send(world.author, typed(world, observed="Nog iets over dezelfde leerling."))
    assert case not in candidates(other.case, seen.scope(*access.HANDLE), most=100)


def assert_no_page_shows(client: Client, case: Case, *, log: bool = True) -> None:
    paths = [*(["/"] if log else []), reverse("signals:mine"), reverse("signals:glass"), reverse("signals:glass-break")]
    for path in (reverse("signals:desk"), reverse("signals:followup")):
        page = client.get(path, follow=True)
        shows_nothing(page, case, path)
        if page.status_code == 200 and not page.redirect_chain:
            others = [tab for tab in page.context["tabs"] if not tab["current"]]
            assert len(others) == (5 if path == reverse("signals:desk") else 3)
            paths += [path + tab["url"] for tab in others]
    if log:
        paths += [reverse("signals:trail"), reverse("signals:trail-csv"), f"{reverse('signals:trail')}?kind=reading"]
    for path in paths:
        shows_nothing(client.get(path, follow=True), case, path)
    for words in (case.reference.lower(), "zandst", "sub"):
        answer = client.post(reverse("signals:case-search"), {"q": words})
        assert case.reference not in answer.content.decode(), words
    filtered = client.get(f"{reverse('signals:trail')}?case={case.reference}")
    if log:
        assert not filtered.context["days"]


def shows_nothing(page: HttpResponse, case: Case, path: str) -> None:
    text = page.content.decode()
    assert case.reference not in text, path
    assert MARK not in text, path


def assert_every_address_is_unknown(client: Client, case: Case) -> None:
    """One of each door: to read, to add, to handle, to follow, to wall, and of a step. The matrix has every address."""
    step = reverse("signals:step-decline", args=[case.steps.all()[0].reference])
    names = ("case", "case-close", "case-unwall", "followup-case", "story")
    acts = ("case-note", "case-take", "case-wall", "case-take-over", "story")
    before = Case.objects.filter(pk=case.pk).values()[0]
    for address in (*(reverse(f"signals:{name}", args=[case.reference]) for name in names), step):
        assert client.get(address).status_code == 404, address
    for address in (*(reverse(f"signals:{name}", args=[case.reference]) for name in acts), step):
        data = {"reason": WHY, "text": WHY, "key": str(uuid.uuid4()), "keeper": "board", "outcome": "resolved"}
        assert client.post(address, data).status_code == 404, address
    assert Case.objects.filter(pk=case.pk).values()[0] == before


def assert_no_glass_to_break(client: Client, whom: User, case: Case) -> None:
    """The answer is that for a number that nothing has."""
    address, reason = reverse("signals:glass-break"), "Ik moet dit echt nu lezen, want het is dringend."
    mine = client.post(address, {"reference": case.reference, "reason": reason})
    unknown = client.post(address, {"reference": "2222-2222-22", "reason": reason})
    assert mine.status_code == unknown.status_code
    assert mine.status_code in (404, 422)
    if mine.status_code == 422:
        texts = [answer.content.decode() for answer in (mine, unknown)]
        assert without_tokens(texts[0].replace(case.reference, "2222-2222-22")) == without_tokens(texts[1])
    assert not BreakGlass.objects.filter(by=whom).exists()


def without_tokens(text: str) -> list[str]:
    return [line for line in text.splitlines() if "csrfmiddlewaretoken" not in line]


def no_line_and_no_mail(whom: User, case: Case) -> None:
    viewer = fresh(whom)
    assert not visible_events(viewer).filter(case_ref=case.reference).exists()
    assert not visible_case_events(viewer, case.reference).exists()
    assert people_seen(viewer, case.reference) == []
    assert not OutgoingMail.objects.filter(to=whom).exists()
