"""`manage.py factor_keys`: make the key that encrypts second steps, or put a new one in use."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from accounts.factors.keys import create_key
from audit.actions import Action


class Command(BaseCommand):
    """Makes what is missing and leaves the rest alone."""

    help = "Makes the key that encrypts second steps when it is missing; --rotate puts a new one in use."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="a new key for everything; old ones stay readable")

    def handle(self, *args: Any, **options: Any) -> None:
        if made := create_key(rotate=options["rotate"]):
            self.stdout.write(f"Made {made} in {settings.FACTOR_KEYS_DIR}.")
        if options["rotate"]:
            from accounts.factors.services import factors_encrypt_again
            from audit.record import record

            count = factors_encrypt_again()
            record(Action.KEY_ROTATED, kind="key", details={"keys": [made]})
            self.stdout.write(f"Encrypted {count} second steps with it.")
