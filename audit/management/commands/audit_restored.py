"""`manage.py audit_restored`: go on after you put a backup back, and record which events are lost."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.recovery import RecoveryError, accept_restore, lost_events


class Command(BaseCommand):
    """Until it ran, the logs concerned are not sealed and `audit_verify` fails."""

    help = "Says which events a backup that you put back does not have; --accept records that and goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accept", action="store_true", help="record it in the log and go on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell, and accept."""
        for row in lost_events():
            self.stdout.write(f"{row.log}: the backup has {row.kept} of {row.lost} sealed events.")
        if options["accept"]:
            try:
                accept_restore()
            except RecoveryError as error:
                raise CommandError(str(error)) from error
            self.stdout.write("Recorded. Erase again what was erased since the backup: see the mails of those days.")
