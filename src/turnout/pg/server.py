"""One PostgreSQL server: make its data directory, start it, know whether it runs, stop it.

Callers hold the home's server lock. A pid file is never trusted: that a server runs is known from a connection, that a
process is our server from its working directory, which PostgreSQL sets to the data directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from turnout.pg.binaries import Installation
from turnout.pg.home import PORT, SUPERUSER, Account, Home
from turnout.pg.refused import Refused

READY_SECONDS = 300  # replaying the log after a crash of a busy night takes minutes, not seconds
STOP_SECONDS = 60

# Written once into a new data directory; a person may change them there.
_TUNING = """
# --- Turnout ---
max_connections = 100
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off                              # compiling costs more than these queries take
timezone = 'UTC'
log_timezone = 'UTC'
"""

# Given on the command line at every start, so that no file can undo them. No address: the socket is the only door.
# The log must not hold names or phones, so no statements and no details of the rows they failed on.
_FIXED = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0777",  # the directory is private; root must be let in where it is not all-powerful
    "password_encryption": "scram-sha-256",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}

_LEAST_SHARED_MEMORY = 256 * 2**20
_NO_SPACE = "No space left on device"
_ACCESS = "# Only the socket, only with a password.\nlocal all all scram-sha-256\n"


class PasswordsLost(Exception):
    """The server runs and does not know our superuser's password: the passwords file was lost or put back."""


