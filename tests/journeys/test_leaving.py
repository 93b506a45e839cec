"""Somebody leaves: every open case gets somebody, sessions end at once, and the administrator reads nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from accounts.access import reach
from accounts.models import Membership, User
from accounts.outbox import send_due
from accounts.services.closing import account_close
from audit.models import AuditEvent
from signals.errors import RuleError
from signals.models import Case, CaseChange, Share
from signals.services.cases import case_take
from signals.services.drafts import draft_save
from signals.services.leaving import role_leave
from signals.services.shares import case_share
from tests.conftest import World, join, person, send, typed
from tests.journeys.page import Browser, Page


@pytest.fixture
def admin(world: World, login: Any) -> Browser:
    return Browser(login(world.administrator))


@pytest.fixture
def deputy(world: World) -> User:
    found = person("vervanger")
    join(found, "coordinator", world.school)
    return found


def taken(world: World, by: User | None = None, **changes: Any) -> Case:
    return case_take(by=by or world.coordinator, case=send(world.author, typed(world, **changes)).case)


def walled(world: World, by: User | None = None, about: User | None = None) -> Case:
    staff = f"staff:{(about or world.subject).reference}"
    data = typed(world, subject_role="staff", person=staff, concern="radicalisation")
    return case_take(by=by or world.board_officer, case=send(world.author, data).case)


def leaving(browser: Browser, user: User) -> Page:
    return browser.get(f"/mensen/{user.reference}/vertrekken/")


def ending(browser: Browser, row: Membership) -> Page:
    return browser.get(f"/mensen/{row.user.reference}/rol/{row.reference}/stoppen/")


def form_of(page: Page) -> Any:
    return next(form for form in page.forms if not form.action)


def choose(case: Case, user: User) -> dict[str, str]:
    return {f"case-{case.reference}": user.reference}


def owner(case: Case) -> User | None:
    return Case.objects.get(pk=case.pk).owner


def still_there(user: User) -> bool:
    user.refresh_from_db()
    return user.is_active and Membership.objects.filter(user=user, ends_on=None).exists()


# ---- the whole board ----


def test_the_wizard_hands_over_and_closes(world: World, login: Any, admin: Browser, deputy: User) -> None:
    cases = [taken(world), taken(world, concern="departure")]
    third = person("derde")
    join(third, "coordinator", world.school)
    phone = login(world.coordinator)
    page = leaving(admin, world.coordinator)
    assert "2 cases stand in this name. You see only their numbers." in page.text
    values = choose(cases[0], deputy) | choose(cases[1], third)
    page = admin.send(form_of(page), **values)
    assert "The account is closed" in page.text
    assert [owner(case) for case in cases] == [deputy, third]
    world.coordinator.refresh_from_db()
    assert not world.coordinator.is_active
    assert world.coordinator.memberships.get().ends_on == timezone.localdate() - timedelta(days=1)
    assert phone.get("/werkplek/").status_code == 302
    assert "Coordinator" in admin.get("/mensen/?tab=stopped").text


def test_without_somebody_for_every_case_nothing_happens(world: World, admin: Browser, deputy: User) -> None:
    cases = [taken(world), taken(world)]
    join(person("derde"), "coordinator", world.school)
    page = admin.send(form_of(leaving(admin, world.coordinator)), expect=422, **choose(cases[0], deputy))
    assert f"Choose who takes over case {cases[1].reference}." in page.text
    assert form_of(page).data()[f"case-{cases[0].reference}"] == deputy.reference, "what was chosen stays"
    assert owner(cases[0]) == world.coordinator
    assert still_there(world.coordinator)


def test_one_choice_for_all_and_another_for_one(world: World, admin: Browser, deputy: User) -> None:
    cases = [taken(world) for _number in range(3)]
    third = person("derde")
    join(third, "coordinator", world.school)
    values = {"everything": deputy.reference} | choose(cases[1], third)
    admin.send(form_of(leaving(admin, world.coordinator)), **values)
    assert [owner(case) for case in cases] == [deputy, third, deputy]


def test_only_who_handles_the_case_can_be_chosen(world: World, admin: Browser, deputy: User) -> None:
    """Nobody of another school or board, no principal, no teacher: neither offered nor accepted."""
    case = taken(world)
    name = f"case-{case.reference}"
    form = form_of(leaving(admin, world.coordinator))
    assert form.options(name) == ["", deputy.reference]
    path = f"/mensen/{world.coordinator.reference}/vertrekken/"
    for who in ("sister_coordinator", "other_coordinator", "principal", "teacher", "administrator", "coordinator"):
        admin.post(path, {name: world.people[who].reference}, 422)
    assert still_there(world.coordinator)


def test_a_school_with_no_other_coordinator_blocks(world: World, admin: Browser) -> None:
    taken(world)
    page = leaving(admin, world.coordinator)
    assert "Nobody else can take this one" in page.text
    admin.send(form_of(page), expect=422)
    assert still_there(world.coordinator)


def test_a_case_taken_meanwhile_is_not_forgotten(world: World, admin: Browser, deputy: User) -> None:
    form = form_of(leaving(admin, world.coordinator))
    case = taken(world)
    page = admin.send(form, expect=422)
    assert case.reference in page.text
    assert still_there(world.coordinator)


def test_closed_and_new_cases_need_nobody(world: World, admin: Browser) -> None:
    send(world.author, typed(world))
    page = leaving(admin, world.coordinator)
    assert "No open case stands in this name." in page.text
    admin.send(form_of(page))
    assert not still_there(world.coordinator)


def test_the_handing_over_stands_in_the_case_and_in_the_log(
    world: World, login: Any, admin: Browser, deputy: User
) -> None:
    case = taken(world)
    admin.send(form_of(leaving(admin, world.coordinator)), **choose(case, deputy))
    change = CaseChange.objects.get(case=case, kind="owner", old=world.coordinator.reference)
    assert (change.new, change.by) == (deputy.reference, world.administrator)
    event = AuditEvent.objects.get(action="case.handed_over")
    assert event.details == {"from": world.coordinator.reference, "to": deputy.reference}
    assert (event.case_ref, event.actor_role) == (case.reference, "administrator")
    closed = AuditEvent.objects.get(action="account.closed")
    assert (closed.object_ref, closed.board_ref) == (world.coordinator.reference, world.board.reference)
    page = Browser(login(deputy)).get(f"/casus/{case.reference}/")
    assert "Gave the case to another owner" in page.text
    assert "gave the case to another owner" in page.text


def test_the_new_owner_gets_a_mail_with_a_number(world: World, admin: Browser, deputy: User) -> None:
    case = taken(world)
    mail.outbox.clear()
    admin.send(form_of(leaving(admin, world.coordinator)), **choose(case, deputy))
    send_due()
    sent = mail.outbox[-1]
    assert (sent.to, case.reference in sent.subject) == ([deputy.email], True)
    assert world.coordinator.name not in sent.subject + str(sent.body)


def test_what_was_begun_and_what_was_shared_are_numbers(world: World, admin: Browser, deputy: User) -> None:
    draft_save(by=world.teacher, draft=None, data=typed(world, observed="Zilverreiger"))
    until, why = timezone.localdate() + timedelta(days=9), "Zij geeft de leerling les."
    case = taken(world, by=deputy)
    share = case_share(
        by=deputy, case=case, colleague=world.teacher, level="read", ends_on=until, reason=why, key=str(uuid4())
    )
    page = leaving(admin, world.teacher)
    assert "1 report was begun and not sent" in page.text
    assert "1 case was shared with this person. That stops." in page.text
    assert case.reference not in page.html
    assert "Zilverreiger" not in page.html
    admin.send(form_of(page))
    share.refresh_from_db()
    assert (share.ended_at is not None, share.ended_by) == (True, world.administrator)
    assert AuditEvent.objects.get(action="share.ended").rule == "people_edit"


def test_what_they_shared_themselves_stays(world: World, admin: Browser, deputy: User) -> None:
    case = taken(world)
    until, why = timezone.localdate() + timedelta(days=9), "Zij geeft de leerling les."
    case_share(
        by=world.coordinator,
        case=case,
        colleague=world.teacher,
        level="read",
        ends_on=until,
        reason=why,
        key=str(uuid4()),
    )
    admin.send(form_of(leaving(admin, world.coordinator)), **choose(case, deputy))
    assert Share.objects.get().ended_at is None


def test_a_cookie_that_was_kept_opens_nothing_also_after_coming_back(world: World, login: Any, admin: Browser) -> None:
    kept = login(world.teacher)
    admin.send(form_of(leaving(admin, world.teacher)))
    assert kept.get("/mijn-meldingen/").status_code == 302
    User.objects.filter(pk=world.teacher.pk).update(is_active=True)
    world.teacher.memberships.update(ends_on=None)
    assert kept.get("/mijn-meldingen/").status_code == 302


def test_all_or_nothing(world: World, admin: Browser, deputy: User, monkeypatch: pytest.MonkeyPatch) -> None:
    case = taken(world)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("signals.services.leaving.account_close", fail)
    page = leaving(admin, world.coordinator)
    admin.client.raise_request_exception = False
    admin.client.post(page.path, form_of(page).fill(choose(case, deputy)))
    assert owner(case) == world.coordinator
    assert not AuditEvent.objects.filter(action="case.handed_over").exists()


# ---- behind the wall ----


def test_of_walled_cases_the_administrator_sees_only_how_many(world: World, login: Any, admin: Browser) -> None:
    other = person("tweede_bestuurder")
    join(other, "board_officer", world.board)
    case = walled(world)
    page = leaving(admin, world.board_officer)
    assert "There is 1 case that the board takes over." in page.text
    assert case.reference not in page.html
    page = admin.send(form_of(page))
    assert owner(case) == other
    assert case.reference not in page.html
    assert case.reference not in admin.get("/logboek/").html
    assert "Nothing in the logbook fits this." in admin.get(f"/logboek/?case={case.reference}").text
    event = AuditEvent.objects.get(action="case.handed_over")
    assert (event.case_ref, event.school_ref) == (case.reference, "")
    assert "gave the case to another owner" in Browser(login(other)).get(f"/casus/{case.reference}/").text


def test_several_walled_cases_are_spread(world: World, admin: Browser) -> None:
    others = [person("tweede_bestuurder"), person("derde_bestuurder")]
    for other in others:
        join(other, "board_officer", world.board)
    cases = [walled(world) for _number in range(4)]
    admin.send(form_of(leaving(admin, world.board_officer)))
    assert sorted(str(owner(case)) for case in cases) == ["Derde Bestuurder"] * 2 + ["Tweede Bestuurder"] * 2


def test_without_another_at_the_board_it_blocks(world: World, admin: Browser) -> None:
    case = walled(world)
    page = leaving(admin, world.board_officer)
    assert "Ask the board to name somebody first." in page.text
    page = admin.send(form_of(page), expect=422)
    assert case.reference not in page.html
    assert (owner(case), still_there(world.board_officer)) == (world.board_officer, True)


def test_it_never_goes_to_whom_it_is_about(world: World, admin: Browser) -> None:
    about = person("tweede_bestuurder")
    join(about, "board_officer", world.board)
    case = walled(world, about=about)
    admin.send(form_of(leaving(admin, world.board_officer)), expect=422)
    assert owner(case) == world.board_officer


# ---- one of several roles ----


def test_leaving_one_school_hands_over_that_school_s_cases(
    world: World, login: Any, admin: Browser, deputy: User
) -> None:
    both = world.coordinator
    second = join(both, "coordinator", world.sister_school)
    here = taken(world)
    sister = typed(world, person=f"pupil:{world.sister_pupil.reference}")
    there = case_take(by=both, case=send(world.sister_coordinator, sister).case)
    page = ending(admin, second)
    assert there.reference in page.html
    assert here.reference not in page.html
    admin.send(form_of(page), **choose(there, world.sister_coordinator))
    assert (owner(here), owner(there)) == (both, world.sister_coordinator)
    browser = Browser(login(both))
    browser.get(f"/casus/{here.reference}/")
    browser.get(f"/casus/{there.reference}/", 404)


def test_a_role_that_opens_no_case_hands_over_nothing(world: World, admin: Browser, deputy: User) -> None:
    case = taken(world)
    row = join(world.coordinator, "teacher", world.school)
    page = ending(admin, row)
    assert case.reference not in page.html
    admin.send(form_of(page))
    assert owner(case) == world.coordinator


def test_with_a_day_to_come_the_cases_may_wait(world: World, admin: Browser, deputy: User) -> None:
    case = taken(world)
    join(person("derde"), "coordinator", world.school)
    row = world.coordinator.memberships.get()
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    admin.send(form_of(ending(admin, row)), expect=422)
    admin.send(form_of(ending(admin, row)), expect=422, last_day=timezone.localdate().isoformat())
    admin.send(form_of(ending(admin, row)), last_day=day)
    row.refresh_from_db()
    assert (row.ends_on.isoformat(), owner(case)) == (day, world.coordinator)


def test_what_was_left_behind_can_be_handed_over_later(world: World, admin: Browser, deputy: User) -> None:
    """A role that ended by its date leaves cases; the person's page leads to them."""
    case = taken(world)
    world.coordinator.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    page = admin.get(f"/mensen/{world.coordinator.reference}/")
    assert "Left something behind?" in page.text
    admin.send(form_of(leaving(admin, world.coordinator)), **choose(case, deputy))
    assert owner(case) == deputy


