"""The embedded database as its users see it: `ensure()` it, connect, let go of it."""

from __future__ import annotations

import atexit
import errno
import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from psycopg import conninfo, sql

from turnout.pg import binaries, provision, server
from turnout.pg.binaries import Installation
from turnout.pg.home import SUPERUSER, Account, Home, check_reachable, home_of
from turnout.pg.provision import DATABASE
from turnout.pg.refused import Refused

LOCK_SECONDS = 330  # longer than a start may take
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_open: dict[Path, Cluster] = {}
_one_thread = threading.Lock()


class Cluster:
    """A running server that this process uses. Made by `ensure()`; `release()` lets go of it.

    The server stops when the last process that uses it lets go, unless `turnout db start` asked to keep it.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.name = home.name
        self.programs: Installation
        self._users_lock = -1
        self._pid = os.getpid()

    @property
    def major(self) -> int:
        """Major version of the server."""
        return self.programs.major

    @property
    def forked(self) -> bool:
        """Whether this object was inherited through a fork: then the parent answers for it."""
        return os.getpid() != self._pid

    def start(
        self,
        settings: Mapping[str, str],
        createdb: bool,
        major: int | None,
        environ: Mapping[str, str],
        say: Callable[[str], None],
    ) -> None:
        """Bring the server up as `ensure()` says. A start that fails or is interrupted leaves no server behind."""
        if self._users_lock >= 0 and self.answers():
            return
        self.home.prepare()
        with locked(self.home):
            account = self.home.account()
            self.programs = _programs(self.home, account, major, environ)
            if self._users_lock < 0:
                self._users_lock = _use(self.home)
            try:
                _run(self.home, self.programs, account, settings, say)
                _provision(self.home, createdb)
            except BaseException:
                self._let_go()
                raise

    def answers(self) -> bool:
        """Whether the server takes our connections."""
        with suppress(server.PasswordsLost):
            return server.answers(self.home)
        return False

    def params(self, role: str = "turnout_app", database: str = DATABASE) -> dict[str, Any]:
        """Keyword arguments for psycopg.connect: host (the socket's directory), port, user, password, dbname."""
        return self.home.login(role, database)

    def dsn(self, role: str = "turnout_app", database: str = DATABASE) -> str:
        """The same as a connection string of libpq."""
        return conninfo.make_conninfo("", **self.params(role, database))

    def url(self, role: str = "turnout_app", database: str = DATABASE) -> str:
        """The same as a URL, for DATABASE_URL of a child process. It holds the password: do not print it."""
        params = self.params(role, database)
        query = urlencode({"host": params["host"], "port": params["port"]})
        return f"postgresql://{quote(role)}:{quote(params['password'])}@/{quote(database)}?{query}"

    def create_database(self, name: str, template: str | None = None, *, passing: bool = False) -> None:
        """Make a database of turnout_owner with extensions and default rights; a template brings its own content.

        A `passing` one, made anew at every use, does not wait for the disk: a power cut may cost its last moments.
        """
        with server.connect(self.home, SUPERUSER, "postgres") as admin:
            provision.database(admin, name, template)
            if passing:
                admin.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whatever is connected to it. Missing: nothing happens."""
        with server.connect(self.home, SUPERUSER, "postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def databases(self) -> list[str]:
        """Names of all databases but PostgreSQL's own."""
        with server.connect(self.home, SUPERUSER, "postgres") as admin:
            rows = admin.execute("select datname from pg_database where not datistemplate and datname <> 'postgres'")
            return sorted(str(row[0]) for row in rows)

    def release(self) -> None:
        """Let go of the server. The last one to do so stops it, unless it is kept. Twice is the same as once."""
        if self._users_lock < 0 or self.forked:
            return
        with locked(self.home):
            self._let_go()
        _open.pop(self.home.path, None)

    def _let_go(self) -> None:
        descriptor, self._users_lock = self._users_lock, -1
        try:
            if not self.home.keep.exists() and server.try_lock(descriptor):
                server.stop(self.home)
        finally:
            os.close(descriptor)

    def stop(self) -> None:
        """Stop the server, whoever else uses it."""
        with locked(self.home):
            self.home.keep.unlink(missing_ok=True)
            server.stop(self.home)
        self.release()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def ensure(
    name: str | None = None,
    *,
    root: Path | None = None,
    for_tests: bool = False,
    keep: bool = False,
    major: int | None = None,
    settings: Mapping[str, str] | None = None,
    environ: Mapping[str, str] = os.environ,
    say: Callable[[str], None] = lambda line: None,
) -> Cluster:
    """The database of this name, made, started and provisioned as far as that is missing.

    name      default TURNOUT_NAME or `main`; root: where homes are kept, for tests
    for_tests faster and unsafe at a power cut (no fsync), and turnout_owner may make databases
    keep      the server stays after the last user let go, until `turnout db stop`
    major     PostgreSQL's major version for a new data directory; an existing one decides for itself
    say       called with a line for a person when something takes a while

    Raises Refused with a stable code and what to do.
    """
    home = home_of(name, root, environ)
    with _one_thread:
        known = _open.get(home.path)
        if known is None or known.forked:
            known = Cluster(home)
        try:
            known.start({**(FOR_TESTS if for_tests else {}), **(settings or {})}, for_tests, major, environ, say)
        except OSError as error:
            raise server.disk_full(home) if error.errno == errno.ENOSPC else _unusable(home, error) from error
        if keep:
            home.keep.touch()
        if home.path not in _open:
            atexit.register(known.release)
        _open[home.path] = known
    return known


def _programs(home: Home, account: Account, major: int | None, environ: Mapping[str, str]) -> Installation:
    """Programs of the version that wrote the data, where the server's account can run them."""
    programs = binaries.find(home.major or major, environ)
    if account.other:
        programs = binaries.readable_by_others(programs, home.path.parent / ".binaries")
    for place in (home.path, programs.bin):
        check_reachable(account, place)
    return programs


def _run(
    home: Home, programs: Installation, account: Account, settings: Mapping[str, str], say: Callable[[str], None]
) -> None:
    if home.major is None:
        say(f"Making a database with PostgreSQL {programs.major} in {home.path}")
        server.initialise(home, programs, account, settings)
    home.write_passwords()
    try:
        if not _comes_up(home):
            server.start(home, programs, account, settings)
    except server.PasswordsLost:
        say("The passwords file does not fit the database: setting new passwords")
        server.stop(home)
        server.reset_superuser(home, programs, account)
        server.start(home, programs, account, settings)


def _comes_up(home: Home) -> bool:
    """Whether a server runs already; waits for one that somebody left starting, recovering or stopping."""
    deadline = time.monotonic() + server.READY_SECONDS
    while not server.answers(home):
        if server.process_id(home) is None:
            return False
        if time.monotonic() > deadline:
            raise Refused(
                "server-does-not-answer",
                f"A database server runs on {home.data} but does not take our connection.",
                f"See {home.data}/log, and stop it with `turnout db stop` before starting again.",
            )
        time.sleep(0.05)
    return True


def _provision(home: Home, createdb: bool) -> None:
    passwords = home.passwords()
    expected = provision.mark(passwords, createdb)
    with server.connect(home, SUPERUSER, "postgres") as admin:
        if provision.is_provisioned(admin, expected):
            return
        provision.roles(admin, passwords, createdb)
        provision.database(admin, DATABASE)
        for name in ("template1", DATABASE):
            with server.connect(home, SUPERUSER, name) as inside:
                provision.inside(inside)
        provision.finish(admin, expected)


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the server lock; the kernel lets go of it when we die."""
    descriptor = os.open(home.server_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while not server.try_lock(descriptor):
            if time.monotonic() > deadline:
                raise Refused(
                    "locked",
                    f"Another process has been starting or stopping the database in {home.path} for minutes.",
                    f"See {home.log}; end that process, then start again.",
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _unusable(home: Home, error: OSError) -> Refused:
    return Refused(
        "home-unusable",
        f"The database in {home.path} cannot be used: {error}.",
        "It needs a local disk that knows owners, modes, file locks and sockets; XDG_DATA_HOME may name one.",
    )


def _use(home: Home) -> int:
    """Count ourselves among the users; returns the descriptor that holds the shared lock."""
    descriptor = os.open(home.users_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor
