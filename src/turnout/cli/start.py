"""How a command that needs the database begins: the embedded one started if there is no other, then Django."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from turnout.cli import database


@contextmanager
def django() -> Iterator[None]:
    """Have a database and Django for the length of a command."""
    with database.started():
        database.use_django()
        yield
