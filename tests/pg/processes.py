"""Other processes that use a database, started, talked to over a pipe, and killed by tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from turnout import pg
from turnout.pg.home import Home

SRC = Path(__file__).resolve().parents[2] / "src"

USE = """
import sys
from pathlib import Path
from turnout import pg
try:
    cluster = pg.ensure(sys.argv[2], root=Path(sys.argv[1]), for_tests=True)
except pg.Refused as refused:
    print("refused", refused.code, flush=True)
    sys.exit(1)
print("ready", flush=True)
sys.stdin.read()
cluster.release()
"""

WRITE = """
import sys
from pathlib import Path
import psycopg
from turnout import pg
cluster = pg.ensure(sys.argv[2], root=Path(sys.argv[1]))
with psycopg.connect(cluster.dsn("turnout_owner"), autocommit=True) as connection:
    connection.execute("create table if not exists kept (n int primary key)")
    open_ended = psycopg.connect(cluster.dsn("turnout_owner"))
    open_ended.execute("insert into kept values (-1)")
    n = 0
    while True:
        connection.execute("insert into kept values (%s)", [n])
        print(n, flush=True)
        n += 1
"""


def python(code: str, *arguments: object, prefix: Sequence[str] = (), **extra: str) -> subprocess.Popen[str]:
    """A Python process in a process group of its own, with our source and no setting of this shell."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SRC), "LANG": "C.UTF-8", **extra}
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        start_new_session=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    """The next line the process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def finish(process: subprocess.Popen[str]) -> int:
    """Close its input, which is its sign to end well, and take its exit status."""
    assert process.stdin is not None
    process.stdin.close()
    return process.wait(60)


def started_at(cluster: pg.Cluster) -> object:
    """When the server started: the same for two looks at the same run of a server."""
    with psycopg.connect(cluster.dsn()) as connection:
        row = connection.execute("select pg_postmaster_start_time()").fetchone()
    assert row is not None
    return row[0]


def server_processes(home: Home) -> set[int]:
    """Every live process that works in the data directory."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == str(home.data):
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def kill_server(home: Home) -> None:
    """Kill the server and all its children at once, as when memory runs out."""
    for pid in server_processes(home):
        with suppress(ProcessLookupError):  # a child that saw the server die
            os.kill(pid, signal.SIGKILL)
