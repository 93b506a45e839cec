"""`manage.py nobody_acted`: move up what nobody acts on. For a timer, or with --loop as a service."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from signals.services.moving import logger, look_at_due


class Command(BaseCommand):
    """Any number may run at once: each case is locked by one of them."""

    help = "Moves reports that nobody opened and steps past their term up to deputy, principal and board."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="go on for ever, with this pause between")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._for_ever(options["loop"])
        self.stdout.write(f"Moved up: {look_at_due()}.")

    def _for_ever(self, seconds: float) -> None:
        while True:
            try:
                look_at_due()
            except DatabaseError:  # it may come back; what waits moves up then
                logger.exception("What nobody acted on can't be looked at: the database is away.")
            close_old_connections()
            time.sleep(seconds)
