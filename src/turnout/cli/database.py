"""What commands share about the database: the embedded one, or the one that DATABASE_URL names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from turnout import pg
from turnout.core import keyfile, lost


def is_external() -> bool:
    """Whether the database is a server of one's own rather than the embedded one."""
    return bool(os.environ.get("DATABASE_URL"))


def started() -> pg.Cluster | nullcontext[None]:
    """The embedded database, started if need be and released at the end of the block; nothing for one's own server."""
    if not is_external():
        return pg.ensure(say=note)
    try:
        psycopg.connect(**login("DATABASE_URL"), connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise pg.Refused(
            "unreachable",
            f"The database of DATABASE_URL does not answer: {str(error).strip().splitlines()[0]}",
            "Check DATABASE_URL and that server, or unset it for the embedded database.",
        ) from error
    return nullcontext()


def login(variable: str) -> dict[str, Any]:
    """The parts of one of the DATABASE_*_URL settings. Raises Refused when it is unset or not an address."""
    url = os.environ.get(variable, "")
    if not url:
        raise pg.Refused(
            "url-missing",
            f"DATABASE_URL is set, but {variable} is not.",
            f"Set {variable} to the same database with the role for this; `turnout db sql` lists the roles.",
        )
    try:
        parts = conninfo.conninfo_to_dict(url)
    except Exception as error:
        raise pg.Refused(
            "url-bad",
            f"{variable} is not an address of a PostgreSQL database.",
            "It looks like postgresql://ROLE:PASSWORD@HOST:5432/turnout",
        ) from error
    return {key: str(value) for key, value in parts.items() if value is not None}


def key_path() -> Path:
    """Where this installation's key file is to be."""
    chosen = os.environ.get("TURNOUT_KEY_FILE")
    return Path(chosen) if chosen else keyfile.default_path(pg.home_of().name)


def note(line: str) -> None:
    """Say a line about what is going on, beside the command's own output."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def refusals() -> Iterator[list[int]]:
    """Print a refusal instead of a traceback. The list is filled with the exit status 1 then."""
    status: list[int] = []
    try:
        yield status
    except pg.Refused as refused:
        note(f"turnout: {refused.what}\n{refused.todo}")
        status.append(1)
    except keyfile.KeyFileError as error:
        note(f"turnout: {error}")
        status.append(1)
    except Exception as error:
        refusal = _lost(error)
        if refusal is None:
            raise
        note(f"turnout: {refusal.what}\n{refusal.todo}")
        status.append(1)


def _lost(error: Exception) -> pg.Refused | None:
    """What to say when the database ended in the middle of a command; None when it is a fault of ours."""
    why = lost.why(error)
    if why == "full" and not is_external():
        return pg.disk_full(pg.home_of())
    if why == "full":
        return pg.Refused(
            "disk-full",
            "The disk of the database server is full.",
            "Free some space there and run this again. Everything committed is kept.",
        )
    if why == "gone":
        return pg.Refused(
            "database-lost",
            f"The database went away: {str(error).strip().splitlines()[0]}",
            "What was not finished is undone. `turnout doctor` says how the database is; then run this again.",
        )
    return None


def use_django() -> None:
    """Load settings and apps; after the embedded database was started, because its passwords are read here.

    Raises KeyFileError when the database is bound to a key file and this is not it, or it is gone: the settings would
    make a new one in its place, and everything written from then on could be read with that one only.
    """
    bound = _bound_to()
    if bound is not None and keyfile.load(key_path()).fingerprint != bound:
        raise keyfile.KeyFileError(keyfile.foreign(key_path()))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "turnout.config.settings")
    import django

    django.setup()


def _bound_to() -> str | None:
    """Fingerprint of the key file that the database belongs to; None while it is new."""
    params = login("DATABASE_URL") if is_external() else pg.home_of().login("turnout_app")
    with psycopg.connect(**params, connect_timeout=10) as connection:
        if connection.execute("SELECT to_regclass('core_keyfile') IS NULL").fetchone() == (True,):
            return None
        row = connection.execute("SELECT fingerprint FROM core_keyfile").fetchone()
    return None if row is None else str(row[0])
