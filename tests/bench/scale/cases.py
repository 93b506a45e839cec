"""Cases, reports, those concerned and steps, from the plan in bench_case."""

from signals import rules
from signals.models import Case, Person, Signal, Step
from tests.bench.scale.dialect import Dialect, code, pick, quoted
from tests.bench.scale.fill import fill
from tests.bench.scale.shape import COORDINATOR, OFFICER, SECOND, TEACHER, Shape, worker

CONCERNS = ["bullying", "absence", "domestic_violence", "radicalisation", "wellbeing"]
RECIPIENTS = ["care_coordinator", "veilig_thuis", "police_contact", "attendance_desk", "parents"]
URGENCIES = ["same_day", "five_working_days", "planned", "planned", "planned"]
STORY = "In de gang riep een groep haar na; ze liep weg en kwam de rest van de middag niet meer in de les. " * 3
OPEN = ", ".join(quoted(state) for state in sorted(rules.OPEN))
ACTIVE = ", ".join(quoted(state) for state in sorted(rules.ACTIVE))
IN_HAND = f"state IN ({ACTIVE}, 'closed')"
DUE = f"state IN ({OPEN}) AND mix % 8 > 0"
DUE_HOURS = "(100 - mix * 37 % 700)"  # from four days late to nearly a month ahead
AGE_HOURS = "((126 - turn) * 70 - school % 70)"
WRITER = worker(f"({TEACHER} + turn % 7)")
SUBJECT = worker(f"({TEACHER} + (turn + 1) % 7)")
ROLE = "CASE WHEN walled THEN 'staff' ELSE 'pupil' END"
SECOND_REPORT = "turn % 5 = 0"
STEPS = len(RECIPIENTS)
TURNS = 10_000_000  # above any key of a case


def build_cases(shape: Shape, sql: Dialect, count: int) -> None:
    """count: how many cases the plan has."""
    _cases(shape, sql)
    _reports(sql, "id", "key", "bench_case")
    _reports(sql, f"{count} + id", f"{TURNS} + key", f"bench_case WHERE {SECOND_REPORT}")
    who = {
        "role": "'subject'",
        "pupil": f"CASE WHEN NOT walled THEN (school - 1) * {shape.pupils} + {_pupil(shape)} END",
    }
    who["user"] = f"CASE WHEN walled THEN {SUBJECT} END"
    fill(Person, who | {"signal": "id", "row_key": sql.uuid("id")}, "bench_case")
    fill(
        Person,
        who | {"signal": f"{count} + id", "row_key": sql.uuid(f"{count} + id")},
        f"bench_case WHERE {SECOND_REPORT}",
    )
    _steps(sql)


def _pupil(shape: Shape) -> str:
    return f"turn * 7 % {shape.pupils} + 1"


def _cases(shape: Shape, sql: Dialect) -> None:
    by_school = f"CASE WHEN mix % 4 = 3 THEN {worker(SECOND)} ELSE {worker(COORDINATOR)} END"
    owner = f"CASE WHEN walled THEN {shape.officer(OFFICER, 'board')} ELSE {by_school} END"
    values = {
        "id": "id",
        "reference": code("key"),
        "board": "board",
        "school": "school",
        "concern": pick(f"(mix % {len(CONCERNS)})", CONCERNS),
        "subject_role": ROLE,
        "walled": "walled",
        "status": "state",
        "owner": f"CASE WHEN {IN_HAND} THEN {owner} END",
        "outcome": "CASE WHEN state = 'closed' THEN 'resolved' ELSE '' END",
        "close_reason": "CASE WHEN state = 'closed' THEN 'Het gaat weer goed, zeggen de ouders.' ELSE '' END",
        "created_at": sql.ago(AGE_HOURS),
        "taken_at": f"CASE WHEN {IN_HAND} THEN {sql.ago(f'{AGE_HOURS} - 5')} END",
        "closed_at": f"CASE WHEN state = 'closed' THEN {sql.ago(f'{AGE_HOURS} - 60')} END",
        **dict.fromkeys(("next_due_at", "first_at"), f"CASE WHEN {DUE} THEN {sql.ago(DUE_HOURS)} END"),
        "joined_to": "CASE WHEN state = 'joined' THEN first END",
    }
    fill(Case, values, "bench_case ORDER BY id")


def _reports(sql: Dialect, row: str, key: str, source: str) -> None:
    values = {
        "id": row,
        "reference": code(key),
        "key": code(key),
        "case": "id",
        "school": "school",
        "author": WRITER,
        "concern": pick(f"(mix % {len(CONCERNS)})", CONCERNS),
        "subject_role": ROLE,
        "observed": quoted(STORY),
        "facts": "'{}'",
        "grave": "1 = 1",
        "protocol": "'2026.1'",
        "happened_on": sql.day(f"-{AGE_HOURS} / 24 - 1"),
        "known_on": sql.day(f"-{AGE_HOURS} / 24 - 1"),
        "entered_at": sql.ago(AGE_HOURS),
    }
    fill(Signal, values, f"{source} ORDER BY id")


def _steps(sql: Dialect) -> None:
    """Of every open case, and of all of the first board: the others are in no list that is measured."""
    values = {
        "reference": code(f"(key * {STEPS} + step)"),
        "case": "id",
        "signal": "id",
        "position": "step",
        "recipient": pick("(step - 1)", RECIPIENTS),
        "obligation": "CASE WHEN step <= 3 THEN 'must' ELSE 'should' END",
        "basis": "'product'",
        "urgency": pick("(step - 1)", URGENCIES),
        "actor": "CASE WHEN step = 1 AND turn % 2 = 1 THEN 'author' ELSE 'coordinator_or_principal' END",
        "rules": """'["R00"]'""",
        "why_nl": "'De school bespreekt elke zorg met een tweede persoon.'",
        "why_en": "'The school talks about every worry with a second person.'",
        "source": "'Protocol van de school'",
        "due_at": sql.ago(f"{DUE_HOURS} - (step - 1) * 24"),
        "state": f"CASE WHEN {DUE} THEN 'open' ELSE 'done' END",
    }
    fill(Step, values, f"bench_case CROSS JOIN {sql.numbers(STEPS, 'step')} WHERE board = 1 OR state IN ({OPEN})")