# ---- two boards ----


def test_closing_at_one_board_leaves_the_other_alone(world: World, login: Any, admin: Browser) -> None:
    """And the administrator sees no difference with somebody who works nowhere else."""
    join(world.teacher, "teacher", world.other_school)
    page = admin.send(form_of(leaving(admin, world.teacher)))
    assert "The account is closed" in page.text
    world.teacher.refresh_from_db()
    assert world.teacher.is_active
    rows = {row.school: row.ends_on for row in world.teacher.memberships.all()}
    assert rows == {world.school: timezone.localdate() - timedelta(days=1), world.other_school: None}
    plain = admin.get(f"/mensen/{world.teacher.reference}/").text.replace("Teacher", "X").replace("teacher", "x")
    admin.send(form_of(leaving(admin, world.author)))
    other = admin.get(f"/mensen/{world.author.reference}/").text.replace("Author", "X").replace("author", "x")
    assert other.replace("X Log out", "").replace("Teacher, ", "X, ") == plain.replace("X Log out", "")


def test_cases_of_another_board_are_neither_shown_nor_touched(world: World, admin: Browser, deputy: User) -> None:
    join(world.coordinator, "coordinator", world.other_school)
    away = typed(world, person="", subject_description="Iemand", school=world.other_school.reference)
    case = case_take(by=world.coordinator, case=send(world.other_coordinator, away).case)
    page = leaving(admin, world.coordinator)
    assert case.reference not in page.html
    admin.send(form_of(page))
    assert owner(case) == world.coordinator


