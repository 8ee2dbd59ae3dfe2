"""The product may have the statistics of its tables renewed: whoever loads a city plans over it within the minute, before
the server has looked by itself."""

from django.db import migrations

RENEW = """
CREATE FUNCTION core_renew_statistics(tables regclass[]) RETURNS void
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  one regclass;
BEGIN
  FOREACH one IN ARRAY tables LOOP
    EXECUTE format('ANALYZE %s', one);
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION core_renew_statistics FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core_renew_statistics TO turnout_app;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_forgotten")]
    operations = [migrations.RunSQL(RENEW, "DROP FUNCTION core_renew_statistics;")]
