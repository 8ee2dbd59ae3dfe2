"""Who sees whom: forced row security on every table with a person in it, and the one question across areas."""

from django.db import migrations

from turnout.core import row_security

# Lists and searches walk an index in order until a page is full. With EXISTS the planner hashes the whole reach first,
# blind to the LIMIT: 90 ms for a page of the city at 74,000 persons, against 0.3 ms. A scalar subquery is never hashed;
# its price is 3 microseconds a row where all rows are read. It counts, because with LIMIT 1 and before the first
# ANALYZE the planner hopes to meet the row early and reads the table from the start, once for every row.
OF_PERSON = "(SELECT count(*) > 0 FROM people_reach WHERE people_reach.person_id = {column})"


def through_person(table: str, column: str = "person_id") -> migrations.RunSQL:
    return row_security.enable(table, using=OF_PERSON.format(column=f'"{table}".{column}'))


def both(table: str, first: str, second: str, more: str = "") -> migrations.RunSQL:
    """Visible to who sees both persons; a missing second one hides nothing."""
    one, other = (OF_PERSON.format(column=f'"{table}".{column}') for column in (first, second))
    return row_security.enable(table, using=f'{one} AND ("{table}".{second} IS NULL OR {other}){more}')


# A unit's claim is decided by who also sees the area of the unit.
CLAIM = f" AND (claim_key IS NULL OR ({row_security.BY_AREA_KEY.replace('area_key', 'claim_key')}))"

# Both are owned by a role that passes row security. The first says new, mine or elsewhere, never who or where; the
# second keeps a copied column right in rows that whoever changes the person need not see.
KNOWN = f"""
CREATE FUNCTION people_known(hashes bytea[], units uuid[], numbers text[])
  RETURNS TABLE (place int, by_phone text, by_number text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS (
    SELECT * FROM unnest(hashes, units, numbers) WITH ORDINALITY AS a (hash, unit, number, place)
  ), found AS (
    SELECT a.place, p.id AS phone_id, n.id AS number_id
      FROM asked a
      LEFT JOIN people_person p ON p.phone_hash = a.hash
      LEFT JOIN people_person n ON n.unit_id = a.unit AND n.number = a.number AND a.number <> ''
  ), mine AS (
    SELECT DISTINCT person_id FROM people_reach
     WHERE person_id IN (SELECT phone_id FROM found UNION ALL SELECT number_id FROM found)
       AND {row_security.BY_AREA_KEY}
  )
  SELECT place::int,
         CASE WHEN phone_id IS NULL THEN 'new' WHEN phone_id IN (TABLE mine) THEN 'mine' ELSE 'elsewhere' END,
         CASE WHEN number_id IS NULL THEN 'new' WHEN number_id IN (TABLE mine) THEN 'mine' ELSE 'elsewhere' END
    FROM found ORDER BY place
$$;
REVOKE ALL ON FUNCTION people_known FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_known TO turnout_app;
GRANT USAGE, CREATE ON SCHEMA public TO turnout_lookup;
GRANT SELECT ON people_person, people_reach TO turnout_lookup;
ALTER FUNCTION people_known OWNER TO turnout_lookup;

CREATE FUNCTION people_reach_follows_state() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE people_reach SET active = (NEW.state = 'active')
   WHERE person_id = NEW.id AND active <> (NEW.state = 'active');
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION people_reach_follows_state FROM PUBLIC;
GRANT UPDATE (active) ON people_reach TO turnout_lookup;
CREATE TRIGGER reach_follows_state AFTER UPDATE OF state ON people_person
  FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION people_reach_follows_state();
ALTER FUNCTION people_reach_follows_state OWNER TO turnout_lookup;
REVOKE CREATE ON SCHEMA public FROM turnout_lookup;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("core", "0002_promises")]
    operations = [
        row_security.enable("people_reach"),
        through_person("people_person", "id"),
        through_person("people_term"),
        through_person("people_personevent", "pgh_obj_id"),
        *(
            through_person(table)
            for table in (
                "people_skill",
                "people_skillevent",
                "people_availability",
                "people_availabilityevent",
                "people_booking",
                "people_bookingevent",
            )
        ),
        both("people_mergeproposal", "person_id", "other_id", CLAIM),
        both("people_merge", "kept_id", "gone_id"),
        migrations.RunSQL(
            KNOWN,
            "DROP TRIGGER reach_follows_state ON people_person;"
            "DROP FUNCTION people_reach_follows_state; DROP FUNCTION people_known;",
        ),
    ]
