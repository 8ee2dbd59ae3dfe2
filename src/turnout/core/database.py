"""Which role the connection acts with. The product runs as `turnout_app`; migrations run as `turnout_owner`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection


@contextmanager
def as_owner() -> Iterator[None]:
    """Reconnect as the owner of the tables for the length of the block: for `migrate`, and for nothing else."""
    if connection.in_atomic_block:
        raise RuntimeError("the owner's connection cannot start inside a transaction")
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(settings.TURNOUT_ROLES["owner"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def connect_as(role: str) -> psycopg.Connection[Any]:
    """Return a plain connection to the same database with another role (`sealer`, `owner`)."""
    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    extra = settings.TURNOUT_ROLES[role]
    params.update(user=extra["USER"], password=extra["PASSWORD"])
    return psycopg.connect(**params)
