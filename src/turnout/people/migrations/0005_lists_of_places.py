"""Lists of places go in by the same runs as lists of people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_history_by_statement")]

    operations = [
        migrations.RemoveConstraint(model_name="listrun", name="listrun_kind_known"),
        migrations.AddConstraint(
            model_name="listrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("import.people", "import.units", "import.places", "export.people"))),
                name="listrun_kind_known",
            ),
        ),
    ]
