"""What is in the database, as numbers: something half done shows in them."""

from collections import Counter
from io import StringIO

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from audit.models import AuditEvent
from audit.sealer import seal_all

OWN = ("signals", "escalation", "accounts")


def tally() -> Counter[str]:
    """How many rows there are in each table of ours, and how many events of each kind."""
    tables = [model._meta.db_table for app in OWN for model in apps.get_app_config(app).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        found = dict(cursor.fetchall())
    events = Counter(AuditEvent.objects.values_list("action", flat=True))
    return Counter({**found, **events})


def since(before: Counter[str]) -> dict[str, int]:
    """What came or went, but for events that somebody read."""
    now = tally()
    return {
        name: now[name] - before[name]
        for name in sorted(now | before)
        if now[name] != before[name] and not name.endswith(".read")
    }


def log_is_whole() -> bool:
    """Sealed and verified, as the worker does it."""
    seal_all()
    said = StringIO()
    call_command("audit_verify", stdout=said)
    return "The log is whole." in said.getvalue()
