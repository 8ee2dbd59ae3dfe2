"""What ended a command or a page when it was the database and not us. No Django here."""

from __future__ import annotations

from typing import Literal

import psycopg


def why(error: BaseException | None) -> Literal["full", "gone"] | None:
    """Say that the disk is full, or that the server went away; None for everything else. Looks through Django's errors,
    which wrap those of psycopg."""
    cause = error if error is None or isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, psycopg.errors.DiskFull):
        return "full"
    if isinstance(cause, psycopg.OperationalError) and _is_gone(cause):
        return "gone"
    return None


def _is_gone(error: psycopg.OperationalError) -> bool:
    """Whether the connection broke, or the server is ending (57P..); other classes, such as a deadlock, are ours."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
