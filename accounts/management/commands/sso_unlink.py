"""`manage.py sso_unlink a.docent@school.example`: that person can no longer log in with a school account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.sso.services import identity_unlink, links_of


class Command(BaseCommand):
    """For when an account at the school fell into the wrong hands, or somebody got another one."""

    help = "Unlinks somebody's school accounts. They get a mail, and it stands in the log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--provider", help="only this one, by its name in the setting SSO")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("Nobody has this address.")
        slugs = [slug for slug in links_of(user) if options["provider"] in (None, slug)]
        count = sum(identity_unlink(by=None, user=user, slug=slug) for slug in slugs)
        self.stdout.write(f"Unlinked {count} school accounts.")
