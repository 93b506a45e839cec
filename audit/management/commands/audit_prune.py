"""`manage.py audit_prune`: remove what is past its term, and say so in the log. For a nightly or weekly timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.pruning import PruneError, prune


class Command(BaseCommand):
    """Idempotent; each log goes in one transaction."""

    help = "Removes log entries AUDIT_YEARS after their school year, and personal parts after AUDIT_PERSONAL_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--confirm", action="store_true", help="the clock is right although nothing happened lately"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what went and what stayed."""
        try:
            report = prune(confirmed=options["confirm"])
        except PruneError as error:
            raise CommandError(str(error)) from error
        for log, count in report.events.items():
            self.stdout.write(f"{log}: {count} events removed, their leaf hashes kept.")
        self.stdout.write(f"{report.personal} personal parts erased.")
        if report.skipped:
            raise CommandError("\n".join(f"{log} was left alone: {why}" for log, why in report.skipped.items()))
