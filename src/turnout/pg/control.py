"""Looking at a database and stopping it without starting it first."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psycopg

from turnout.pg import server
from turnout.pg.cluster import locked
from turnout.pg.home import SUPERUSER, Home
from turnout.pg.provision import DATABASE
from turnout.pg.refused import Refused


@dataclass(frozen=True)
class Status:
    """What is known of a database from outside. `version`, `size` (bytes) and `databases` only while it answers."""

    made: bool
    running: bool
    kept: bool
    in_use: bool
    major: int | None
    version: str = ""
    size: int = 0
    databases: tuple[str, ...] = ()


def status(home: Home) -> Status:
    """Look; nothing is started, made or changed."""
    made, major = home.data.exists(), home.major
    kept, in_use = home.keep.exists(), _in_use(home)
    try:
        with server.connect(home, SUPERUSER, "postgres") as admin:
            row = admin.execute("select version(), pg_database_size(%s)", [DATABASE]).fetchone()
            databases = tuple(str(name) for (name,) in admin.execute("select datname from pg_database order by 1"))
    except psycopg.Error:
        return Status(made, False, kept, in_use, major)
    assert row is not None
    return Status(made, True, kept, in_use, major, str(row[0]).split(" on ")[0], int(str(row[1])), databases)


def halt(home: Home, *, even_in_use: bool = False) -> bool:
    """Stop a kept or left-over server; False if none ran.

    While others use it, it is refused with `in-use`, but no longer kept: the last of them stops it.
    """
    if not home.path.exists():
        return False
    with locked(home):
        home.keep.unlink(missing_ok=True)
        if server.process_id(home) is None:
            return False
        if _in_use(home) and not even_in_use:
            raise Refused(
                "in-use",
                "The database is in use by another process, such as `turnout up`, and stops when the last one ends.",
                "End that process, or stop the database at once with `turnout db stop --force`.",
            )
        server.stop(home)
    return True


def _in_use(home: Home) -> bool:
    try:
        descriptor = os.open(home.users_lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not server.try_lock(descriptor)
    finally:
        os.close(descriptor)
