"""One number that moves on with every change of what a board shows, so that a watcher costs no query of the figures."""

from django.db import migrations

TABLES = (
    "staffing_post", "staffing_callout", "staffing_gap", "staffing_plan", "staffing_planpart", "staffing_whistle",
    "staffing_wave", "incidents_incident", "places_area",
)  # fmt: skip
"""Each statement on them moves the number on."""

# A sequence, not a row: two who answer at once never wait for each other. It moves before the commit, therefore every
# writer also holds a shared lock, which PostgreSQL lets go of after the commit is seen: a reader who finds nobody
# holding it sees the work of all who moved the number so far. Messages come by the thousand and the board shows only
# those that did not arrive, so of them only such rows count.
NEWS = """
CREATE SEQUENCE staffing_news;
GRANT USAGE, SELECT ON SEQUENCE staffing_news TO turnout_app;
CREATE FUNCTION staffing_tell() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7535, 1), nextval('staffing_news');
  RETURN NULL;
END $$;
CREATE FUNCTION staffing_news_now() RETURNS TABLE (number bigint, busy boolean)
  LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
  SELECT last_value INTO number FROM staffing_news;
  busy := EXISTS (SELECT 1 FROM pg_locks
                   WHERE locktype = 'advisory' AND classid = 7535 AND objid = 1 AND pid <> pg_backend_pid()
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database()));
  RETURN NEXT;
END $$;
CREATE TRIGGER staffing_tell AFTER UPDATE OF state, settled_at ON notices_message FOR EACH ROW
  WHEN (NEW.state IN ('unknown', 'failed') OR OLD.state IN ('unknown', 'failed')) EXECUTE FUNCTION staffing_tell();
"""
ON_TABLE = """
CREATE TRIGGER staffing_tell AFTER INSERT OR UPDATE OR DELETE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION staffing_tell();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("staffing", "0007_answers"),
        ("notices", "0004_promises"),
        ("incidents", "0001_initial"),
        ("places", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(
            NEWS + "".join(ON_TABLE.format(table=table) for table in TABLES),
            "".join(f"DROP TRIGGER staffing_tell ON {table};" for table in (*TABLES, "notices_message"))
            + "DROP FUNCTION staffing_news_now; DROP FUNCTION staffing_tell; DROP SEQUENCE staffing_news;",
        ),
    ]
