"""One case for one colleague: giving it, what it opens, and everything by which it stops."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.outbox import send_due
from audit.models import AuditEvent
from signals import access, rules
from signals.models import Barred, Case, Note, Share
from signals.services.cases import case_close, case_join, case_take
from signals.services.shares import share_end, shares_end_of_person
from signals.services.steps import step_decline
from signals.services.walls import case_wall
from tests.accounts.test_second_step import with_password_only
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page
from tests.sharing import WHY, share

STORY = "MERK-VERHAAL"
SHARED = "/gedeeld/"


@pytest.fixture
def case(world: World) -> Case:
    return case_take(by=world.coordinator, case=send(world.author, typed(world, observed=STORY)).case)


@pytest.fixture
def sharee(world: World) -> User:
    """A teacher at the sister school: only a share can open a case of `school` to them."""
    user = world.people["sharee"] = person("sharee")
    join(user, "teacher", world.sister_school)
    return user


@pytest.fixture
def handler(world: World, login: Any) -> Browser:
    return Browser(login(world.coordinator))


def address(name: str, case: Case) -> str:
    return reverse(f"signals:{name}", args=[case.reference])


def value(user: User) -> str:
    return f"staff:{user.reference}"


def filled(case: Case, colleague: User, **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it when all is filled in."""
    return {
        "action": "share",
        "colleague": value(colleague),
        "level": "read",
        "reason": WHY,
        "ends_on": (timezone.localdate() + timedelta(days=10)).isoformat(),
        "key": "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01",
        **changes,
    }


def nothing_left(client: Client, user: User, case: Case) -> None:
    """No page, note, list, count or line of the trail of this case for somebody."""
    for name in ("case", "case-note", "case-share"):
        assert client.get(address(name, case)).status_code == 404
    assert client.post(address("case-note", case), {"text": "Toch", "key": str(case.pk)}).status_code == 404
    assert not access.visible_cases(User.objects.get(pk=user.pk)).exists()
    shown = client.get(SHARED)
    assert shown.status_code == 200
    assert shown.context["rows"] == []
    assert address("case", case) not in shown.content.decode()
    assert STORY not in shown.content.decode()
    lines = [line for _day, lines in client.get("/logboek/").context["days"] for line in lines]
    assert {line.who for line in lines if line.reference == case.reference} <= {user.name}, "only own acts"
    assert "Toch" not in [note.text for note in Note.objects.all()]


def test_from_the_page_of_the_case_to_the_colleague(
    world: World, handler: Browser, login: Any, case: Case, sharee: User, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "en"
    page = handler.get(address("case", case))
    assert "This case is not shared with anybody." in page.text
    page = handler.get(page.hrefs("/delen/")[0])
    assert "They get a mail with only the number of the case" in page.text
    found = handler.send(page.form(id="share"), "search", colleague_query="share")
    assert sharee.reference not in found.path, "a name or a person is never in an address"
    form = found.form(id="share")
    assert form.options("colleague") == [value(sharee)]
    until = timezone.localdate() + timedelta(days=rules.SHARE_DAYS)
    assert form.data()["ends_on"] == until.isoformat()
    assert form.data()["level"] == "read"
    page = handler.send(form, "share", colleague=value(sharee), reason=WHY)
    assert page.path == address("case", case)
    assert "Sharee, teacher" in page.text
    assert WHY in page.text
    given = Share.objects.get()
    assert (given.colleague, given.by, given.level, given.ends_on) == (sharee, world.coordinator, "read", until)
    assert send_due() == 1
    sent = mail.outbox[0]
    assert sent.to == [sharee.email]
    assert case.reference in sent.subject
    for word in (STORY, WHY, world.pupil.name, world.coordinator.name, "pest", "bully"):
        assert word not in sent.subject + sent.body
    reader = Browser(login(sharee))
    listed = reader.get(SHARED)
    assert WHY in listed.text
    assert "Shared with you by Coordinator, to read, until" in listed.text
    read = reader.get(listed.hrefs(case.reference)[0])
    assert STORY in read.text
    assert "Shared with you by Coordinator, to read, until" in read.text


def test_the_reader_reads_and_does_no_more(login: Any, world: World, case: Case, sharee: User) -> None:
    share(case, world.coordinator, sharee)
    client = login(sharee)
    page = Browser(client).get(address("case", case))
    assert [form.action for form in page.forms if case.reference in form.action] == []
    assert "Who read this" not in page.text
    assert page.response.context.get("trail") is None
    assert page.hrefs("/stap/") == []
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_role, event.rule) == ("case.read", "teacher", "shared_read")
    note = client.post(address("case-note", case), {"text": "Toch", "key": "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"})
    assert note.status_code == 403
    assert not Note.objects.exists()


