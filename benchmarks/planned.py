"""A city planned and checked, with what it took."""

from __future__ import annotations

import resource
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
