"""How a command that needs the database begins: the embedded one started if there is no other, then Django."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from turnout.cli import database
from turnout.core import keyfile


@contextmanager
def django() -> Iterator[None]:
    """Have a database of this version and Django for the length of a command; ends with status 2 if it is older."""
    with database.started():
        try:
            database.use_django()
        except keyfile.KeyFileError as error:
            database.note(f"turnout: {error}")
            sys.exit(2)
        from turnout.access.installation import is_up_to_date

        if not is_up_to_date():
            database.note("The database is not at this version yet. Run `turnout migrate`, or start with `turnout up`.")
            sys.exit(2)
        yield
