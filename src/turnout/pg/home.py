"""Where one database lives, who may read it, and which account runs its server.

HOME/            as root /var/lib/turnout/NAME, otherwise ~/.local/share/turnout/NAME
  data/          PostgreSQL's data directory, 0700, owned by the server's account
  run/           its socket, when the path is short and plain enough; else a private directory with a short name
  passwords.json 0600, owned by whoever runs Turnout
  server.lock    held while somebody starts, provisions or stops the server
  users.lock     shared by every process that uses the server; the last one out stops it
  keep           present: nobody stops it but `turnout db stop`
  server.log     what the server said before its own log was open
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnout.pg.refused import Refused

PORT = 5432
SUPERUSER = "postgres"
ROLES = ("turnout_owner", "turnout_app", "turnout_backup", "turnout_sealer")

# The kernel allows 107 bytes for a socket path on Linux and 103 on macOS; PostgreSQL adds "/.s.PGSQL.5432" and ".lock".
SOCKET_PATH_LIMIT = 100
_SOCKET_NAME = "/.s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Account:
    """The operating system's account that runs the server."""

    name: str
    uid: int
    gid: int

    @property
    def other(self) -> bool:
        """Whether it is another account than ours."""
        return self.uid != os.geteuid()

    def spawn(self) -> dict[str, object]:
        """Arguments for subprocess so that the program runs as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}


@dataclass(frozen=True)
class Home:
    """Paths of one database. `name` is what `turnout db` calls it."""

    name: str
    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def passwords_file(self) -> Path:
        return self.path / "passwords.json"

    @property
    def server_lock(self) -> Path:
        return self.path / "server.lock"

    @property
    def data_lock(self) -> Path:
        return self.path / "data.lock"

    @property
    def users_lock(self) -> Path:
        return self.path / "users.lock"

    @property
    def keep(self) -> Path:
        return self.path / "keep"

    @property
    def log(self) -> Path:
        return self.path / "server.log"

    @property
    def major(self) -> int | None:
        """Major version that wrote the data, or None when there is no data yet."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except (OSError, ValueError):
            return None

    def account(self) -> Account:
        """The account of the server: who owns the data, else ourselves, else as root `postgres` or `turnout`."""
        if self.data.exists():
            return _account_of(self.data)
        if os.geteuid() != 0:
            return _account(os.geteuid())
        return _service_account()

    def socket_dir(self) -> Path:
        """Directory of the socket. Every process computes the same one, whatever its environment."""
        own = self.path / "run"
        text = os.fspath(own)
        # A comma would read as two hosts, a space or a non-ASCII byte as something else in one client or another.
        if re.fullmatch(r"[A-Za-z0-9/_.+-]+", text) and len(text) + len(_SOCKET_NAME) < SOCKET_PATH_LIMIT:
            return own
        short = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        base = Path("/run") if os.geteuid() == 0 and os.access("/run", os.W_OK) else Path("/tmp")
        return base / f"turnout-{os.geteuid()}-{short}"

    def prepare(self) -> None:
        """Make the directories that are ours. Never touches the mode of a directory above them."""
        mode = 0o711 if os.geteuid() == 0 else 0o700  # the server's account must pass, whatever our umask
        try:
            for missing in [place for place in (*reversed(self.path.parents), self.path) if not place.exists()]:
                missing.mkdir(exist_ok=True)
                missing.chmod(mode)
        except OSError as error:
            raise Refused(
                "home-unwritable",
                f"The directory {self.path} cannot be made: {error.strerror}.",
                "Run as an account that may write there, or set XDG_DATA_HOME to a directory of yours.",
            ) from error
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise Refused(
                "home-unwritable",
                f"The directory {self.path} belongs to somebody else.",
                "Run as the account that made it, or choose another name with TURNOUT_NAME.",
            )

    def prepare_socket_dir(self, account: Account) -> Path:
        """The socket's directory, ours or the server's alone (0700). A stranger's directory is refused, not used."""
        place = self.socket_dir()
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account.uid):
            raise Refused(
                "socket-directory-taken",
                f"The directory {place}, meant for the database's socket, belongs to somebody else.",
                "Remove it, or choose another name with TURNOUT_NAME.",
            )
        os.chmod(place, 0o700)
        if account.other:
            os.chown(place, account.uid, account.gid)
        return place

    def forget_socket_dir(self) -> None:
        """Remove a short-named socket directory outside the home; it is made again at the next start."""
        place = self.socket_dir()
        if place.parent != self.path:
            with contextlib.suppress(OSError):
                place.rmdir()

    def passwords(self) -> dict[str, str]:
        """Passwords by role; made once, kept 0600. Empty when there are none yet."""
        try:
            kept: dict[str, str] = json.loads(self.passwords_file.read_text())
        except FileNotFoundError:
            return {}
        except PermissionError as error:
            raise Refused(
                "passwords-unreadable",
                f"{self.passwords_file} belongs to another account.",
                "Run as the account that made this database.",
            ) from error
        except ValueError:
            return {}  # half written by a machine that lost power: made again, see Cluster
        return kept

    def login(self, role: str, database: str = "turnout") -> dict[str, Any]:
        """Keyword arguments for psycopg.connect: host (the socket's directory), port, user, password, dbname."""
        return {
            "host": str(self.socket_dir()),
            "port": str(PORT),
            "user": role,
            "password": self.passwords().get(role, ""),
            "dbname": database,
        }

    def write_passwords(self) -> dict[str, str]:
        """Complete the passwords file and return it."""
        kept = self.passwords()
        full = {role: kept.get(role) or secrets.token_urlsafe(24) for role in (SUPERUSER, *ROLES)}
        if full != kept:
            descriptor, temporary = tempfile.mkstemp(dir=self.path, prefix="passwords.")  # mkstemp makes it 0600
            with os.fdopen(descriptor, "w") as file:
                json.dump(full, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.passwords_file)
        return full


