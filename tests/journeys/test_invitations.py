"""An invitation: one link, for one person, once, for seven days; and what a board learns of who has an account."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.links import path as link_path
from accounts.links import token
from accounts.models import Invitation, Membership, OutgoingMail, User
from accounts.outbox import send_due
from accounts.services.invitations import Offer, invitation_accept, invitation_send
from audit.models import AuditEvent
from tests.conftest import PASSWORD, World, join
from tests.journeys.page import Browser, Page

EMAIL = "nieuw@school.example"
NEW = "een-wachtwoord-van-mijzelf"


@pytest.fixture
def admin(world: World, login: Any) -> Browser:
    return Browser(login(world.administrator))


@pytest.fixture
def visitor(login: Any) -> Browser:
    return Browser(login(None))


def invite(browser: Browser, place: Any, expect: int = 200, role: str = "teacher", **values: str) -> Page:
    form = browser.get("/mensen/uitnodigen/").form(has="email")
    typed = {"name": "Nieuwe Collega", "email": EMAIL, "role": role, "place": place.reference, **values}
    return browser.send(form, expect=expect, **typed)


def mailed_link() -> str:
    """The link in the newest mail, as a path."""
    send_due()
    return re.findall(r"https?://[^/\s]+(/uitnodiging/\S+)", str(mail.outbox[-1].body))[0]


def accept(visitor: Browser, link: str, expect: int = 200, password: str = NEW) -> Page:
    form = visitor.get(link).form(has="password1")
    return visitor.send(form, password1=password, password2=password, expect=expect)


def dead(page: Page) -> bool:
    return "This link no longer works" in page.text and page.status == 410


def test_from_invitation_to_the_first_page(world: World, admin: Browser, visitor: Browser, client: Client) -> None:
    page = invite(admin, world.school)
    assert "The invitation is on its way." in page.text
    assert "The link works once" in page.text
    assert "Nieuwe Collega" in admin.get("/mensen/?tab=invited").text
    link = mailed_link()
    page = visitor.get(link)
    assert "Bestuur A invites you for the role of teacher, Het Lyceum" in page.text
    assert accept(visitor, link).path == "/inloggen/"
    form = visitor.page.form(has="login")
    page = visitor.send(form, login=EMAIL, password=NEW)
    assert page.path == "/mijn-meldingen/"
    user = User.objects.get(email=EMAIL)
    assert user.check_password(NEW)
    assert (user.name, user.is_active, user.memberships.get().school) == ("Nieuwe Collega", True, world.school)
    assert "Nieuwe Collega" in admin.get("/mensen/").text
    assert "Nieuwe Collega" not in admin.get("/mensen/?tab=invited").text


def test_before_that_nobody_has_a_role_or_can_get_in(world: World, admin: Browser, client: Client) -> None:
    """Neither with a guess, nor with the link of a forgotten password, nor as a reader of a case."""
    invite(admin, world.school, role="coordinator")
    user = User.objects.get(email=EMAIL)
    assert (user.is_active, user.has_usable_password(), user.memberships.count()) == (False, False, 0)
    client.post("/wachtwoord/vergeten/", {"email": EMAIL})
    assert not mail.outbox
    client.post("/inloggen/", {"login": EMAIL, "password": PASSWORD})
    assert client.get("/mijn-meldingen/").status_code == 302


def test_the_mail_holds_a_link_and_no_name(world: World, admin: Browser) -> None:
    invite(admin, world.school)
    row = OutgoingMail.objects.get()
    assert row.path == "/", "the link is not stored"
    mailed_link()
    sent = mail.outbox[0]
    assert sent.to == [EMAIL]
    for word in ("Nieuwe Collega", "Het Lyceum", "Bestuur A", world.administrator.name):
        assert word not in sent.subject + str(sent.body)


def test_the_link_is_nowhere_in_the_database_and_the_same_when_mailed_twice(world: World, admin: Browser) -> None:
    invite(admin, world.school)
    first = mailed_link()
    row = Invitation.objects.get()
    token = first.rstrip("/").rpartition("/")[2]
    assert len(token) == 64
    assert token not in str(vars(row))
    assert link_path(row) == first, "a mail that was sent twice leads to the same place"


def test_looking_at_the_link_does_not_use_it_up(world: World, admin: Browser, visitor: Browser) -> None:
    """A program that scans mail opens every link, and asks for the head of it."""
    invite(admin, world.school)
    link = mailed_link()
    for _time in range(3):
        assert visitor.client.get(link).status_code == 200
        assert visitor.client.head(link).status_code == 200
    assert accept(visitor, link).path == "/inloggen/"


def use(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    accept(visitor, link)
    return link


def withdraw(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    page = admin.get(f"/mensen/{User.objects.get(email=EMAIL).reference}/")
    assert "withdrawn" in admin.send(page.form(action="/intrekken/")).text
    return link


def again(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=2))
    page = admin.get(f"/mensen/{User.objects.get(email=EMAIL).reference}/")
    assert "A new link is on its way" in admin.send(page.form(action="/opnieuw/")).text
    return link


def forge(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    head, _slash, token = link.rstrip("/").rpartition("/")
    return f"{head}/{token[:-1]}{'0' if token[-1] != '0' else '1'}/"


def elsewhere(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    other = invitation_send(by=world.administrator, email="ander@school.example", name="Ander", offer=offer)
    return f"/uitnodiging/{other.reference}/{link.rstrip('/').rpartition('/')[2]}/"


def unknown(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    return f"/uitnodiging/2222-2222-22/{'0' * 64}/"


def expire(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    Invitation.objects.update(expires_at=timezone.now())
    return link


def role_over(world: World, admin: Browser, visitor: Browser, link: str) -> str:
    Invitation.objects.update(starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - timedelta(days=1))
    return link


WAYS: dict[str, Callable[..., str]] = {
    "used": use,
    "withdrawn": withdraw,
    "sent again": again,
    "forged": forge,
    "of somebody else": elsewhere,
    "unknown": unknown,
    "too old": expire,
    "role is over": role_over,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_link_that_no_longer_works_says_so_and_not_why(
    world: World, admin: Browser, visitor: Browser, client: Client, way: str
) -> None:
    invite(admin, world.school)
    link = WAYS[way](world, admin, visitor, mailed_link())
    stranger = Browser(client)
    page = stranger.get(link, 410)
    assert dead(page)
    assert "Het Lyceum" not in page.text
    assert EMAIL not in page.text
    before = User.objects.get(email=EMAIL).password
    assert dead(stranger.post(link, {"password1": NEW + "2", "password2": NEW + "2"}, 410))
    user = User.objects.get(email=EMAIL)
    assert user.password == before
    assert user.is_active is (way == "used")


def test_a_link_lives_seven_days_and_not_longer(world: World, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school)
    link = mailed_link()
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        visitor.get(link)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert dead(visitor.get(link, 410))


def test_sent_again_after_a_week_it_works_again(world: World, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school)
    old = mailed_link()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "The link is too old" in admin.get("/mensen/?tab=invited").text
    page = admin.get(f"/mensen/{User.objects.get(email=EMAIL).reference}/")
    form = page.form(action="/opnieuw/")
    for _click in range(2):
        admin.send(form)
    new = mailed_link()
    assert len(mail.outbox) == 2, "a second click sends no third"
    assert new != old
    assert dead(visitor.get(old, 410))
    accept(visitor, new)
    assert User.objects.get(email=EMAIL).is_active


def test_a_withdrawn_invitation_is_gone_and_may_be_made_anew(world: World, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school)
    withdraw(world, admin, visitor, "")
    assert send_due() == 0, "the mail that waited does not leave any more"
    reference = User.objects.get(email=EMAIL).reference
    admin.get(f"/mensen/{reference}/", 404)
    invite(admin, world.sister_school)
    accept(visitor, mailed_link())
    assert Membership.objects.get(user__email=EMAIL).school == world.sister_school


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("kort", "12"),
        ("password1234", "common"),
        (EMAIL, "too much like your name"),
        ("Nieuwe Collega", "too much like"),
    ],
)
def test_the_password_follows_the_same_rules_as_any(
    world: World, admin: Browser, visitor: Browser, password: str, words: str
) -> None:
    invite(admin, world.school)
    link = mailed_link()
    assert words in accept(visitor, link, expect=422, password=password).text
    assert not User.objects.get(email=EMAIL).is_active
    accept(visitor, link)


def test_two_different_passwords(world: World, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school)
    form = visitor.get(mailed_link()).form(has="password1")
    assert "the same password" in visitor.send(form, password1=NEW, password2=NEW + "x", expect=422).text


def test_somebody_else_who_is_logged_in_can_t_use_it(world: World, login: Any, admin: Browser) -> None:
    invite(admin, world.school)
    link = mailed_link()
    assert "This link is for somebody else" in admin.get(link).text
    admin.post(link, {"password1": NEW, "password2": NEW}, 409)
    assert not User.objects.get(email=EMAIL).is_active


def test_a_role_to_come_starts_on_its_day(world: World, admin: Browser, visitor: Browser) -> None:
    day = timezone.localdate() + timedelta(days=5)
    invite(admin, world.school, starts_on=day.isoformat())
    accept(visitor, mailed_link())
    assert Membership.objects.get(user__email=EMAIL).starts_on == day


def test_the_events(world: World, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school)
    accept(visitor, mailed_link())
    user = User.objects.get(email=EMAIL)
    sent = AuditEvent.objects.get(action="invitation.sent")
    assert (sent.actor_ref, sent.object_type) == (world.administrator.reference, "invitation")
    assert (sent.details["role"], sent.details["school"]) == ("teacher", world.school.reference)
    used = AuditEvent.objects.get(action="invitation.used")
    assert (used.actor_ref, used.board_ref) == (user.reference, world.board.reference)
    granted = AuditEvent.objects.get(action="role.granted")
    assert (granted.actor_ref, granted.object_ref) == (world.administrator.reference, user.reference)
    assert "Nieuwe" not in str([event.body for event in AuditEvent.objects.all()])


# ---- twice ----


def test_a_double_click_is_one_invitation_and_one_mail(world: World, admin: Browser) -> None:
    for _click in range(2):
        invite(admin, world.school)
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(action="invitation.sent").count() == 1


def test_for_another_role_it_says_that_there_is_one(world: World, admin: Browser) -> None:
    invite(admin, world.school)
    page = invite(admin, world.school, role="coordinator", expect=422)
    assert "invited already, for another role" in page.text
    assert page.form(has="email").data()["email"] == EMAIL


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_invitation(world: World) -> None:
    start = Barrier(4)

    def click(_number: int) -> str:
        try:
            start.wait(timeout=60)
            offer = Offer("teacher", world.school, timezone.localdate(), None)
            return invitation_send(by=world.administrator, email=EMAIL, name="Nieuw", offer=offer).reference
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(click, range(4)))
    assert (len(found), Invitation.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)
    assert User.objects.filter(email=EMAIL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_opens_one_account(world: World) -> None:
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    row = invitation_send(by=world.administrator, email=EMAIL, name="Nieuw", offer=offer)
    link, start = link_path(row), Barrier(3)

    def click(number: int) -> int:
        try:
            word = f"{NEW}-{number}"
            start.wait(timeout=60)
            return Client().post(link, {"password1": word, "password2": word}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(click, range(3))) == [302, 410, 410]
    assert Membership.objects.filter(user__email=EMAIL).count() == 1
    assert AuditEvent.objects.filter(action="invitation.used").count() == 1


# ---- who has an account already ----


def test_who_works_here_is_shown(world: World, admin: Browser) -> None:
    page = invite(admin, world.school, email=world.teacher.email.upper())
    assert page.path == f"/mensen/{world.teacher.reference}/"
    assert "works here already" in page.text
    assert not Invitation.objects.exists()


def test_an_account_elsewhere_looks_like_no_account(world: World, admin: Browser) -> None:
    """Neither the answer, nor the person's page, nor the log says that there is one, or what it is called."""
    User.objects.filter(pk=world.other_coordinator.pk).update(name="Geheime Naam")
    world.other_coordinator.refresh_from_db()
    fresh = invite(admin, world.school)
    known = invite(admin, world.school, email=world.other_coordinator.email)
    plain = [
        re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}|value=\"\w{64}\"", "", page.html.replace(email, ""))
        for page, email in ((fresh, EMAIL), (known, world.other_coordinator.email))
    ]
    assert plain[0] == plain[1]
    for address in ("/mensen/?tab=invited", "/logboek/", f"/mensen/{world.other_coordinator.reference}/"):
        assert world.other_coordinator.name not in admin.get(address).html
    form = admin.get("/mensen/").form(id="people-search")
    assert "Nobody here" in admin.send(form, query=world.other_coordinator.name).text


