"""`turnout up`, `db`, `migrate` and `doctor`, run as a person runs them."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
from tests.pg.processes import SRC, server_processes

from turnout import pg
from turnout.cli.ports import holder
from turnout.core import keyfile
from turnout.pg import server
from turnout.pg.home import Home

pytestmark = pytest.mark.pg


@dataclass
class Place:
    """An installation of its own: a name, a key file, a place for static files."""

    home: Home
    scratch: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environ(self, **extra: str) -> dict[str, str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("TURNOUT_", "DATABASE_", "DJANGO_"))
        }
        own = {"TURNOUT_NAME": self.home.name, "TURNOUT_KEY_FILE": str(self.scratch / "keys"), "PYTHONPATH": str(SRC)}
        return {**kept, **own, "TURNOUT_STATIC_ROOT": str(self.scratch / "static"), **extra}

    def run(self, *words: object, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command(*words), env=self.environ(**extra), capture_output=True, text=True, timeout=300)

    def up(self, port: int) -> subprocess.Popen[str]:
        """`turnout up`, ready."""
        process = subprocess.Popen(
            command("up", "--port", port),
            env=self.environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        wait_for(process, f"Turnout is ready: http://127.0.0.1:{port}/")
        return process

    def end_all(self) -> None:
        """End what a test that failed in the middle left running, or every test after it would fail as well."""
        for process in self.started:
            if process.poll() is None:
                process.kill()  # the kernel ends its children
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
        self.started.clear()


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "turnout.cli.main", *map(str, words)]


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if text in line:
            return
    raise AssertionError("".join(said))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answer(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/accounts/login/")
    return connection.getresponse().status


def descendants(pid: int) -> set[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children}.union(*(descendants(int(child)) for child in children))


def alive(pids: set[int], seconds: float = 0) -> set[int]:
    """Those that run still, after so many seconds at most. A dead one whose parent has not looked yet is not alive."""
    left = set()
    for pid in pids:
        with suppress(ProcessLookupError):
            watched = os.pidfd_open(pid)
            if not select.select([watched], [], [], seconds)[0]:
                left.add(pid)
            os.close(watched)
    return left


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Place]:
    place = Place(pg.home_of(f"test-{uuid.uuid4().hex[:12]}"), tmp_path)
    yield place
    place.end_all()
    _remove(place)


@pytest.fixture
def migrated(installed: Place) -> Iterator[Place]:
    """The one installation, with nothing of it left running by the test before."""
    yield installed
    installed.end_all()
    if installed.home.path.exists():
        pg.halt(installed.home, even_in_use=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One installation whose migrations ran, for tests that leave it as it was."""
    place = Place(pg.home_of(f"test-{uuid.uuid4().hex[:12]}"), tmp_path_factory.mktemp("migrated"))
    try:
        made = place.run("migrate")
        assert (made.returncode, made.stdout) == (0, "The database is up to date.\n"), made.stderr
        yield place
    finally:
        _remove(place)


def _remove(place: Place) -> None:
    if place.home.path.exists():
        pg.halt(place.home, even_in_use=True)
        shutil.rmtree(place.home.path)


def test_up_makes_the_database_serves_and_ends_every_process_on_ctrl_c(fresh: Place) -> None:
    port = free_port()
    process = fresh.up(port)
    family = descendants(process.pid)
    assert len(family) > 4
    assert answer(port) == 200
    assert fresh.run("doctor").returncode == 0
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 0
    assert alive(family) == set()
    assert server_processes(fresh.home) == set()
    assert holder(port) is None


def test_up_ends_on_sigterm_while_a_browser_keeps_its_connection(migrated: Place) -> None:
    port = free_port()
    process = migrated.up(port)
    family = descendants(process.pid)
    browser = HTTPConnection("127.0.0.1", port, timeout=20)
    browser.request("GET", "/accounts/login/")
    browser.getresponse().read()
    process.terminate()
    assert process.wait(120) == 0
    assert alive(family) == set()
    assert server_processes(migrated.home) == set()


