"""`manage.py board_import board.yaml`: schools, people, pupils and contacts from one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from schoolsafety import boardfile


class Command(BaseCommand):
    help = "Add schools, people, pupils and contacts from a YAML file. Running it again is safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            board = boardfile.load(boardfile.read(options["file"]))
        except boardfile.BoardFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{board}: done. New people choose their password with 'Wachtwoord vergeten'.")