def test_an_account_elsewhere_gets_the_role_when_its_owner_accepts(
    world: World, login: Any, admin: Browser, visitor: Browser
) -> None:
    other = world.other_coordinator
    invite(admin, world.school, email=other.email)
    link = mailed_link()
    page = visitor.get(link)
    assert "Log in with the account that you have" in page.text
    assert "password1" not in page.html
    visitor.post(link, {"password1": NEW, "password2": NEW}, 409)
    other.refresh_from_db()
    assert other.check_password(PASSWORD)
    mine = Browser(login(other))
    assert other.memberships.count() == 1
    page = mine.get(link)
    mine.send(next(form for form in page.forms if "uitloggen" not in form.action and "taal" not in form.action))
    assert other.memberships.count() == 2
    assert dead(mine.get(link, 410))
    page = admin.get(f"/mensen/{other.reference}/")
    assert "De Verre School" not in page.html
    assert "Teacher, Het Lyceum" in page.text


def test_the_way_to_the_login_page_comes_back(world: World, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school, email=world.other_coordinator.email)
    link = mailed_link()
    page = visitor.get(link)
    page = visitor.get(page.hrefs("/inloggen/")[0])
    page = visitor.send(page.form(has="login"), login=world.other_coordinator.email, password=PASSWORD)
    assert page.path == link


