"""How a command that needs the database begins: start the embedded one if there is no other, then Django."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def django() -> Iterator[None]:
    """Have a database and Django for the length of a command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "turnout.config.settings")
    if os.environ.get("DATABASE_URL"):
        _setup()
        yield
        return
    from turnout import pg

    with pg.ensure(say=print):
        _setup()
        yield


def _setup() -> None:
    import django as framework

    framework.setup()
