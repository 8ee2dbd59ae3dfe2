"""Starting, sharing, stopping and surviving."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest
from tests.pg.processes import USE, WRITE, finish, kill_server, line, python, server_processes, started_at

from turnout import pg
from turnout.pg import cluster as cluster_module
from turnout.pg import server

pytestmark = pytest.mark.pg


def test_the_last_user_out_stops_the_server(root: Path) -> None:
    cluster = pg.ensure("a", root=root, for_tests=True)
    other = python(USE, root, "a")
    assert line(other) == "ready"
    cluster.release()
    assert server.answers(cluster.home)
    assert finish(other) == 0
    assert server.process_id(cluster.home) is None
    assert server_processes(cluster.home) == set()


def test_four_that_start_at_once_share_one_server(root: Path) -> None:
    users = [python(USE, root, "a") for _ in range(4)]
    assert [line(user) for user in users] == ["ready"] * 4
    cluster = pg.ensure("a", root=root)
    before = started_at(cluster)
    assert [finish(user) for user in users] == [0] * 4
    assert started_at(cluster) == before
    cluster.release()


def test_asking_twice_in_one_process_gives_the_same_cluster(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert pg.ensure("a", root=root) is cluster


def test_a_kept_server_outlives_its_users_until_it_is_stopped(root: Path) -> None:
    cluster = pg.ensure("a", root=root, for_tests=True, keep=True)
    cluster.release()
    assert server.answers(cluster.home)
    pg.ensure("a", root=root).stop()
    assert server.process_id(cluster.home) is None


def test_a_killed_user_leaves_a_server_that_the_next_one_adopts_and_stops(root: Path) -> None:
    killed = python(USE, root, "a")
    assert line(killed) == "ready"
    killed.kill()
    killed.wait()
    home = pg.home_of("a", root)
    pid = server.process_id(home)
    cluster = pg.ensure("a", root=root)
    assert server.process_id(home) == pid
    cluster.release()
    assert server_processes(home) == set()


def test_a_server_killed_in_the_middle_of_a_transaction_loses_no_committed_row(root: Path) -> None:
    writer = python(WRITE, root, "a")
    assert line(writer) == "0"
    acknowledged = [0, *(int(line(writer)) for _ in range(200))]
    home = pg.home_of("a", root)
    kill_server(home)
    rest, _ = writer.communicate()
    acknowledged += [int(word) for word in rest.split()]
    with pg.ensure("a", root=root) as cluster, psycopg.connect(cluster.dsn("turnout_owner")) as connection:
        rows = {row[0] for row in connection.execute("select n from kept")}
    assert set(acknowledged) - rows == set()
    assert rows - set(acknowledged) - {len(acknowledged)} == set()  # the one in flight may have been committed
    assert -1 not in rows


def test_a_dead_server_is_started_again_for_a_user_who_asks_again(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        kill_server(cluster.home)
        assert pg.ensure("a", root=root) is cluster
        assert started_at(cluster) is not None


def test_a_first_start_killed_in_the_middle_leaves_nothing_half_made(root: Path) -> None:
    killed = python(USE, root, "a")
    home = pg.home_of("a", root)
    while not list(home.path.glob("data.new-*/data/global")) and killed.poll() is None:
        pass
    assert home.major is None
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert len(list(home.path.glob("data.new-*"))) == 1
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert cluster.databases() == ["turnout"]
    assert list(home.path.glob("data.new-*")) == []


def test_a_start_killed_before_provisioning_is_completed_by_the_next(root: Path) -> None:
    home = pg.home_of("a", root)
    with pg.ensure("a", root=root, for_tests=True), server.connect(home, "postgres", "postgres") as admin:
        admin.execute("comment on role turnout_app is null")
        admin.execute("drop database turnout")
        admin.execute("drop owned by turnout_sealer")
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert cluster.databases() == ["turnout"]
        with psycopg.connect(cluster.dsn("turnout_sealer")) as connection:
            assert connection.execute("select current_user").fetchone() == ("turnout_sealer",)


def test_a_pid_file_that_names_a_living_stranger_does_not_stop_a_start(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        home, account = cluster.home, cluster.home.account()
        noted = (home.data / "postmaster.pid").read_text().split("\n")
    stranger = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, **account.spawn())  # type: ignore[call-overload]
    try:
        for file in (home.data / "postmaster.pid", home.socket_dir() / ".s.PGSQL.5432.lock"):
            file.write_text("\n".join([str(stranger.pid), *noted[1:]]))
            os.chown(file, account.uid, account.gid)
        refused = subprocess.run(  # what PostgreSQL alone says to it
            [cluster.programs.program("postgres"), "-D", home.data, "-k", home.socket_dir(), "-h", ""],
            capture_output=True,
            text=True,
            **account.spawn(),  # type: ignore[call-overload]
        )
        assert "lock file" in refused.stderr
        with pg.ensure("a", root=root, for_tests=True) as cluster:
            assert cluster.databases() == ["turnout"]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_data_in_use_elsewhere_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server in another container is invisible as a process; the lock that it inherited is not."""
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        home = cluster.home
    with home.data_lock.open() as held, monkeypatch.context() as patch:
        patch.setattr(server, "STOP_SECONDS", 0)
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(pg.Refused) as refused:
            pg.ensure("a", root=root)
    assert refused.value.code == "data-in-use"
    pg.ensure("a", root=root).release()


