"""`manage.py audit_keys`: make the keys of the log, or put new ones in use."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from audit.actions import Action
from audit.keys import ROW, SEAL, create_keys, public_lines


class Command(BaseCommand):
    """Makes what is missing and leaves the rest alone."""

    help = "Makes the keys of the log that are missing; --rotate puts new ones in use and keeps the old for verifying."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="new keys of both kinds, recorded in the log")
        parser.add_argument("--only", choices=[ROW, SEAL], help="only this kind: for separate users of web and sealer")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was made and what the public keys are; keep those on paper, away from this machine."""
        kinds = (options["only"],) if options["only"] else (ROW, SEAL)
        made = create_keys(kinds, rotate=options["rotate"])
        for name in made:
            self.stdout.write(f"Made {name} in {settings.AUDIT_KEYS_DIR}.")
        if options["rotate"]:
            from audit.record import record

            record(Action.KEY_ROTATED, kind="key", details={"keys": made})
        for line in public_lines():
            self.stdout.write(f"Public key of the checkpoints: {line}")
