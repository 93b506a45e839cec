"""Eight writers at once with 5 ms of work between their writes and the commit.

Each transaction writes a note and logs it: with nothing, a plain row, an event (while the sealer seals), or a link of
a hash chain, whose lock is held until the commit. SQLite has one writer at a time whatever is written: no limit there.
Wall time, so only the median of many short windows in turn says something, and only on a machine that is not full.
"""

import hashlib
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from audit.canonical import canonical, utc_text
from audit.sealer import seal
from tests.bench.app.models import STATUSES, LogRow, PlainNote
from tests.bench.saves import TEXT, in_a_request, note_event
from tests.bench.table import Line
from tests.bench.world import Scene

WRITERS, WORK, WINDOW = 8, 0.005, 0.4
LIMIT = 0.9
ROUNDS = {"postgresql": 25, "sqlite": 11}
SEALED = 4  # a pass of the sealer in every fourth window: more often than in production
MODES = {"postgresql": ("none", "plain", "event", "chain"), "sqlite": ("none", "plain", "event")}
CHAIN_LOCK = 0xC4A1

_barrier: Any = None


def lines(scene: Scene) -> Iterator[Line]:
    """Short windows in turn, and the median of the ratios."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(WRITERS)
    modes = MODES[connection.vendor]
    rates: dict[str, list[float]] = {mode: [] for mode in modes}
    with context.Pool(WRITERS, _begin, (barrier,)) as pool:
        for number in range(ROUNDS[connection.vendor] + 1):
            for mode in modes[number % len(modes) :] + modes[: number % len(modes)]:
                running = pool.map_async(_write, [(mode, scene.handler)] * WRITERS, chunksize=1)
                if mode == "event" and number % SEALED == 0:
                    seal()
                done = sum(running.get())
                if number:  # the first round only warms up
                    rates[mode].append(done / WINDOW)
    limit = LIMIT if connection.vendor == "postgresql" else None
    yield Line("8 writers, plain log row", statistics.median(rates["plain"]), "per s")
    yield Line("8 writers: event / plain log row", _ratio(rates, "event"), "x", least=limit)
    if "chain" in rates:
        yield Line("8 writers: locked hash chain / plain log row", _ratio(rates, "chain"), "x")
    yield Line("8 writers: no log / plain log row", _ratio(rates, "none"), "x")


def _ratio(rates: dict[str, list[float]], mode: str) -> float:
    return statistics.median(a / b for a, b in zip(rates[mode], rates["plain"], strict=True))


def _begin(barrier: Any) -> None:
    global _barrier
    _barrier = barrier


def _write(asked: tuple[str, User]) -> int:
    """What one writer gets done in a window."""
    mode, by = asked
    connection.ensure_connection()
    _barrier.wait()
    end, done = time.monotonic() + WINDOW, 0
    with in_a_request():
        while time.monotonic() < end:
            with transaction.atomic():
                note = PlainNote(author=by, status=STATUSES[done % len(STATUSES)], text=TEXT)
                note.save()
                if mode == "event":
                    note_event(by, {"status": note.status})
                elif mode != "none":
                    _append(by, chained=mode == "chain")
                time.sleep(WORK)
            done += 1
    return done


def _append(by: User, chained: bool) -> None:
    """Add a plain row; chained, it reads the last hash under a lock that ends with the transaction."""
    row = LogRow(actor_ref=by.reference, board_ref="7K3M-9QXD-T4", school_ref="8D2P-7RMC-X5", case_ref="9F4K-2WTB-H6")
    row.body = canonical({"actor": by.reference, "action": "case.noted", "at": utc_text(timezone.now())})
    if chained:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        last = LogRow.objects.exclude(hash=None).order_by("-id").values_list("hash", flat=True).first() or b""
        row.hash = hashlib.sha256(bytes(last) + row.body.encode()).digest()
    row.save()
