"""Row security: whoever is signed in sees the own messages and addresses, also without any role."""

from django.db import migrations

from turnout.core import row_security

OF_PERSON = "EXISTS (SELECT 1 FROM people_reach WHERE people_reach.person_id = {table}.person_id)"
OWN = "person_id = (SELECT notices_own_person())"
# Owned by a role that passes row security: an account without any role does not see its own person either.
FUNCTION = """
CREATE FUNCTION notices_own_person() RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id FROM people_person
   WHERE user_id = CASE WHEN current_setting('turnout.actor', true) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                        THEN current_setting('turnout.actor', true)::uuid END
$$;
REVOKE ALL ON FUNCTION notices_own_person FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notices_own_person TO turnout_app;
GRANT USAGE, CREATE ON SCHEMA public TO turnout_lookup;
ALTER FUNCTION notices_own_person OWNER TO turnout_lookup;
REVOKE CREATE ON SCHEMA public FROM turnout_lookup;
"""


def policy(table: str, using: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER POLICY scope ON {table} USING ({using.format(own=' OR ' + OWN)})",
        f"ALTER POLICY scope ON {table} USING ({using.format(own='')})",
    )


MESSAGES = OF_PERSON.format(table="notices_message")
ADDRESSES = OF_PERSON.format(table="notices_address")


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_promises"), ("core", "0002_promises"), ("people", "0002_promises")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION notices_own_person"),
        policy(
            "notices_message",
            f"CASE WHEN person_id IS NULL THEN {row_security.BY_AREA_KEY} ELSE {MESSAGES}{{own}} END",
        ),
        policy("notices_address", f"{ADDRESSES}{{own}}"),
    ]
