"""A backup is one file of pg_dump; a restore fills a new database, which then takes the place of the old one.

Also the way from one major version to another: back up, move the home away, start anew, restore.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo, sql

from turnout.pg import server
from turnout.pg.binaries import Installation
from turnout.pg.cluster import Cluster
from turnout.pg.home import SUPERUSER
from turnout.pg.provision import DATABASE
from turnout.pg.refused import Refused


def dump(programs: Installation, login: Mapping[str, Any], target: Path) -> int:
    """Write everything the role may read into a new file (mode 0600); returns its size in bytes.

    `login` are psycopg's keyword arguments, of a role that passes row security. An existing file is never replaced,
    and a dump that breaks off leaves none.
    """
    if target.exists():
        raise Refused("backup-exists", f"{target} exists already.", "Choose another name, or move that file away.")
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # mode 0600
    except OSError as error:
        raise _unwritable(target, error.strerror) from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _run(programs, "pg_dump", login, ["--format=custom", "--no-unlogged-table-data"], stdout=file.fileno())
            os.fsync(file.fileno())
        temporary.rename(target)
    except OSError as error:
        raise _unwritable(target, error.strerror) from error
    finally:
        temporary.unlink(missing_ok=True)
    return target.stat().st_size


def restore(cluster: Cluster, source: Path, into: str) -> None:
    """Fill a new database from a backup, whole or not at all. It belongs to turnout_owner and is restored as such."""
    listed = subprocess.run([cluster.programs.program("pg_restore"), "--list", source], capture_output=True, text=True)
    if listed.returncode != 0:
        raise Refused(
            "not-a-backup",
            f"{source} is not a backup that PostgreSQL {cluster.major} can read: {_last(listed.stderr)}",
            "Give a file written by `turnout db backup`, by the same or an older PostgreSQL.",
        )
    cluster.create_database(into, template="template0")
    try:
        with server.connect(cluster.home, SUPERUSER, into) as admin:
            admin.execute("GRANT CREATE ON SCHEMA public TO turnout_lookup")  # before functions are handed to it
        options = ["--exit-on-error", "--single-transaction", str(source)]
        _run(cluster.programs, "pg_restore", cluster.params("turnout_owner", into), options)
    except BaseException:
        cluster.drop_database(into)
        raise


def swap(cluster: Cluster, new: str, old_becomes: str) -> None:
    """Put a restored database in the place of the present one, which is kept under another name."""
    with server.connect(cluster.home, SUPERUSER, "postgres") as admin, admin.transaction():
        try:
            for name, becomes in ((DATABASE, old_becomes), (new, DATABASE)):
                statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                admin.execute(statement.format(sql.Identifier(name), sql.Identifier(becomes)))
        except psycopg.errors.ObjectInUse as error:
            raise Refused(
                "in-use",
                "The database is in use and cannot be exchanged.",
                "Stop `turnout up` and everything else that is connected, then restore again.",
            ) from error


def is_empty(cluster: Cluster, database: str = DATABASE) -> bool:
    """Whether there is no table yet."""
    with server.connect(cluster.home, SUPERUSER, database) as admin:
        row = admin.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    return row == (0,)


def _run(programs: Installation, program: str, login: Mapping[str, Any], options: list[str], **extra: int) -> None:
    address = {key: value for key, value in login.items() if key != "password"}
    command = [programs.program(program), f"--dbname={conninfo.make_conninfo('', **address)}", "--no-password"]
    environ = {"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": login.get("password", "")}
    run = subprocess.run([*command, *options], env=environ, stderr=subprocess.PIPE, text=True, **extra)  # type: ignore[call-overload]
    if run.returncode != 0 and "No space left" in run.stderr:
        raise Refused("disk-full", f"{program} stopped: the disk is full.", "Free some space. Nothing was changed.")
    if run.returncode != 0:
        raise Refused(
            f"{program.replace('_', '-')}-failed", f"{program} stopped: {_last(run.stderr)}", "Nothing was changed."
        )


def _unwritable(target: Path, why: str | None) -> Refused:
    return Refused(
        "backup-unwritable", f"{target} cannot be written: {why}.", "Choose a directory with room that you may write."
    )


def _last(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
