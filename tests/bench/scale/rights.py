"""The explicit rows: shares with what guardian needs, names on walls, who is barred, broken glass."""

from django.contrib.auth.models import Permission

from signals.models import Barred, BreakGlass, CaseUserPermission, Named, Share
from signals.models.rights import REASON_LENGTH
from signals.rows import ADD_CODE, READ_CODE
from tests.bench.scale.dialect import Dialect, code
from tests.bench.scale.fill import fill
from tests.bench.scale.shape import COORDINATOR, GUEST, OFFICER, PRINCIPAL, SECOND, TEACHER, Shape, worker

GIVER = worker(COORDINATOR)
RECEIVER = worker(f"({TEACHER + 1} + turn % 6)")
REVIEWED = "(mix / 20 % 16 > 0)"  # one in sixteen still waits for somebody to look into it
ENDED = "(turn % 5 = 4)"


def build_rights(shape: Shape, sql: Dialect) -> None:
    """Shares, then the rest."""
    held = shape.running + shape.expired + shape.ended
    guest = worker(TEACHER, GUEST)
    running, kept = f"held <= {shape.running}", f"held <= {shape.running + shape.expired}"
    mine, others = f"held <= {held}", f"NOT walled AND mix / 4 % {shape.lent} = 1 AND (held IS NULL OR held > {held})"
    _shares(sql, guest, f"CASE WHEN {running} THEN 20 ELSE -10 END", f"NOT ({kept})", mine, 1)
    _shares(sql, RECEIVER, "CASE WHEN turn % 5 < 2 THEN 15 ELSE -30 END", ENDED, others, 1)
    for name in (READ_CODE, ADD_CODE):
        level = "" if name == READ_CODE else " AND turn % 2 = 0"
        permission = str(Permission.objects.get(codename=name, content_type__app_label="signals").pk)
        for whom, which in ((guest, f"{mine} AND {kept}"), (RECEIVER, f"{others} AND NOT {ENDED}")):
            values = {"user": whom, "permission": permission, "content_object": "id"}
            fill(CaseUserPermission, values, f"bench_case WHERE {which}{level}")
    by = {"by": worker(PRINCIPAL), "at": sql.ago("800")}
    fill(Named, by | {"case": "id", "user": GIVER}, "bench_case WHERE walled AND mix / 20 % 3 = 1")
    fill(Barred, by | {"case": "id", "user": GIVER}, "bench_case WHERE NOT walled AND turn = 3")
    values = {
        "reference": code("key"),
        "case": "id",
        "by": worker(SECOND),
        "role": "'coordinator'",
        "reason": f"'{'x' * REASON_LENGTH}'",
        "opened_at": sql.ago("500"),
        "until": sql.ago("499"),
        "reviewed_at": f"CASE WHEN {REVIEWED} THEN {sql.ago('480')} END",
        "reviewed_by": f"CASE WHEN {REVIEWED} THEN {shape.officer(OFFICER, 'board')} END",
        "review": f"CASE WHEN {REVIEWED} THEN 'Terecht geopend.' ELSE '' END",
    }
    fill(BreakGlass, values, "bench_case WHERE walled AND turn % 6 = 1")


def _shares(sql: Dialect, colleague: str, days: str, ended: str, which: str, lead: int) -> None:
    values = {
        "reference": code(f"({lead} * 10000000 + key)"),
        "key": sql.uuid("key"),
        "case": "id",
        "colleague": colleague,
        "level": "CASE WHEN turn % 2 = 0 THEN 'contribute' ELSE 'read' END",
        "reason": "'Vraagt mee te kijken bij deze leerling.'",
        "by": GIVER,
        "created_at": sql.ago("900"),
        "ends_on": sql.day(days),
        "ended_at": f"CASE WHEN {ended} THEN {sql.ago('300')} END",
        "ended_by": f"CASE WHEN {ended} THEN {GIVER} END",
    }
    fill(Share, values, f"bench_case WHERE {which}")
