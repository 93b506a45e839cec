"""A fixed cast: two boards, three schools, somebody in every role, and a few reports.

Tests go through the front door: `login(person)` gives a client, and what it sees is asserted.
"""

import gc
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import count
from time import time
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db.backends.base.operations import BaseDatabaseOperations
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from accounts.models import Board, Membership, Pupil, School, User
from accounts.saving import rows_insert
from audit import triggers
from escalation.models import Contact
from signals import report
from signals.forms.concern import ConcernForm
from signals.models import Case, Draft, Signal
from signals.services.drafts import draft_save
from signals.services.sending import signal_send
from tests.checks import quick_checks
from tests.dealing import dealt
from tests.template import django_db_modify_db_settings  # noqa: F401 - in place of that of pytest-django

PASSWORD = "een-lang-wachtwoord-2026"
BACKEND = "accounts.backend.Backend"
FOLDERS = count()


@dataclass
class World:
    """Everybody and everything. `people` holds the cast by the name that the access matrix uses."""

    board: Board
    school: School
    sister_school: School
    other_school: School
    pupil: Pupil
    sister_pupil: Pupil
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


def join(user: User, role: str, place: School | Board, **dates: Any) -> Membership:
    """Give somebody a role at a school or at a board."""
    found = membership(user, role, place, **dates)
    found.save()
    return found


def membership(user: User, role: str, place: School | Board, **dates: Any) -> Membership:
    where = {"school": place} if isinstance(place, School) else {"board": place}
    dates.setdefault("starts_on", timezone.localdate() - timedelta(days=100))
    return Membership(user=user, role=role, **where, **dates)


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@school.example", PASSWORD, name=name.replace("_", " ").title())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: one that begins last is waited for by all other processes of the run."""
    longest = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    items[:] = dealt(longest, others, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def pytest_collection_finish(session: pytest.Session) -> None:
    """All that was imported stays; looking for garbage in it again and again took a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_log() -> Iterator[None]:
    """Lets the flush after transactional and live-server tests through: the log's triggers refuse it otherwise.

    PostgreSQL deletes the few rows that a test leaves, as SQLite does: to empty a table with TRUNCATE it makes a new
    file of it and of each of its indexes, which took longer than most tests. Foreign keys are looked at in the end.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def lifted(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        triggers.remove(self.connection)
        try:
            flush(self, sql_list)
        finally:
            triggers.install(self.connection)

    def deleted(self: BaseDatabaseOperations, _style: Any, tables: list[str], **_options: Any) -> list[str]:
        names = [self.quote_name(table) for table in tables]
        # First what another process or thread still writes, as TRUNCATE waits for it: else it comes after the flush.
        return ["; ".join([f"LOCK TABLE {', '.join(names)}", *(f"DELETE FROM {name}" for name in names)])]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", lifted)
        patch.setattr("django.db.backends.postgresql.operations.DatabaseOperations.sql_flush", deleted)
        yield


@pytest.fixture(autouse=True, scope="session")
def only_whole_pages_are_noted(django_test_environment: None) -> Iterator[None]:
    """`response.context` is that of the page; Django's test client copied it for each template inside the page too."""
    noted = Template._render

    def render(self: Template, context: Context) -> str:
        return noted(self, context) if context.template is self else self.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True, scope="session")
def rules_are_written_once() -> Iterator[None]:
    with quick_checks():
        yield


def unsaved(name: str, called: str = "", **fields: Any) -> User:
    """Somebody of the cast, who is written together with the others."""
    called = called or name.replace("_", " ").title()
    return User(email=f"{name}@school.example", name=called, password=password_hash(), **fields)


@cache
def password_hash() -> str:
    return make_password(PASSWORD)


@pytest.fixture(autouse=True)
def log_files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    """Keys, checkpoints and a store of files of its own for each test; the folder is made by whoever writes there."""
    own = "tmp_path" in request.fixturenames
    folder = request.getfixturevalue("tmp_path") if own else tmp_path_factory.getbasetemp() / f"log-{next(FOLDERS)}"
    settings.AUDIT_KEYS_DIR = folder / "keys"
    settings.AUDIT_CHECKPOINTS_DIR = folder / "checkpoints"
    settings.FILES_DIR = folder / "files"


@pytest.fixture
def world(db: None) -> World:
    """Board A with a secondary school (`school`) and a primary school (`sister_school`); board B with one school."""
    board, other = boards = Board(name="Bestuur A"), Board(name="Bestuur B")
    rows_insert(boards)
    school, sister, away = schools = (
        School(board=board, name="Het Lyceum", sector="vo", municipality="Merendal"),
        School(board=board, name="De Zusterschool", sector="po", municipality="Merendal"),
        School(board=other, name="De Verre School", sector="vo", municipality="Elders"),
    )
    rows_insert(schools)
    pupil = Pupil(school=school, name="Noor Zandstra", group="3B", birth_date=date(2012, 5, 14))
    sister_pupil = Pupil(school=sister, name="Bram Zandstra", group="6", birth_date=date(2016, 5, 14))
    found = World(board, school, sister, away, pupil, sister_pupil)
    roles: dict[str, tuple[str, School | Board]] = {
        "author": ("teacher", school),
        "teacher": ("teacher", school),
        "coordinator": ("coordinator", school),
        "principal": ("principal", school),
        "sister_coordinator": ("coordinator", sister),
        "board_officer": ("board_officer", board),
        "privacy_officer": ("privacy_officer", board),
        "administrator": ("administrator", board),
        "subject": ("teacher", school),
        "other_coordinator": ("coordinator", away),
        "other_board_officer": ("board_officer", other),
        "other_administrator": ("administrator", other),
    }
    cast = [*(unsaved(name) for name in roles), unsaved("root", "Super User", is_superuser=True), unsaved("former")]
    officer = {"recipient": "police_contact", "name": "Wijkagent J. de Boer", "phone": "+31612345678"}
    rows_insert((pupil, sister_pupil), cast, (Contact(board=board, school=school, **officer),))
    found.people.update(zip([*roles, "superuser", "former"], cast, strict=True))
    today = timezone.localdate()
    held = [membership(found.people[name], role, place) for name, (role, place) in roles.items()]
    held.append(membership(found.former, "coordinator", school, ends_on=today - timedelta(days=1)))
    rows_insert(held)
    return found


def proofs(confirmed: bool) -> list[dict[str, Any]]:
    """What a session remembers of how somebody logged in; `confirmed`: and showed once more just now who they are."""
    now = time()
    found: list[dict[str, Any]] = [{"method": "password", "at": now}, {"method": "mfa", "type": "totp", "at": now}]
    return [*found, {"method": "password", "at": now, "reauthenticated": True}] if confirmed else found


def prove(client: Client, user: User, *, confirmed: bool = True) -> None:
    """Write in a session how somebody logged in, as django-allauth does."""
    session = client.session
    session["account_authentication_methods"] = proofs(confirmed)
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    UserSession.objects.get_or_create(session_key=session.session_key, defaults={"user": user, "ip": "127.0.0.1"})


@pytest.fixture
def login() -> Callable[[User | None], Client]:
    """A client for somebody; None is a visitor. `confirmed`: may also do what asks once more who they are."""

    def make(user: User | None, *, confirmed: bool = True) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend=BACKEND)
            prove(client, user, confirmed=confirmed)
        return client

    return make


