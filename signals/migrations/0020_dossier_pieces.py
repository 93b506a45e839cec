"""A dossier knows of which notes, tasks, meetings and files something is in it, as it did of reports."""

import signals.models.dossier
from django.db import migrations, models


def fill(apps, schema_editor):
    """Of those that were made already: what was chosen for them is there as long as their PDF is."""
    rows = apps.get_model("signals", "Dossier").objects.using(schema_editor.connection.alias)
    for row in rows.exclude(state="draft"):
        if pieces := sorted(key for key in row.picked if key[:1] in ("n", "t", "m", "f")):
            rows.filter(pk=row.pk).update(pieces=pieces)


class Migration(migrations.Migration):

    dependencies = [
        ('signals', '0019_dossier_changed'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='pieces',
            field=models.JSONField(blank=True, default=signals.models.dossier.nothing),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
