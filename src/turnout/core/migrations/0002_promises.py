"""What Django's models cannot say: scope functions, the append-only log and its roles, the unlogged cache."""

from django.db import migrations

from turnout.core import row_security

# Rows of the log: seen in their area, or by who acted; anybody who acts may add one; the sealer sees all.
AUDIT = f"""
ALTER TABLE core_auditrow ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE core_auditrow ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_auditrow FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON core_auditrow FOR SELECT USING (
  ({row_security.BY_AREA_KEY})
  OR actor_id::text = current_setting('turnout.actor', true));
CREATE POLICY append ON core_auditrow FOR INSERT WITH CHECK (true);
CREATE POLICY sealing ON core_auditrow TO turnout_sealer USING (true);

CREATE FUNCTION core_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'audit_append_only: a row of the audit log is never deleted' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.id, NEW.at, NEW.actor_kind, NEW.actor_id, NEW.verb, NEW.object_kind, NEW.object_id, NEW.area_key,
      NEW.leaf, NEW.xid) IS DISTINCT FROM
     (OLD.id, OLD.at, OLD.actor_kind, OLD.actor_id, OLD.verb, OLD.object_kind, OLD.object_id, OLD.area_key,
      OLD.leaf, OLD.xid)
     OR (OLD.batch IS NOT NULL AND NEW.batch IS DISTINCT FROM OLD.batch)
     OR (NEW.details IS NOT NULL AND NEW.details IS DISTINCT FROM OLD.details)
     OR (NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt)
  THEN
    RAISE EXCEPTION 'audit_append_only: a row of the audit log is only sealed or emptied'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_auditrow
  FOR EACH ROW EXECUTE FUNCTION core_audit_append_only();
CREATE FUNCTION core_audit_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_append_only: the audit log is never emptied' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON core_auditrow EXECUTE FUNCTION core_audit_no_truncate();

REVOKE UPDATE, DELETE, TRUNCATE ON core_auditrow FROM turnout_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON core_seal FROM turnout_app;
GRANT USAGE ON SCHEMA public TO turnout_sealer;
GRANT SELECT, UPDATE (batch, details, salt) ON core_auditrow TO turnout_sealer;
GRANT SELECT, INSERT ON core_seal TO turnout_sealer;
"""

CACHE = """
CREATE UNLOGGED TABLE core_cache (
  cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX core_cache_expires ON core_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(row_security.FUNCTIONS, row_security.DROP_FUNCTIONS),
        migrations.RunSQL(AUDIT, migrations.RunSQL.noop),
        migrations.RunSQL(CACHE, "DROP TABLE core_cache;"),
    ]
