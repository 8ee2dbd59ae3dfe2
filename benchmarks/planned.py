"""A city planned and checked, with what it took; and benches in a process of their own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any


def planned(problem: Any, effort: Any, seed: int = 0) -> tuple[Any, dict[str, Any]]:
    """The plan and its figures; the peak of memory is that of the process so far. Checked without the solver."""
    from turnout.planner.placement import check
    from turnout.planner.placement.solve import solve

    began, worked = time.perf_counter(), time.process_time()
    result = solve(problem, effort=effort, seed=seed)
    mark = {
        "objective": result.score.objective,
        "bound": result.bound.tenths,
        "gap": result.proof_gap,
        "seconds": time.perf_counter() - began,
        "worked": time.process_time() - worked,
        "stages": result.seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "by": result.stopped_by,
    }
    assert check.check(problem, result.plan, teams=effort.teams).score == result.score
    return result, mark


def child(module: str, *args: str, limit: float | None = None) -> dict[str, Any] | None:
    """The last line of a child's output as JSON, None if it ran out of time."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *args], stdout=subprocess.PIPE, timeout=limit, check=True, text=True
        )
    except subprocess.TimeoutExpired:
        return None
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
