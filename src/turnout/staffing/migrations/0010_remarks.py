"""Complaints and suggestions of a night, with their answers; seen where their area is."""

import django.db.models.deletion
import turnout.core.ids
from django.db import migrations, models

from turnout.core import row_security


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_certificate"),
        ("staffing", "0009_night_of_a_plan"),
    ]

    operations = [
        migrations.CreateModel(
            name="Remark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=turnout.core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area_key", models.BigIntegerField()),
                ("side", models.TextField()),
                ("kind", models.TextField()),
                ("words", models.CharField(max_length=500, verbose_name="in plain words")),
                ("voice", models.BinaryField(null=True)),
                ("sent_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, default="", max_length=500, verbose_name="answer")),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by_id", models.UUIDField(null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="remarks", to="incidents.incident"
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint or suggestion",
                "indexes": [models.Index(fields=["incident", "answered_at", "sent_at"], name="remark_incident_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["complaint", "suggestion"])), name="remark_kind_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("words__regex", "\\S")), name="remark_says_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("side", "community"), ("voice__isnull", True)),
                            models.Q(("side", "responder"), ("voice__isnull", False)),
                            _connector="OR",
                        ),
                        name="remark_has_a_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(("answered_at__isnull", False), ("answer__regex", "\\S")),
                            _connector="OR",
                        ),
                        name="remark_answered_in_words",
                    ),
                ],
            },
        ),
        row_security.enable("staffing_remark"),
    ]
