"""`manage.py audit_set_aside ID`: let the sealer pass over a row with a wrong mac."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.recovery import RecoveryError, set_aside


class Command(BaseCommand):
    """The row stays in the table for whoever looks into it; the log says that it was set aside."""

    help = "Sets aside an unsealed row with a wrong mac, so that the rest of its log can be sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="id of the row, as audit_seal names it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set it aside."""
        try:
            log = set_aside(options["id"])
        except RecoveryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Set aside. {log} is sealed again from now on.")
