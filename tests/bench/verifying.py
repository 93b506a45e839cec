"""Sealing and verifying 200,000 events that the program recorded itself, each with a personal part."""

import statistics
from collections.abc import Iterator

from django.db import connection, transaction

from audit.sealer import seal
from audit.verify import verify
from tests.bench.measure import Clock
from tests.bench.saves import in_a_request, note_event
from tests.bench.table import Line
from tests.bench.world import Scene

EVENTS, BATCH, RUNS = 200_000, 5_000, 3
LIMIT = 100_000


def lines(scene: Scene) -> Iterator[Line]:
    """Rows for each second of CPU, of this process and the database together: as on one core."""
    _record(scene)
    clock = Clock()
    start, sealed = clock.now(), 0
    while done := seal().sealed:
        sealed += done
    yield Line("sealing", sealed / (clock.now() - start), "rows/s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield Line("verification", statistics.median(_verified(clock) for _ in range(RUNS)), "rows/s", least=LIMIT)


def _record(scene: Scene) -> None:
    with in_a_request():
        for start in range(0, EVENTS, BATCH):
            with transaction.atomic():
                for number in range(start, start + BATCH):
                    note_event(scene.handler, {"number": number})


def _verified(clock: Clock) -> float:
    start = clock.now()
    report = verify()
    spent = clock.now() - start
    if not report.ok or report.rows < EVENTS:
        raise RuntimeError(f"{report.rows} rows verified. {' '.join(report.problems)}")
    return report.rows / spent
