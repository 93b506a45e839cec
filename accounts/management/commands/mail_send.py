"""`manage.py mail_send`: send the mail that waits, once. The worker does it all the time."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.postman import send_due


class Command(BaseCommand):
    """Any number may run at once: each mail is claimed by one of them."""

    help = "Sends the mail in the outbox; what fails is tried again later."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Sent {send_due()} mails.")
