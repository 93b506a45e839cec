"""Break-glass: who may, what it opens and for how long, who is told at once, and how somebody looks into it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, OutgoingMail, User
from accounts.outbox import send_due
from audit.models import AuditEvent
from signals import access, glass_access
from signals.errors import RuleError
from signals.models import Barred, BreakGlass, Case, Signal
from signals.services.cases import case_take
from signals.services.glass import glass_break, glass_review
from signals.services.walls import case_wall
from signals.trail import visible_events
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page

REASON = "De politie belt en ik moet weten of er een veiligheidsplan is."
BREAK, LIST = reverse("signals:glass-break"), reverse("signals:glass")
NO = "You can't open this number."


def address(name: str, case: Case) -> str:
    return reverse(f"signals:{name}", args=[case.reference])


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def break_glass(browser: Browser, reference: str, expect: int = 200, reason: str = REASON) -> Page:
    page = browser.get(BREAK)
    return browser.send(page.form(has="reference"), reference=reference, reason=reason, expect=expect)


def told() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, name in OutgoingMail.objects.values_list("kind", "to__name"):
        found.setdefault(kind, set()).add(name)
    return found


@pytest.fixture
def sister(world: World, login: Any) -> Browser:
    return Browser(login(world.sister_coordinator))


def test_it_opens_for_an_hour_for_reading_only(world: World, sister: Browser, taken_case: Case) -> None:
    sister.get(address("case", taken_case), 404)
    page = break_glass(sister, taken_case.reference)
    assert page.path == address("case", taken_case)
    until = timezone.localtime(BreakGlass.objects.get().until)
    assert f"You can read it until {until:%H:%M}" in page.text
    assert "In de gang riep groep 3B haar na." in page.text
    assert REASON in page.text
    assert [form.action for form in page.forms if taken_case.reference in form.action] == []
    for words in ("Write a note", "Close this case", "Put up a wall", "Who read this"):
        assert words not in page.text
    for name in ("case-close", "case-reopen", "case-wall"):
        assert sister.client.get(address(name, taken_case)).status_code in (403, 404)
    note = {"text": "Ik was hier.", "key": "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"}
    assert sister.client.post(address("case-note", taken_case), note).status_code == 403
    step = reverse("signals:step-done", args=[taken_case.steps.all()[0].reference])
    assert sister.client.get(step).status_code == 403
    assert taken_case.reference not in sister.get(reverse("signals:desk") + "?tab=open").text


def test_after_an_hour_nothing_of_it_opens(world: World, login: Any, taken_case: Case) -> None:
    step = reverse("signals:step-done", args=[taken_case.steps.all()[0].reference])
    paths = [address(name, taken_case) for name in ("case", "case-close", "followup-case", "story")] + [step]
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        break_glass(Browser(login(world.sister_coordinator)), taken_case.reference)
    with time_machine.travel(start + timedelta(minutes=59, seconds=59), tick=False):
        client = login(world.sister_coordinator)
        assert client.get(paths[0]).status_code == 200
    with time_machine.travel(start + timedelta(minutes=60), tick=False):
        client = login(world.sister_coordinator)
        for path in paths:
            assert client.get(path).status_code == 404, path
        note = {"text": "Ik was hier.", "key": "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"}
        assert client.post(address("case-note", taken_case), note).status_code == 404
        for tab in ("new", "mine", "week", "waiting", "open", "closed"):
            assert taken_case.reference not in client.get(f"/werkplek/?tab={tab}").content.decode()
        assert not access.visible_cases(fresh(world.sister_coordinator)).exists()
        break_glass(Browser(client), taken_case.reference)
        assert BreakGlass.objects.count() == 2, "a new hour needs a new reason"


@pytest.mark.parametrize("how", ["lower", "spaces", "no dashes", "around"])
def test_the_number_as_somebody_types_it(sister: Browser, taken_case: Case, how: str) -> None:
    number = taken_case.reference
    typed_in = {
        "lower": number.lower(),
        "spaces": number.replace("-", " "),
        "no dashes": number.replace("-", ""),
        "around": f"  {number}. ",
    }
    assert break_glass(sister, typed_in[how]).path == address("case", taken_case)


@pytest.mark.parametrize("which", ["unknown", "other board", "about oneself", "barred"])
def test_one_answer_for_every_number_that_cannot_be_opened(
    world: World, login: Any, sister: Browser, taken_case: Case, which: str
) -> None:
    browser, number = sister, taken_case.reference
    if which == "unknown":
        number = "2222-2222-22"
    elif which == "other board":
        browser = Browser(login(world.other_coordinator))
    elif which == "about oneself":
        whom = f"staff:{world.sister_coordinator.reference}"
        join(world.sister_coordinator, "teacher", world.school)
        data = typed(world, subject_role="staff", person=whom, concern="verbal_violence")
        number = send(world.author, data).case.reference
    else:
        case_wall(
            by=world.coordinator,
            case=taken_case,
            reason=REASON,
            keeper=world.coordinator,
            bar=(world.sister_coordinator,),
        )
        OutgoingMail.objects.all().delete()
    page = break_glass(browser, number.lower(), expect=422)
    assert NO in page.text
    assert number.lower() in page.html
    assert REASON in page.html
    assert not BreakGlass.objects.exists()
    assert not OutgoingMail.objects.exists()
    event = AuditEvent.objects.filter(outcome="refused").get()
    assert (event.actor_ref, event.object_ref, event.case_ref) == (
        (world.other_coordinator if which == "other board" else world.sister_coordinator).reference,
        number,
        "",
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "Te kort."}, "at least 30 characters"),
        ({"reason": " " * 40}, "Write down why you have to read this now."),
        ({"reason": "x" * 29}, "at least 30 characters"),
        ({"reference": "123"}, "This is not a whole case number."),
        ({"reference": ""}, "Fill in the number of the case."),
    ],
)
def test_bad_input(sister: Browser, taken_case: Case, changes: dict[str, str], words: str) -> None:
    page = sister.post(BREAK, {"reference": taken_case.reference, "reason": REASON} | changes, 422)
    assert words in page.text
    assert not BreakGlass.objects.exists()
    assert not AuditEvent.objects.filter(outcome="refused").exists()


def test_a_second_click_is_the_same_hour(sister: Browser, taken_case: Case) -> None:
    for _click in range(2):
        page = sister.post(BREAK, {"reference": taken_case.reference, "reason": REASON})
        assert page.path == address("case", taken_case)
    assert BreakGlass.objects.count() == 1
    assert AuditEvent.objects.filter(action="breakglass.opened").count() == 1


@pytest.mark.parametrize(("name", "page"), [("coordinator", "case"), ("principal", "followup-case")])
def test_what_one_sees_anyway_needs_no_glass(world: World, login: Any, taken_case: Case, name: str, page: str) -> None:
    shown = break_glass(Browser(login(world.people[name])), taken_case.reference)
    assert shown.path == address(page, taken_case)
    assert not BreakGlass.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_it_asks_again_who_one_is(world: World, login: Any, taken_case: Case) -> None:
    client = login(world.sister_coordinator, confirmed=False)
    for answer in (client.get(BREAK), client.post(BREAK, {"reference": taken_case.reference, "reason": REASON})):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("name", ["teacher", "privacy_officer", "administrator", "superuser", "former"])
def test_others_have_no_such_page(world: World, login: Any, taken_case: Case, name: str) -> None:
    client = login(world.people[name])
    assert client.get(BREAK).status_code == 404
    assert client.post(BREAK, {"reference": taken_case.reference, "reason": REASON}).status_code == 404
    assert not BreakGlass.objects.exists()


@pytest.fixture
def limits(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "glass"}}
    cache.clear()
    yield
    cache.clear()


def test_ten_tries_an_hour(world: World, login: Any, limits: None, sister: Browser, taken_case: Case) -> None:
    for _try in range(10):
        break_glass(sister, "2222-2222-22", expect=422)
    page = break_glass(sister, taken_case.reference, expect=429)
    assert "You have tried too many numbers." in page.text
    assert REASON in page.html
    assert not BreakGlass.objects.exists()
    event = AuditEvent.objects.filter(outcome="refused").latest("id")
    assert event.rule == "too many tries"
    log = Browser(login(world.privacy_officer)).get(reverse("signals:trail"))
    assert "Sister Coordinator tried too many case numbers" in log.text
    officer = Browser(login(world.board_officer))
    assert break_glass(officer, taken_case.reference).path == address("case", taken_case), "each has tries of their own"


# ---- who is told at once ----


def test_the_owner_and_the_principal_are_told(sister: Browser, taken_case: Case) -> None:
    break_glass(sister, taken_case.reference)
    assert told() == {"glass.broken": {"Principal"}, "glass.broken.owner": {"Coordinator"}}
    assert send_due() == 2


def test_of_a_new_case_the_principal(sister: Browser, pupil_signal: Signal) -> None:
    break_glass(sister, pupil_signal.case.reference)
    assert told() == {"glass.broken": {"Principal"}}


def test_a_mail_holds_the_number_and_a_link_alone(sister: Browser, taken_case: Case, mailoutbox: Any) -> None:
    break_glass(sister, taken_case.reference)
    send_due()
    links = {mail.to[0]: mail.body for mail in mailoutbox}
    assert LIST in links["principal@school.example"]
    assert address("case", taken_case) in links["coordinator@school.example"]
    for mail in mailoutbox:
        for word in ("Noor", "Zandstra", "Sister", "politie", "groep"):
            assert word not in mail.body + mail.subject


def test_without_a_principal_the_board(world: World, sister: Browser, taken_case: Case) -> None:
    Membership.objects.filter(role="principal").delete()
    break_glass(sister, taken_case.reference)
    assert told() == {"glass.broken": {"Board Officer"}, "glass.broken.owner": {"Coordinator"}}


def test_where_the_principal_is_barred_the_board(world: World, sister: Browser, taken_case: Case) -> None:
    Barred.objects.create(case=taken_case, user=world.principal, by=world.coordinator, at=timezone.now())
    break_glass(sister, taken_case.reference)
    assert told() == {"glass.broken": {"Board Officer"}, "glass.broken.owner": {"Coordinator"}}


def test_when_the_board_breaks_it_the_principal(world: World, login: Any, taken_case: Case) -> None:
    break_glass(Browser(login(world.board_officer)), taken_case.reference)
    assert told() == {"glass.broken": {"Principal"}, "glass.broken.owner": {"Coordinator"}}


def test_a_case_about_the_principal_the_board(world: World, sister: Browser, principal_signal: Signal) -> None:
    case_take(by=world.board_officer, case=principal_signal.case)
    break_glass(sister, principal_signal.case.reference)
    assert told() == {"glass.broken": {"Board Officer"}}


@pytest.mark.parametrize("keeper", ["coordinator", "principal", None])
def test_a_case_walled_by_hand_the_board_and_its_owner(
    world: World, sister: Browser, taken_case: Case, keeper: str | None
) -> None:
    kept = world.people[keeper] if keeper else None
    case_wall(by=world.coordinator, case=taken_case, reason=REASON, keeper=kept)
    OutgoingMail.objects.all().delete()
    break_glass(sister, taken_case.reference)
    owner = {"glass.broken.owner": {"Coordinator"}} if keeper == "coordinator" else {}
    assert told() == {"glass.broken": {"Board Officer"}} | owner


def test_when_the_principal_breaks_a_wall_the_board(world: World, login: Any, taken_case: Case) -> None:
    case_wall(by=world.coordinator, case=taken_case, reason=REASON, keeper=world.coordinator)
    OutgoingMail.objects.all().delete()
    break_glass(Browser(login(world.principal)), taken_case.reference)
    assert told() == {"glass.broken": {"Board Officer"}, "glass.broken.owner": {"Coordinator"}}


def test_with_nobody_above_the_privacy_officer(world: World, sister: Browser, taken_case: Case) -> None:
    Membership.objects.filter(role__in=("principal", "board_officer")).delete()
    break_glass(sister, taken_case.reference)
    assert told() == {"glass.broken": {"Privacy Officer"}, "glass.broken.owner": {"Coordinator"}}
    assert send_due() == 2


def test_whom_it_is_about_hears_nothing_whatever_they_are(world: World, sister: Browser) -> None:
    """Board officer, privacy officer and principal at once, and the owner of nothing."""
    whom = person("veelzijdig")
    for role, place in (("board_officer", world.board), ("privacy_officer", world.board), ("teacher", world.school)):
        join(whom, role, place)
    data = typed(world, subject_role="staff", person=f"staff:{whom.reference}", concern="verbal_violence")
    case = send(world.author, data).case
    break_glass(sister, case.reference)
    assert told() == {"glass.broken": {"Board Officer"}}
    assert not glass_access.knows_of_glass(fresh(whom), case.reference)


def test_a_mail_that_is_no_longer_theirs_does_not_leave(world: World, sister: Browser, taken_case: Case) -> None:
    break_glass(sister, taken_case.reference)
    for user in (world.principal, world.coordinator):
        Barred.objects.create(case=taken_case, user=user, by=world.board_officer, at=timezone.now())
    assert send_due() == 0
    assert not OutgoingMail.objects.exists()


# ---- looking into it ----


def test_the_principal_looks_into_it(world: World, login: Any, sister: Browser, taken_case: Case) -> None:
    break_glass(sister, taken_case.reference)
    sister.get(address("case", taken_case))
    principal = Browser(login(world.principal))
    page = principal.get(reverse("signals:followup"))
    assert "1 break-glass to look into" in page.text
    page = principal.get(page.hrefs(LIST)[0])
    for words in (taken_case.reference, "Sister Coordinator, care coordinator", REASON, "opened the story 2 times"):
        assert words in page.text
    page = principal.get(page.hrefs(LIST + BreakGlass.objects.get().reference)[0])
    principal.send(page.form(has="review"), review="", expect=422)
    page = principal.send(page.form(has="review"), review="Gebeld met Sister. De politie belde echt.")
    assert "Written down." in page.text
    assert "Nothing waits." in page.text
    assert "Principal looked into it on" in page.text
    assert "De politie belde echt." in page.text
    assert "to look into" not in principal.get(reverse("signals:followup")).text


def test_looking_into_it_twice_changes_nothing(world: World, login: Any, taken_case: Case) -> None:
    glass = glass_break(by=world.sister_coordinator, case=taken_case, reason=REASON)
    path = reverse("signals:glass-review", args=[glass.reference])
    principal, officer = Browser(login(world.principal)), Browser(login(world.board_officer))
    for _click in range(2):
        assert principal.post(path, {"review": "Het was nodig, zegt de politie."}).path == LIST
    assert AuditEvent.objects.filter(action="breakglass.reviewed").count() == 1
    page = officer.post(path, {"review": "Ik vind van niet, hoor."}, 422)
    assert "Somebody has looked into this already." in page.text
    assert BreakGlass.objects.get().review == "Het was nodig, zegt de politie."


def test_never_what_one_did_oneself(world: World, login: Any, taken_case: Case) -> None:
    glass = glass_break(by=world.board_officer, case=taken_case, reason=REASON)
    browser = Browser(login(world.board_officer))
    assert "Nothing waits." in browser.get(LIST).text
    assert "to look into" not in browser.get(reverse("signals:desk")).text
    browser.get(reverse("signals:glass-review", args=[glass.reference]), 404)
    assert not glass_access.reviews(access.sight(world.board_officer), world.board_officer, glass)
    with pytest.raises(RuleError):
        glass_review(by=world.board_officer, glass=glass, review="Het was nodig, vind ik.")
    assert BreakGlass.objects.get().reviewed_at is None


@pytest.mark.parametrize(
    ("name", "lists", "looks"),
    [
        ("principal", True, True),
        ("board_officer", True, True),
        ("privacy_officer", True, False),
        ("other_board_officer", False, False),
    ],
)
def test_who_sees_what_of_it(world: World, login: Any, taken_case: Case, name: str, lists: bool, looks: bool) -> None:
    glass = glass_break(by=world.sister_coordinator, case=taken_case, reason=REASON)
    browser = Browser(login(world.people[name]))
    page = browser.get(LIST)
    assert (taken_case.reference in page.text) == lists
    assert (REASON in page.text) == looks
    assert bool(page.hrefs(glass.reference)) == looks
    browser.get(reverse("signals:glass-review", args=[glass.reference]), 200 if looks else 404)


def test_behind_a_wall_only_the_board_looks_into_it(world: World, login: Any, walled_signal: Signal) -> None:
    glass = glass_break(by=world.sister_coordinator, case=walled_signal.case, reason=REASON)
    principal = Browser(login(world.principal))
    assert walled_signal.case.reference not in principal.get(LIST).text
    assert "to look into" not in principal.get(reverse("signals:followup")).text
    principal.get(reverse("signals:glass-review", args=[glass.reference]), 404)
    officer = Browser(login(world.board_officer))
    assert "1 break-glass to look into" in officer.get(reverse("signals:desk")).text
    assert REASON in officer.get(LIST).text
    Barred.objects.create(case=walled_signal.case, user=world.board_officer, by=world.author, at=timezone.now())
    assert "to look into" not in officer.get(reverse("signals:desk")).text


def test_a_wall_ends_what_is_open(world: World, login: Any, sister: Browser, taken_case: Case) -> None:
    break_glass(sister, taken_case.reference)
    case_wall(by=world.coordinator, case=taken_case, reason=REASON, keeper=world.coordinator)
    sister.get(address("case", taken_case), 404)


def test_after_five_working_days_it_is_marked(world: World, login: Any, taken_case: Case) -> None:
    friday = timezone.now().replace(year=2027, month=1, day=15, hour=10)
    with time_machine.travel(friday, tick=False):
        glass_break(by=world.sister_coordinator, case=taken_case, reason=REASON)
    for days, late in ((7, False), (8, True)):
        with time_machine.travel(friday + timedelta(days=days), tick=False):
            page = Browser(login(world.principal)).get(LIST)
            assert ("longer than five working days" in page.text) == late


def test_the_list_goes_on_on_a_next_page(world: World, login: Any, taken_case: Case) -> None:
    start = timezone.now() - timedelta(days=30)
    for number in range(27):
        with time_machine.travel(start + timedelta(hours=2 * number), tick=False):
            glass = glass_break(by=world.sister_coordinator, case=taken_case, reason=REASON)
            glass_review(by=world.principal, glass=glass, review=f"Nagekeken, nummer {number}.")
    browser = Browser(login(world.principal))
    page = browser.get(LIST)
    assert "Nagekeken, nummer 26." in page.text
    assert "Nagekeken, nummer 0." not in page.text
    assert "Nagekeken, nummer 0." in browser.get(LIST + page.hrefs("?after=")[0]).text


# ---- the trail ----


def test_everything_of_it_is_in_the_trail(world: World, login: Any, sister: Browser, taken_case: Case) -> None:
    break_glass(sister, "2222-2222-22", expect=422)
    break_glass(sister, taken_case.reference)
    glass_review(by=world.principal, glass=BreakGlass.objects.get(), review="Het was nodig, zegt de politie.")
    rows = AuditEvent.objects.filter(case_ref=taken_case.reference, id__gt=0).order_by("id")
    found = [(row.action, row.rule) for row in rows][-3:]
    assert found == [
        ("breakglass.opened", "break_glass"),
        ("case.read", "break_glass"),
        ("breakglass.reviewed", "break_review"),
    ]
    for name in ("principal", "privacy_officer"):
        page = Browser(login(world.people[name])).get(reverse("signals:trail"))
        for words in (
            "Sister Coordinator opened the case by breaking the glass",
            "Sister Coordinator read the story behind the broken glass",
            "Principal looked into the breaking of the glass",
        ):
            assert words in page.text
        assert page.html.count("trail-alarm") == 3
    assert "wanted to open a case that does not exist" in page.text, "the privacy officer sees the refusal too"
    page = Browser(login(world.coordinator)).get(address("case", taken_case))
    assert page.html.count("trail-alarm") == 3
    assert "Opened it by breaking the glass, until" in page.text
    assert REASON in page.text


def test_of_a_walled_case_the_log_of_the_school_says_nothing(
    world: World, sister: Browser, walled_signal: Signal
) -> None:
    """Nor of what was refused to who broke the glass."""
    break_glass(sister, walled_signal.case.reference)
    reference = walled_signal.case.reference
    note = {"text": "Een notitie.", "key": str(uuid4())}
    assert sister.client.post(address("case-note", walled_signal.case), note).status_code == 403
    assert AuditEvent.objects.filter(case_ref=reference, action="access.refused").exists()
    assert not visible_events(world.principal).filter(case_ref=reference).exists()
    assert visible_events(world.privacy_officer).filter(case_ref=reference, action="breakglass.opened").exists()
