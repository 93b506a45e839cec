"""`manage.py contacts_remind`: ask by mail, once a month, for contacts that are missing or old. For a timer."""

from typing import Any

from django.core.management.base import BaseCommand

from escalation.services.reminders import contacts_remind


class Command(BaseCommand):
    """Run it every day if you like: nobody gets two mails in a month, and a missed month is not made up for."""

    help = "Queues a mail for whoever keeps contacts that are missing or old, once a month."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Queued {contacts_remind()} mails.")
