"""A stage with every kind of object in every state that matters, each with its own planted words."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, School, User
from accounts.services.invitations import Offer, invitation_send
from escalation.models import ClosingDays, Contact, ProtocolChange
from signals.dossier.services.preparing import Entry
from signals.filetypes.check import check
from signals.models import (
    Absence,
    Attachment,
    BreakGlass,
    Case,
    CasePerson,
    Dossier,
    Draft,
    HandOver,
    Meeting,
    SavedFilter,
    Signal,
    Step,
    Task,
)
from signals.practice import acts
from signals.practice.play import Play, load
from signals.services.cases import case_close, case_take
from signals.services.drafts import draft_save
from signals.services.filters import filter_save
from signals.services.glass import glass_break
from signals.services.rehearsing import rehearsal_change
from signals.services.steps import step_decline
from signals.services.tasks import task_end
from signals.services.walls import case_wall
from tests.accounts.sso import OIDC, SAML
from tests.agreeing import agreed, propose
from tests.conftest import World, join, person, send, typed
from tests.dossiers import drafted, kept
from tests.factors import SECRET, give_app, give_passkey
from tests.filing import keep
from tests.handing import away, make_task, meet
from tests.handing import propose as ask_over
from tests.practice import practised
from tests.sharing import share

WHY = "Besproken met het zorgteam op maandag."


@dataclass
class Stage:
    """`signals` by the name of the object kind in the matrix; `clients` and their `sessions` by persona."""

    world: World
    signals: dict[str, Signal] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)
    added: dict[str, tuple[CasePerson, CasePerson]] = field(default_factory=dict)  # the second was taken out again
    arguments: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    draft: Draft | None = None
    filter: SavedFilter | None = None
    invitation: Invitation | None = None
    passkey: Authenticator | None = None
    glass: BreakGlass | None = None
    hand_over: HandOver | None = None
    tasks: dict[str, Task] = field(default_factory=dict)
    ended: dict[str, Task] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    coming: dict[str, Meeting] = field(default_factory=dict)
    absence: Absence | None = None
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    letters: dict[str, Dossier] = field(default_factory=dict)  # those that are still put together
    told: dict[str, Entry] = field(default_factory=dict)  # what a form of one says; the same each time
    contact: Contact | None = None
    closing: ClosingDays | None = None
    agreed: dict[str, ProtocolChange] = field(default_factory=dict)
    exercise: tuple[str, str] = ("", "")  # a step of it that is open, and one that was declined

    def case(self, kind: str) -> Case:
        return self.signals[kind].case

    def step(self, kind: str, state: str = "open") -> Step:
        """A step of that case in that state, or any when there is none."""
        steps = self.case(kind).steps
        return steps.filter(state=state).first() or steps.first()

    def user(self, persona: str) -> User:
        return self.world.people[persona]


def story_of(kind: str) -> str:
    """What only those who may read that report should ever find on a page."""
    return f"Zilverreiger-{kind.replace('/', '-')}"


def decline_all(case: Case, by: User) -> None:
    for step in case.steps.filter(state="open"):
        step_decline(by=by, step=step, reason=WHY, applies=True)


@pytest.fixture
def school_accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One provider of each kind; nothing in the stage is asked of them. Nor is a process started for each file."""
    monkeypatch.setattr("signals.services.files.check_apart", check)
    settings.SEEN_EVERY_SECONDS = 3600  # a session is written anew once a minute, and a walk may take longer
    settings.SITE_URL = "http://zorg.school.example"
    settings.SSO = (
        replace(OIDC, issuer="https://surfconext.example"),
        replace(SAML, issuer="entree", sso_url="https://entree.example/sso", certificate="eA=="),
    )


@pytest.fixture
def stage(world: World, login: Callable[[User | None], Client], school_accounts: None) -> Stage:
    """The world with somebody who wears two hats, seven cases in three states, and a draft."""
    both = world.people["two_hats"] = person("two_hats")
    join(both, "principal", world.school)
    join(both, "coordinator", world.sister_school)
    receivers(world)
    User.objects.filter(pk=world.subject.pk).update(name="Sjoerd Onderwerp")
    world.subject.refresh_from_db()
    found = Stage(world)
    third = School.objects.create(board=world.board, name="De Derde School", sector="vo", municipality="Merendal")
    world.people["glass"] = person("glass")
    join(world.people["glass"], "coordinator", third)
    for kind in ("pupil/new", "pupil/taken", "pupil/ready", "pupil/closed", "pupil/glass", "wall/hand", "wall/given"):
        found.signals[kind] = send(world.author, typed(world, observed=story_of(kind)))
    for kind in ("staff/new", "staff/taken", "principal/new"):
        found.signals[kind] = send(world.author, about_staff(world, kind))
    sister = typed(world, observed=story_of("sister/new"), person=f"pupil:{world.sister_pupil.reference}")
    found.signals["sister/new"] = send(world.sister_coordinator, sister)
    move_on(found)
    share_out(found)
    file_away(found)
    add_people(found)
    write_letters(found)
    found.draft = draft_save(by=world.author, draft=None, data=typed(world, observed=story_of("draft")))
    found.exercise = exercise(world)
    found.filter = filter_save(by=world.coordinator, name="Wat ik volg", query="tab=open&status=monitoring")
    offer = Offer("teacher", world.school, timezone.localdate(), None)
    found.invitation = invitation_send(
        by=world.administrator, email="genodigd@school.example", name="Gijs Genodigd", offer=offer
    )
    found.contact = Contact.objects.get(school=world.school)
    tomorrow = timezone.localdate() + timedelta(days=1)
    found.closing = ClosingDays.objects.create(
        school=world.school, starts_on=tomorrow, ends_on=tomorrow, label="Studiedag"
    )
    found.agreed = {"own/waits": propose(world.coordinator, world.board), "own/holds": agreed(world)}
    give_app(world.teacher)
    found.passkey = give_passkey(world.teacher)[0]
    found.clients = {name: login(user) for name, user in world.people.items()} | {"visitor": login(None)}
    for client in found.clients.values():
        began_setting_up_an_app(client)
    found.sessions = {name: client.session.session_key or "" for name, client in found.clients.items()}
    return found


