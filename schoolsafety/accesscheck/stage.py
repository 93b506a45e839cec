"""A board that does not exist, built through the real services inside a transaction that is rolled back."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.grants import schools_to_write_for
from accounts.models import Board, Invitation, Membership, Pupil, School, User
from accounts.references import new_reference
from accounts.roles import Role
from accounts.services.invitations import Offer, invitation_send
from escalation.models import ProtocolChange
from escalation.services.own_steps import Proposal, own_step_propose
from schoolsafety.accesscheck.kept import dossier_of, file_of
from schoolsafety.accesscheck.plan import ADDED, AUTHORS, PERSONS, SHARES, WORKED
from signals import report
from signals.forms.concern import ConcernForm
from signals.forms.practice import PracticeForm
from signals.models import (
    Absence,
    Attachment,
    BreakGlass,
    Case,
    CasePerson,
    Dossier,
    Draft,
    Meeting,
    SavedFilter,
    Share,
    Signal,
    Task,
)
from signals.practice.play import load
from signals.services.cases import case_take
from signals.services.drafts import draft_save
from signals.services.filters import filter_save
from signals.services.glass import glass_break
from signals.services.rehearsing import rehearsal_save, rehearsal_send
from signals.services.sending import signal_send
from signals.services.shares import case_share
from signals.services.walls import case_wall

WHY = "Zelftest van de toegang: deze reden is verzonnen."
MARK = "Zelftest-verhaal"
# No hash of anything, so nothing fits it. Who has no password at all could not have shown once more who they are.
NO_PASSWORD = "zelftest"  # noqa: S105


ABOUT_STAFF = (
    ("staff", "subject", "staff"),
    ("about_coordinator", "coordinator", "staff"),
    ("about_principal", "principal", "principal"),
    ("about_officer", "officer_subject", "staff"),
)


@dataclass
class Stage:
    """Everybody and everything, by the names of the plan. `tag` keeps the names apart from real ones."""

    tag: str = field(default_factory=new_reference)
    people: dict[str, User] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    files: dict[str, Attachment] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    letters: dict[str, Dossier] = field(default_factory=dict)
    absence: Absence | None = None
    draft: Draft | None = None
    exercise: str = ""  # a step of it
    filter: SavedFilter | None = None
    glass: BreakGlass | None = None
    school: School | None = None
    invitation: Invitation | None = None
    proposal: ProtocolChange | None = None

    def case(self, kind: str) -> Case:
        return self.signals[kind].case

    def within(self, name: str, kind: str) -> list[str]:
        """What stands in the address of a page beside the case."""
        if name in PERSONS:
            return [str(self.signals[kind].people.get().row_key)]
        if name in ADDED:
            return [str(self.case(kind).added_people.get().row_key)]
        if name in SHARES:
            return [self.case(kind).shares.order_by("pk")[0].reference]
        return ["monitoring"] if name == "signals:case-move" else []

    def story(self, kind: str) -> str:
        """Words that stand in this case and nowhere else."""
        return f"{MARK}-{kind}-{self.tag}"


def build() -> Stage:
    """Make everything new. Run it in a transaction that is rolled back afterwards."""
    stage = Stage()
    board, abroad = (Board.objects.create(name=f"Zelftest {name} {stage.tag}") for name in "AB")
    school = stage.school = _school(board, "school", stage)
    away, far = _school(board, "andere school", stage), _school(abroad, "school elders", stage)
    _people(stage, board, school, away, abroad, far)
    pupil, other, third = (
        Pupil.objects.create(school=place, name=f"Leerling {place.name}") for place in (school, away, far)
    )
    for kind in ("new", "taken", "shared", "hand"):
        stage.signals[kind] = _send(stage, kind, school, pupil=pupil)
    for kind, whom, role in ABOUT_STAFF:
        stage.signals[kind] = _send(stage, kind, school, staff=stage.people[whom], role=role)
    stage.signals["away"] = _send(stage, "away", away, pupil=other)
    stage.signals["abroad"] = _send(stage, "abroad", far, pupil=third)
    stage.filter = filter_save(by=stage.people["coordinator"], name="Wat ik volg", query="tab=open&owner=me")
    stage.draft = draft_save(by=stage.people["author"], draft=None, data={"observed": stage.story("draft")})
    stage.exercise = _practise(stage)
    stage.invitation = _invite(stage, school)
    stage.proposal = _propose(stage, board)
    _explicit(stage)
    _work(stage, school)
    for name in ("former", "closed"):
        _leave(stage.people[name], name)
    for kind, signal in stage.signals.items():
        stage.signals[kind] = Signal.objects.select_related("case").get(pk=signal.pk)
        _newcomer(stage, kind)
        stage.files[kind] = file_of(stage.signals[kind], stage.story(kind))
    return stage


def _newcomer(stage: Stage, kind: str) -> None:
    """Somebody who was added to a case; as a row, for the same reason as in _work()."""
    now, by = timezone.now(), stage.people["coordinator"]
    said = {"role": "other", "description": stage.story(kind)}
    CasePerson.objects.create(key=uuid.uuid4(), case=stage.case(kind), by=by, at=now, **said)


def _practise(stage: Stage) -> str:
    """The author's own exercise, sent; one of its steps."""
    author, today = stage.people["author"], timezone.localdate().isoformat()
    words = {"subject_role": "pupil", "person": "pupil:P1", "concern": "departure", "observed": stage.story("practice")}
    form = PracticeForm({**words, "happened_on": today, "known_on": today}, user=author, sector="vo")
    if not form.is_valid():
        raise ValueError(form.errors.as_text())
    kept = rehearsal_save(by=author, sector="vo", data=words)
    play = load(rehearsal_send(by=author, rehearsal=kept, report=report.report(form.cleaned_data, {})), author)
    return play.steps[0].reference if play else ""


