"""`manage.py audit_mail`: mail the seal of the log to privacy officers and board officers. The worker does it daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.sealmails import SealsLateError, seals_mail


class Command(BaseCommand):
    """At most one mail a day to each role of each board, however often it runs."""

    help = "Mails the newest checkpoint of each board's log to its privacy officers and board officers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Mail, and say how many went out."""
        try:
            self.stdout.write(f"Sent {seals_mail()} mails.")
        except SealsLateError as error:
            raise CommandError(str(error)) from error