def exercise(world: World) -> tuple[str, str]:
    """The author's own exercise, in hand, with one step decided against."""
    kept = practised(world.author, typed(world, observed=story_of("practice"), person="pupil:P1", concern="departure"))

    def begin(play: Play) -> None:
        acts.take(play)
        acts.step_decline(play, play.steps[0], reason=WHY, applies=True)

    steps = load(rehearsal_change(by=world.author, rehearsal=kept, act=begin), world.author).steps
    return steps[1].reference, steps[0].reference


def work(stage: Stage) -> None:
    """A hand-over that waits, tasks and meetings in two cases, held and to come, and an absence that is to come."""
    world = stage.world
    stage.hand_over = ask_over(stage.case("wall/given"), world.coordinator, world.board_officer)
    for kind, by in (("pupil/taken", world.coordinator), ("staff/taken", world.board_officer)):
        stage.tasks[kind] = make_task(stage.case(kind), by, text=story_of(kind))
        ended = make_task(stage.case(kind), by, text=story_of(kind))
        stage.ended[kind] = task_end(by=by, task=ended, done=True, text="", version=1)
        stage.meetings[kind] = meet(stage.case(kind), by, text=story_of(kind))
        coming = {"text": story_of(kind), "starts_at": timezone.now() + timedelta(days=2)}
        stage.coming[kind] = meet(stage.case(kind), by, **coming)
    later = timezone.localdate() + timedelta(days=50)
    coordinators = world.sister_coordinator, world.people["two_hats"]
    stage.absence = away(*coordinators, world.sister_school, starts_on=later, ends_on=later)


def receivers(world: World) -> None:
    """Teachers who see nothing by their role, so that what they see is by a share."""
    for name, place in (("sharee", world.sister_school), ("contributor", world.school), ("expired", world.school)):
        world.people[name] = person(name)
        join(world.people[name], "teacher", place)


def file_away(stage: Stage) -> None:
    """In each case a file of its handler, and one that came with the report; both hold the planted words."""
    for kind, signal in stage.signals.items():
        stage.files[kind] = keep(signal.case, stage.world.coordinator, story_of(kind))
        stage.files[f"sent/{kind}"] = keep(signal.case, signal.author, story_of(kind), signal)


def write_letters(stage: Stage) -> None:
    """In some cases a dossier that is ready, and one that is being put together; both tell what they are for."""
    for kind in ("pupil/taken", "wall/hand", "staff/taken", "sister/new"):
        case, by = stage.case(kind), stage.world.coordinator
        stage.dossiers[kind] = kept(case, by, story_of(kind))
        stage.letters[kind] = drafted(case, by, story_of(kind))


def add_people(stage: Stage) -> None:
    """In some cases somebody who was added, and somebody who was taken out again; both hold the planted words."""
    by, now = stage.world.coordinator, timezone.now()
    for kind in ("pupil/taken", "wall/hand", "staff/taken", "sister/new"):
        row = {"case": stage.case(kind), "role": "witness", "description": story_of(kind), "by": by, "at": now}
        stays = CasePerson.objects.create(key=uuid.uuid4(), **row)
        stage.added[kind] = stays, CasePerson.objects.create(key=uuid.uuid4(), removed_by=by, removed_at=now, **row)


def share_out(stage: Stage) -> None:
    """The taken case is shared: to read, to add to, and until yesterday."""
    case, world = stage.case("pupil/taken"), stage.world
    for name, level, days in (("sharee", "read", 5), ("contributor", "contribute", 5), ("expired", "contribute", -1)):
        share(case, world.coordinator, world.people[name], level, days)


def began_setting_up_an_app(client: Client) -> None:
    session = client.session
    session[SECRET_SESSION_KEY] = SECRET
    session.save()


def about_staff(world: World, kind: str) -> dict[str, Any]:
    role = kind.partition("/")[0]
    whom = world.principal if role == "principal" else world.subject
    return typed(
        world,
        observed=story_of(kind),
        subject_role=role,
        person=f"staff:{whom.reference}",
        concern="radicalisation",
    )


def move_on(stage: Stage) -> None:
    """Bring the cases into their states."""
    for kind in ("pupil/taken", "pupil/ready", "pupil/closed", "pupil/glass", "wall/hand", "wall/given", "staff/taken"):
        handler = stage.world.board_officer if kind.startswith("staff") else stage.world.coordinator
        case_take(by=handler, case=stage.case(kind))
    for kind in ("pupil/ready", "pupil/closed"):
        decline_all(stage.case(kind), stage.world.coordinator)
    done = Case.objects.get(pk=stage.case("pupil/closed").pk)
    case_close(by=stage.world.coordinator, case=done, outcome="resolved", reason=WHY, version=done.version)
    stage.glass = glass_break(by=stage.user("glass"), case=stage.case("pupil/glass"), reason=WHY)
    keeper = stage.world.coordinator
    for kind in ("wall/hand", "wall/given"):
        case_wall(by=keeper, case=stage.case(kind), reason=WHY, keeper=keeper)
    work(stage)
    for kind, signal in stage.signals.items():
        stage.signals[kind] = Signal.objects.select_related("case").get(pk=signal.pk)
