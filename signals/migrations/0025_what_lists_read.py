"""A list reads what it needs of owners, reports and steps from their indexes alone, without their rows."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_careful_hour"),
        ("signals", "0024_first_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_owner",
        ),
        migrations.RemoveIndex(
            model_name="step",
            name="step_of_writer",
        ),
        migrations.RemoveIndex(
            model_name="step",
            name="step_look_again",
        ),
        migrations.AlterField(
            model_name="signal",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="signals", to="signals.case"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)),
                fields=["owner", "school", "status", "walled", "id"],
                name="case_owner",
            ),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["case", "grave"], name="signal_of_case"),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(
                    ("actor", "author"), ("lapsed_by__isnull", True), ("obligation", "must"), ("state", "open")
                ),
                fields=["case", "signal"],
                name="step_of_writer",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("look_again_on__isnull", False)),
                fields=["case", "look_again_on"],
                name="step_look_again",
            ),
        ),
    ]
