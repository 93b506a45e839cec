"""`manage.py mail_send`: send the mail that waits. For a timer, or with --loop as a service."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from accounts.outbox import logger, send_due


class Command(BaseCommand):
    """Any number may run at once: each mail is claimed by one of them."""

    help = "Sends the mail in the outbox; what fails is tried again later."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="go on for ever, with this pause between")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._for_ever(options["loop"])
        self.stdout.write(f"Sent {send_due()} mails.")

    def _for_ever(self, seconds: float) -> None:
        while True:
            try:
                send_due()
            except DatabaseError:  # it may come back; what waits is sent then
                logger.exception("The mailer can't reach the database.")
            close_old_connections()
            time.sleep(seconds)