def test_a_taken_port_is_named_with_who_has_it_and_nothing_is_started(migrated: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = migrated.run("up", "--port", port)
    assert run.returncode == 1
    assert f"Port {port} is taken by" in run.stderr
    assert f"(process {os.getpid()})" in run.stderr
    assert f"turnout up --port {port + 1}" in run.stderr
    assert server_processes(migrated.home) == set()


def test_a_killed_worker_and_a_killed_database_are_started_again(migrated: Place) -> None:
    port = free_port()
    process = migrated.up(port)
    before = server.process_id(migrated.home)
    worker = next(pid for pid in descendants(process.pid) if b"housekeeping,lists,plans" in _words(pid))
    os.kill(worker, signal.SIGKILL)
    wait_for(process, "The worker ended (status -9): starting it again")
    for pid in server_processes(migrated.home):
        with contextlib.suppress(ProcessLookupError):  # backends end by themselves when the first of them is killed
            os.kill(pid, signal.SIGKILL)
    wait_for(process, "The database was gone: started again")
    assert server.process_id(migrated.home) not in (before, None)
    assert answer(port) == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0
    assert server_processes(migrated.home) == set()


def _words(pid: int) -> list[bytes]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def test_up_killed_outright_takes_its_children_along_and_the_next_start_adopts_the_database(migrated: Place) -> None:
    port = free_port()
    process = migrated.up(port)
    family = descendants(process.pid)
    ours = family - server_processes(migrated.home)
    process.kill()
    process.wait()
    assert alive(ours, 60) == set()
    before = server.process_id(migrated.home)
    assert before is not None
    process = migrated.up(port)
    assert server.process_id(migrated.home) == before
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 0
    assert server_processes(migrated.home) == set()


def test_the_database_is_started_kept_and_stopped_by_command(fresh: Place) -> None:
    assert fresh.run("db", "status").returncode == 1
    assert "is running in" in fresh.run("db", "start").stdout
    assert "kept       yes" in fresh.run("db", "status").stdout
    assert fresh.run("db", "stop").stdout == "The database is stopped.\n"
    assert fresh.run("db", "stop").stdout == "The database was not running.\n"
    assert server_processes(fresh.home) == set()


def test_a_database_in_use_is_stopped_only_by_force(fresh: Place) -> None:
    with pg.ensure(fresh.home.name, for_tests=True):
        run = fresh.run("db", "stop")
        assert (run.returncode, "in use by another process" in run.stderr) == (1, True)
        assert server.answers(fresh.home)
        assert fresh.run("db", "stop", "--force").returncode == 0
        assert not server.answers(fresh.home)


def test_a_backup_comes_back_and_the_database_before_it_is_kept(migrated: Place, tmp_path: Path) -> None:
    file = tmp_path / "夜 1.dump"
    run = migrated.run("db", "backup", file)
    assert run.returncode == 0, run.stderr
    assert str(migrated.scratch / "keys") in run.stdout  # says which file is to be kept apart
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert "exists already" in migrated.run("db", "backup", file).stderr
    with pg.ensure(migrated.home.name) as cluster:
        with psycopg.connect(cluster.dsn("turnout_owner")) as owner:
            owner.execute("create table after_the_backup (n int)")
        before = cluster.databases()
        refused = migrated.run("db", "restore", file)
        assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
        assert migrated.run("db", "restore", file, "--replace").returncode == 0
        with psycopg.connect(cluster.dsn("turnout_app")) as app:
            assert app.execute("select to_regclass('after_the_backup')").fetchone() == (None,)
            assert app.execute("select count(*) > 0 from django_migrations").fetchone() == (True,)
        (kept,) = set(cluster.databases()) - set(before)
        assert kept.startswith("turnout_before_")
        assert migrated.run("doctor").returncode == 0


def test_a_backup_restores_into_an_empty_database_of_another_version(fresh: Place, migrated: Place) -> None:
    """The way to a newer PostgreSQL."""
    file = fresh.scratch / "all.dump"
    assert migrated.run("db", "backup", file).returncode == 0
    shutil.copy(migrated.scratch / "keys", fresh.scratch / "keys")
    with pg.ensure(fresh.home.name, major=18):
        run = fresh.run("db", "restore", file)
        assert run.returncode == 0, run.stderr
        assert "is kept as" not in run.stdout
        doctor = fresh.run("doctor")
    assert (doctor.returncode, "PostgreSQL 18" in doctor.stdout) == (0, True)


def test_a_backup_is_not_put_in_place_with_a_key_file_that_cannot_read_it(migrated: Place, tmp_path: Path) -> None:
    file = tmp_path / "all.dump"
    assert migrated.run("db", "backup", file).returncode == 0
    other = {"TURNOUT_KEY_FILE": str(tmp_path / "other")}
    with pg.ensure(migrated.home.name) as cluster:
        before = cluster.databases()
        missing = migrated.run("db", "restore", file, "--replace", **other)
        assert (missing.returncode, "There is no key file" in missing.stderr) == (1, True)
        keyfile.create(tmp_path / "other")
        wrong = migrated.run("db", "restore", file, "--replace", **other)
        assert (wrong.returncode, "does not belong to this backup" in wrong.stderr) == (1, True)
        assert cluster.databases() == before


def test_what_is_no_backup_is_refused_and_changes_nothing(migrated: Place, tmp_path: Path) -> None:
    file = tmp_path / "letter.dump"
    file.write_text("Dear Sir")
    with pg.ensure(migrated.home.name) as cluster:
        before = cluster.databases()
        run = migrated.run("db", "restore", file, "--replace")
        assert (run.returncode, "is not a backup" in run.stderr) == (1, True)
        cut = tmp_path / "cut.dump"
        assert migrated.run("db", "backup", cut).returncode == 0
        whole = cut.read_bytes()
        cut.write_bytes(whole[:-20_000])
        run = migrated.run("db", "restore", cut, "--replace")
        assert (run.returncode, "is not a backup" in run.stderr) == (1, True)
        cut.write_bytes(whole[:-1000] + b"\xff" * 1000)  # whole to the eye, spoilt inside
        run = migrated.run("db", "restore", cut, "--replace")
        assert (run.returncode, "pg_restore stopped" in run.stderr) == (1, True)
        assert cluster.databases() == before


def test_the_doctor_works_while_the_database_is_down_and_starts_nothing(migrated: Place) -> None:
    run = migrated.run("doctor")
    assert run.returncode == 1
    assert "PROBLEM  database    " in run.stdout
    assert "-> Run `turnout up`, or `turnout db start`." in run.stdout
    assert server_processes(migrated.home) == set()


def test_the_doctor_of_nothing_at_all_makes_nothing(fresh: Place) -> None:
    run = fresh.run("doctor")
    assert run.returncode == 1
    assert not fresh.home.path.exists()
    assert list(fresh.scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "mend", "says"),
    [
        ("alter role turnout_app superuser", "alter role turnout_app nosuperuser", "turnout_app is a superuser"),
        ("alter role turnout_app bypassrls", "alter role turnout_app nobypassrls", "turnout_app passes row security"),
        ("alter role turnout_owner superuser", "alter role turnout_owner nosuperuser", "turnout_owner is a superuser"),
        (
            "grant turnout_owner to turnout_app",
            "revoke turnout_owner from turnout_app",
            "turnout_app may become a role with more rights",
        ),
    ],
)
def test_the_doctor_sees_a_role_with_too_many_rights(migrated: Place, spoil: str, mend: str, says: str) -> None:
    with pg.ensure(migrated.home.name), server.connect(migrated.home, "postgres", "postgres") as admin:
        assert migrated.run("doctor").returncode == 0
        admin.execute(spoil)
        try:
            run = migrated.run("doctor")
        finally:
            admin.execute(mend)
    assert run.returncode == 1
    assert f"PROBLEM  roles       {says}" in run.stdout


