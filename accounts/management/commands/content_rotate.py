"""`manage.py content_rotate`: encrypt all story texts with the newest key. Stop it at any time and run it again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.content.keys import current
from accounts.content.rotation import Progress, waiting
from accounts.content.services import content_rotate
from accounts.content.start import refuse_command

WIDTH = 40


class Command(BaseCommand):
    """Works while people work."""

    help = "Encrypts all story texts with the newest key, while people go on working. Can be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_command()
        total = waiting()
        self.stdout.write(f"{total} rows to encrypt with content-{current()}.")
        done = content_rotate(lambda progress: self.bar(progress, total))
        if total:
            self.stderr.write("")
        for table, name, key in done.failed[:20]:
            self.stderr.write(f"Can't be opened, left as it is: {table}.{name}, id {key}")
        left = waiting()
        if left:
            raise CommandError(f"{left} rows are left. Put back the key they need, or restore them; then run it again.")
        self.stdout.write(f"Encrypted {done.changed} values. No row needs an older key.")

    def bar(self, progress: Progress, total: int) -> None:
        """One line that grows; a log file gets a line for each batch."""
        part = min(progress.rows / total, 1) if total else 1
        filled = round(part * WIDTH)
        line = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {part:4.0%} {progress.rows}/{total}"
        self.stderr.write(f"\r{line}" if self.stderr.isatty() else line, ending="" if self.stderr.isatty() else "\n")
        self.stderr.flush()
