"""The same for the services that give and take access: without an event nothing of it happened."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
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
from signals.models import Absence, Case, Dossier, Moved, Task
from signals.models.case import Rung
from signals.services import absences, glass, handover, leaving, meetings, moving, shares, tasks, walls
from signals.services.cases import case_take
from tests.audit.test_rollback import TrailIsFullError, everything
from tests.conftest import World, join, person, send, typed
from tests.dossiers import begun, entry, kept, ordered
from tests.handing import away, make_task, meet, propose
from tests.sharing import share

# By the name of a service: makes what a call needs that would succeed, and gives that call.
Calls = dict[str, Callable[[], Callable[[], object]]]
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


def of_cases(world: World) -> Calls:
    by, principal, officer = world.coordinator, world.principal, world.sister_coordinator
    day = timezone.localdate() + timedelta(days=5)
    glass_of = partial(glass.glass_break, by=officer, reason=WHY)
    return {
        "case_share": lambda: partial(
            shares.case_share,
            by=by,
            case=taken(world),
            colleague=world.teacher,
            level="read",
            ends_on=day,
            reason=WHY,
            key=KEY,
        ),
        "share_end": lambda: partial(shares.share_end, by=by, share=share(taken(world), by, world.author)),
        "case_wall": lambda: partial(walls.case_wall, by=by, case=taken(world), reason=WHY, keeper=by),
        "case_unwall": lambda: partial(walls.case_unwall, by=by, case=walled(world, by), reason=WHY),
        "case_take_over": lambda: partial(walls.case_take_over, by=world.board_officer, case=walled(world, None)),
        "glass_break": lambda: partial(glass_of, case=taken(world)),
        "glass_review": lambda: partial(
            glass.glass_review,
            by=principal,
            glass=glass_of(case=taken(world)),
            review="Het was nodig, zegt de politie.",
        ),
        "case_spoken": lambda: partial(moving.case_spoken, by=principal, case=left_lying(world)),
        "case_look": lambda: partial(moving.case_look, pk=late(world).pk, now=timezone.now()),
    }


def lost_mail(world: World) -> OutgoingMail:
    gone = {"failed_at": timezone.now(), "problem": "address"}
    return OutgoingMail.objects.create(kind="contacts.due", to=world.teacher, path="/", **gone)


def lost_job() -> BackgroundJob:
    return BackgroundJob.objects.create(name="tidy", state="failed", tries=6, finished_at=timezone.now())


def of_work(world: World) -> Calls:
    by, second, due_on = world.coordinator, person("tweede"), timezone.localdate()
    join(second, "coordinator", world.school)
    wanted = tasks.Wanted("Anders.", by, due_on)

    def asked(answer: Callable[..., object], user: User, **more: Any) -> Callable[[], object]:
        case = taken(world)
        row = propose(case, by, second)
        return partial(answer, by=user, case=case, reference=row.reference, **more)

    def moved_meeting() -> Callable[[], object]:
        coming = meet(taken(world), by, starts_at=timezone.now() + timedelta(days=2), present=(by, second))
        planned = replace(meetings.plan_of(coming), place="Kamer 2")
        return partial(meetings.meeting_move, by=by, meeting=coming, planned=planned, version=1)

    def ended_task() -> Task:
        return tasks.task_end(by=by, task=make_task(taken(world), by), done=True, text="", version=1)

    def reminded() -> Callable[[], object]:
        make_task(taken(world), by, due_on=due_on)
        return lambda: tasks.tasks_remind(timezone.now() + timedelta(days=1))

    def of_somebody_gone() -> Callable[[], object]:
        left = person("vertrokken")
        join(left, "coordinator", world.school)
        away(left, second, world.school)
        Membership.objects.filter(user=left).delete()
        return partial(absences.absences_end_of_person, by=world.administrator, person=left, boards=[world.board])

    def later() -> Absence:
        dates = {"starts_on": due_on + timedelta(days=90), "ends_on": due_on + timedelta(days=91)}
        return away(second, by, world.school, **dates)

    return {
        "hand_over_propose": lambda: partial(propose, taken(world), by, second),
        "hand_over_answer": lambda: asked(handover.hand_over_answer, second, accept=True),
        "hand_over_withdraw": lambda: asked(handover.hand_over_withdraw, by),
        "task_add": lambda: partial(make_task, taken(world), by),
        "task_change": lambda: partial(
            tasks.task_change, by=by, task=make_task(taken(world), by), wanted=wanted, version=1
        ),
        "task_end": lambda: partial(
            tasks.task_end, by=by, task=make_task(taken(world), by), done=False, text=WHY, version=1
        ),
        "task_reopen": lambda: partial(tasks.task_reopen, by=by, task=ended_task()),
        "tasks_remind": reminded,
        "meeting_record": lambda: partial(meet, taken(world), by),
        "meeting_move": moved_meeting,
        "meeting_add": lambda: partial(
            meetings.meeting_add, by=by, meeting=meet(taken(world), by), text="Nog iets.", key=KEY
        ),
        "absence_set": lambda: partial(away, by, second, world.school),
        "absence_end": lambda: partial(absences.absence_end, by=by, absence=later()),
        "absences_end_of_person": of_somebody_gone,
    }


def of_dossiers(world: World, case: Case) -> Calls:
    by = world.coordinator

    def cut_off() -> Dossier:
        found = ordered(case, by)
        Dossier.objects.filter(pk=found.pk).update(job=None)
        return found

    def ordered_now() -> Callable[[], object]:
        row = begun(case, by)
        seen = content_hash(letter_of(row, by=by).frozen())
        return partial(preparing.dossier_order, by=by, dossier=row, seen=seen)

    def kept_for_long() -> Callable[[], object]:
        _young, over = kept(case, by), kept(case, by)
        Dossier.objects.filter(pk=over.pk).update(made_at=timezone.now() - timedelta(days=31))
        return tidying.dossiers_end

    return {
        "dossier_begin": lambda: partial(preparing.dossier_begin, by=by, case=case, entry=entry(case), key=KEY),
        "dossier_change": lambda: partial(
            preparing.dossier_change, by=by, dossier=begun(case, by), entry=entry(case, language="en")
        ),
        "dossier_pick": lambda: partial(
            preparing.dossier_pick, by=by, dossier=begun(case, by), picked=[], named_staff=True
        ),
        "dossier_words": lambda: partial(preparing.dossier_words, by=by, dossier=begun(case, by), words={"tas": "new"}),
        "dossier_order": ordered_now,
        "dossier_again": lambda: partial(preparing.dossier_again, by=by, dossier=cut_off()),
        "dossier_make": lambda: partial(making.dossier_make, cut_off().pk),
        "dossier_fetch": lambda: partial(giving.dossier_fetch, by=by, dossier=kept(case, by)),
        "dossier_check": lambda: (kept(case, by), partial(giving.dossier_check, by=by, content=b"%PDF-1.7 Brief"))[1],
        "dossiers_end": kept_for_long,
    }


def of_people(world: World) -> Calls:
    admin, today = world.administrator, timezone.localdate()
    within, offer = reach(admin), Offer("teacher", world.school, today, None)

    def teacher() -> tuple[User, Membership]:
        found = person("vers")
        return found, join(found, "teacher", world.school)

    def waiting() -> Invitation:
        found = invitations.invitation_send(by=admin, email="wacht@school.example", name="Wacht", offer=offer)
        Invitation.objects.filter(pk=found.pk).update(expires_at=timezone.now() + timedelta(days=2))
        found.refresh_from_db()
        return found

    def accepted() -> Callable[[], object]:
        found = waiting()
        accept = partial(invitations.invitation_accept, password="een-wachtwoord-van-mijzelf")
        return partial(accept, invitation=found, token=token(found))

    return {
        "mails_retry": lambda: (lost_mail(world), partial(post.mails_retry, by=admin, within=within, mail=None))[1],
        "mail_drop": lambda: partial(post.mail_drop, by=admin, within=within, mail=lost_mail(world).pk),
        "job_retry": lambda: partial(post.job_retry, by=admin, within=within, job=lost_job().pk),
        "job_drop": lambda: partial(post.job_drop, by=admin, within=within, job=lost_job().pk),
        "mail_choose": lambda: partial(post.mail_choose, by=world.teacher, wish=Wish("daily")),
        "role_give": lambda: partial(
            roles.role_give,
            by=admin,
            person=world.teacher,
            role="coordinator",
            place=world.school,
            starts_on=today,
            ends_on=None,
        ),
        "role_end": lambda: partial(roles.role_end, by=admin, membership=teacher()[1], last_day=None),
        "role_leave": lambda: partial(
            leaving.role_leave, by=admin, role=teacher()[1], within=within, last_day=None, takers={}
        ),
        "person_leave": lambda: partial(leaving.person_leave, by=admin, person=teacher()[0], within=within, takers={}),
        "account_close": lambda: partial(closing.account_close, by=admin, person=teacher()[0], within=within),
        "sessions_end": lambda: partial(closing.sessions_end, by=admin, person=teacher()[0], within=within),
        "reset_start": lambda: partial(closing.reset_start, by=admin, person=teacher()[0], within=within),
        "invitation_send": lambda: partial(
            invitations.invitation_send, by=admin, email="nieuw@school.example", name="Nieuw", offer=offer
        ),
        "invitation_send_again": lambda: partial(invitations.invitation_send_again, by=admin, invitation=waiting()),
        "invitation_withdraw": lambda: partial(invitations.invitation_withdraw, by=admin, invitation=waiting()),
        "invitation_accept": accepted,
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
    stops_with_its_event(of_cases(world)[name](), monkeypatch)


@pytest.mark.parametrize("name", ON_WORK)
def test_on_what_is_agreed(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    stops_with_its_event(of_work(world)[name](), monkeypatch)


@pytest.mark.parametrize("name", ON_DOSSIERS)
def test_on_dossiers(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A step of progress is written before the event: that the worker began is true, whatever becomes of it."""
    monkeypatch.setattr(making, "printed", lambda *_all: b"%PDF-1.7")
    case = taken(world)
    call = of_dossiers(world, case)[name]()
    held = set(filestore.held())
    with pytest.MonkeyPatch.context() as patch:
        stops_with_its_event(call, patch)
    assert name in ("dossier_make", "dossiers_end") or set(filestore.held()) == held


@pytest.mark.parametrize("name", ON_PEOPLE)
def test_on_people(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    stops_with_its_event(of_people(world)[name](), monkeypatch)
