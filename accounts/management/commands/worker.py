"""`manage.py worker`: everything that goes on in the background. One process; any number of them may run."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection

from accounts.content.start import refuse_command
from accounts.jobs.beats import QUEUE, parts
from accounts.jobs.registry import LOOPS, SCHEDULE, SEAL
from accounts.jobs.worker import Worker
from audit.keys import KeyMissingError, signer

logger = logging.getLogger(__name__)
WAIT_SECONDS = 2.0


class Command(BaseCommand):
    """Runs until it is stopped. Exit status 1 when a part of it died, or with --check when one does not run."""

    help = "Sends mail, seals the log, moves up what nobody acts on, does queued jobs and starts regular ones."

    def add_arguments(self, parser: CommandParser) -> None:
        names = (SCHEDULE, QUEUE, *LOOPS)
        parser.add_argument("--without", action="append", default=[], choices=names, help="leave this part to others")
        parser.add_argument("--check", action="store_true", help="only say whether all parts ran in the last minutes")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        if SEAL not in options["without"]:
            self._can_seal()
        self._has_keys()
        if not Worker(options["without"]).run():
            raise CommandError("A part of the worker died; the journal says of what.")

    def _can_seal(self) -> None:
        """Now, and not in the journal every ten seconds."""
        try:
            signer()
        except KeyMissingError as error:
            raise CommandError(f"{error} Or start it with --without seal, and audit_seal as who may.") from error

    def _has_keys(self) -> None:
        """A wrong key is a reason not to start; a database that is away for a moment is one to wait."""
        while True:
            try:
                refuse_command()
            except Error:
                logger.exception("The worker waits for the database.")
                connection.close()
                time.sleep(WAIT_SECONDS)
            else:
                return

    def _check(self) -> None:
        if stopped := [str(part.label) for part in parts() if part.stopped]:
            raise CommandError("Not running: " + ", ".join(stopped))
        self.stdout.write("All parts are running.")
