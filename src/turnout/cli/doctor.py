"""Look at database, roles, keys, disk, clock and migrations; say what is wrong and what to do about it.

Nothing is started or changed. The exit status is 1 if there is a problem. It works while the database is down.
"""

from __future__ import annotations

import argparse
import os
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from turnout import pg
from turnout.cli import database
from turnout.core import keyfile
from turnout.pg.binaries import NEWEST, OLDEST

# Below this PostgreSQL may have to stop in the middle of a night; a city's busy day writes about 1 GB.
LEAST_FREE = 2 * 2**30
# Signatures and one-time codes carry times; apart from that nothing minds a second.
MOST_SECONDS_APART = 2.0


@dataclass(frozen=True)
class Finding:
    """One line of the report; `todo` is empty when all is well."""

    about: str
    says: str
    todo: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    findings = list(examine())
    for finding in findings:
        print(f"{'PROBLEM' if finding.todo else 'ok':8} {finding.about:11} {finding.says}")
        if finding.todo:
            print(f"{'':20} -> {finding.todo}")
    return 1 if any(finding.todo for finding in findings) else 0


def examine() -> Iterator[Finding]:
    """All findings, in the order in which they should be mended."""
    yield from _disk()
    key = _key_file()
    yield key
    connection, reached = _reach()
    yield reached
    if connection is None:
        return
    with connection:
        yield _version(connection)
        yield from _roles(connection)
        yield _clock(connection)
        if not key.todo:
            yield _key_fits(connection)
            yield _migrations()


def _disk() -> Iterator[Finding]:
    if database.is_external():
        yield Finding("disk", "not looked at: the database is on a server of your own")
        return
    place = pg.home_of().path
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    says = f"{free / 2**30:.1f} GB free at {place}"
    yield Finding("disk", says, "" if free >= LEAST_FREE else f"Free some space: {LEAST_FREE / 2**30:.0f} GB at least.")


def _key_file() -> Finding:
    path = database.key_path()
    try:
        keyfile.load(path)
        mode, owner = stat.S_IMODE(path.stat().st_mode), path.stat().st_uid
    except keyfile.KeyFileError as error:
        missing = "`turnout up` makes one at the very first start; later, put the right one back from its safe place."
        return Finding("keys", str(error), "Do as it says." if path.exists() else missing)
    if owner != os.geteuid():
        return Finding("keys", f"{path} belongs to account number {owner}", "Give it to the account that runs Turnout.")
    return Finding("keys", f"{path}, mode {mode:o}")


def _reach() -> tuple[psycopg.Connection[dict[str, Any]] | None, Finding]:
    """A connection as the web server has it."""
    try:
        login = database.login("DATABASE_URL") if database.is_external() else _embedded_login()
        connection = psycopg.connect(**login, connect_timeout=10, row_factory=dict_row, autocommit=True)
    except pg.Refused as refused:
        return None, Finding("database", refused.what, refused.todo)
    except psycopg.OperationalError as error:
        says = str(error).strip().splitlines()[0]
        todo = "Check DATABASE_URL and that server." if database.is_external() else "Run `turnout db start`."
        return None, Finding("database", f"does not answer: {says}", todo)
    return connection, Finding("database", "answers")


def _embedded_login() -> dict[str, Any]:
    home = pg.home_of()
    found = pg.status(home)
    if not found.made:
        pg.find()  # Refused when there is no program to make one with
        raise pg.Refused("no-database", f"there is none yet in {home.path}", "`turnout up` makes one.")
    if not found.running:
        if found.major is not None:
            pg.find(found.major)  # Refused when no program could open it
        raise pg.Refused("not-running", f"{home.path} is not running", "Run `turnout up`, or `turnout db start`.")
    return home.login("turnout_app")


def _version(connection: psycopg.Connection[dict[str, Any]]) -> Finding:
    major = connection.info.server_version // 10000
    if OLDEST <= major <= NEWEST:
        return Finding("version", f"PostgreSQL {major}")
    return Finding(
        "version", f"PostgreSQL {major}", f"Turnout needs PostgreSQL {OLDEST} to {NEWEST}: move the database."
    )


_ROLES = """
SELECT rolname, rolsuper, rolbypassrls,
       EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')) AS owns_tables,
       EXISTS (SELECT FROM pg_roles other WHERE other.oid <> pg_roles.oid
               AND (other.rolsuper OR other.rolbypassrls OR other.rolname = 'turnout_owner')
               AND pg_has_role(pg_roles.oid, other.oid, 'member')) AS may_become_more
  FROM pg_roles WHERE rolname = current_user OR rolname LIKE 'turnout%' ORDER BY rolname
"""


def _roles(connection: psycopg.Connection[dict[str, Any]]) -> Iterator[Finding]:
    roles = {row["rolname"]: row for row in connection.execute(_ROLES)}
    me = connection.info.user
    missing = {"turnout_owner", "turnout_app", "turnout_sealer", "turnout_backup"} - roles.keys()
    if missing:
        yield Finding("roles", f"missing: {', '.join(sorted(missing))}", "See `turnout db sql` for what makes them.")
    wrong = []
    if me != "turnout_app":
        wrong.append(f"Turnout signs in as {me}, not as turnout_app")
    for name in {me, "turnout_app", "turnout_owner", "turnout_sealer"} & roles.keys():
        row = roles[name]
        if row["rolsuper"]:
            wrong.append(f"{name} is a superuser")
        if row["rolbypassrls"]:
            wrong.append(f"{name} passes row security")
    for name in {me, "turnout_app", "turnout_sealer"} & roles.keys():
        if roles[name]["owns_tables"]:
            wrong.append(f"{name} owns tables")
        if roles[name]["may_become_more"]:
            wrong.append(f"{name} may become a role with more rights")
    for line in sorted(wrong):
        yield Finding("roles", line, "People would see what is not theirs. Set the roles as `turnout db sql` has them.")
    if not wrong and not missing:
        yield Finding("roles", f"{me} has its rights and no more")


def _clock(connection: psycopg.Connection[dict[str, Any]]) -> Finding:
    before = time.time()
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8 AS there").fetchone()
    assert row is not None
    apart = abs(row["there"] - (before + time.time()) / 2)
    todo = "" if apart <= MOST_SECONDS_APART else "Switch on time synchronisation (NTP) on both machines."
    return Finding("clock", f"{apart:.1f} s from the database's", todo)


def _key_fits(connection: psycopg.Connection[dict[str, Any]]) -> Finding:
    table = connection.execute("SELECT to_regclass('core_keyfile') IS NOT NULL AS there").fetchone()
    row = connection.execute("SELECT fingerprint FROM core_keyfile").fetchone() if table and table["there"] else None
    if row is None:
        return Finding("keys", "the database is not bound to a key file yet", "Run `turnout migrate`.")
    if row["fingerprint"] == keyfile.load(database.key_path()).fingerprint:
        return Finding("keys", "the key file belongs to this database")
    return Finding(
        "keys",
        "the key file does not belong to this database: no name or phone could be read",
        "Put back the key file that belongs to it, or point TURNOUT_KEY_FILE at it.",
    )


def _migrations() -> Finding:
    try:
        database.use_django()
    except keyfile.KeyFileError:
        return Finding("migrations", "not looked at, because the key file does not belong here", "First mend the keys.")
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    connection.close()
    if pending:
        return Finding("migrations", f"{pending} pending", "Run `turnout migrate`, or start with `turnout up`.")
    return Finding("migrations", "none pending")
