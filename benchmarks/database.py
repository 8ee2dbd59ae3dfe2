"""A database of its own for a benchmark: as durable as in real life, migrated, empty, gone afterwards."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = f"turnout_bench_{os.getpid()}"


@contextmanager
def fresh() -> Iterator[dict[str, str]]:
    """Make the database, point Django at it, and yield the environment that child processes need."""
    from turnout import pg

    with tempfile.TemporaryDirectory(prefix="turnout-bench-") as scratch, pg.ensure("bench") as cluster:
        cluster.drop_database(NAME)
        cluster.create_database(NAME)
        environment = {
            "DATABASE_URL": cluster.url("turnout_app", NAME),
            "DATABASE_OWNER_URL": cluster.url("turnout_owner", NAME),
            "DATABASE_SEALER_URL": cluster.url("turnout_sealer", NAME),
            "TURNOUT_KEY_FILE": str(Path(scratch) / "keys"),
            "TURNOUT_STATIC_ROOT": str(Path(scratch) / "static"),
            "TURNOUT_CHANNELS": json.dumps({"file": {"directory": str(Path(scratch) / "messages")}}),
            "DJANGO_SETTINGS_MODULE": "turnout.config.settings",
        }
        os.environ.update(environment)
        use()
        from turnout.access.installation import migrate

        migrate()
        try:
            yield environment
        finally:
            from django.db import connections

            connections.close_all()
            cluster.drop_database(NAME)


def use() -> None:
    """Start Django in this process, in the environment that `fresh` made."""
    import django

    django.setup()