def test_closing_twice_is_harmless(world: World, admin: Browser) -> None:
    page = leaving(admin, world.teacher)
    for _click in range(2):
        admin.post(page.path, form_of(page).data())
    assert not still_there(world.teacher)
    assert AuditEvent.objects.filter(action="account.closed").count() == 1


def test_the_service_withdraws_what_was_still_offered(world: World) -> None:
    from accounts.models import Invitation
    from accounts.services.invitations import Offer, invitation_send

    offer = Offer("coordinator", world.school, timezone.localdate(), None)
    invitation_send(by=world.administrator, email=world.teacher.email, name="X", offer=offer)
    account_close(by=world.administrator, person=world.teacher, within=reach(world.administrator))
    assert Invitation.objects.get().revoked_at is not None


def test_a_role_that_ends_today_leaves_no_case_behind(world: World, taken_case: Case) -> None:
    """The service says so as well, whatever page asks it."""
    role = world.coordinator.memberships.get()
    with pytest.raises(RuleError, match=taken_case.reference):
        role_leave(
            by=world.administrator,
            role=role,
            within=reach(world.administrator),
            last_day=timezone.localdate(),
            takers={},
        )
    assert Case.objects.get(pk=taken_case.pk).owner == world.coordinator
    role.refresh_from_db()
    assert role.ends_on is None


def test_a_role_of_one_day_leaves_no_case_behind_either(world: World, taken_case: Case) -> None:
    role = world.coordinator.memberships.get()
    Membership.objects.filter(pk=role.pk).update(starts_on=timezone.localdate())
    role.refresh_from_db()
    with pytest.raises(RuleError, match=taken_case.reference):
        role_leave(by=world.administrator, role=role, within=reach(world.administrator), last_day=None, takers={})
