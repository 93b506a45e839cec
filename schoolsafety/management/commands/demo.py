"""`manage.py demo`: fill the demo's own database with an invented board, once, and print how to log in."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import yaml
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.factors.demo import demo_factor
from accounts.models import Board, Membership, School, User
from accounts.services.invitations import Offer, invitation_send
from schoolsafety import boardfile
from schoolsafety.demo.agreements import agree
from schoolsafety.demo.dossier import write_letter
from schoolsafety.demo.history import Player
from schoolsafety.settings import DEMO_DATABASE

FOLDER = Path(boardfile.__file__).parent / "demo"
DAYS = 1000  # for which everybody has had their role
PASSWORD = "demo-school-2026"  # noqa: S105 - printed on the screen; opens invented data only


class Command(BaseCommand):
    help = "Fill the demo database with an invented school board. Refuses any other database."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or Path(str(connection.settings_dict["NAME"])).name != DEMO_DATABASE:
            raise CommandError(f"This is not the demo's own database ({DEMO_DATABASE}); nothing was changed.")
        if not Board.objects.exists():
            with translation.override("nl"):
                self.fill()
        with transaction.atomic():
            for user in User.objects.order_by("id"):
                demo_factor(user)
        self.show()

    @transaction.atomic
    def fill(self) -> None:
        """All or nothing: a demo that stopped half-way is empty and fills again."""
        data = boardfile.read(FOLDER / "board.yaml")
        for place in (place for row in data["people"] for place in row["roles"]):
            place.setdefault("started_days_ago", DAYS)
        # The log tells of these roles from before the reports, as at a school that has had it for years.
        then = SimpleNamespace(now=lambda: timezone.now() - timedelta(days=DAYS))
        with mock.patch("audit.record.timezone", then):
            boardfile.load(data, password=make_password(PASSWORD))
        names = {row["key"]: row["name"] for row in data["schools"]}
        schools = {key: School.objects.get(name=name) for key, name in names.items()}
        rows = yaml.safe_load((FOLDER / "signals.yaml").read_text(encoding="utf-8"))
        player = Player(now=timezone.now())
        count = player.play(rows, schools)
        write_letter(player.sent["s18"])
        agree(schools["vo"].board)
        self.invite(schools)
        self.stdout.write(f"Filled with {count} invented reports.")

    def invite(self, schools: dict[str, School]) -> None:
        """Somebody who has not answered yet, so that the page of people shows that too."""
        offer = Offer("teacher", schools["vo"], timezone.localdate(), None)
        by = User.objects.get(email="admin@demo.example")
        invitation_send(by=by, email="s.vanrijn@merendalcollege.example", name="Sanne van Rijn", offer=offer)

    def show(self) -> None:
        self.stdout.write("\nLog in with one of these; the password is always " + PASSWORD)
        self.stdout.write("Who reads what others wrote is asked for a code as well; the page shows it.\n")
        for user in User.objects.filter(email__endswith="@demo.example").order_by("id"):
            roles = Membership.objects.filter(user=user).select_related("school", "board")
            where = ", ".join(f"{row.get_role_display()} · {row.school or row.board}" for row in roles)
            self.stdout.write(f"  {user.email:26}{where}")
