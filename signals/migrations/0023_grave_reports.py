"""Whether a report asked for more than telling the care coordinator: on it, where each list looked it up before."""

from typing import Any

from django.db import migrations, models


def mark(apps: Any, _editor: Any) -> None:
    musts = apps.get_model("signals", "Step").objects.filter(obligation="must")
    more = musts.exclude(recipient="care_coordinator", rules=["R00"])
    apps.get_model("signals", "Signal").objects.filter(pk__in=more.values("signal")).update(grave=True)


class Migration(migrations.Migration):
    dependencies = [("signals", "0022_added_people")]

    operations = [
        migrations.AddField(model_name="signal", name="grave", field=models.BooleanField(default=False)),
        migrations.RunPython(mark, migrations.RunPython.noop, elidable=True),
    ]