def test_the_contributor_writes_notes(login: Any, world: World, case: Case, sharee: User) -> None:
    share(case, world.coordinator, sharee, "contribute")
    browser = Browser(login(sharee))
    page = browser.get(address("case", case))
    page = browser.send(page.form(action="/notitie/"), text="Vandaag was het rustig.")
    assert "Vandaag was het rustig." in page.text
    event = AuditEvent.objects.get(action="case.noted")
    assert (event.actor_ref, event.actor_role, event.rule) == (sharee.reference, "teacher", "shared_add")
    browser.get(address("case-close", case), 404)


@pytest.mark.parametrize("left", ["page", "note"])
def test_a_share_taken_back_while_somebody_writes(
    login: Any, world: World, case: Case, sharee: User, left: str
) -> None:
    given = share(case, world.coordinator, sharee, "contribute")
    client = login(sharee)
    form = Browser(client).get(address("case", case)).form(action="/notitie/")
    share_end(by=world.coordinator, share=given)
    if left == "page":
        nothing_left(client, sharee, case)
    else:
        assert client.post(form.action, {**form.data(), "text": "Te laat"}).status_code == 404
    assert not Note.objects.exists()


def test_who_holds_a_share_logs_in_with_two_steps(world: World, case: Case, sharee: User) -> None:
    """With a password alone a teacher reports; once a case is shared with them they show a second step first."""
    client = with_password_only(sharee)
    assert client.get(SHARED).status_code == 200
    given = share(case, world.coordinator, sharee)
    for path in (SHARED, address("case", case), reverse("signals:mine")):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("mfa_index"))
    share_end(by=world.coordinator, share=given)
    assert client.get(SHARED).status_code == 200


# --- giving it ------------------------------------------------------------------------------------------------------


def test_only_who_can_receive_it_is_found(world: World, handler: Browser, case: Case, sharee: User) -> None:
    """By name everybody here matches; the search says of nobody why they are not in it."""
    Barred.objects.create(case=case, user=world.teacher, by=world.coordinator, at=timezone.now())
    world.people["two"] = person("two")
    for role, place in (("teacher", world.school), ("administrator", world.board)):
        join(world.two, role, place)
    User.objects.filter(pk=world.subject.pk).update(is_active=False)
    User.objects.update(name="Kim Bos")
    page = handler.get(address("case-share", case))
    page = handler.send(page.form(id="share"), "search", colleague_query="kim bos")
    able = (world.author, world.principal, world.sister_coordinator, world.board_officer, sharee)
    assert set(page.form(id="share").options("colleague")) == {value(user) for user in able}
    User.objects.filter(pk=world.teacher.pk).update(name="Wim Dam")
    nobody = [handler.send(page.form(id="share"), "search", colleague_query=name) for name in ("Wim Dam", "Wim Bar")]
    texts = {page.text.replace("Wim Dam", "Wim Bar") for page in nobody}
    assert len(texts) == 1, "barred and unknown look the same"
    event = AuditEvent.objects.latest("id")
    assert event.action == "person.searched"
    assert "Wim" not in str(event.details)


def test_whom_it_is_about_is_not_found(world: World, login: Any, walled_signal: Any) -> None:
    case = case_take(by=world.board_officer, case=walled_signal.case)
    browser = Browser(login(world.board_officer))
    form = browser.get(address("case-share", case)).form(id="share")
    page = browser.send(form, "search", colleague_query="subject")
    assert page.form(id="share").options("colleague") == []
    refused = browser.post(address("case-share", case), filled(case, world.subject), 422)
    other = browser.post(address("case-share", case), filled(case, world.other_coordinator), 422)
    assert words(refused) == words(other)
    assert not Share.objects.exists()


def words(page: Page) -> str:
    return page.text


def test_the_search_works_as_a_part_of_the_page(world: World, login: Any, case: Case, sharee: User) -> None:
    client = login(world.coordinator)
    path = address("share-search", case)
    for query in ("sharee", "Sháreë"):
        assert value(sharee) in client.post(path, {"colleague_query": query}).content.decode()
    assert value(sharee) not in client.post(path, {"colleague_query": "s"}).content.decode()
    kept = client.post(path, {"colleague_query": "author", "colleague": value(sharee)}).content.decode()
    assert kept.index(value(sharee)) < kept.index(value(world.author)), "who was chosen stays chosen"
    assert client.get(path).status_code == 405
    for query in ("", "\x00", "x" * 5000, "%", "🐑🐑"):
        assert value(sharee) not in client.post(path, {"colleague_query": query}).content.decode()