def test_two_boards_invite_the_same_address(world: World, login: Any, admin: Browser, visitor: Browser) -> None:
    invite(admin, world.school)
    first = mailed_link()
    invite(Browser(login(world.other_administrator)), world.other_school)
    second = mailed_link()
    accept(visitor, first)
    user = User.objects.get(email=EMAIL)
    assert [row.school for row in user.memberships.all()] == [world.school]
    assert "Log in with the account that you have" in visitor.get(second).text


def test_roles_that_can_t_stand_together_are_refused_at_both_ends(world: World, admin: Browser, login: Any) -> None:
    """When it is sent, and again when it is used: something may have been given meanwhile."""
    other = world.other_coordinator
    invite(admin, world.board, role="administrator", email=other.email)
    join(other, "coordinator", world.sister_school)
    link = mailed_link()
    mine = Browser(login(other))
    assert dead(mine.post(link, {}, 410))
    assert not other.memberships.filter(role="administrator").exists()
    page = invite(admin, world.school, role="teacher", email=world.former.email)
    assert page.status == 200


# ---- coming back ----


def test_who_stopped_is_invited_again(world: World, login: Any, admin: Browser, visitor: Browser) -> None:
    User.objects.filter(pk=world.former.pk).update(is_active=False)
    path = f"/mensen/{world.former.reference}/"
    assert "Invite again" in admin.get(path).text
    form = admin.get(path + "rol/").form(has="role")
    admin.send(form, role="teacher", place=world.school.reference)
    world.former.refresh_from_db()
    assert not world.former.is_active
    accept(visitor, mailed_link())
    world.former.refresh_from_db()
    assert (world.former.is_active, world.former.check_password(NEW)) == (True, True)
    assert AuditEvent.objects.get(action="account.reopened").object_ref == world.former.reference


