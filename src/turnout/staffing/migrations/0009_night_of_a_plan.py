"""What a plan was made with is kept with it, so that it can explain itself; seen where the plan's area is."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from turnout.core import row_security


class Migration(migrations.Migration):
    dependencies = [("staffing", "0008_news"), ("core", "0002_promises")]

    operations = [
        migrations.CreateModel(
            name="PlanNight",
            fields=[
                (
                    "plan",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="night",
                        serialize=False,
                        to="staffing.plan",
                    ),
                ),
                ("area_key", models.BigIntegerField()),
                (
                    "apart",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("content", models.BinaryField()),
            ],
            options={"verbose_name": "night of a plan"},
        ),
        row_security.enable("staffing_plannight"),
    ]