@pytest.mark.parametrize("name", ["principal", "sister_coordinator", "teacher", "board_officer", "sharee"])
def test_who_does_not_handle_it_shares_nothing(world: World, login: Any, case: Case, sharee: User, name: str) -> None:
    share(case, world.coordinator, sharee, "contribute")
    client = login(world.people[name])
    given = Share.objects.get()
    end = reverse("signals:share-end", args=[case.reference, given.reference])
    wanted = 403 if name == "principal" else 404
    assert client.get(address("case-share", case)).status_code == wanted
    assert client.post(address("case-share", case), filled(case, world.teacher)).status_code == wanted
    assert client.post(address("share-search", case), {"colleague_query": "teacher"}).status_code == wanted
    assert client.post(end).status_code == wanted
    given.refresh_from_db()
    assert (Share.objects.count(), given.ended_at) == (1, None)


def test_who_reads_by_a_share_does_not_share_on(world: World, login: Any, case: Case) -> None:
    """A coordinator elsewhere knows these pages, but handles another school."""
    given = share(case, world.coordinator, world.sister_coordinator, "contribute")
    client = login(world.sister_coordinator)
    assert client.get(address("case", case)).status_code == 200
    assert client.get(address("case-share", case)).status_code == 403
    assert client.post(address("case-share", case), filled(case, world.teacher)).status_code == 403
    assert client.post(address("share-search", case), {"colleague_query": "teacher"}).status_code == 403
    end = reverse("signals:share-end", args=[case.reference, given.reference])
    assert client.post(end).status_code == 403
    given.refresh_from_db()
    assert (Share.objects.count(), given.ended_at) == (1, None)


@pytest.mark.parametrize(
    ("field", "typed_in", "message"),
    [
        ("colleague", "", "Search for a colleague and choose one."),
        ("colleague", "staff:ZZZZ-ZZZZ-ZZ", "Search for a colleague and choose one."),
        ("colleague", "pupil:ZZZZ-ZZZZ-ZZ", "Search for a colleague and choose one."),
        ("colleague", "\x00", "Null characters"),
        ("level", "handle", "handle"),
        ("level", "", "Choose what your colleague may do."),
        ("reason", "", "Write down why."),
        ("reason", "kort", "Write a little more"),
        ("ends_on", "", "Fill in the last day"),
        ("ends_on", "31-02-2027", "valid date"),
        ("ends_on", "yesterday", "Choose a day from today until"),
        ("ends_on", "too late", "Choose a day from today until"),
    ],
)
def test_a_wrong_form_says_what_and_keeps_the_rest(
    world: World, handler: Browser, case: Case, sharee: User, field: str, typed_in: str, message: str
) -> None:
    today = timezone.localdate()
    days = {"yesterday": today - timedelta(days=1), "too late": rules.latest_share_day(today) + timedelta(days=1)}
    wrong = days[typed_in].isoformat() if typed_in in days else typed_in
    sent = filled(case, sharee, level="contribute", reason="Een heel eigen reden.") | {field: wrong}
    page = handler.post(address("case-share", case), sent, 422)
    assert message in page.text
    kept = page.form(id="share").data()
    for name in {"colleague", "level", "reason", "ends_on", "key"} - {field}:
        assert kept[name] == sent[name]
    assert not Share.objects.exists()
    assert not AuditEvent.objects.filter(action="case.shared").exists()


@pytest.mark.parametrize("last", ["today", "latest"])
def test_the_first_and_the_last_day_can_be_chosen(handler: Browser, case: Case, sharee: User, last: str) -> None:
    today = timezone.localdate()
    day = today if last == "today" else rules.latest_share_day(today)
    handler.post(address("case-share", case), filled(case, sharee, ends_on=day.isoformat()))
    assert Share.objects.get().ends_on == day


def test_the_latest_day_is_the_end_of_the_school_year() -> None:
    assert rules.latest_share_day(date(2026, 11, 27)) == date(2027, 7, 31)
    assert rules.latest_share_day(date(2027, 7, 1)) == date(2027, 7, 31)
    assert rules.latest_share_day(date(2027, 7, 31)) == date(2027, 8, 30), "in summer thirty days"
    assert rules.latest_share_day(date(2027, 8, 1)) == date(2028, 7, 31)