def _invite(stage: Stage, school: School) -> Invitation:
    offer = Offer(Role.TEACHER, school, timezone.localdate(), None)
    email = f"genodigd.{stage.tag}@zelftest.invalid".lower()
    return invitation_send(by=stage.people["administrator"], email=email, name="Zelftest genodigd", offer=offer)


def _propose(stage: Stage, board: Board) -> ProtocolChange:
    new = Proposal(
        kind="add",
        recipient="parents",
        starts_on=timezone.localdate(),
        why_nl=WHY,
        conditions=(("concern", "other"),),
        obligation="advice",
        urgency="planned",
    )
    return own_step_propose(by=stage.people["coordinator"], board=board, proposal=new, key=uuid.uuid4())


def _school(board: Board, name: str, stage: Stage) -> School:
    return School.objects.create(board=board, name=f"Zelftest {name} {stage.tag}", sector="vo", municipality="Nergens")


def _person(stage: Stage, name: str) -> User:
    user = User.objects.create_user(f"{name}.{stage.tag}@zelftest.invalid".lower(), name=f"Zelftest {name}")
    user.password = NO_PASSWORD
    user.save(update_fields=["password"])
    return user


def _people(stage: Stage, board: Board, school: School, away: School, abroad: Board, far: School) -> None:
    roles: dict[str, tuple[Role, School | Board]] = {
        "author": (Role.TEACHER, school),
        "teacher": (Role.TEACHER, school),
        "coordinator": (Role.COORDINATOR, school),
        "barred": (Role.COORDINATOR, school),
        "principal": (Role.PRINCIPAL, school),
        "subject": (Role.TEACHER, school),
        "reader": (Role.TEACHER, away),
        "adder": (Role.TEACHER, away),
        "expired": (Role.TEACHER, away),
        "away_coordinator": (Role.COORDINATOR, away),
        "glass": (Role.COORDINATOR, away),
        "glass_over": (Role.COORDINATOR, away),
        "officer": (Role.BOARD_OFFICER, board),
        "officer_subject": (Role.BOARD_OFFICER, board),
        "privacy": (Role.PRIVACY_OFFICER, board),
        "administrator": (Role.ADMINISTRATOR, board),
        "former": (Role.COORDINATOR, school),
        "closed": (Role.COORDINATOR, school),
        "abroad_coordinator": (Role.COORDINATOR, far),
        "abroad_officer": (Role.BOARD_OFFICER, abroad),
    }
    since = timezone.localdate() - timedelta(days=100)
    for name, (role, place) in roles.items():
        user = _person(stage, name)
        where = {"school": place} if isinstance(place, School) else {"board": place}
        Membership.objects.create(user=user, role=role, starts_on=since, **where)
        stage.people[name] = user
    email = f"superuser.{stage.tag}@zelftest.invalid".lower()
    stage.people["superuser"] = User.objects.create(email=email, name="Zelftest superuser", is_superuser=True)


