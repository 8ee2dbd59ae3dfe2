"""Start, stop, back up and restore the database.

`turnout up` and every other command start the embedded database by themselves and stop it when the last of them ends.
`start` keeps it running until `stop`. With DATABASE_URL set, the server is yours: only `backup`, `status` and `sql`
have something to do.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from turnout import pg
from turnout.cli import database
from turnout.core import keyfile
from turnout.pg import backup, provision

_KEPT = "turnout_before_"


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("start", help="start the embedded database and keep it running")
    stop = actions.add_parser("stop", help="stop it")
    stop.add_argument("--force", action="store_true", help="even while other processes use it")
    actions.add_parser("status", help="say whether it runs, where it lies and how large it is")
    save = actions.add_parser("backup", help="write everything into one new file")
    save.add_argument("file", type=Path)
    load = actions.add_parser("restore", help="fill the database from such a file")
    load.add_argument("file", type=Path)
    load.add_argument("--replace", action="store_true", help="put it in the place of a database that is not empty")
    load.add_argument(
        "--other-key", action="store_true", help="even if the key file is not the one it was written with"
    )
    drop = actions.add_parser("drop", help="remove a database that a restore kept (`status` lists them)")
    drop.add_argument("name")
    actions.add_parser("sql", help="print the statements that prepare a server of your own for DATABASE_URL")


def run(args: argparse.Namespace) -> int:
    with database.refusals() as status:
        status.append(_ACTIONS[args.action](args))
    return status[-1]


def _start(args: argparse.Namespace) -> int:
    _only_embedded("start")
    with pg.ensure(keep=True, say=database.note) as cluster:
        print(f"PostgreSQL {cluster.major} is running in {cluster.home.path}. `turnout db stop` stops it.")
    return 0


def _stop(args: argparse.Namespace) -> int:
    _only_embedded("stop")
    stopped = pg.halt(pg.home_of(), even_in_use=args.force)
    print("The database is stopped." if stopped else "The database was not running.")
    return 0


def _status(args: argparse.Namespace) -> int:
    if database.is_external():
        return _status_external()
    home = pg.home_of()
    found = pg.status(home)
    if not found.made:
        print(f"There is no database yet in {home.path}. `turnout up` makes one.")
        return 1
    if not found.running:
        print(f"The database in {home.path} (PostgreSQL {found.major}) is not running. `turnout up` starts it.")
        return 1
    print(f"{found.version} is running in {home.path}")
    print(f"size       {found.size / 2**20:.0f} MB")
    print(f"kept       {'yes, until `turnout db stop`' if found.kept else 'no, stops with its last user'}")
    print(f"in use     {'yes' if found.in_use else 'no'}")
    for name in found.databases:
        if name.startswith(_KEPT):
            print(f"kept after a restore: {name} (`turnout db drop {name}` removes it)")
    return 0


def _status_external() -> int:
    try:
        with psycopg.connect(**database.login("DATABASE_URL"), connect_timeout=10) as connection:
            print(f"The database of DATABASE_URL answers: PostgreSQL {connection.info.server_version // 10000}.")
    except psycopg.OperationalError as error:
        print(f"The database of DATABASE_URL does not answer: {str(error).strip()}")
        return 1
    return 0


def _backup(args: argparse.Namespace) -> int:
    if database.is_external():
        login = database.login("DATABASE_BACKUP_URL")
        with psycopg.connect(**login, connect_timeout=10) as connection:
            programs = pg.at_least(connection.info.server_version // 10000)
        size = backup.dump(programs, login, args.file)
    else:
        with pg.ensure(say=database.note) as cluster:
            size = backup.dump(cluster.programs, cluster.params("turnout_backup"), args.file)
    print(f"{args.file}: {size / 2**20:.1f} MB.")
    print("Names and phones in it are encrypted, and the key file is not part of it:")
    print(f"  {database.key_path()}")
    print("Keep a copy of that file in another place than the backups. Without it, the names and phones in a backup")
    print("cannot be read; whoever has both can read them all.")
    return 0


def _restore(args: argparse.Namespace) -> int:
    _only_embedded("restore")
    if not args.file.exists():
        raise pg.Refused(
            "no-such-file", f"There is no file {args.file}.", "Give a file written by `turnout db backup`."
        )
    stamp = datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    new, old = f"turnout_restore_{stamp}", f"{_KEPT}{stamp}"
    with pg.ensure(say=database.note) as cluster:
        empty = backup.is_empty(cluster)
        if not (empty or args.replace):
            raise pg.Refused(
                "not-empty",
                "The database is not empty. Nothing was changed.",
                "To put the backup in its place, add --replace: the present one is kept under another name.",
            )
        backup.restore(cluster, args.file, new)
        try:
            _check_key(cluster, new, args.other_key)
            backup.swap(cluster, new, old)
        except BaseException:
            cluster.drop_database(new)
            raise
        if empty:
            cluster.drop_database(old)
    print(f"Restored from {args.file}. Now run `turnout migrate`, then `turnout doctor`.")
    if not empty:
        print(f"The database as it was is kept as {old}. `turnout db drop {old}` removes it.")
    return 0


def _check_key(cluster: pg.Cluster, name: str, other_key_is_fine: bool) -> None:
    """A restored database whose names nobody can read must not take the place of one whose names can be read."""
    with psycopg.connect(**cluster.params("turnout_owner", name)) as connection:
        if connection.execute("select to_regclass('core_keyfile') is null").fetchone() == (True,):
            return
        row = connection.execute("select fingerprint from core_keyfile").fetchone()
    if row is None or other_key_is_fine:
        return
    try:
        fits = keyfile.load(database.key_path()).fingerprint == row[0]
    except keyfile.KeyFileError as error:
        raise pg.Refused("wrong-key", str(error), "Put back the key file that belongs to this backup.") from error
    if not fits:
        raise pg.Refused(
            "wrong-key",
            f"The key file {database.key_path()} does not belong to this backup: its names could not be read.",
            "Put back the key file that belongs to it, or add --other-key to restore it all the same.",
        )


def _drop(args: argparse.Namespace) -> int:
    _only_embedded("change")
    with pg.ensure(say=database.note) as cluster:
        if not args.name.startswith(_KEPT) or args.name not in cluster.databases():
            raise pg.Refused(
                "no-such-database",
                f"There is no database {args.name} that a restore kept. Nothing was changed.",
                "`turnout db status` lists them.",
            )
        cluster.drop_database(args.name)
    print(f"{args.name} is removed.")
    return 0


def _sql(args: argparse.Namespace) -> int:
    print(provision.script(), end="")
    return 0


def _only_embedded(action: str) -> None:
    if database.is_external():
        raise pg.Refused(
            "not-embedded",
            f"DATABASE_URL is set, so the server is not ours to {action}.",
            "Use its own tools, or unset DATABASE_URL for the embedded database.",
        )


_ACTIONS = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "backup": _backup,
    "restore": _restore,
    "drop": _drop,
    "sql": _sql,
}
