"""`manage.py tasks_remind`: mail who has a task, the school day before or on the day itself. For a timer."""

from typing import Any

from django.core.management.base import BaseCommand

from signals.services.tasks import tasks_remind


class Command(BaseCommand):
    """Run it as often as you like: each reminder goes once, and one that was missed goes at the next run."""

    help = "Queues a mail for whoever has a task that is nearly due: a number and a link."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Queued {tasks_remind()} mails.")
