"""Bringing a database to this version: what `turnout migrate`, `turnout up` and the tests' template all do."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from turnout.access.scope import migrating
from turnout.core import keys
from turnout.core.database import as_owner


def migrate(*, verbosity: int = 0) -> None:
    """Run all migrations as the owner of the tables, then make the data keys that are missing."""
    with as_owner(), migrating():
        call_command("migrate", verbosity=verbosity, interactive=False)
    keys.prepare()


def is_up_to_date() -> bool:
    """Say whether the database has every migration of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
