"""An answer by link in fewer statements: one function finds the call-out, locks it and counts the places of its post.

It belongs to `turnout_lookup`, which looks past row security, and answers to the hash of a link and to nothing else.
`room` says whether the post is to be locked as well: a yes takes a place, other answers do not.
"""

from django.db import migrations

BEHIND = """
CREATE FUNCTION staffing_behind(hash bytea, room boolean, accepted_states text[], open_states text[])
  RETURNS TABLE (scope_key bigint,
    area_key bigint, unit_key bigint, sender_key bigint, id uuid, incident_id uuid, wave_id uuid, person_id uuid,
    post_id uuid, team_id uuid, state text, bound_hash bytea, tries smallint, decline_reason text, answered_by text,
    answered_at timestamptz, wave_state text, lock_at timestamptz, closes_at timestamptz, incident_status text,
    post_state text, places int, accepted int, waiting int)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  called uuid;
  post uuid;
BEGIN
  SELECT c.id, c.post_id INTO called, post FROM staffing_callout c WHERE c.token_hash = hash FOR UPDATE;
  IF room THEN
    PERFORM 1 FROM staffing_post p WHERE p.id = post FOR NO KEY UPDATE;
  END IF;
  RETURN QUERY
    SELECT c.unit_key, c.area_key, c.unit_key, c.sender_key, c.id, c.incident_id, c.wave_id, c.person_id, c.post_id,
           c.team_id, c.state, c.bound_hash, c.tries, c.decline_reason, c.answered_by, c.answered_at, w.state,
           w.lock_at, w.closes_at, i.status, p.state, p.places,
           CASE WHEN room THEN (SELECT count(*)::int FROM staffing_callout o
             WHERE o.post_id = post AND o.id <> called AND o.state = ANY (accepted_states)) END,
           CASE WHEN room THEN (SELECT count(*)::int FROM staffing_callout o
             WHERE o.post_id = post AND o.id <> called AND o.state = ANY (open_states)) END
      FROM staffing_callout c JOIN staffing_wave w ON w.id = c.wave_id
      JOIN incidents_incident i ON i.id = c.incident_id JOIN staffing_post p ON p.id = c.post_id
     WHERE c.id = called;
END $$;
REVOKE ALL ON FUNCTION staffing_behind FROM PUBLIC;
GRANT EXECUTE ON FUNCTION staffing_behind TO turnout_app;
GRANT USAGE, CREATE ON SCHEMA public TO turnout_lookup;
GRANT SELECT ON incidents_incident TO turnout_lookup;
GRANT UPDATE (state) ON staffing_callout TO turnout_lookup;
ALTER FUNCTION staffing_behind OWNER TO turnout_lookup;
REVOKE CREATE ON SCHEMA public FROM turnout_lookup;
"""


class Migration(migrations.Migration):
    dependencies = [("staffing", "0010_remarks"), ("incidents", "0001_initial")]
    operations = [migrations.RunSQL(BEHIND, "DROP FUNCTION staffing_behind;")]
