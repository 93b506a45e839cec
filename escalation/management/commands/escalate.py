"""`manage.py escalate`: which steps follow from these facts? JSON Lines in, JSON Lines out."""

import io
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.models import Board
from escalation.entries import Protocol
from escalation.jsonlines import answer_lines
from escalation.protocol import current_protocol
from escalation.selectors import protocol_at


class Command(BaseCommand):
    """Answers facts with steps, without the database; with a board also with what that board agreed itself.

    The exit status is 1 when a line was bad.
    """

    help = "Reads facts as JSON Lines on standard input and writes the protocol's steps for each line."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Of which board the own steps count; needs the database."""
        parser.add_argument("--board", default="", help="Reference or name of a board: its own steps count as well.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer every line as soon as it comes; stop quietly when nobody reads the answers any more."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A lone surrogate in the input can't be written as UTF-8; \ud800 is how JSON spells it.
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        bad = 0
        try:
            for answer, good in answer_lines(sys.stdin.buffer, _table(options["board"])):
                self.stdout.write(answer)
                self.stdout.flush()
                bad += not good
        except BrokenPipeError:
            # Without this Python complains once more when it flushes standard output at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if bad:
            raise CommandError(f"Bad lines: {bad}. The answer to each names the field.")


def _table(board: str) -> Protocol:
    if not board:
        return current_protocol()
    found = Board.objects.filter(Q(reference=board) | Q(name=board)).first()
    if found is None:
        raise CommandError(f"There is no board {board}.")
    return protocol_at(found.pk)
