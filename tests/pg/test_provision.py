"""Roles, rights, extensions and sort order, on the oldest and the newest PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.pg.majors import MAJORS, cluster_of

from turnout import pg
from turnout.pg import binaries, server

pytestmark = pytest.mark.pg


@pytest.fixture(params=MAJORS)
def cluster(request: pytest.FixtureRequest) -> Iterator[pg.Cluster]:
    with cluster_of(request.param) as running:
        yield running


@pytest.fixture
def database(cluster: pg.Cluster) -> Iterator[str]:
    cluster.drop_database("provision")
    cluster.create_database("provision")
    yield "provision"
    cluster.drop_database("provision")


def test_the_suite_covers_the_newest_version() -> None:
    assert MAJORS[-1] == binaries.NEWEST


def test_each_role_has_its_rights_and_no_more(cluster: pg.Cluster) -> None:
    columns = "rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
    with psycopg.connect(cluster.dsn("postgres")) as connection:
        rows = connection.execute(f"select {columns} from pg_roles where rolname like 'turnout%' order by 1").fetchall()
    assert rows == [
        ("turnout_app", True, False, False, False, False, False),
        ("turnout_backup", True, False, True, False, False, False),
        ("turnout_lookup", False, False, True, False, False, False),
        ("turnout_owner", True, False, False, True, False, False),  # a test server: it may make databases
        ("turnout_sealer", True, False, False, False, False, False),
    ]


def test_the_app_uses_what_the_owner_made_and_cannot_change_its_shape(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database)) as owner:
        owner.execute("create table notes (id bigint generated always as identity primary key, body text)")
        owner.execute("create table tags (id serial primary key)")
    with psycopg.connect(cluster.dsn("turnout_app", database), autocommit=True) as app:
        app.execute("insert into notes (body) values ('a')")
        app.execute("insert into tags default values")
        assert app.execute("select id, body from notes").fetchall() == [(1, "a")]
        app.execute("update notes set body = 'b'")
        app.execute("create temporary table incoming (like notes)")
        app.execute("delete from notes")
        for forbidden in (
            "truncate notes",
            "create table mine (id int)",
            "drop table notes",
            "alter table notes disable row level security",
            "set role turnout_owner",
            "set role turnout_lookup",
            "create extension hstore",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_forced_row_security_binds_owner_and_app_and_not_the_backup(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database)) as owner:
        owner.execute("create table notes (body text)")
        owner.execute("insert into notes values ('a')")
        owner.execute("alter table notes enable row level security")
        owner.execute("alter table notes force row level security")
        assert owner.execute("select count(*) from notes").fetchone() == (0,)
    seen = {}
    for role in ("turnout_app", "turnout_backup"):
        with psycopg.connect(cluster.dsn(role, database)) as connection:
            seen[role] = connection.execute("select count(*) from notes").fetchone()
    assert seen == {"turnout_app": (0,), "turnout_backup": (1,)}


def test_the_backup_role_cannot_write(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database)) as owner:
        owner.execute("create table notes (body text)")
    with psycopg.connect(cluster.dsn("turnout_backup", database)) as backup:
        backup.execute("set transaction read write")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            backup.execute("insert into notes values ('a')")


def test_the_sealer_sees_nothing_that_was_not_granted(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database)) as owner:
        owner.execute("create table notes (body text)")
    sealer = psycopg.connect(cluster.dsn("turnout_sealer", database))
    with sealer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealer.execute("select * from notes")


def test_a_function_handed_to_lookup_sees_past_row_security_and_nobody_signs_in_as_it(
    cluster: pg.Cluster, database: str
) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database)) as owner:
        owner.execute("create table notes (body text)")
        owner.execute("insert into notes values ('a')")
        owner.execute("alter table notes enable row level security")
        owner.execute("alter table notes force row level security")
        owner.execute("grant select on notes to turnout_lookup")
        owner.execute(
            "create function known(wanted text) returns boolean language sql stable security definer"
            " set search_path = public, pg_temp as 'select exists (select 1 from notes where body = wanted)'"
        )
        owner.execute("alter function known owner to turnout_lookup")
    with psycopg.connect(cluster.dsn("turnout_app", database)) as app:
        assert app.execute("select known('a'), known('b')").fetchone() == (True, False)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**(cluster.params("turnout_app") | {"user": "turnout_lookup"}))


def test_both_extensions_are_there_and_trigrams_know_chinese(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_app", database)) as app:
        names = app.execute("select extname from pg_extension where extname <> 'plpgsql' order by 1").fetchall()
        assert names == [("btree_gist",), ("pg_trgm",)]
        assert app.execute("select similarity('海淀区中关村', '海淀区中关村') = 1").fetchone() == (True,)
        assert app.execute("select cardinality(show_trgm('海淀区'))").fetchone() == (4,)


def test_text_sorts_by_code_point_and_knows_upper_case(cluster: pg.Cluster, database: str) -> None:
    words = ["b", "A", "a", "B", "é", "张", "王", "阿", "Z", "_", "1", "10", "9", "", "𠮷", "～"]
    with psycopg.connect(cluster.dsn("turnout_app", database)) as app:
        rows = app.execute("select word from unnest(%s::text[]) word order by word", [words]).fetchall()
        assert [row[0] for row in rows] == sorted(words)
        assert app.execute("select upper('éa'), 'É' ~* 'é'").fetchone() == ("ÉA", True)
        assert app.execute("select pg_encoding_to_char(encoding) from pg_database").fetchall() == [("UTF8",)] * len(
            app.execute("select 1 from pg_database").fetchall()
        )


def test_strangers_may_not_enter_our_databases(cluster: pg.Cluster, database: str) -> None:
    with server.connect(cluster.home, "postgres", "postgres") as admin:
        admin.execute("drop role if exists stranger")
        admin.execute("create role stranger")
        row = admin.execute("select has_database_privilege('stranger', 'provision', 'connect')").fetchone()
        admin.execute("drop role stranger")
    assert row == (False,)


def test_a_database_copied_from_a_template_brings_its_content(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database)) as owner:
        owner.execute("create table notes (body text)")
        owner.execute("insert into notes values ('a')")
    cluster.drop_database("provision_copy")
    cluster.create_database("provision_copy", template=database)
    with psycopg.connect(cluster.dsn("turnout_app", "provision_copy")) as app:
        assert app.execute("select body from notes").fetchall() == [("a",)]
    cluster.drop_database("provision_copy")
    assert "provision_copy" not in cluster.databases()


def test_the_server_log_holds_no_value_that_was_refused(cluster: pg.Cluster, database: str) -> None:
    with psycopg.connect(cluster.dsn("turnout_owner", database), autocommit=True) as owner:
        owner.execute("create table people (phone text primary key, age int check (age > 0))")
        owner.execute("insert into people values ('13900000001', 1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("insert into people values ('13900000001', 2)")
        with pytest.raises(psycopg.errors.CheckViolation):
            owner.execute("insert into people values (%s, -1)", ["13900000002"])
    logs = written(cluster, 'violates check constraint "people_age_check"')
    assert "1390000000" not in logs


def written(cluster: pg.Cluster, line: str) -> str:
    """Return the server's log once it holds a line; the server's own collector writes it a moment after the refusal."""
    for _ in range(200):
        logs = "".join(file.read_text() for file in (cluster.home.data / "log").glob("*.log"))
        if line in logs:
            return logs
        time.sleep(0.05)
    raise AssertionError(f"not in the log after 10 s: {line}")
