"""Boards, schools, everybody who works there, and the pupils."""

from accounts.models import Board, Membership, Pupil, School, User
from tests.bench.scale.dialect import Dialect, code, pick
from tests.bench.scale.fill import fill
from tests.bench.scale.shape import ADMINISTRATOR, AWAY, OFFICER, PRIVACY, SECOND, STAFF, Shape, worker

SECTORS = ["po", "po", "vo"]
SCHOOL_ROLES = ["coordinator", "coordinator", "principal", *["teacher"] * 7]
BOARD_ROLES = {OFFICER: "board_officer", PRIVACY: "privacy_officer", ADMINISTRATOR: "administrator"}
FIRST = ["Noor", "Daan", "Sem", "Yara", "Lotte", "Milan", "Fatima", "Bram", "Tess", "Omar", "Eva"]
LAST = ["Zandstra", "de Vries", "Bakker", "el Amrani", "Visser", "Yilmaz", "Smit", "van Dijk", "Mulder"]


def build_people(shape: Shape, sql: Dialect) -> None:
    """Everything that stands there before the first report."""
    boards, schools = sql.numbers(shape.boards, "board"), sql.numbers(shape.all_schools, "school")
    fill(Board, {"id": "board", "reference": code("board"), "name": "'Bestuur ' || board"}, boards)
    values = {
        "id": "school",
        "reference": code("school"),
        "board": f"(school - 1) / {shape.board} + 1",
        "name": "'School ' || school",
        "hours": "'{}'",  # nobody filled them in
        "sector": pick("(school % 3)", SECTORS),
        "municipality": "'Gemeente ' || (school % 342)",
    }
    fill(School, values, schools)
    _users(sql, worker("staff"), f"{schools} CROSS JOIN {sql.numbers(STAFF, 'staff')}")
    _users(sql, shape.officer("kind", "board"), f"{boards} CROSS JOIN {sql.numbers(3, 'kind')}")
    _memberships(shape, sql)
    row = f"((school - 1) * {shape.pupils} + pupil)"
    values = {
        "id": row,
        "reference": code(row),
        "school": "school",
        "name": _name(row),
        "group": "(pupil % 8 + 1) || 'A'",
        "birth_date": sql.day("-3000 - pupil * 20"),
    }
    fill(Pupil, values, f"{schools} CROSS JOIN {sql.numbers(shape.pupils, 'pupil')}")


def _name(number: str) -> str:
    first, last = pick(f"({number} % {len(FIRST)})", FIRST), pick(f"({number} / 7 % {len(LAST)})", LAST)
    return f"{first} || ' ' || {last} || ' ' || {number}"


def _users(sql: Dialect, row: str, source: str) -> None:
    values = {
        "id": row,
        "reference": code(row),
        "email": f"'person' || {row} || '@school.example'",
        "name": _name(row),
        "password": "'!'",
        "created_at": sql.ago("9000"),
    }
    fill(User, values, source)


def _memberships(shape: Shape, sql: Dialect) -> None:
    since = {"starts_on": sql.day("-400")}
    schools, boards = sql.numbers(shape.all_schools, "school"), sql.numbers(shape.boards, "board")
    at_school = {"user": worker("staff"), "reference": code(worker("staff"))}
    values = at_school | {"role": pick("(staff - 1)", SCHOOL_ROLES), "school": "school"} | since
    fill(Membership, values, f"{schools} CROSS JOIN {sql.numbers(STAFF, 'staff')}")
    officer = shape.officer("kind", "board")
    role = pick("kind", ["", *BOARD_ROLES.values()])
    values = {"user": officer, "reference": code(officer), "role": role, "board": "board"}
    fill(Membership, values | since, f"{boards} CROSS JOIN {sql.numbers(3, 'kind')}")
    values = {"user": worker(SECOND, 1), "reference": code("(100000000 + school)")}
    values |= {"role": "'coordinator'", "school": "school + 1"} | since
    fill(Membership, values, sql.numbers(AWAY - 1, "school"))
