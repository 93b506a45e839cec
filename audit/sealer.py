"""Puts recorded events in order: gives each its place in the tree of its log and signs the result.

One transaction a pass, under one lock; a sealer that is killed anywhere leaves what was there before, or a checkpoint
that the next pass copies to the file.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min
from django.utils import timezone

from audit.actions import Action
from audit.alarms import alarm
from audit.canonical import leaf_hash, utc_text
from audit.checkpoints import file_notes, file_of, last_filed, newest, tree_at
from audit.keys import public_keys, signer
from audit.merkle import Tree
from audit.models import AuditEvent, Checkpoint
from audit.notes import is_signed, read_notes, write_note
from audit.record import mac_of
from audit.recovery import fingerprint, restores, rows_set_aside

PASS = 5000  # events; about a tenth of a second in which others wait on SQLite
LOCK = 0x5EA1
RECENT = 200  # checkpoints that are looked at for one that is not in its file yet
SLACK = timedelta(minutes=5)  # how far clocks and the sealer may be behind before it is said


class SealError(RuntimeError):
    """A log that can't be sealed further: something in it is not as the sealer left it."""


@dataclass
class SealReport:
    """What one pass did. sealed: events; busy: another sealer was at it; more: a full pass, so there may be more;
    stopped: logs that could not be sealed, with the reason."""

    sealed: int = 0
    busy: bool = False
    more: bool = False
    stopped: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lag:
    """What waits for the sealer. rows: events; oldest: age of the oldest, None when nothing waits."""

    rows: int
    oldest: timedelta | None


def seal_lag() -> Lag:
    """How far the sealer is behind; over five minutes it has probably stopped."""
    found = AuditEvent.objects.filter(leaf_index=None).aggregate(rows=Count("id"), oldest=Min("occurred_at"))
    return Lag(found["rows"], timezone.now() - found["oldest"] if found["oldest"] else None)


def seal(limit: int = PASS) -> SealReport:
    """Seal at most `limit` events. Safe to call at any time and by any number at once: one seals.

    Raises:
        KeyMissingError: this process may not read the sealer's key.
        OSError: a file of seals can't be written; its seals stand in the database, and follow at a next pass.
    """
    signer()
    report = SealReport()
    with transaction.atomic():
        if not _locked():
            return SealReport(busy=True)
        waiting = AuditEvent.objects.filter(leaf_index=None).order_by("log")
        for log in list(waiting.values_list("log", flat=True).distinct()):
            if report.sealed < limit:
                _seal_log(log, limit - report.sealed, report)
        report.more = report.sealed >= limit
        recent = set(Checkpoint.objects.order_by("-id").values_list("log", flat=True)[:RECENT])
    _copy_to_files(sorted(recent - set(report.stopped)))
    return report


def seal_all() -> SealReport:
    """Passes until nothing waits."""
    total = SealReport(more=True)
    while total.more:
        report = seal()
        total.sealed += report.sealed
        total.busy, total.more, total.stopped = report.busy, report.more, report.stopped
    return total