def _send(stage: Stage, kind: str, school: School, *, role: str = "pupil", **whom: Any) -> Signal:
    """A report through the real form, by its author."""
    author = stage.people[AUTHORS.get(kind, "author")]
    found = whom.get("staff") or whom["pupil"]
    today = timezone.localdate().isoformat()
    data = {
        "school": school.reference,
        "subject_role": role,
        "person": f"{'staff' if whom.get('staff') else 'pupil'}:{found.reference}",
        "concern": "verbal_violence",
        "observed": stage.story(kind),
        "happened_on": today,
        "known_on": today,
    }
    form = ConcernForm(data, user=author, schools=schools_to_write_for(author))
    if not form.is_valid():
        raise ValueError(form.errors.as_text())
    draft = draft_save(by=author, draft=None, data=data)
    return signal_send(by=author, draft=draft, report=report.report(form.cleaned_data, {}))


def _explicit(stage: Stage) -> None:
    """Shares, a wall by hand, break-glass; one of each that is over."""
    people, coordinator = stage.people, stage.people["coordinator"]
    for kind in ("taken", "shared", "hand"):
        case_take(by=coordinator, case=stage.case(kind))
    shared, today = Case.objects.get(pk=stage.case("shared").pk), timezone.localdate()
    for name, level in (("reader", "read"), ("adder", "contribute"), ("expired", "contribute")):
        case_share(
            by=coordinator,
            case=shared,
            colleague=people[name],
            level=level,
            ends_on=today + timedelta(days=5),
            reason=WHY,
            key=str(uuid.uuid4()),
        )
    Share.objects.filter(colleague=people["expired"]).update(ends_on=today - timedelta(days=1))
    for name in ("glass", "glass_over"):
        stage.glass = glass_break(by=people[name], case=shared, reason=WHY)
    long_ago = timezone.now() - timedelta(hours=3)
    over = BreakGlass.objects.filter(by=people["glass_over"])
    over.update(opened_at=long_ago, until=long_ago + timedelta(hours=1))
    hand = Case.objects.get(pk=stage.case("hand").pk)
    case_wall(by=coordinator, case=hand, reason=WHY, keeper=coordinator, bar=(people["barred"],))


def _work(stage: Stage, school: School) -> None:
    """A task, a meeting and dossiers in two cases, and an absence that is to come.

    As rows: a service would refuse them where a role may too little, and that is what the self-test has to find.
    """
    coordinator, today, now = stage.people["coordinator"], timezone.localdate(), timezone.now()
    for kind in WORKED:
        case, story = stage.case(kind), stage.story(kind)
        made = {"case": case, "made_by": coordinator, "created_at": now, "text": story}
        stage.tasks[kind] = Task.objects.create(key=uuid.uuid4(), assignee=coordinator, due_on=today, **made)
        stage.meetings[kind] = Meeting.objects.create(key=uuid.uuid4(), starts_at=now, **made)
        stage.letters[kind] = dossier_of(stage.signals[kind], story, coordinator)
        stage.dossiers[kind] = dossier_of(stage.signals[kind], story, coordinator, made=True)
    later, people = today + timedelta(days=50), {"user": coordinator, "deputy": stage.people["barred"]}
    stage.absence = Absence.objects.create(
        school=school, starts_on=later, ends_on=later, by=coordinator, created_at=now, **people
    )


def _leave(user: User, how: str) -> None:
    if how == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=user).update(ends_on=timezone.localdate() - timedelta(days=1))
