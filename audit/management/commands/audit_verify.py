"""`manage.py audit_verify`: prove that the log is what it was, or say what is wrong first."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.notes import Note, read_notes
from audit.receipts import Receipt, read_receipts
from audit.verify import Report, Request, verify

BAR = 40  # characters


class Command(BaseCommand):
    """Exit status 0: all is well. 1: something was tampered with, or a file could not be used."""

    help = "Verifies the log: macs, columns, tree, checkpoints here and mailed, receipts, personal parts, triggers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="FILE", help="a checkpoint you trust: check only what came after it")
        parser.add_argument("--anchor", metavar="FILE", action="append", default=[], help="mailed checkpoints")
        parser.add_argument("--receipt", metavar="FILE", action="append", default=[], help="receipts of writers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and tell."""
        request = Request(
            since=tuple(_notes([options["since"]] if options["since"] else [])),
            anchors=tuple(_notes(options["anchor"])),
            receipts=tuple(_receipts(options["receipt"])),
        )
        started = time.perf_counter()
        try:
            report = verify(request, self._progress if self.stderr.isatty() else None)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise CommandError(f"The log holds something that the program never writes: {error!r}") from error
        self._tell(report, time.perf_counter() - started)

    def _progress(self, done: int, total: int) -> None:
        filled = BAR * done // max(total, 1)
        self.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done:,} of {total:,}", ending="")
        if done >= total:
            self.stderr.write("")

    def _tell(self, report: Report, seconds: float) -> None:
        rate = int(report.rows / max(seconds, 1e-6))
        for log, size in sorted(report.logs.items()):
            self.stdout.write(f"{log}: {size} sealed events")
        for sentence in report.notices:
            self.stdout.write(sentence)
        self.stdout.write(
            f"Checked {report.rows} events, {report.claims} checkpoints and {report.receipts} receipts "
            f"in {seconds:.1f} s ({rate:,} events a second)."
        )
        if report.problems:
            raise CommandError("\n".join(["The log is NOT what it was.", *report.problems]))
        self.stdout.write("The log is whole.")


def _read(name: str) -> str:
    try:
        return Path(name).read_text(errors="replace")
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}.") from error


def _notes(names: list[str]) -> list[Note]:
    found = []
    for name in names:
        notes = read_notes(_read(name))
        if not notes:
            raise CommandError(f"There is no checkpoint in {name}.")
        found += notes
    return found


def _receipts(names: list[str]) -> list[Receipt]:
    found = []
    for name in names:
        receipts = read_receipts(_read(name))
        if not receipts:
            raise CommandError(f"There is no receipt in {name}.")
        found += receipts
    return found