def test_a_typed_name_without_a_choice_is_a_search(handler: Browser, case: Case, sharee: User) -> None:
    form = handler.get(address("case-share", case)).form(id="share")
    page = handler.send(form, "share", colleague_query="sharee", reason=WHY)
    assert page.form(id="share").options("colleague") == [value(sharee)]
    assert page.form(id="share").data()["reason"] == WHY
    assert not Share.objects.exists()


def test_sent_twice_is_one_share(handler: Browser, case: Case, sharee: User) -> None:
    for _ in range(3):
        assert handler.post(address("case-share", case), filled(case, sharee)).path == address("case", case)
    assert Share.objects.count() == 1
    assert AuditEvent.objects.filter(action="case.shared").count() == 1
    assert send_due() == 1


def test_an_old_form_for_another_colleague_is_not_said_to_be_shared(
    world: World, handler: Browser, case: Case, sharee: User
) -> None:
    """Back, another name, send: the key is spent, so it is refused, and the form that comes back works."""
    handler.post(address("case-share", case), filled(case, sharee))
    page = handler.post(address("case-share", case), filled(case, world.teacher), 422)
    assert "This form was sent before." in page.text
    handler.send(page.form(id="share"), "share")
    assert {row.colleague for row in Share.objects.all()} == {sharee, world.teacher}


def test_a_form_that_was_taken_back_does_not_come_true_again(
    world: World, handler: Browser, case: Case, sharee: User
) -> None:
    handler.post(address("case-share", case), filled(case, sharee))
    share_end(by=world.coordinator, share=Share.objects.get())
    page = handler.post(address("case-share", case), filled(case, sharee), 422)
    handler.send(page.form(id="share"), "share")
    assert Share.objects.filter(ended_at=None).count() == 1


def test_a_second_share_with_the_same_colleague_is_refused(
    world: World, handler: Browser, case: Case, sharee: User
) -> None:
    share(case, world.coordinator, sharee)
    page = handler.post(address("case-share", case), filled(case, sharee, level="contribute"), 422)
    assert "shared with this colleague already" in page.text
    assert Share.objects.get().level == "read"


def test_a_case_that_is_not_in_hand_is_not_shared(
    world: World, handler: Browser, case: Case, sharee: User, login: Any
) -> None:
    new = send(world.author, typed(world)).case
    page = handler.get(address("case-share", new))
    assert "Take the case first" in page.text
    assert not [form for form in page.forms if form.id == "share"]
    handler.post(address("case-share", new), filled(new, sharee), 422)
    assert not Share.objects.exists()


def test_a_walled_case_is_shared_by_who_handles_it_there(
    world: World, login: Any, walled_signal: Any, sharee: User
) -> None:
    case = case_take(by=world.board_officer, case=walled_signal.case)
    browser = Browser(login(world.board_officer))
    assert "Share it only with somebody who cannot do without." in browser.get(address("case-share", case)).text
    browser.post(address("case-share", case), filled(case, sharee))
    assert login(sharee).get(address("case", case)).status_code == 200
    assert login(world.coordinator).get(address("case", case)).status_code == 404
    event = AuditEvent.objects.get(action="case.shared")
    assert (event.school_ref, event.details["colleague"]) == ("", sharee.reference)


# --- stopping it ----------------------------------------------------------------------------------------------------


def test_stopping_and_sharing_again(world: World, handler: Browser, login: Any, case: Case, sharee: User) -> None:
    share(case, world.coordinator, sharee, "contribute")
    client = login(sharee)
    page = handler.get(address("case", case))
    page = handler.send(page.form(action="/stoppen/"))
    nothing_left(client, sharee, case)
    assert "stopped" in page.text
    assert not [form for form in page.forms if form.action.endswith("/stoppen/")]
    given = Share.objects.get()
    end = reverse("signals:share-end", args=[case.reference, given.reference])
    handler.post(end, {})
    assert AuditEvent.objects.filter(action="share.ended").count() == 1, "twice is once"
    assert send_due() == 0, "a mail that had not left yet stays here"
    assert client.get(end).status_code == 404
    handler.post(address("case-share", case), filled(case, sharee))
    assert client.get(address("case", case)).status_code == 200
    assert client.post(address("case-note", case), {"text": "Toch"}).status_code == 403, "this time to read"


