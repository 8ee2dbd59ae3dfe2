import os
import subprocess
import sys
from pathlib import Path

from turnout.planner.placement.jit import over_blocks

WHERE = "from turnout.planner.placement import jit; print(jit.CACHE)"


def cache(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", WHERE], env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_machine_code_goes_where_the_environment_says(tmp_path: Path) -> None:
    folder = cache(NUMBA_CACHE_DIR=str(tmp_path / "code"))
    assert Path(folder).parent == tmp_path / "code"
    assert Path(folder).is_dir()
    assert cache(NUMBA_CACHE_DIR=str(tmp_path / "code")) == folder


def test_machine_code_of_another_version_stays_until_it_is_old(tmp_path: Path) -> None:
    young, old = tmp_path / "loops-young", tmp_path / "loops-old"
    young.mkdir()
    old.mkdir()
    os.utime(old, (0, 0))
    own = Path(cache(NUMBA_CACHE_DIR=str(tmp_path)))
    assert sorted(tmp_path.iterdir()) == sorted([own, young])


def test_without_a_folder_that_may_be_written_loops_are_compiled_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    assert cache(NUMBA_CACHE_DIR=str(file)) == "None"


def test_blocks_come_back_in_order_whatever_the_workers() -> None:
    wanted = [(0, 4), (4, 8), (8, 10)]
    assert [over_blocks(lambda a, b: (a, b), 10, workers=w, block=4) for w in (1, 3)] == [wanted, wanted]
