"""`manage.py worker`: everything that goes on in the background. One process; any number of them may run."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.content.start import refuse_command
from accounts.jobs.beats import QUEUE, parts
from accounts.jobs.registry import LOOPS, SCHEDULE, SEAL
from accounts.jobs.worker import Worker
from audit.keys import KeyMissingError, signer


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
        refuse_command()
        if not Worker(options["without"]).run():
            raise CommandError("A part of the worker died; the journal says of what.")

    def _can_seal(self) -> None:
        """Now, and not in the journal every ten seconds."""
        try:
            signer()
        except KeyMissingError as error:
            raise CommandError(f"{error} Or start it with --without seal, and audit_seal as who may.") from error

    def _check(self) -> None:
        if stopped := [str(part.label) for part in parts() if part.stopped]:
            raise CommandError("Not running: " + ", ".join(stopped))
        self.stdout.write("All parts are running.")