def test_a_share_of_another_case_is_not_stopped_from_here(
    world: World, handler: Browser, case: Case, sharee: User
) -> None:
    other = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    given = share(other, world.coordinator, sharee)
    for reference in (given.reference, "ZZZZ-ZZZZ-ZZ"):
        handler.post(reverse("signals:share-end", args=[case.reference, reference]), {}, 404)
        event = AuditEvent.objects.latest("id")
        assert (event.action, event.object_type) == ("access.refused", "share")
    given.refresh_from_db()
    assert given.ended_at is None


def test_the_day_after_the_last_day_it_is_over(world: World, login: Any, case: Case, sharee: User) -> None:
    share(case, world.coordinator, sharee, "contribute", days=3)
    noon = timezone.localtime().replace(hour=12, minute=0)
    with time_machine.travel(noon + timedelta(days=3, hours=11, minutes=58), tick=False):
        client = login(sharee)
        assert client.get(address("case", case)).status_code == 200
        assert [row.reference for row in client.get(SHARED).context["rows"]] == [case.reference]
    with time_machine.travel(noon + timedelta(days=3, hours=12, minutes=2), tick=False):
        client = login(sharee)
        nothing_left(client, sharee, case)
        page = Browser(client).get(SHARED)
        assert f"{case.reference} expired" in page.text
        assert WHY not in page.text
        assert "Bullying" not in page.html
        told = Browser(login(world.coordinator)).get(address("case", case))
        assert "expired" in told.text
        send_due()
        assert not [sent for sent in mail.outbox if case.reference in sent.subject + sent.body], "too late to tell"


def leaves(world: World, user: User, case: Case) -> None:
    user.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))


def closed(world: World, user: User, case: Case) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def administers(world: World, user: User, case: Case) -> None:
    join(user, "administrator", world.board)


def moves(world: World, user: User, case: Case) -> None:
    user.memberships.all().delete()
    join(user, "teacher", world.other_school)


def barred(world: World, user: User, case: Case) -> None:
    Barred.objects.create(case=case, user=user, by=world.coordinator, at=timezone.now())


def walled(world: World, user: User, case: Case) -> None:
    case_wall(by=world.coordinator, case=case, reason="Het raakt iemand van het team.", keeper=None)


def ended(world: World, user: User, case: Case) -> None:
    shares_end_of_person(by=world.administrator, colleague=user, boards=[world.board])


BY_ITSELF = (leaves, closed, administers, moves, barred, walled, ended)


@pytest.mark.parametrize("happens", BY_ITSELF)
def test_a_share_stops_when(world: World, login: Any, case: Case, sharee: User, happens: Any) -> None:
    given = share(case, world.coordinator, sharee, "contribute")
    client = login(sharee)
    assert client.get(address("case", case)).status_code == 200
    happens(world, sharee, case)
    assert not access.may(User.objects.get(pk=sharee.pk), Case.objects.get(pk=case.pk))
    if happens is closed:
        assert client.get(SHARED).status_code == 302, "to the log-in page"
    elif happens is leaves:
        assert client.get(SHARED).status_code == 404
        assert client.get(address("case", case)).status_code == 404
    else:
        nothing_left(client, sharee, case)
        over = [row.reference for row in client.get(SHARED).context["over"]]
        assert over == ([case.reference] if happens is ended else []), "what one is kept from leaves no line"
    handler = world.board_officer if happens is walled else world.coordinator
    told = Browser(login(handler)).get(address("case", case)).response.context["shares"]
    assert [(line.reference, line.state == "active") for line in told] == [(given.reference, False)]


