"""Row security on rows about people: seen from the post's area, the unit's own key, or the sending area."""

from django.db import migrations

from turnout.core import row_security


def seen_from(*columns: str) -> str:
    return " OR ".join(f"({row_security.BY_AREA_KEY.replace('area_key', column)})" for column in columns)


class Migration(migrations.Migration):
    dependencies = [("staffing", "0001_initial"), ("core", "0002_promises"), ("people", "0002_promises")]
    operations = [
        row_security.enable("staffing_placement", using=seen_from("area_key", "unit_key", "sender_key")),
        row_security.enable("staffing_callout", using=seen_from("area_key", "unit_key", "sender_key")),
        row_security.enable("staffing_leftout", using=seen_from("unit_key", "sender_key")),
    ]
