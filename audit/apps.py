import sys
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def take_time(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Before every migrate: among a million cases an index takes longer than a page may."""
    _limit(using, "SET statement_timeout = 0")


def install_triggers(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After every migrate: rebuilding a table on SQLite drops its triggers without a word."""
    from audit import triggers

    connection = connections[using]
    if set(triggers.TABLES) <= set(connection.introspection.table_names()):
        triggers.install(connection)
    _limit(using, "RESET statement_timeout")


def _limit(using: str, statement: str) -> None:
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute(statement)


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        from audit.keyfiles import MAKERS
        from audit.keys import row_masters

        pre_migrate.connect(take_time, sender=self, dispatch_uid="audit_time")
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="audit_triggers")
        if not set(sys.argv[1:2]) & set(MAKERS):
            row_masters()
