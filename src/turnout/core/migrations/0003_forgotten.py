"""The list of deleted objects whose rows in the log the sealer empties."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_promises")]
    operations = [
        migrations.CreateModel(
            name="Forgotten",
            fields=[("object_id", models.UUIDField(primary_key=True, serialize=False))],
            options={"verbose_name": "object to be emptied in the log"},
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON core_forgotten FROM turnout_app;"
            "GRANT SELECT, DELETE ON core_forgotten TO turnout_sealer;",
            migrations.RunSQL.noop,
        ),
    ]
