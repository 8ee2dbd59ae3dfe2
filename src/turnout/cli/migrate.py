"""Bring the database to this version: as the owner of its tables, with a database made first if there is none.

With DATABASE_URL set, DATABASE_OWNER_URL must name the same database with the role turnout_owner.
"""

from __future__ import annotations

import argparse

from turnout import pg
from turnout.cli import database


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verbose", action="store_true", help="name every migration")


def run(args: argparse.Namespace) -> int:
    with database.refusals() as status:
        if database.is_external():
            database.login("DATABASE_OWNER_URL")
        with database.started():
            bring_up_to_date(verbosity=1 if args.verbose else 0)
        print("The database is up to date.")
        status.append(0)
    return status[-1]


def bring_up_to_date(*, verbosity: int = 0) -> None:
    """Migrate, and publish the playbooks that ship with this version; the database runs already."""
    database.use_django()
    from django.db import connections

    from turnout.access import installation
    from turnout.access.scope import SYSTEM, acting_as
    from turnout.core import keys
    from turnout.incidents.domain import playbooks

    try:
        installation.migrate(verbosity=verbosity)
        with acting_as(SYSTEM) as by:
            playbooks.publish_shipped(by=by)
    except keys.WrongKey as error:
        raise pg.Refused("wrong-key", str(error), "`turnout doctor` looks again.") from error
    finally:
        connections.close_all()
