"""Run everything in one foreground process: database, migrations, web server and worker, until Ctrl-C.

What ends by itself is started again; what ends again and again stops the whole, so that whoever supervises this
process (systemd, a container) sees it. Listens on this machine only unless --host says otherwise.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from turnout import pg
from turnout.cli import database
from turnout.cli.children import Child, Family
from turnout.cli.migrate import bring_up_to_date
from turnout.cli.ports import check_free

WEB_WORKERS = 2
# Two to four threads a worker answered most requests a second; eight had long tails.
WEB_THREADS = 4
WORKERS = {"worker": (("housekeeping", "lists", "plans"), 2), "sender": (("notices",), 6)}
"""Workers as {name: (queues, jobs at once)}. Messages have their own, with a place for each channel: one that is slow
for an hour holds up neither the others nor anything else."""
# Granian waits for open requests this long, in seconds, then ends a worker that does not stop.
KILL_AFTER = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (0.0.0.0 for every address)")
    parser.add_argument("--port", type=int, default=8000)


def run(args: argparse.Namespace) -> int:
    with database.refusals() as status:
        status.append(serve(args.host, args.port))
    return status[-1]


def serve(
    host: str,
    port: int,
    *,
    before: Callable[[], None] = lambda: None,
    more: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """Serve until a signal; returns the exit status. Whoever calls it may have filled the database before.

    `before` runs when the database is up and nothing else is yet; `more` are further children, by name.
    """
    check_free(host, port)
    if database.is_external():
        database.login("DATABASE_OWNER_URL")
    family = Family([], say=database.note, ready=lambda: _announce(host, port))
    with family.signals(), database.started() as cluster:
        database.note("Bringing the database up to date")
        bring_up_to_date()
        _collect_static_files()
        before()
        others = [Child(name, command, _environment()) for name, command in (more or {}).items()]
        family.children = [_web(host, port), *map(_worker, WORKERS), *others]
        return family.run(_this_machine(host), port, keep_up=lambda: _keep_up(cluster))
    return 0  # a signal came before everything ran


def _announce(host: str, port: int) -> None:
    here = _this_machine(host)
    print(f"Turnout is ready: http://{f'[{here}]' if ':' in here else here}:{port}/  (Ctrl-C stops it)", flush=True)
    if not (host.startswith("127.") or host in ("::1", "localhost") or os.environ.get("TURNOUT_HOSTS")):
        database.note("Other machines are let in by the names in TURNOUT_HOSTS only, and none is set.")


def _this_machine(host: str) -> str:
    """The address by which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _keep_up(cluster: pg.Cluster | None) -> None:
    """Start the database again if it was killed. The children's connections are checked by Django and made anew."""
    if cluster is not None and not cluster.answers():
        pg.ensure(cluster.name)
        database.note("The database was gone: started again")


def _collect_static_files() -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def _web(host: str, port: int) -> Child:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    command += ["--workers-kill-timeout", str(KILL_AFTER), "--respawn-failed-workers", "--no-ws"]
    command += ["--log-level", "warning", "turnout.config.wsgi:application"]
    return Child("web server", command, _environment())


def _worker(name: str) -> Child:
    queues, at_once = WORKERS[name]
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", str(at_once)]
    command += ["--queues", ",".join(queues), "--shutdown-graceful-timeout", str(KILL_AFTER)]
    return Child(name, command, _environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "turnout.config.settings"}
