"""Remove what is over: sessions, browsers that nobody uses any more, and words that nobody came back for."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.browsers import browsers_clear
from accounts.kept import words_clear
from accounts.sessions import sessions_clear


class Command(BaseCommand):
    help = "Remove sessions that have ended, browsers not used for 400 days and kept words older than 30 days."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        found = (sessions_clear(), browsers_clear(), words_clear())
        self.stdout.write("Removed {} sessions, {} browsers and {} kept words.".format(*found))