def test_the_doctor_sees_pending_migrations_and_a_wrong_key_file(migrated: Place, tmp_path: Path) -> None:
    with pg.ensure(migrated.home.name) as cluster, psycopg.connect(cluster.dsn("turnout_owner")) as owner:
        row = owner.execute("delete from django_migrations where id = (select max(id) from django_migrations)"
                            " returning app, name, applied").fetchone()  # fmt: skip
        owner.commit()
        run = migrated.run("doctor")
        owner.execute("insert into django_migrations (app, name, applied) values (%s, %s, %s)", row)
        owner.commit()
        assert (run.returncode, "PROBLEM  migrations  1 pending" in run.stdout) == (1, True)
        os.chmod(migrated.scratch / "keys", 0o644)
        run = migrated.run("doctor")
        os.chmod(migrated.scratch / "keys", 0o600)
        assert (run.returncode, "can be read by others" in run.stdout) == (1, True)


@pytest.mark.parametrize("command", [["admin", "create", "ghost", "--area", "110102"], ["keys", "check"], ["migrate"]])
def test_nothing_is_written_with_a_key_file_of_another_database(
    migrated: Place, tmp_path: Path, command: list[str]
) -> None:
    """Nor is a lost key file replaced by a new one: what was encrypted before could not be read beside it."""
    place = tmp_path / "other"
    lost = migrated.run(*command, TURNOUT_KEY_FILE=str(place))
    assert (lost.returncode > 0, "There is no key file" in lost.stderr, place.exists()) == (True, True, False)
    keyfile.create(place)
    foreign = migrated.run(*command, TURNOUT_KEY_FILE=str(place))
    assert (foreign.returncode > 0, "does not belong to this database" in foreign.stderr) == (True, True)
    doctor = migrated.run("doctor", TURNOUT_KEY_FILE=str(place))
    assert (doctor.returncode, "Traceback" in doctor.stderr) == (1, False)