def test_the_running_server_holds_the_lock_on_its_data(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster, cluster.home.data_lock.open() as other:
        assert not server.try_lock(other.fileno())


def test_a_server_started_by_hand_on_our_data_is_named_not_joined_by_a_second(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        home, account, postgres = cluster.home, cluster.home.account(), cluster.programs.program("postgres")
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    os.chown(elsewhere, account.uid, account.gid)
    by_hand = subprocess.Popen(
        [postgres, "-D", home.data, "-k", elsewhere, "-h", ""],
        stderr=subprocess.PIPE,
        text=True,
        **account.spawn(),  # type: ignore[call-overload]
    )
    assert by_hand.stderr is not None
    while "ready to accept" not in by_hand.stderr.readline():
        assert by_hand.poll() is None
    monkeypatch.setattr(server, "READY_SECONDS", 0)
    with pytest.raises(pg.Refused) as refused:
        pg.ensure("a", root=root)
    assert refused.value.code == "server-does-not-answer"
    by_hand.send_signal(signal.SIGINT)
    assert by_hand.wait(30) == 0


def test_a_start_that_another_holds_up_for_too_long_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = pg.home_of("a", root)
    home.prepare()
    monkeypatch.setattr(cluster_module, "LOCK_SECONDS", 0)
    with home.server_lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(pg.Refused) as refused:
            pg.ensure("a", root=root)
    assert refused.value.code == "locked"


def test_an_interrupted_start_leaves_no_server(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster_module, "_provision", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pg.ensure("a", root=root, for_tests=True)
    assert server_processes(pg.home_of("a", root)) == set()


def test_ctrl_c_in_the_terminal_reaches_the_user_and_not_the_server(root: Path) -> None:
    user = python(USE, root, "a")
    assert line(user) == "ready"
    pid = server.process_id(pg.home_of("a", root))
    assert pid is not None
    assert os.getpgid(pid) == pid
    assert os.getpgid(user.pid) != pid
    assert finish(user) == 0


def test_a_lost_passwords_file_is_made_again(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        old = cluster.params()["password"]
    cluster.home.passwords_file.unlink()
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert cluster.params()["password"] != old
        with psycopg.connect(cluster.dsn()) as connection:
            assert connection.execute("select current_user").fetchone() == ("turnout_app",)


def test_a_passwords_file_lost_under_a_running_server_is_made_again(root: Path) -> None:
    other = python(USE, root, "a")
    assert line(other) == "ready"
    home = pg.home_of("a", root)
    home.passwords_file.write_text("{ half")
    with pg.ensure("a", root=root, for_tests=True) as cluster, psycopg.connect(cluster.dsn()) as connection:
        assert connection.execute("select current_user").fetchone() == ("turnout_app",)
    assert finish(other) == 0
    assert server_processes(home) == set()
