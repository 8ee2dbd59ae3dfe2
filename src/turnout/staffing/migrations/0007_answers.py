"""What an answer asks of rows outside the scope of its link, each in one statement instead of a change of scope."""

from django.db import migrations

# Owned by the role that passes row security, like people_known. The first answers to the hash of a link only, which
# nobody has who was not sent the link. The second takes the lock in one statement and counts in the next: of two who
# say yes at the same time the second waits, and then counts the first. It says numbers, never who.
ANSWERS = """
CREATE FUNCTION staffing_link(hash bytea) RETURNS TABLE (unit_key bigint, closes_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.unit_key, w.closes_at FROM staffing_callout c JOIN staffing_wave w ON w.id = c.wave_id
   WHERE c.token_hash = hash
$$;
CREATE FUNCTION staffing_seats(post uuid, but uuid, accepted_states text[], open_states text[])
  RETURNS TABLE (state text, places int, accepted int, waiting int)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM staffing_post p WHERE p.id = post FOR NO KEY UPDATE;
  RETURN QUERY
    SELECT p.state, p.places,
           (SELECT count(*)::int FROM staffing_callout c
             WHERE c.post_id = post AND c.id <> but AND c.state = ANY (accepted_states)),
           (SELECT count(*)::int FROM staffing_callout c
             WHERE c.post_id = post AND c.id <> but AND c.state = ANY (open_states))
      FROM staffing_post p WHERE p.id = post;
END $$;
REVOKE ALL ON FUNCTION staffing_link, staffing_seats FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staffing_link, staffing_seats TO turnout_app;
GRANT USAGE, CREATE ON SCHEMA public TO turnout_lookup;
GRANT SELECT ON staffing_callout, staffing_wave, staffing_post TO turnout_lookup;
GRANT UPDATE (state) ON staffing_post TO turnout_lookup;
ALTER FUNCTION staffing_link OWNER TO turnout_lookup;
ALTER FUNCTION staffing_seats OWNER TO turnout_lookup;
REVOKE CREATE ON SCHEMA public FROM turnout_lookup;
"""


class Migration(migrations.Migration):
    dependencies = [("staffing", "0006_consent"), ("people", "0002_promises")]
    operations = [
        migrations.RunSQL(ANSWERS, "DROP FUNCTION staffing_link; DROP FUNCTION staffing_seats;"),
    ]