def test_a_joined_report_that_names_the_reader_shuts_them_out(
    world: World, login: Any, walled_signal: Any, sharee: User
) -> None:
    """A second report puts the reader themselves among the people of the case."""
    case = case_take(by=world.board_officer, case=walled_signal.case)
    share(case, world.board_officer, sharee)
    client = login(sharee)
    assert client.get(address("case", case)).status_code == 200
    second = send(
        world.author,
        typed(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation"),
    )
    second.people.create(user=sharee)
    case_join(by=world.board_officer, case=second.case, into=Case.objects.get(pk=case.pk))
    nothing_left(client, sharee, case)
    assert client.get(SHARED).context["over"] == []


def test_an_expired_share_of_a_case_that_is_now_about_the_reader_leaves_no_line(
    world: World, login: Any, case: Case, sharee: User
) -> None:
    share(case, world.coordinator, sharee, days=-1)
    client = login(sharee)
    assert [row.reference for row in client.get(SHARED).context["over"]] == [case.reference]
    case.signals.get().people.create(user=sharee)
    assert client.get(SHARED).context["over"] == []


@pytest.mark.parametrize("happens", [administers, moves, barred, walled])
def test_of_an_expired_share_no_line_stays_when(
    world: World, login: Any, case: Case, sharee: User, happens: Any
) -> None:
    share(case, world.coordinator, sharee, days=-1)
    assert [row.reference for row in login(sharee).get(SHARED).context["over"]] == [case.reference]
    happens(world, sharee, case)
    assert login(User.objects.get(pk=sharee.pk)).get(SHARED).context["over"] == []


def test_who_gave_it_may_lose_their_role(world: World, login: Any, case: Case, sharee: User) -> None:
    """It was given lawfully; the school has other handlers who see it and can stop it."""
    share(case, world.coordinator, sharee)
    leaves(world, world.coordinator, case)
    assert login(sharee).get(address("case", case)).status_code == 200
    world.people["successor"] = person("successor")
    join(world.successor, "coordinator", world.school)
    browser = Browser(login(world.successor))
    browser.send(browser.get(address("case", case)).form(action="/stoppen/"))
    assert login(sharee).get(address("case", case)).status_code == 404


def test_closing_ends_no_share_and_says_so(
    world: World, login: Any, handler: Browser, case: Case, sharee: User
) -> None:
    share(case, world.coordinator, sharee, "contribute")
    for step in case.steps.filter(state="open"):
        step_decline(by=world.coordinator, step=step, reason="Besproken met het zorgteam.", applies=True)
    assert "These colleagues can still open this case: Sharee." in handler.get(address("case-close", case)).text
    case_close(by=world.coordinator, case=case, outcome="resolved", reason="Het is rustig geworden.")
    client = login(sharee)
    page = Browser(client).get(address("case", case))
    assert STORY in page.text
    assert not [form for form in page.forms if form.action.endswith("/notitie/")]
    late = client.post(address("case-note", case), {"text": "Nog iets", "key": "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a01"})
    assert late.status_code == 409
    assert not Note.objects.exists()
    handler.send(handler.get(address("case", case)).form(action="/stoppen/"))
    assert client.get(address("case", case)).status_code == 404


def test_joining_ends_the_shares_of_the_case_that_goes(world: World, login: Any, case: Case, sharee: User) -> None:
    """A new case can't be shared, so here one that was taken is made new again behind the services' back."""
    source = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
    share(source, world.coordinator, sharee)
    Case.objects.filter(pk=source.pk).update(status="new", owner=None, taken_at=None)
    case_join(by=world.coordinator, case=Case.objects.get(pk=source.pk), into=case)
    assert Share.objects.get().ended_by == world.coordinator
    client = login(sharee)
    for one in (source, case):
        nothing_left(client, sharee, one)


# --- the page of what was shared ------------------------------------------------------------------------------------


def test_nothing_shared_yet(world: World, login: Any) -> None:
    page = Browser(login(world.teacher)).get(SHARED)
    assert "Nothing is shared with you now." in page.text
    assert "No longer shared" not in page.text
    for name in ("privacy_officer", "administrator"):
        Browser(login(world.people[name])).get(SHARED, 404)


def test_the_list_comes_in_pages_and_leaves_one_event(
    world: World, login: Any, sharee: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signals.paging.page_by_id.__defaults__", (2,))
    open_, over = [], []
    for _number in range(3):
        for found, days in ((open_, 5), (over, -1)):
            case = case_take(by=world.coordinator, case=send(world.author, typed(world)).case)
            share(case, world.coordinator, sharee, days=days)
            found.insert(0, case.reference)
    browser = Browser(login(sharee))
    first = browser.get(SHARED)
    context = first.response.context
    assert [row.reference for row in context["rows"]] == open_[:2]
    assert [row.reference for row in context["over"]] == over[:2]
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.details) == ("case.listed", {"tab": "shared", "cases": [*open_[:2], *over[:2]]})
    older, gone = first.hrefs("?after=")[0], first.hrefs("?over=")[0]
    assert [row.reference for row in browser.get(SHARED + older).response.context["rows"]] == open_[2:]
    assert [row.reference for row in browser.get(SHARED + gone).response.context["over"]] == over[2:]
    for junk in ("?after=x&over=-1", "?after=99999999999999999999", "?over=%00"):
        browser.get(SHARED + junk)
