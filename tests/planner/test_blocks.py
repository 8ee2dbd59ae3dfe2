"""Work on blocks: results in order whatever the number of processes, an early end, and no process that outlives us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from turnout.planner.blocks import map_blocks

ROOT = Path(__file__).parents[2]
_PATIENCE = 120
"""Seconds until a busy machine must have started or ended a process."""


def squared(number: int) -> int:
    return number * number


def linger(folder: str, number: int) -> int:
    (Path(folder) / f"{os.getpid()}").touch()
    time.sleep(600)
    return number


def linger_on_two(folder: str) -> None:
    list(map_blocks(partial(linger, folder), range(4), workers=2, stop=lambda: None))


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_blocks(workers: int) -> None:
    assert list(map_blocks(squared, range(7), workers=workers, stop=lambda: None)) == [0, 1, 4, 9, 16, 25, 36]
    assert list(map_blocks(squared, [], workers=workers, stop=lambda: None)) == []


def test_a_stop_ends_it_after_what_is_under_way() -> None:
    asked = iter([None, None, None, "time_limit"])
    assert list(map_blocks(squared, range(100), workers=1, stop=lambda: next(asked))) == [0, 1, 4]


def test_a_killed_run_leaves_no_child_process(tmp_path: Path) -> None:
    call = f"from tests.planner.test_blocks import linger_on_two; linger_on_two({str(tmp_path)!r})"
    parent = subprocess.Popen([sys.executable, "-c", call], cwd=ROOT)
    try:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    children = [int(path.name) for path in tmp_path.iterdir()]
    assert parent.pid not in children
    wait_until(lambda: not any(alive(pid) for pid in children))


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether it still runs; a process that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
