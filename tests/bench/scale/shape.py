"""How much there is, who is measured, and the plan of all cases as a temporary table."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from signals import rules
from tests.bench.scale.dialect import Dialect, pick
from tests.bench.scale.fill import run

STAFF = 10  # at a school: two coordinators, a principal, seven teachers
COORDINATOR, SECOND, PRINCIPAL, TEACHER = 1, 2, 3, 4
OFFICER, PRIVACY, ADMINISTRATOR = 1, 2, 3
AWAY = 3  # the second coordinator of the first school works at this many schools
GUEST = AWAY + 1  # the school of the teacher with whom cases are shared

# Of 25 cases: 6 new, 9 being handled, 1 put with another, 9 closed.
STATES = [rules.NEW] * 6 + [rules.IN_REVIEW] * 3 + [rules.ESCALATED] * 2 + [rules.MONITORING] * 3
STATES += [rules.REOPENED, rules.JOINED] + [rules.CLOSED] * 9


@dataclass(frozen=True)
class Shape:
    """schools × each cases, in boards of `board` schools; every 20th case is walled.

    cut: so many cases of the first board only, among them all that the people measured see. None: everything.
    running, expired, ended: shares of the teacher that is measured. lent: of how many cases one is shared with another.
    checked: foreign keys are checked while building.
    """

    schools: int = 8000
    each: int = 125
    board: int = 60
    pupils: int = 100
    cut: int | None = None
    running: int = 30
    expired: int = 20
    ended: int = 10
    lent: int = 5
    checked: bool = True

    @property
    def all_schools(self) -> int:
        return min(self.board, self.schools) if self.cut else self.schools

    @property
    def boards(self) -> int:
        return -(-self.all_schools // self.board)

    @property
    def staff(self) -> int:
        return self.all_schools * STAFF

    def officer(self, kind: int, board: int | str = 1) -> str:
        """The id of somebody at the board, as SQL."""
        return f"({self.staff} + ({board} - 1) * 3 + {kind})"


def worker(kind: int | str, school: int | str = "school") -> str:
    """The id of somebody at a school, as SQL."""
    return f"(({school} - 1) * {STAFF} + {kind})"


def dialect() -> Dialect:
    moment = timezone.now().replace(minute=0, second=0, microsecond=0)
    return Dialect(connection.vendor == "postgresql", moment)


def plan(shape: Shape, sql: Dialect) -> int:
    """Make bench_case: one row for each case, with what the other tables need of it. Returns how many.

    Ids run through the schools turn by turn, as reports come in; so the cases of a school lie far apart.
    key: the same for the same case, whatever stands around it. held: its place among the shares of the teacher.
    """
    here = sql.numbers(shape.all_schools, "school")
    turns = sql.numbers(shape.each, "turn")
    run(
        "CREATE TEMPORARY TABLE bench_drawn AS SELECT school, turn, (school * 7919 + turn * 104729) % 1009 AS mix "
        f"FROM {here} CROSS JOIN {turns}"
    )
    state = pick("(mix / 20 % 25)", STATES)
    drawn = (
        f"SELECT school, turn, mix, turn * 10000 + school AS key, (school - 1) / {shape.board} + 1 AS board, "
        f"mix % 20 = 0 AS walled, {state} AS state FROM bench_drawn"
    )
    lendable = f"school > {GUEST} AND board = 1 AND NOT walled AND state IN ('in_review', 'escalated', 'monitoring')"
    held = f"CASE WHEN {lendable} THEN row_number() OVER (PARTITION BY {lendable} ORDER BY mix, turn, school) END"
    wanted = f"walled OR school <= {AWAY} OR held <= {shape.running + shape.expired + shape.ended}"
    order = f"CASE WHEN {wanted} THEN 0 ELSE 1 END"
    ranked = (
        f"SELECT *, row_number() OVER (ORDER BY {order}, turn, school) AS place "  # noqa: S608
        f"FROM (SELECT *, {held} AS held FROM ({drawn}) AS drawn) AS lent"
    )
    kept = f"WHERE place <= {shape.cut}" if shape.cut else ""
    numbered = f"SELECT *, row_number() OVER (ORDER BY turn, school) AS id FROM ({ranked}) AS ranked {kept}"  # noqa: S608
    first = "first_value(id) OVER (PARTITION BY school ORDER BY CASE WHEN state = 'joined' THEN 1 ELSE 0 END, turn)"
    run(f"CREATE TEMPORARY TABLE bench_case AS SELECT *, {first} AS first FROM ({numbered}) AS numbered")  # noqa: S608
    run("DROP TABLE bench_drawn")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_case")
        return int(cursor.fetchone()[0])
