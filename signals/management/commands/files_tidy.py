"""`manage.py files_tidy`: bring files and their rows together again; let the scanner look at older ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.content.start import refuse_command
from signals.filestore import FileStoreError
from signals.services.filetidy import TooManyError, files_tidy


class Command(BaseCommand):
    """Run it once an hour."""

    help = "Clears away contents of files without a row, says which are missing, and scans what was not scanned yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="clear away what has no row, however many that are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when a content is missing or the store does not answer."""
        refuse_command()
        try:
            done = files_tidy(however_many=options["all"])
        except FileStoreError as error:
            raise CommandError(f"The store of files does not answer. {error}") from error
        except TooManyError as error:
            raise CommandError(
                f"{error} contents have no row. Is this the right database, and the right folder? "
                "Nothing was cleared away. When it is right: files_tidy --all"
            ) from error
        self.stdout.write(f"Cleared {done.cleared}, scanned {done.scanned}, destroyed {done.refused}.")
        if done.missing:
            raise CommandError(f"The content of {done.missing} files is missing. Put it back from your copy.")