def test_the_invitation_of_another_board_is_not_there(world: World, login: Any, admin: Browser) -> None:
    invite(admin, world.school)
    row = Invitation.objects.get()
    other = Browser(login(world.other_administrator))
    for address in (f"/uitnodiging/{row.reference}/opnieuw/", f"/uitnodiging/{row.reference}/intrekken/"):
        other.post(address, {}, 404)
    other.get(f"/mensen/{row.user.reference}/", 404)
    row.refresh_from_db()
    assert row.revoked_at is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "Fill in the name."),
        ({"name": "Jan\u202eneD"}, "a sign that can't be seen"),
        ({"email": ""}, "Fill in the e-mail address."),
        ({"email": "geen adres"}, "Enter a valid email address."),
        ({"email": "a" * 250 + "@x.nl"}, ""),
        ({"role": ""}, "Choose one from the list."),
        ({"ends_on": "2020-01-01"}, "The last day can't be before the first one."),
    ],
)
def test_bad_input_is_said_at_its_field(world: World, admin: Browser, values: dict[str, str], words: str) -> None:
    page = invite(admin, world.school, expect=422, **values)
    assert words in page.text
    assert not Invitation.objects.exists()
    assert not User.objects.filter(email=EMAIL).exists()


def test_a_link_that_died_between_looking_and_sending_is_dead(world: World, admin: Browser) -> None:
    """The token is compared once more under lock: somebody may have sent a new link in that moment."""
    invite(admin, world.school)
    row = Invitation.objects.get()
    old = token(row)
    Invitation.objects.update(nonce="x" * 43)
    assert invitation_accept(invitation=row, token=old, password=NEW) is None
    assert not User.objects.get(email=EMAIL).is_active
