"""Row security on what came since, and the part in force of every plan that was published as a whole before."""

from django.db import migrations

from turnout.core import row_security

SEEN_FROM = " OR ".join(
    f"({row_security.BY_AREA_KEY.replace('area_key', column)})" for column in ("area_key", "unit_key", "sender_key")
)


class Migration(migrations.Migration):
    dependencies = [("staffing", "0003_teams_tiers_and_places"), ("core", "0002_promises"), ("places", "0001_initial")]
    operations = [
        row_security.enable("staffing_signup", using=SEEN_FROM),
        row_security.enable("staffing_handover"),
        row_security.enable("staffing_feedback"),
        migrations.RunSQL(
            "INSERT INTO staffing_planpart (id, plan_id, area_key, key_end, published_at, published_by_id) "
            "SELECT gen_random_uuid(), p.id, p.area_key, a.key_end, p.published_at, p.made_by_id FROM staffing_plan p "
            "JOIN places_area a ON a.area_key = p.area_key WHERE p.state = 'published'",
            migrations.RunSQL.noop,
        ),
    ]