def typed(world: World, **changes: Any) -> dict[str, Any]:
    """A filled-in first page, as the browser would send it."""
    today = timezone.localdate().isoformat()
    return {
        "subject_role": "pupil",
        "person": f"pupil:{world.pupil.reference}",
        "subject_description": "",
        "concern": "bullying",
        "observed": "In de gang riep groep 3B haar na.",
        "told": "",
        "opinion": "",
        "against": "",
        "happened_on": today,
        "known_on": today,
        **changes,
    }


def send(author: User, data: dict[str, Any], answers: dict[str, Any] | None = None) -> Signal:
    """Send a report the short way, for tests that are about what comes after."""
    from accounts.grants import schools_to_write_for

    form = ConcernForm(data, user=author, schools=schools_to_write_for(author))
    assert form.is_valid(), form.errors
    draft: Draft = draft_save(by=author, draft=None, data=data)
    return signal_send(by=author, draft=draft, report=report.report(form.cleaned_data, answers or {}))


@pytest.fixture
def second(world: World) -> User:
    """A second care coordinator of the school, so that there is a deputy."""
    user = person("tweede")
    join(user, "coordinator", world.school)
    return user


@pytest.fixture
def pupil_signal(world: World) -> Signal:
    """A report by `author` about a pupil, still new."""
    return send(world.author, typed(world))


@pytest.fixture
def walled_signal(world: World) -> Signal:
    """A report by `author` about the colleague `subject`; only the board's officer handles it."""
    data = typed(world, subject_role="staff", person=f"staff:{world.subject.reference}", concern="radicalisation")
    return send(world.author, data)


@pytest.fixture
def principal_signal(world: World) -> Signal:
    """A report by `author` about the principal."""
    data = typed(
        world, subject_role="principal", person=f"staff:{world.principal.reference}", concern="verbal_violence"
    )
    return send(world.author, data)


@pytest.fixture
def taken_case(world: World, pupil_signal: Signal) -> Case:
    """The case of `pupil_signal`, owned by the coordinator."""
    from signals.services.cases import case_take

    return case_take(by=world.coordinator, case=pupil_signal.case)
