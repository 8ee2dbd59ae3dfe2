"""Row security: a message is visible where its person is; one to a group, where its area is."""

from django.db import migrations

from turnout.core import row_security

OF_PERSON = "EXISTS (SELECT 1 FROM people_reach WHERE people_reach.person_id = notices_message.person_id)"


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("core", "0002_promises"), ("people", "0002_promises")]
    operations = [
        row_security.enable(
            "notices_message",
            using=f"CASE WHEN person_id IS NULL THEN {row_security.BY_AREA_KEY} ELSE {OF_PERSON} END",
        )
    ]
