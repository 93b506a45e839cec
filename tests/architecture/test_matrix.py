"""Walks every address as everybody: status, planted words, the 404 that gives nothing away, writes and events."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import get_resolver

from accounts.guard import PUBLIC, walk
from audit.models import AuditEvent, Outcome
from tests.architecture import matrix
from tests.architecture.conftest import Stage, story_of
from tests.architecture.matrix import ALWAYS, KNOWS, LEAVES, MATRIX, REFUSES
from tests.architecture.walker import NOWHERE, UNKNOWN, Cell, address, ask, every_cell

LISTS_STAFF = ("signals:case-wall", "signals:case-facts")  # colleagues to keep out: all of the school
# Those in one row share a stage: making it takes longer than a small part. The longest stand alone, to be spread.
GROUPS = (
    ("SITE", "ACCOUNTS", "SCHOOL_ACCOUNTS", "PRACTICE"),
    ("FACTORS", "SHARES", "COLLEAGUES"),
    ("REPORTS", "GLASS"),
    ("CASES",),
    ("WALLS", "AGREED", "WORK"),
    ("FILES", "STEPS"),
    ("DOSSIERS",),
    ("DESKS", "AUDITS", "ADDRESSES"),
)
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# All that reading may write to: the trail, the session and when it was last in use, and django-allauth's own copy of an
# address, which it makes when it first needs one.
MAY_CHANGE = {"audit_event", "audit_personal", "django_session", "usersessions_usersession", "account_emailaddress"}

Rows = dict[str, list[tuple]]
Plain = tuple[int, str, dict[str, str]]


def names() -> list[str]:
    """The names of all addresses, with their namespaces."""
    resolver = get_resolver()
    spaces = {
        id(pattern): space
        for space, (_prefix, inner) in resolver.namespace_dict.items()
        for _route, pattern in walk(inner)
    }
    found = [(spaces.get(id(pattern)), pattern.name) for _route, pattern in walk(resolver)]
    return [f"{space}:{name}" if space else str(name) for space, name in found]


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted(names()) == sorted(MATRIX)
    assert sorted(row for parts in GROUPS for row in rows_of(parts)) == sorted(MATRIX)


def test_the_events_are_of_addresses_that_exist() -> None:
    assert {word.partition(" ")[2] for word in (*LEAVES, *ALWAYS)} <= set(MATRIX)


def test_the_matrix_and_the_marks_agree_on_what_is_public() -> None:
    public = {pattern.name for _route, pattern in walk(get_resolver()) if pattern.callback.guarded_by == PUBLIC}
    assert public == {name.rpartition(":")[2] for name, page in MATRIX.items() if page.public}


def rows_of(parts: Sequence[str]) -> list[str]:
    return [row for part in parts for row in getattr(matrix, part)]


@pytest.mark.long
@pytest.mark.parametrize("parts", GROUPS, ids=" ".join)
def test_every_cell(stage: Stage, parts: tuple[str, ...]) -> None:
    """Each request runs against the same state: whatever it did is rolled back."""
    wrong: list[str] = []
    before, last = rows(), newest()
    expected, absent = not_found_pages(stage), Absent(stage)
    for cell in fewer_refusals(every_cell(rows_of(parts))):
        with undone(), connection.execute_wrapper(statements := Statements()):
            response = ask(stage, cell, address(stage, cell))
            events = list(AuditEvent.objects.filter(id__gt=last))
            touched = statements.touched(set(before))
            changed = changes(before, rows(touched)) if touched else set()
        if response.status_code != cell.status:
            wrong.append(f"{cell}: {response.status_code}, not {cell.status}")
            continue
        problems = [
            *leaks(stage, cell, response),
            *writes(cell, changed, events),
            *refusals(stage, cell, events),
        ]
        if cell.status == 404:
            problems += differences(stage, cell, response, expected, absent)
        wrong += [f"{cell}: {problem}" for problem in problems]
    assert not wrong, "\n".join(wrong)


def fewer_refusals(cells: list[Cell]) -> list[Cell]:
    """All cells on SQLite; on PostgreSQL, where they take longer, a third of those that answer 404, turn by turn.

    Who is let in is asked in full on both. Refusing goes through the same few queries for every address.
    """
    if connection.vendor != "postgresql":
        return cells
    return [cell for turn, cell in enumerate(cells) if cell.status != 404 or turn % 3 == 0]


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT a FROM one FOR UPDATE", ""),
        ("\n    SELECT a FROM one", ""),
        ('INSERT INTO "audit_event" (a) VALUES (1)', ""),
        ('INSERT OR IGNORE INTO "one" (a) VALUES (1)', "one"),
        ('UPDATE "two" SET a = 1', "two"),
        ("DELETE FROM two WHERE a = 1", "two"),
        ("WITH e AS (INSERT INTO audit_event (a) VALUES (1) RETURNING id) INSERT INTO one SELECT 1", "one"),
        ("WITH e AS (SELECT 1) SELECT 2", "one two"),
        ("UPDATE three SET a = 1", "one two"),
        ("\n    UPDATE two SET a = 1", "two"),
        ("TRUNCATE one", "one two"),
    ],
)
def test_what_a_statement_may_have_changed_is_compared(sql: str, tables: str) -> None:
    seen = Statements()
    seen(lambda *_all: None, sql, (), False, {})
    assert seen.touched({"one", "two"}) == set(tables.split())


class Statements:
    """Notes which tables statements write to, so that only their rows are compared.

    What it can't read counts as writing to all of them. No trigger and no foreign key of ours writes by itself.
    """

    READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
    WRITES = re.compile(r'\b(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')

    def __init__(self) -> None:
        self.written, self.unread = set[str](), False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().startswith(self.READS):
            names = self.WRITES.findall(sql)
            self.written.update(names)
            self.unread = self.unread or not names
        return execute(sql, params, many, context)

    def touched(self, tables: set[str]) -> set[str]:
        return tables if self.unread or not self.written <= tables | MAY_CHANGE else self.written - MAY_CHANGE


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def newest() -> int:
    return AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0


def rows(tables: Collection[str] = ()) -> Rows:
    """Every row of these tables, or of every table except those that reading may write to."""
    tables = tables or {model._meta.db_table for model in apps.get_models()} - MAY_CHANGE
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def changes(before: Rows, after: Rows) -> set[str]:
    """The tables among those of `after` that are not as they were."""
    return {table for table in after if before[table] != after[table]}


def writes(cell: Cell, changed: set[str], events: list[AuditEvent]) -> list[str]:
    """Reading and refusing change nothing; a change, and a reading, leave the event that belongs to them."""
    if changed and (cell.method not in UNSAFE or cell.status >= 400):
        return [f"changed {sorted(changed)}"]
    left = {event.action for event in events if event.outcome == Outcome.ALLOWED}
    if changed and LEAVES.get(row_of(cell), "no row in LEAVES") not in left:
        return [f"changed {sorted(changed)} and left {sorted(left)}"]
    if cell.status == 200 and cell.method == "GET" and LEAVES.get(row_of(cell)) not in left | {None}:
        return [f"was read and left {sorted(left)}"]
    if cell.status < 400 and cell.persona != "visitor" and ALWAYS.get(row_of(cell)) not in left | {None}:
        return [f"left {sorted(left)}"]
    return []


def row_of(cell: Cell) -> str:
    return f"{cell.word} {cell.name}"


def refusals(stage: Stage, cell: Cell, events: list[AuditEvent]) -> list[str]:
    """A refusal leaves one event, of the right person; anything else none."""
    refused = [event for event in events if event.action == "access.refused"]
    if cell.status not in (403, 404, REFUSES.get(row_of(cell))):
        return [f"{len(refused)} refusals in the trail"] if refused else []
    if len(events) != 1 or len(refused) != 1:
        return [f"events {[event.action for event in events]}, not one refusal"]
    if refused[0].actor_ref != stage.user(cell.persona).reference or refused[0].outcome != Outcome.REFUSED:
        return ["the refusal is of somebody else, or not marked as one"]
    return []


def leaks(stage: Stage, cell: Cell, response: HttpResponse) -> list[str]:
    """Planted words of reports that this persona may not know."""
    text = (response.content.decode(errors="replace") + str(response.headers)).replace(address(stage, cell), "")
    if cell.name == "signals:glass-break" and cell.kind:
        text = text.replace(stage.case(cell.kind).reference, "")  # they typed it
    found = []
    for kind, who in KNOWS.items():
        level = who.get(cell.persona, "")
        if level != "story" and story_of(kind) in text:
            found.append(f"shows the story of {kind}")
        if kind in ("draft", "practice"):
            continue
        if not level and stage.case(kind).reference in text:
            found.append(f"shows the case {kind}")
        if level in ("", "reference") and any(name in text for name in names_in(stage, cell, kind)):
            found.append(f"shows the name in {kind}")
    return found


def names_in(stage: Stage, cell: Cell, kind: str) -> list[str]:
    """The name of the person it is about, where it has no other reason to be on the page.

    Searching finds people, and a wall may keep any colleague out; the colleague's own name stands in the own menu, in
    the list of people, and beside their log-ins in the log. On the page of a case that somebody may read stands the
    name of the same pupil as in the other cases.
    """
    if about_the_same(cell.kind, kind) and KNOWS.get(cell.kind, {}).get(cell.persona) == "story":
        return []
    if cell.name == "signals:person-search" or (cell.name in LISTS_STAFF and kind.startswith("staff")):
        return []
    if kind.startswith("staff"):
        own = cell.persona == "subject" or cell.name.startswith(("signals:trail", "accounts:people"))
        return [] if own else [stage.world.subject.name]
    people = {"pupil": stage.world.pupil, "wall": stage.world.pupil, "sister": stage.world.sister_pupil}
    pupil = people.get(kind.partition("/")[0])
    reads = {other.partition("/")[0] for other, who in KNOWS.items() if who.get(cell.persona) == "story"}
    other_way = pupil is not None and any(people.get(head) == pupil for head in reads)
    return [pupil.name] if pupil and not other_way else []


def about_the_same(one: str, other: str) -> bool:
    return bool(one) and one.partition("/")[0] == other.partition("/")[0]


def not_found_pages(stage: Stage) -> dict[str, HttpResponse]:
    """What an address that nothing has answers, by persona."""
    found = {}
    for persona in stage.clients:
        with undone():
            found[persona] = ask(stage, Cell("", persona, "GET", "", 404), NOWHERE)
    return found


class Absent:
    """What somebody gets for an object that nothing has: asked once, since what is about nothing has no kind."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.known = stage, dict[tuple[str, str, str], Plain]()

    def page(self, cell: Cell) -> Plain:
        key = cell.name, cell.persona, cell.word
        if key not in self.known:
            path = address(self.stage, cell, unknown=True)
            with undone():
                self.known[key] = plain(ask(self.stage, cell, path), path)
        return self.known[key]


def differences(
    stage: Stage, cell: Cell, response: HttpResponse, nowhere: dict[str, HttpResponse], absent: Absent
) -> list[str]:
    """In what a refusal differs from an address, and from an object, that does not exist."""
    path = address(stage, cell)
    found = []
    if plain(response, path) != plain(nowhere[cell.persona], NOWHERE, empty=cell.method == "HEAD"):
        found.append("differs from an unknown address")
    if cell.kind and cell.persona in MATRIX[cell.name].guard and plain(response, path) != absent.page(cell):
        found.append(f"differs from {UNKNOWN}")
    return found


def plain(response: HttpResponse, path: str, *, empty: bool = False) -> Plain:
    """Status, body and headers, without what differs for every request: tokens, the request id, the address itself."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", response.content.decode())
    text = text.replace(f'name="next" value="{path}"', 'name="next"')
    skipped = ("X-Request-Id", "Content-Length")
    headers = {name: value for name, value in response.headers.items() if name not in skipped}
    return response.status_code, "" if empty else text, headers | {"cookies": " ".join(sorted(response.cookies))}
