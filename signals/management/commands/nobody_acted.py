"""`manage.py nobody_acted`: move up what nobody acts on, once. The worker does it all the time."""

from typing import Any

from django.core.management.base import BaseCommand

from signals.services.moving import look_at_due


class Command(BaseCommand):
    """Any number may run at once: each case is locked by one of them."""

    help = "Moves reports that nobody opened and steps past their term up to deputy, principal and board."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Moved up: {look_at_due()}.")