def initialise(home: Home, programs: Installation, account: Account, settings: Mapping[str, str]) -> None:
    """Make the data directory beside its place and move it there whole, so a killed start leaves nothing half made."""
    for leftover in home.path.glob("data.new-*"):  # of a start that was killed; we hold the server lock
        shutil.rmtree(leftover, ignore_errors=True)
    passwords = home.write_passwords()
    box = Path(tempfile.mkdtemp(dir=home.path, prefix="data.new-"))
    try:
        secret = box / "password"
        secret.touch(0o600)
        secret.write_text(passwords[SUPERUSER])
        for place in (box, secret):
            os.chown(place, account.uid, account.gid)
        made = box / "data"
        run = subprocess.run(
            [
                programs.program("initdb"),
                *("-D", str(made), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"),
                *_locale(programs.major),
                *("--data-checksums", "--no-instructions"),
                *(["--no-sync"] if settings.get("fsync") == "off" else []),
            ],
            capture_output=True,
            text=True,
            cwd=box,
            env=_environment(),
            **account.spawn(),  # type: ignore[call-overload]
        )
        if run.returncode != 0:
            raise _initdb_failed(run.stdout + run.stderr, home)
        with (made / "postgresql.conf").open("a") as file:
            file.write(_TUNING)
        (made / "pg_hba.conf").write_text(_ACCESS)
        made.rename(home.data)
    except OSError as error:
        raise _initdb_failed(str(error), home) from error
    finally:
        shutil.rmtree(box, ignore_errors=True)


def start(home: Home, programs: Installation, account: Account, settings: Mapping[str, str]) -> None:
    """Start the server and wait until it answers, in a session of its own: Ctrl-C in the terminal is not for it."""
    socket_dir = home.prepare_socket_dir(account)
    chosen = {**_FIXED, **_shared_memory(), "unix_socket_directories": str(socket_dir), **settings}
    home.log.unlink(missing_ok=True)
    home.log.touch(0o600)
    with _alone_on_data(home) as in_use, home.log.open("wb") as log:
        _forget_stale_files(home, socket_dir)
        process = subprocess.Popen(
            [programs.program("postgres"), "-D", str(home.data), *_options(chosen)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=home.data,
            env=_environment(),
            start_new_session=True,
            pass_fds=[in_use],
            **account.spawn(),  # type: ignore[call-overload]
        )
    try:
        _await(home, process)
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise


def _await(home: Home, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not answers(home):
        if process.poll() is not None or time.monotonic() > deadline:
            raise _not_started(home)
        time.sleep(0.02)


def answers(home: Home) -> bool:
    """Whether our server takes connections right now."""
    try:
        with connect(home, SUPERUSER, "postgres"):
            return True
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise PasswordsLost from error
        return False


def connect(home: Home, role: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of one role, in autocommit."""
    return psycopg.connect(**home.login(role, database), autocommit=True, connect_timeout=10)


def reset_superuser(home: Home, programs: Installation, account: Account) -> None:
    """Give the superuser the password of our file, with the server stopped. Who owns the data may do that."""
    with _alone_on_data(home):
        _forget_stale_files(home, home.prepare_socket_dir(account))
        run = subprocess.run(
            [programs.program("postgres"), "--single", "-D", str(home.data), "postgres"],
            input=f"ALTER ROLE {SUPERUSER} PASSWORD '{home.passwords()[SUPERUSER]}'\n",
            capture_output=True,
            text=True,
            cwd=home.data,
            env=_environment(),
            **account.spawn(),  # type: ignore[call-overload]
        )
    if run.returncode != 0 or "ERROR" in run.stderr:
        raise Refused(
            "passwords-lost",
            f"{home.passwords_file} does not fit the database, and setting it anew failed: {_tail(run.stderr)}",
            f"Put {home.passwords_file} back from where you keep it.",
        )


def process_id(home: Home) -> int | None:
    """Process of the server on this data directory, or None. The pid file is a hint, checked against the process."""
    pid = _noted_pid(home)
    return pid if pid is not None and _is_server_of(pid, home) else None


def stop(home: Home) -> None:
    """Stop the server: open transactions are rolled back, what is committed is on disk. Twice is the same as once."""
    pid = process_id(home)
    if pid is None:
        return
    for sign in (signal.SIGINT, signal.SIGQUIT):  # fast, then at once: the next start replays the log, no row is lost
        os.kill(pid, sign)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if not _is_server_of(pid, home):
                _reap(pid)
                home.forget_socket_dir()
                return
            time.sleep(0.02)
    raise Refused(
        "does-not-stop",
        f"The database server (process {pid}) does not stop.",
        f"See what it waits for in {home.data}/log; as a last means end process {pid}: no committed row is lost.",
    )


def _reap(pid: int) -> None:
    """Take the exit status if the server is our own child, else it stays in the process table."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _noted_pid(home: Home) -> int | None:
    try:
        return int((home.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _is_server_of(pid: int, home: Home) -> bool:
    try:
        return os.path.realpath(os.readlink(f"/proc/{pid}/cwd")) == os.path.realpath(home.data)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        if Path("/proc/self/cwd").exists():
            return False
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # macOS, BSD
    return listed.returncode == 0 and str(home.data) in listed.stdout


@contextmanager
def _alone_on_data(home: Home) -> Iterator[int]:
    """Lock the data for a server that is about to start; yields the descriptor the server must inherit.

    All its processes inherit it, so the kernel keeps the lock exactly as long as one of them lives, also in another
    container or, where the file system passes locks on, on another machine. PostgreSQL's own guard is a process number,
    which means nothing there.
    """
    descriptor = os.open(home.data_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + STOP_SECONDS  # processes of a killed server notice its death within moments
        while not try_lock(descriptor):
            if time.monotonic() > deadline:
                raise Refused(
                    "data-in-use",
                    f"Another database server works on {home.data}, in another container perhaps, or is still ending.",
                    "Stop it there, or wait until its last query has ended: two servers on one directory ruin it.",
                )
            time.sleep(0.02)
        yield descriptor
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Take an exclusive lock now or say that somebody else has one."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _forget_stale_files(home: Home, socket_dir: Path) -> None:
    """Remove a dead server's lock files; only called while the data lock proves that it is dead.

    PostgreSQL itself copes with the number of a dead process. But after a reboot, and in a container on nearly every
    start, the number may live again as something else, and then PostgreSQL refuses to start.
    """
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    (socket_dir / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    (socket_dir / f".s.PGSQL.{PORT}").unlink(missing_ok=True)


def _shared_memory(place: str = "/dev/shm") -> dict[str, str]:
    """Containers often have 64 MB there, which one parallel query overruns; then its memory is kept with the data."""
    try:
        whole = os.statvfs(place)
    except OSError:
        return {}
    return {"dynamic_shared_memory_type": "mmap"} if whole.f_blocks * whole.f_frsize < _LEAST_SHARED_MEMORY else {}


def _options(settings: Mapping[str, str]) -> Iterable[str]:
    for name, value in settings.items():
        yield "-c"
        yield f"{name}={value}"


def _locale(major: int) -> list[str]:
    """Text sorts by code point on every version; letters are told from signs by Unicode, or trigrams miss Chinese."""
    known = {name.lower().replace("-", ""): name for name in _locales()}
    ctype = next((known[name] for name in ("c.utf8", "en_us.utf8", "zh_cn.utf8") if name in known), "C")
    if major >= 17:
        return [f"--lc-ctype={ctype}", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C", f"--lc-ctype={ctype}", f"--lc-collate={ctype if ctype.lower().startswith('c.') else 'C'}"]


def _locales() -> list[str]:
    try:
        return subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    except OSError:  # musl has no such program, and only this locale
        return ["C.UTF-8"]


def _environment() -> dict[str, str]:
    """A clean environment: no PG* variable of the caller may steer the server, and its messages are in English."""
    return {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}


def disk_full(home: Home) -> Refused:
    return Refused(
        "disk-full",
        f"The disk that holds {home.path} is full.",
        "Free some space there (a new database needs 200 MB) and start again. Everything committed is kept.",
    )


def _initdb_failed(said: str, home: Home) -> Refused:
    if _NO_SPACE in said:
        return disk_full(home)
    return Refused(
        "initdb-failed",
        f"The database could not be made in {home.path}: {_tail(said)}",
        "Correct that and start again. Nothing was left behind.",
    )


def _not_started(home: Home) -> Refused:
    said = home.log.read_text(errors="replace")
    logs = sorted((home.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    if logs:
        said += logs[-1].read_text(errors="replace")
    if _NO_SPACE in said or shutil.disk_usage(home.path).free < 2**20:  # a full disk takes no message either
        return disk_full(home)
    return Refused(
        "server-did-not-start",
        f"The database in {home.path} did not start: {_tail(said)}",
        f"The whole message is in {home.log} and {home.data}/log.",
    )


def _tail(said: str) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return " / ".join(lines[-4:]) or "it said nothing"
