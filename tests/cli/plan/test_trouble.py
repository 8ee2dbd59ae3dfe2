"""Interruptions, limits, full disks and odd paths: a plan is written whole or not at all."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.plan.test_check import check
from tests.cli.plan.test_plan import plan, summary

from turnout.cli.main import main

TURNOUT = [sys.executable, "-m", "turnout.cli.main"]


def started(*options: str | Path, files_up_to: int | None = None) -> subprocess.Popen[str]:
    def limit() -> None:
        if files_up_to is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (files_up_to, files_up_to))

    return subprocess.Popen(
        [*TURNOUT, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=limit
    )


def test_ctrl_c_writes_the_best_plan_so_far(city_1000: Path, tmp_path: Path) -> None:
    process = started("plan", city_1000, "-o", tmp_path / "plan")
    assert process.stderr is not None
    while "准备" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert summary(tmp_path / "plan")["stopped_by"] == "interrupted"
    assert check(city_1000, tmp_path / "plan") == 0


def test_a_time_limit_gives_a_whole_plan_with_what_it_can_prove(city_1000: Path, tmp_path: Path) -> None:
    assert plan(city_1000, tmp_path / "plan", "--time-limit", "0.001") == 0
    assert summary(tmp_path / "plan")["stopped_by"] == "time_limit"
    assert check(city_1000, tmp_path / "plan") == 0


@pytest.mark.parametrize("name", ["plan", "plan.xlsx"])
def test_a_full_disk_leaves_the_old_plan_and_nothing_else(city_1000: Path, tmp_path: Path, name: str) -> None:
    assert plan(city_1000, tmp_path / name, "--no-teams") == 0
    kept = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    process = started("plan", city_1000, "-o", tmp_path / name, "--no-teams", files_up_to=9_000)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 3, told
    assert "磁盘已满" in told
    assert {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()} == kept


def test_a_folder_that_may_not_be_written_is_told_before_the_work(
    lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Nobody, not even root, may make a file there.
    assert plan(lists, Path("/proc/plan.xlsx")) == 2
    assert "写不了" in capsys.readouterr().err


def test_outputs_that_cannot_be_are_told_before_the_work(
    lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "book.xlsx").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.docx").write_text("x")
    assert plan(lists, lists) == 2
    assert plan(lists, tmp_path / "nowhere" / "plan.xlsx") == 2
    assert plan(lists, tmp_path / "book.xlsx") == 2
    assert plan(lists, Path("/dev/full")) == 2
    assert plan(lists, tmp_path / "other") == 2
    assert plan(lists, tmp_path / "plan", "--json", str(tmp_path)) == 2
    assert (tmp_path / "other" / "letter.docx").read_text() == "x"
    assert capsys.readouterr().err.splitlines() == [
        f"{lists} 就是输入文件，请给输出换个名字",
        f"文件夹 {tmp_path / 'nowhere'} 不存在，请先新建或换个位置",
        f"{tmp_path / 'book.xlsx'} 是一个文件夹；以 .xlsx 结尾的名字用于工作簿",
        "/dev/full 是一个文件；请换个名字，或让名字以 .xlsx 结尾",
        f"文件夹 {tmp_path / 'other'} 里有别的东西（例如 letter.docx），请换个名字",
        f"{tmp_path} 是一个文件夹，请换个名字",
    ]


def test_paths_with_spaces_and_chinese(lists: Path, tmp_path: Path) -> None:
    folder = tmp_path / "西城 区（11月）"
    folder.mkdir()
    given = lists.rename(folder / "名 单.xlsx")
    assert plan(given, folder / "方 案.xlsx") == 0
    assert check(given, folder / "方 案.xlsx") == 0
    assert sorted(path.name for path in folder.iterdir()) == ["名 单.xlsx", "方 案.xlsx"]


def test_plan_check_and_sample_start_without_django(tmp_path: Path) -> None:
    code = (
        "import sys; from turnout.cli.main import main\n"
        "for words in (['sample', '--area', '110102001', '--staff', '20', '-o', 'l.xlsx'], "
        "['plan', 'l.xlsx', '-o', 'p.xlsx'], ['check', 'l.xlsx', 'p.xlsx']):\n    assert main(words) == 0, words\n"
        "assert 'django' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_a_newcomers_three_lines_for_a_whole_district(tmp_path: Path) -> None:
    given, made = str(tmp_path / "lists.xlsx"), str(tmp_path / "plan.xlsx")
    assert main(["sample", "--area", "110102", "-o", given]) == 0
    assert main(["plan", given, "-o", made, "--no-teams"]) == 0
    assert main(["check", given, made]) == 0
