"""What comes first in a case, a step or a task: on it, so that the desk is sorted by it from an index alone."""

from datetime import datetime, time
from typing import Any

from django.db import migrations, models
from django.db.models import F, Min, Q
from django.utils import timezone


def fill(apps: Any, _editor: Any) -> None:
    cases, tasks = apps.get_model("signals", "Case").objects, apps.get_model("signals", "Task").objects
    cases.filter(next_due_at__isnull=False).update(first_at=F("next_due_at"))
    first = tasks.filter(state="open").order_by().values("case").annotate(on=Min("due_on"))
    for pk, day in first.values_list("case", "on").iterator():
        end = timezone.make_aware(datetime.combine(day, time.max))
        cases.filter(pk=pk).update(task_on=day)
        cases.filter(Q(first_at=None) | Q(first_at__gt=end), pk=pk).update(first_at=end)


class Migration(migrations.Migration):
    dependencies = [("signals", "0023_grave_reports")]

    operations = [
        migrations.RemoveIndex("case", "case_school_due"),
        migrations.RemoveIndex("case", "case_board_due"),
        migrations.AddField("case", "task_on", models.DateField(blank=True, null=True)),
        migrations.AddField("case", "first_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["school", "status", "first_at", "id", "walled", "moved_to", "next_due_at"],
                name="case_school_due",
                condition=Q(walled=False),
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["board", "status", "first_at", "id", "walled", "moved_to", "next_due_at"],
                name="case_board_due",
                condition=Q(walled=True),
            ),
        ),
    ]
