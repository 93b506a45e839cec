import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import accounts.models
import accounts.references


def give_references(apps, schema_editor):
    Membership = apps.get_model("accounts", "Membership")
    for row in Membership.objects.filter(reference=None).only("pk").iterator():
        row.reference = accounts.references.new_reference()
        row.save(update_fields=["reference"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_unlinked_identity")]

    operations = [
        migrations.AddField("membership", "reference", models.CharField(max_length=12, null=True)),
        migrations.RunPython(give_references, migrations.RunPython.noop),
        migrations.AlterField(
            "membership",
            "reference",
            models.CharField(
                default=accounts.references.new_reference, editable=False, max_length=12, unique=True
            ),
        ),
    ]
