"""`manage.py audit_seal`: seal what was recorded since the last time.

For a timer, or with --loop as a service under a user of its own, beside `worker --without seal`.
"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections

from audit.alarms import logger
from audit.sealer import seal_all


class Command(BaseCommand):
    """Any number may run at once: one seals, the others find nothing to do."""

    help = "Seals the events recorded since the last time and signs checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="go on for ever, with this pause between")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when a log could not be sealed."""
        if options["loop"]:
            self._for_ever(options["loop"])
        total = seal_all()
        if total.busy:
            self.stdout.write("Another sealer is at work.")
            return
        self.stdout.write(f"Sealed {total.sealed} events.")
        if total.stopped:
            raise CommandError("\n".join(f"{log}: {reason}" for log, reason in total.stopped.items()))

    def _for_ever(self, seconds: float) -> None:
        while True:
            try:
                seal_all()
            except DatabaseError:  # it may come back; what waits is sealed then
                logger.exception("The sealer can't reach the database.")
            close_old_connections()
            time.sleep(seconds)
