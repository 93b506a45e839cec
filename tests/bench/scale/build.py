"""Fills an empty, migrated database, a table with one statement."""

import sys
import time
from collections.abc import Callable

from django.db import connection, transaction

from accounts.content.migrating import encrypt_rows
from accounts.models import Board, Membership, Pupil, School, User
from audit.models import AuditEvent
from signals.models import Barred, BreakGlass, Case, CaseUserPermission, Named, Person, Share, Signal, Step
from tests.bench.scale.cases import build_cases
from tests.bench.scale.events import build_events
from tests.bench.scale.fill import catch_up_keys, run
from tests.bench.scale.pages import GUEST_ID
from tests.bench.scale.people import build_people
from tests.bench.scale.rights import build_rights
from tests.bench.scale.shape import Shape, dialect, plan

KEYED = [Board, School, User, Membership, Pupil, Case, Signal, Person, Step]
FILLED = [*KEYED, Share, CaseUserPermission, Named, Barred, BreakGlass, AuditEvent]


def build(shape: Shape, say: Callable[[str], None] = lambda line: None) -> int:
    """Returns the number of cases.

    All constraints and the triggers of the log are in force, except that PostgreSQL leaves out the check of foreign
    keys where everything is built and its user may do that: 17 million look-ups. The same statements are checked
    where part of it is built.
    """
    sql = dialect()
    start = time.monotonic()

    def told(what: str) -> None:
        say(f"{what}: {time.monotonic() - start:.0f} s")

    with transaction.atomic():
        if sql.postgres:
            run("SET LOCAL statement_timeout = 0")
        if sql.postgres and not shape.checked and _superuser():
            run("SET LOCAL session_replication_role = replica")
        build_people(shape, sql)
        told("people")
        count = plan(shape, sql)
        build_cases(shape, sql, count)
        told("cases")
        build_rights(shape, sql)
        encrypt_rows(Share.objects.filter(colleague=GUEST_ID))  # of all texts the pages show only these
        build_events(sql)
        run("DROP TABLE bench_case")
        catch_up_keys(KEYED)
    told("rights and events")
    return count


def _superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def counts() -> dict[str, int]:
    """Rows by model."""
    return {model.__name__: model._default_manager.count() for model in FILLED}


def to_stderr(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)