def test_a_database_of_ones_own_is_used_and_never_started_or_stopped(fresh: Place, migrated: Place) -> None:
    with pg.ensure(migrated.home.name) as cluster:
        urls = {"DATABASE_URL": cluster.url(), "DATABASE_OWNER_URL": cluster.url("turnout_owner")}
        urls |= {"TURNOUT_KEY_FILE": str(migrated.scratch / "keys")}
        assert fresh.run("migrate", **urls).stdout == "The database is up to date.\n"
        assert fresh.run("doctor", **urls).returncode == 0
        for action in (["start"], ["stop"], ["restore", "x"]):
            run = fresh.run("db", *action, **urls)
            assert (run.returncode, "the server is not ours" in run.stderr) == (1, True)
        missing = fresh.run("db", "backup", fresh.scratch / "x.dump", **urls)
        assert (missing.returncode, "DATABASE_BACKUP_URL is not" in missing.stderr) == (1, True)
        urls["DATABASE_BACKUP_URL"] = cluster.url("turnout_backup")
        assert fresh.run("db", "backup", fresh.scratch / "x.dump", **urls).returncode == 0
    assert not fresh.home.path.exists()
    gone = fresh.run("migrate", **urls)
    assert (gone.returncode, "does not answer" in gone.stderr, "Traceback" in gone.stderr) == (1, True, False)


def test_the_printed_statements_prepare_a_bare_server(fresh: Place) -> None:
    """On a server where nothing of ours was made: the roles are removed first, then the script is run as it is."""
    script = fresh.run("db", "sql").stdout
    with pg.ensure(fresh.home.name, for_tests=True) as cluster:
        cluster.drop_database("turnout")
        for name in ("template1", "postgres"):
            with server.connect(cluster.home, "postgres", name) as admin:
                for role in ("owner", "app", "backup", "sealer", "lookup"):
                    admin.execute(f"drop owned by turnout_{role}")
        with server.connect(cluster.home, "postgres", "postgres") as admin:
            for role in ("app", "backup", "sealer", "lookup", "owner"):
                admin.execute(f"drop role turnout_{role}")
        before, after = script.split("\\connect turnout")
        for database, part in (("postgres", before), ("turnout", after)):
            with server.connect(cluster.home, "postgres", database) as admin:
                for statement in part.split(";"):
                    admin.execute(statement)
        with server.connect(cluster.home, "postgres", "turnout") as admin:
            names = admin.execute("select extname from pg_extension order by 1").fetchall()
            owner = admin.execute(
                "select pg_get_userbyid(datdba) from pg_database where datname = 'turnout'"
            ).fetchone()
    assert names == [("btree_gist",), ("pg_trgm",), ("plpgsql",)]
    assert owner == ("turnout_owner",)
