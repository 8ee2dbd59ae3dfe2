"""Row security: an address is visible where its person is."""

from django.db import migrations

from turnout.core import row_security


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_channels_and_follow_ups"), ("core", "0002_promises"), ("people", "0002_promises")]
    operations = [
        row_security.enable_through(
            "notices_address", column="person_id", parent="people_reach", parent_column="person_id"
        )
    ]
