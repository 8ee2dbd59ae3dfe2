"""How a command that needs the database begins: the embedded one started if there is no other, then Django."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from turnout.cli import database


@contextmanager
def django() -> Iterator[None]:
    """Have a database of this version and Django for the length of a command.

    Ends with status 2, and a line that says what to do, if the database cannot be had, is older or goes away.
    """
    with database.refusals() as refused, database.started():
        database.use_django()
        from turnout.access.installation import is_up_to_date

        if not is_up_to_date():
            todo = "Run `turnout migrate`, or start with `turnout up`."
            database.note(f"The database is not at this version yet. {todo}")
            sys.exit(2)
        yield
    if refused:
        sys.exit(2)
