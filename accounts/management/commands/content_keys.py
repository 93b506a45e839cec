"""`manage.py content_keys`: make the key that encrypts story texts, put a new one in use, or drop one."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.content.keys import create_key

ELSEWHERE = "Where the services run on another machine, or with CONTENT_KEYS, give it to them and restart them first. "


class Command(BaseCommand):
    """Makes what is missing and leaves the rest alone."""

    help = "Makes the key of the story texts when it is missing. --rotate puts a new one in use, --drop removes one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rotate", action="store_true", help="a new key; then run content_rotate")
        parser.add_argument("--drop", type=int, metavar="N", help="remove key N, when nothing was encrypted with it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drop"] is not None:
            self.drop(str(options["drop"]))
            return
        if made := create_key(rotate=options["rotate"]):
            self.stdout.write(f"Made {made} in {settings.CONTENT_KEYS_DIR}. Keep a copy outside this machine.")
        if options["rotate"]:
            from accounts.content.start import write_down

            write_down()
            self.stdout.write(f"It encrypts from now on. {ELSEWHERE}Encrypt the rest with it: manage.py content_rotate")

    def drop(self, number: str) -> None:
        from accounts.content.services import ContentKeyInUseError, key_drop

        try:
            removed = key_drop(number)
        except ContentKeyInUseError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Removed content-{number}. Backups from before the rotation need your copy of it."
            if removed
            else f"Nothing needs key {number} any more: take it out of CONTENT_KEYS and restart."
        )