def _locked() -> bool:
    """On SQLite the transaction is the lock (BEGIN IMMEDIATE)."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _seal_log(log: str, limit: int, report: SealReport) -> None:
    now = timezone.now()
    try:
        last = newest(log)
        tree = _trusted_tree(log, last)
        rows = _unsealed(log, limit)
        good = _with_good_mac(log, rows)
        if good:
            _assign(tree.size, [row[0] for row in good])
            tree.extend([leaf_hash(row[1], row[2]) for row in good])
            _write_checkpoint(log, tree, _after(now, log, last))
            report.sealed += len(good)
        _check_clock(log, good, last, now)
        if len(good) < len(rows):
            bad = rows[len(good)]
            raise SealError(f"event {bad[5]} (id {bad[0]}) does not carry a right mac: it was edited or forged.")
    except SealError as error:
        report.stopped[log] = str(error)
        alarm(Action.LOG_ALARM, log, "seal", f"sealing has stopped: {error}")


def _trusted_tree(log: str, last: Checkpoint | None) -> Tree:
    """The tree to go on with, after a look whether table and file still agree on it."""
    try:
        file_of(log)
        tree = tree_at(last)
    except ValueError as error:
        raise SealError(str(error)) from error
    notes = read_notes(last.note) if last else []
    if last and not (notes and notes[0].root == bytes(last.root) and is_signed(notes[0], public_keys())):
        raise SealError(f"the checkpoint of {last.tree_size} events in the table was not signed by the sealer.")
    filed = last_filed(log)
    if filed is None or _same_at(log, filed.size, filed.root):
        return tree
    if any(row.lost.lost == filed.size and row.lost.root == filed.root.hex() for row in restores(log)):
        return tree
    if filed.size > tree.size:
        raise SealError(
            f"the checkpoint file knows {filed.size} events, the table {tree.size}: an old backup was put back or the "
            "end was cut off. If you put it back yourself: manage.py audit_restored."
        )
    raise SealError(f"the checkpoint file and the table disagree about the first {filed.size} events.")


def _same_at(log: str, size: int, root: bytes) -> bool:
    found = Checkpoint.objects.filter(log=log, tree_size=size).first()
    return found is not None and bytes(found.root) == root


def _unsealed(log: str, limit: int) -> list[tuple[Any, ...]]:
    """Rows without a place, oldest first; without those that an operator set aside."""
    found = AuditEvent.objects.filter(log=log, leaf_index=None).order_by("id")
    waiting = found.values_list("id", "body", "mac", "key_id", "occurred_at", "event_uuid")
    rows = list(waiting[:limit])
    if len(_with_good_mac(log, rows)) == len(rows):
        return rows
    aside = rows_set_aside()
    rows = list(waiting[: limit + len(aside)])
    return [row for row in rows if fingerprint(row[1], row[2]) not in aside][:limit]


def _with_good_mac(log: str, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows up to the first whose mac is wrong."""
    good = []
    for row in rows:
        expected = mac_of(log, row[3], row[1])
        if expected is None or not hmac.compare_digest(expected, bytes(row[2])):
            break
        good.append(row)
    return good


def _assign(first: int, ids: Sequence[int]) -> None:
    """Give events their places; fails when one has a place already."""
    places = range(first, first + len(ids))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "UPDATE audit_event e SET leaf_index = v.place FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, place) "
                "WHERE e.id = v.id",
                [list(ids), list(places)],
            )
        else:
            pairs = list(zip(places, ids, strict=True))
            cursor.executemany("UPDATE audit_event SET leaf_index = %s WHERE id = %s", pairs)


def _write_checkpoint(log: str, tree: Tree, now: datetime) -> None:
    key = signer()
    root = tree.root()
    note = write_note(key, log=log, size=tree.size, root=root, at=utc_text(now))
    Checkpoint(
        log=log,
        tree_size=tree.size,
        root=root,
        frontier=b"".join(tree.frontier),
        note=note,
        key_id=key.key_id,
        created_at=now,
    ).add()


def _check_clock(log: str, rows: Sequence[tuple[Any, ...]], last: Checkpoint | None, now: datetime) -> None:
    """Say so when a clock jumped or the sealer was away. The order in the log does not depend on clocks."""
    moments = [row[4] for row in rows] or [now]
    if max(moments) > now + SLACK or (last and last.created_at > now + SLACK):
        alarm(Action.LOG_SKEWED, log, "clock", "events or checkpoints come from the future: a clock was set back.")
    if last and now - min(moments) > SLACK:  # the first seal of a log is never late
        minutes = int((now - min(moments)).total_seconds() // 60)
        alarm(Action.LOG_DELAYED, log, "delay", f"events waited {minutes} minutes to be sealed.", minutes=minutes)


def _after(now: datetime, log: str, last: Checkpoint | None) -> datetime:
    """Now, but later than every seal of the log so far: moments of seals only grow, whatever a clock does."""
    filed = last_filed(log)
    known = [last.created_at] if last else []
    known += [datetime.fromisoformat(filed.at)] if filed else []
    return max([now, *(moment + timedelta(microseconds=1) for moment in known)])


def _copy_to_files(logs: Sequence[str]) -> None:
    """One that can't be written holds up no other; the first error is raised after all were tried."""
    errors = []
    for log in logs:
        try:
            _copy_to_file(log)
        except OSError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def _copy_to_file(log: str) -> None:
    """Append what the file does not have yet: also what a sealer that was killed after its commit left behind."""
    filed = last_filed(log)
    missing = Checkpoint.objects.filter(log=log).order_by("id")
    if filed:
        missing = missing.filter(created_at__gt=datetime.fromisoformat(filed.at))
    if notes := list(missing.values_list("note", flat=True)):
        file_notes(log, notes)
