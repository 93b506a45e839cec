"""Verifies one log: the rows make the leaves, the leaves make the tree, and the tree must be every root ever signed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from audit.canonical import YEAR_STARTS_IN
from audit.checkpoints import tree_at
from audit.merkle import Tree
from audit.models import AuditEvent, Checkpoint, Pruning
from audit.notes import Note
from audit.recovery import fingerprint, restores
from audit.verify.claims import MAIL, Claim
from audit.verify.explained import Explained
from audit.verify.report import Report
from audit.verify.rows import BadRow, Row, RowCheck, sealed_rows, unsealed_rows


def log_names() -> list[str]:
    """The logs that have events, by jumping from one name to the next in the index."""
    names: list[str] = []
    for rows in (AuditEvent.objects.filter(leaf_index__isnull=False), AuditEvent.objects.filter(leaf_index=None)):
        last = ""
        while found := rows.filter(log__gt=last).order_by("log").values_list("log", flat=True).first():
            names.append(found)
            last = found
    return sorted({*names, *Pruning.objects.values_list("log", flat=True)})


def sealed_size(log: str) -> int:
    """How many events of a log have a place."""
    found = AuditEvent.objects.filter(log=log).aggregate(last=Max("leaf_index"))["last"]
    return 0 if found is None else int(found) + 1


class LogCheck:
    """One log. tick is called with the number of rows done."""

    def __init__(
        self, log: str, claims: Sequence[Claim], explained: Explained, report: Report, tick: Callable[[int], None]
    ) -> None:
        self.log, self.explained, self.report, self.tick = log, explained, report, tick
        self.tree = Tree()
        self.claims = list(claims)
        self.rows = RowCheck(log, explained, report)
        self.restores = restores(log)

    def run(self, since: Note | None) -> None:
        """Check everything from the start, or from a trusted checkpoint on."""
        try:
            if since:
                self._start_at(since)
            self._pruned()
            for rows in sealed_rows(self.log, self.tree.size):
                self._grow(self.rows.leaves(rows, self.tree.size))
                self.report.rows += len(rows)
                self.tick(len(rows))
            self._ends()
            for rows in unsealed_rows(self.log):
                self.rows.leaves(self._not_aside(rows), None)
                self.report.rows += len(rows)
                self.tick(len(rows))
        except BadRow as bad:
            self.report.problem(f"{self.log}: {bad}")
        self.report.logs[self.log] = self.tree.size
        if self.rows.erased:
            self.report.notices.append(f"{self.log}: {self.rows.erased} personal parts are gone.")

    def _start_at(self, since: Note) -> None:
        found = Checkpoint.objects.filter(log=self.log, tree_size=since.size).first()
        try:
            tree = tree_at(found)
        except ValueError as error:
            raise BadRow(f"the checkpoint of {since.size} events in the table can't be used: {error}") from error
        if found is None or tree.root() != since.root:
            raise BadRow(f"the table does not know the checkpoint of {since.size} events to start from.")
        self.tree = tree
        self.claims = [claim for claim in self.claims if claim.size >= since.size]

    def _grow(self, leaves: Sequence[bytes]) -> None:
        """Add leaves, stopping at every size about which somebody signed something."""
        done = 0
        while self.claims and self.claims[0].size <= self.tree.size + len(leaves) - done:
            upto = done + self.claims[0].size - self.tree.size
            self.tree.extend(leaves[done:upto])
            done = upto
            self._compare()
        self.tree.extend(leaves[done:])

    def _compare(self) -> None:
        root = self.tree.root()
        while self.claims and self.claims[0].size == self.tree.size:
            claim = self.claims.pop(0)
            self.report.claims += 1
            if claim.root != root and not self._lost(claim):
                raise BadRow(
                    f"{claim.where} of {claim.at} says something else about the first {claim.size} events: one of "
                    "them was changed, removed, added or moved after that."
                )

    def _ends(self) -> None:
        """Nothing may have been signed beyond the last event, and every place must be covered."""
        self._grow([])
        for claim in reversed(self.claims):
            if self._lost(claim):
                continue
            raise BadRow(
                f"{claim.where} of {claim.at} counts {claim.size} events, and there are {self.tree.size}: the end was "
                "cut off, or an old backup was put back."
            )
        last = Checkpoint.objects.filter(log=self.log, tree_size=self.tree.size).first()
        if self.tree.size and (last is None or bytes(last.root) != self.tree.root()):
            raise BadRow(f"there are {self.tree.size} events with a place, and no checkpoint for them.")

    def _lost(self, claim: Claim) -> bool:
        """Whether the claim is about events that a backup, put back on purpose, did not have.

        For a mail that is no excuse: whoever has all keys could accept a "restore" to cut the log.
        """
        for restored in self.restores:
            if restored.explains(claim.size, claim.at):
                sentence = (
                    f"{self.log}: a backup was put back on {restored.at[:10]}, events {restored.lost.kept} to "
                    f"{restored.lost.lost} are lost; event {UUID(restored.event)} says so."
                )
                if sentence not in self.report.notices:
                    self.report.notices.append(sentence)
                return claim.where != MAIL
        return False

    def _not_aside(self, rows: list[Row]) -> list[Row]:
        """Without the rows that an operator set aside because of their mac."""
        if not self.explained.aside:
            return rows
        kept = [row for row in rows if fingerprint(row[1], row[2]) not in self.explained.aside]
        if len(kept) < len(rows):
            self.report.notices.append(f"{self.log}: {len(rows) - len(kept)} false rows are set aside.")
        return kept

    def _pruned(self) -> None:
        """Take the leaf hashes of pruned events, if an event explains each stretch."""
        for row in Pruning.objects.filter(log=self.log, first_leaf__gte=self.tree.size).order_by("first_leaf"):
            said = self.explained.pruned.get(row.event_uuid.hex)
            if said is None or said[:3] != (self.log, row.first_leaf, row.end_leaf):
                raise BadRow(f"events {row.first_leaf} to {row.end_leaf} were pruned and no event says so.")
            if row.pruned_at < term_end(self.log, said[3]):
                raise BadRow(f"events {row.first_leaf} to {row.end_leaf} were pruned before their term ended.")
            leaves = bytes(row.leaves)
            if row.first_leaf != self.tree.size or len(leaves) != 32 * (row.end_leaf - row.first_leaf):
                raise BadRow(f"the leaf hashes of pruned events {row.first_leaf} to {row.end_leaf} are not complete.")
            self._grow([leaves[place : place + 32] for place in range(0, len(leaves), 32)])
            self.report.notices.append(
                f"{self.log}: {row.end_leaf - row.first_leaf} events were pruned on {row.pruned_at:%Y-%m-%d}, "
                f"{said[3]} years after the school year; event {row.event_uuid} says so."
            )


def term_end(log: str, years: int) -> datetime:
    """When the events of a log may go: so many years after the end of its school year."""
    from django.utils import timezone

    return datetime(int(log[-4:]) + 1 + years, YEAR_STARTS_IN, 1, tzinfo=timezone.get_default_timezone())