def check_reachable(account: Account, place: Path) -> None:
    """The server's account must be able to enter every directory down to its data and its programs."""
    if not account.other:
        return
    for parent in [place, *place.parents]:
        if not _may_enter(parent.stat(), account):
            raise Refused(
                "path-unreachable",
                f"The server runs as {account.name}, which may not enter {parent} on the way to {place}.",
                "Keep it elsewhere (the data's place as root is /var/lib/turnout), or let others enter that directory.",
            )


def home_of(name: str | None = None, root: Path | None = None, environ: Mapping[str, str] = os.environ) -> Home:
    """The home of a database. `root` overrides the directory that holds all homes."""
    name = name or environ.get("TURNOUT_NAME") or "main"
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", name):
        raise Refused(
            "bad-name",
            f"{name!r} cannot be the name of a database.",
            "Use lower-case letters, digits, dot, hyphen and underscore, at most 63, e.g. TURNOUT_NAME=main.",
        )
    return Home(name, (root or _root(environ)).resolve() / name)


def _root(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/turnout")
    kept = environ.get("XDG_DATA_HOME", "")
    # The XDG rules say that a relative path is to be ignored.
    return (Path(kept) if os.path.isabs(kept) else Path.home() / ".local" / "share") / "turnout"


def _service_account() -> Account:
    for name in ("postgres", "turnout"):
        try:
            return _account(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    for command in _account_makers():
        if shutil.which(command[0]) and subprocess.run(command, capture_output=True).returncode == 0:
            return _account(pwd.getpwnam("turnout").pw_uid)
    raise Refused(
        "no-account",
        "PostgreSQL does not run as root, and no account for it could be made.",
        "Make one (`useradd --system turnout`), or run Turnout as an ordinary user.",
    )


def _account_makers() -> Iterator[list[str]]:
    nologin = shutil.which("nologin") or "/bin/false"
    yield ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", nologin, "turnout"]
    yield ["adduser", "-S", "-D", "-H", "-s", nologin, "turnout"]  # BusyBox


def _account_of(path: Path) -> Account:
    owner = path.stat().st_uid
    if os.geteuid() not in (0, owner):
        raise Refused(
            "data-of-another-account",
            f"{path} belongs to another account.",
            "Run as the account that made this database, or choose another name with TURNOUT_NAME.",
        )
    if owner == 0:
        raise Refused(
            "data-of-root",
            f"{path} belongs to root, and PostgreSQL does not run as root.",
            f"Give it to the server's account, e.g. `chown -R postgres: {path}`.",
        )
    return _account(owner)


def _account(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise Refused(
            "account-without-name",
            f"Account number {uid} has no name here, as in a container started with a number; PostgreSQL needs one.",
            f"Add a line such as `turnout:x:{uid}:0::/tmp:/bin/false` to /etc/passwd, or run as another account.",
        ) from error
    return Account(entry.pw_name, uid, entry.pw_gid)


def _may_enter(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
