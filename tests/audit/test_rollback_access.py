"""The same for the services that give and take access: without an event nothing of it happened."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import reach
from accounts.links import token
from accounts.models import BackgroundJob, Invitation, Membership, OutgoingMail, User
from accounts.quiet import Wish
from accounts.services import closing, invitations, post, roles
from accounts.services.invitations import Offer
from signals import filestore
from signals.dossier.compose import content_hash, letter_of
from signals.dossier.services import giving, making, preparing, tidying
from signals.models import Case, Dossier, Moved
from signals.models.case import Rung
from signals.services import absences, glass, handover, leaving, meetings, moving, shares, tasks, walls
from signals.services.cases import case_take
from tests.audit.test_rollback import TrailIsFullError, everything
from tests.conftest import World, join, person, send, typed
from tests.dossiers import begun, entry, kept, ordered
from tests.handing import away, make_task, meet, propose
from tests.sharing import share

WHY = "Iemand van school is hier te dicht bij betrokken."
KEY = "6f1c9a52-6f0e-4b8e-9a53-0d5a2e2f6a02"
# These run inside the transaction of a service that calls them, or only look.
INNER = {
    "hand_over_lapses",
    "hand_overs_end_of_person",
    "shares_end_of_case",
    "shares_end_of_person",
    "changed_just_now",
    "wall_arrived",
    "membership_add",
    "membership_end",
    "lock",
}


def names(*modules: ModuleType) -> list[str]:
    """The services in these modules: whatever somebody does, by name."""
    return sorted(
        name
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
        if "by" in inspect.signature(found).parameters and name not in INNER
    )


ON_CASES = [*names(shares, walls, glass, moving), "case_look"]
ON_PEOPLE = [*names(leaving, roles, invitations, closing, post), "invitation_accept"]
ON_DOSSIERS = [*names(preparing, giving), "dossier_make", "dossiers_end"]
ON_WORK = [*names(handover, tasks, meetings, absences), "tasks_remind"]


def taken(world: World) -> Case:
    return case_take(by=world.coordinator, case=send(world.author, typed(world)).case)


def walled(world: World, keeper: User | None) -> Case:
    return walls.case_wall(by=world.coordinator, case=taken(world), reason=WHY, keeper=keeper)


def left_lying(world: World) -> Case:
    """A case that lies with the principal by now."""
    case, now = send(world.author, typed(world)).case, timezone.now()
    Moved.objects.create(case=case, level=Rung.PRINCIPAL, walled=False, at=now, had=[], got=[])
    Case.objects.filter(pk=case.pk).update(moved_to=Rung.PRINCIPAL, moved_at=now)
    return Case.objects.get(pk=case.pk)


def late(world: World) -> Case:
    """A case that nobody opened for a month."""
    case = send(world.author, typed(world)).case
    long_ago = timezone.now() - timedelta(days=30)
    Case.objects.filter(pk=case.pk).update(created_at=long_ago, look_at=long_ago)
    case.steps.update(due_at=long_ago)
    return case


def of_cases(world: World) -> dict[str, Callable[[], object]]:
    by, principal = world.coordinator, world.principal
    case, day = taken(world), timezone.localdate() + timedelta(days=5)
    given, behind, orphan = share(case, by, world.author), walled(world, by), walled(world, None)
    broken = glass.glass_break(by=world.sister_coordinator, case=taken(world), reason=WHY)
    moved, waits = left_lying(world), late(world)
    return {
        "case_share": lambda: shares.case_share(
            by=by, case=case, colleague=world.teacher, level="read", ends_on=day, reason=WHY, key=KEY
        ),
        "share_end": lambda: shares.share_end(by=by, share=given),
        "case_wall": lambda: walls.case_wall(by=by, case=case, reason=WHY, keeper=by),
        "case_unwall": lambda: walls.case_unwall(by=by, case=behind, reason=WHY),
        "case_take_over": lambda: walls.case_take_over(by=world.board_officer, case=orphan),
        "glass_break": lambda: glass.glass_break(by=world.sister_coordinator, case=case, reason=WHY),
        "glass_review": lambda: glass.glass_review(
            by=principal, glass=broken, review="Het was nodig, zegt de politie."
        ),
        "case_spoken": lambda: moving.case_spoken(by=principal, case=moved),
        "case_look": lambda: moving.case_look(pk=waits.pk, now=timezone.now()),
    }


def lost_mail(world: World) -> OutgoingMail:
    gone = {"failed_at": timezone.now(), "problem": "address"}
    return OutgoingMail.objects.create(kind="contacts.due", to=world.teacher, path="/", **gone)


def lost_job() -> BackgroundJob:
    return BackgroundJob.objects.create(name="tidy", state="failed", tries=6, finished_at=timezone.now())


def of_work(world: World, case: Case) -> dict[str, Callable[[], object]]:
    by, second = world.coordinator, person("tweede")
    join(second, "coordinator", world.school)
    mine, theirs, due_on = taken(world), taken(world), timezone.localdate()
    row, back = propose(mine, by, second), propose(theirs, by, second)
    task, other, held = make_task(case, by, due_on=due_on), make_task(case, by), meet(case, by)
    coming = meet(case, by, starts_at=timezone.now() + timedelta(days=2), present=(by, second))
    keeper, left = world.administrator, person("vertrokken")
    join(left, "coordinator", world.school)
    away(left, second, world.school)
    Membership.objects.filter(user=left).delete()
    planned = replace(meetings.plan_of(coming), place="Kamer 2")
    ended = tasks.task_end(by=by, task=make_task(case, by), done=True, text="", version=1)
    gone = away(second, by, world.school, starts_on=due_on + timedelta(days=90), ends_on=due_on + timedelta(days=91))
    wanted = tasks.Wanted("Anders.", by, due_on)
    return {
        "hand_over_propose": lambda: propose(case, by, second),
        "hand_over_answer": lambda: handover.hand_over_answer(
            by=second, case=mine, reference=row.reference, accept=True
        ),
        "hand_over_withdraw": lambda: handover.hand_over_withdraw(by=by, case=theirs, reference=back.reference),
        "task_add": lambda: make_task(case, by),
        "task_change": lambda: tasks.task_change(by=by, task=other, wanted=wanted, version=1),
        "task_end": lambda: tasks.task_end(by=by, task=other, done=False, text=WHY, version=1),
        "task_reopen": lambda: tasks.task_reopen(by=by, task=ended),
        "tasks_remind": lambda: tasks.tasks_remind(timezone.now() + timedelta(days=1)) and task,
        "meeting_record": lambda: meet(case, by),
        "meeting_move": lambda: meetings.meeting_move(by=by, meeting=coming, planned=planned, version=1),
        "meeting_add": lambda: meetings.meeting_add(by=by, meeting=held, text="Nog iets.", key=KEY),
        "absence_set": lambda: away(by, second, world.school),
        "absence_end": lambda: absences.absence_end(by=by, absence=gone),
        "absences_end_of_person": lambda: absences.absences_end_of_person(by=keeper, person=left, boards=[world.board]),
    }


def of_dossiers(world: World, case: Case) -> dict[str, Callable[[], object]]:
    by = world.coordinator
    row, again, ready = begun(case, by), ordered(case, by), kept(case, by)
    Dossier.objects.filter(pk=again.pk).update(job=None)
    over = kept(case, by)
    Dossier.objects.filter(pk=over.pk).update(made_at=timezone.now() - timedelta(days=31))
    seen = content_hash(letter_of(row, by=by).frozen())
    return {
        "dossier_begin": lambda: preparing.dossier_begin(by=by, case=case, entry=entry(case), key=KEY),
        "dossier_change": lambda: preparing.dossier_change(by=by, dossier=row, entry=entry(case, language="en")),
        "dossier_pick": lambda: preparing.dossier_pick(by=by, dossier=row, picked=[], named_staff=True),
        "dossier_words": lambda: preparing.dossier_words(by=by, dossier=row, words={"tas": "new"}),
        "dossier_order": lambda: preparing.dossier_order(by=by, dossier=row, seen=seen),
        "dossier_again": lambda: preparing.dossier_again(by=by, dossier=again),
        "dossier_make": lambda: making.dossier_make(again.pk),
        "dossier_fetch": lambda: giving.dossier_fetch(by=by, dossier=ready),
        "dossier_check": lambda: giving.dossier_check(by=by, content=b"%PDF-1.7 Brief"),
        "dossiers_end": tidying.dossiers_end,
    }


def of_people(world: World) -> dict[str, Callable[[], object]]:
    admin, today = world.administrator, timezone.localdate()
    within, fresh, gone = reach(admin), person("vers"), person("weg")
    role, other = join(fresh, "teacher", world.school), join(gone, "teacher", world.school)
    offer = Offer("teacher", world.school, today, None)
    waiting = invitations.invitation_send(by=admin, email="wacht@school.example", name="Wacht", offer=offer)
    Invitation.objects.filter(pk=waiting.pk).update(expires_at=timezone.now() + timedelta(days=2))
    waiting.refresh_from_db()

    bounced, broken = lost_mail(world), lost_job()

    return {
        "mails_retry": lambda: post.mails_retry(by=admin, within=within, mail=None),
        "mail_drop": lambda: post.mail_drop(by=admin, within=within, mail=bounced.pk),
        "job_retry": lambda: post.job_retry(by=admin, within=within, job=broken.pk),
        "job_drop": lambda: post.job_drop(by=admin, within=within, job=broken.pk),
        "mail_choose": lambda: post.mail_choose(by=world.teacher, wish=Wish("daily")),
        "role_give": lambda: roles.role_give(
            by=admin, person=world.teacher, role="coordinator", place=world.school, starts_on=today, ends_on=None
        ),
        "role_end": lambda: roles.role_end(by=admin, membership=role, last_day=None),
        "role_leave": lambda: leaving.role_leave(by=admin, role=other, within=within, last_day=None, takers={}),
        "person_leave": lambda: leaving.person_leave(by=admin, person=gone, within=within, takers={}),
        "account_close": lambda: closing.account_close(by=admin, person=gone, within=within),
        "sessions_end": lambda: closing.sessions_end(by=admin, person=fresh, within=within),
        "reset_start": lambda: closing.reset_start(by=admin, person=fresh, within=within),
        "invitation_send": lambda: invitations.invitation_send(
            by=admin, email="nieuw@school.example", name="Nieuw", offer=offer
        ),
        "invitation_send_again": lambda: invitations.invitation_send_again(by=admin, invitation=waiting),
        "invitation_withdraw": lambda: invitations.invitation_withdraw(by=admin, invitation=waiting),
        "invitation_accept": lambda: invitations.invitation_accept(
            invitation=waiting, token=token(waiting), password="een-wachtwoord-van-mijzelf"
        ),
    }


def stops_with_its_event(call: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()

    def full(*args: Any, **kwargs: Any) -> None:
        raise TrailIsFullError

    for module in ("signals.events", "accounts.people_events", "accounts.events"):
        monkeypatch.setattr(f"{module}.record", full)
    with pytest.raises(TrailIsFullError):
        call()
    assert everything() == before
    monkeypatch.undo()
    call()
    assert everything() != before, "the call would have changed something"


@pytest.mark.parametrize("name", ON_CASES)
def test_on_a_case(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    stops_with_its_event(of_cases(world)[name], monkeypatch)


@pytest.mark.parametrize("name", ON_WORK)
def test_on_what_is_agreed(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    stops_with_its_event(of_work(world, taken(world))[name], monkeypatch)


@pytest.mark.parametrize("name", ON_DOSSIERS)
def test_on_dossiers(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A step of progress is written before the event: that the worker began is true, whatever becomes of it."""
    monkeypatch.setattr(making, "printed", lambda *_all: b"%PDF-1.7")
    case = taken(world)
    calls = of_dossiers(world, case)
    held = set(filestore.held())
    with pytest.MonkeyPatch.context() as patch:
        stops_with_its_event(calls[name], patch)
    assert name in ("dossier_make", "dossiers_end") or set(filestore.held()) == held


@pytest.mark.parametrize("name", ON_PEOPLE)
def test_on_people(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    stops_with_its_event(of_people(world)[name], monkeypatch)
