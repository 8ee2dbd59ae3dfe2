"""The audit log keeps what it was given, says when it was touched, and never holds a name or a phone."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection

from turnout.access.domain import accounts
from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core import audit
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.database import connect_as
from turnout.core.ids import new_id
from turnout.core.models import AuditRow

pytestmark = pytest.mark.django_db(transaction=True)

KEY = key_of("110102007003")
OLDER_RUNNING = """SELECT count(*) FROM core_auditrow
 WHERE batch IS NULL AND xid >= pg_snapshot_xmin(pg_current_snapshot())"""


def write(count=3):
    with acting_as(SYSTEM):
        for number in range(count):
            audit.record("test.happened", by=SYSTEM, area_key=KEY, details={"number": number})


def seal_all():
    """Seal once every transaction of the server that is older than our rows has ended: other workers have theirs."""
    with connect_as("sealer") as sealer:
        for _ in range(1200):
            if not sealer.execute(OLDER_RUNNING).fetchone()[0]:
                return audit.seal(sealer)
            sealer.commit()
            sealer.execute("SELECT pg_sleep(0.05)")
            sealer.commit()
    raise AssertionError("a transaction older than a minute is running on the test server")


def seal_at_once():
    with connect_as("sealer") as sealer:
        return audit.seal(sealer)


def verdict():
    with connect_as("sealer") as sealer:
        return audit.verify(sealer)


def as_superuser(database, sql):
    """What somebody with the whole server in hand could do."""
    with psycopg.connect(**database.cluster.params("postgres", database.name)) as admin:
        admin.execute("ALTER TABLE core_auditrow DISABLE TRIGGER ALL")
        admin.execute(sql)
        admin.execute("ALTER TABLE core_auditrow ENABLE TRIGGER ALL")


def test_committed_rows_are_sealed_once_and_verify():
    write(3)
    assert seal_all() == 3
    assert seal_all() == 0
    write(2)
    assert seal_all() == 2
    found = verdict()
    assert (found.batches, found.rows, found.unsealed, found.broken) == (2, 5, 0, None)


def test_a_late_commit_is_never_skipped(database):
    with psycopg.connect(database.dsn("turnout_app")) as late:
        late.execute("SELECT pg_current_xact_id()")
        write(1)
        assert seal_at_once() == 0
    assert seal_all() == 1


@pytest.mark.parametrize(
    ("touch", "why"),
    [
        ("UPDATE core_auditrow SET details = '{\"number\":9}' WHERE batch = 2", "was changed"),
        ("UPDATE core_auditrow SET verb = 'test.other' WHERE batch = 2", "was changed"),
        ("DELETE FROM core_auditrow WHERE batch = 2", "2 rows were sealed, 0 are there"),
        ("DELETE FROM core_seal WHERE number = 2", "seal of this batch is missing"),
    ],
)
def test_the_first_broken_batch_is_named(database, touch, why):
    for _ in range(3):
        write(2)
        seal_all()
    as_superuser(database, touch)
    found = verdict()
    assert found.broken == 2
    assert why in found.why


def test_a_purge_empties_details_and_leaves_the_chain_whole():
    write(2)
    seal_all()
    with connect_as("sealer") as sealer:
        sealer.execute("UPDATE core_auditrow SET details = NULL, salt = NULL")
    assert verdict().broken is None


@pytest.mark.parametrize(
    "sql", ["UPDATE core_auditrow SET verb = 'a.b'", "DELETE FROM core_auditrow", "TRUNCATE core_auditrow"]
)
def test_the_product_cannot_change_the_log(sql):
    write(1)
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_sealer_cannot_change_what_a_row_says():
    write(1)
    with connect_as("sealer") as sealer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealer.execute("UPDATE core_auditrow SET verb = 'a.b'")
    with (
        connect_as("sealer") as sealer,
        pytest.raises(psycopg.errors.RestrictViolation, match="only sealed or emptied"),
    ):
        sealer.execute("UPDATE core_auditrow SET details = '{}'")


def test_a_verb_that_cannot_write_its_audit_row_writes_nothing(database):
    with psycopg.connect(**database.cluster.params("postgres", database.name)) as admin:
        admin.execute("ALTER TABLE core_auditrow ADD CONSTRAINT log_is_full CHECK (false) NOT VALID")
    try:
        with pytest.raises(IntegrityError, match="log_is_full"), acting_as(SYSTEM):
            accounts.create(username="zhoumin", name="周敏", by=SYSTEM)
    finally:
        with psycopg.connect(**database.cluster.params("postgres", database.name)) as admin:
            admin.execute("ALTER TABLE core_auditrow DROP CONSTRAINT log_is_full")
    assert not User.objects.filter(username="zhoumin").exists()


def test_a_row_outside_a_transaction_is_a_programming_error():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        audit.record("test.happened", by=SYSTEM)


@pytest.mark.parametrize("value", ["周敏", "13800138000", "+8613800138000", "x" * 201])
def test_details_that_could_be_a_name_or_a_phone_are_refused(value):
    with acting_as(SYSTEM), pytest.raises(ValueError, match="never names"):
        audit.record("test.happened", by=SYSTEM, details={"note": value})


def test_an_area_code_is_not_mistaken_for_a_phone():
    with acting_as(SYSTEM):
        audit.record("test.happened", by=SYSTEM, details={"code": "131000000000", "id": "110102007003"})
        assert AuditRow.objects.count() == 1


def test_what_is_said_about_a_forgotten_object_is_emptied_and_the_chain_holds():
    gone, stays = new_id(), new_id()
    with acting_as(SYSTEM):
        for object_id in (gone, stays):
            audit.record("test.happened", by=SYSTEM, object_kind="a.b", object_id=object_id, details={"person": "x"})
        audit.forget([gone, gone])
    with connect_as("sealer") as sealer:
        assert audit.empty(sealer) == 0  # not sealed yet: its leaf could not be checked any more
    assert seal_all() == 2
    with connect_as("sealer") as sealer:
        assert audit.empty(sealer) == 1
        assert audit.empty(sealer) == 0
    with acting_as(SYSTEM):
        said = dict(AuditRow.objects.values_list("object_id", "details"))
    assert said == {gone: None, stays: '{"person":"x"}'}
    assert verdict().broken is None


def test_the_product_cannot_take_an_object_off_the_list_again():
    with acting_as(SYSTEM):
        audit.forget([new_id()])
    with pytest.raises(DatabaseError, match="permission denied"), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_forgotten")
