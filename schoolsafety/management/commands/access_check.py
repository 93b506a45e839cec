"""`manage.py access_check`: try, on this very database, who sees what, and print a sheet to sign."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from schoolsafety.accesscheck.sheet import as_pdf, as_text, sheet
from schoolsafety.accesscheck.walk import run


class Command(BaseCommand):
    """Builds an invented board in transactions that are rolled back, and asks every page as everybody."""

    help = "Tries who sees what with an invented board, leaves nothing behind, and prints a sheet to sign."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pdf", type=Path, metavar="FILE", help="write the sheet as PDF as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 on any surprise."""
        with translation.override(settings.LANGUAGE_CODE):
            found = sheet(run())
            self.stdout.write(as_text(found))
            if options["pdf"]:
                as_pdf(found, options["pdf"])
        if not found.good:
            raise CommandError(f"{len(found.surprises)} surprises.")
