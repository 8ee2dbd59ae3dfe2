"""Placement: our planner on the three shipped cities, and peers on the very arcs our last flow was solved on."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cities import CITIES, load
from benchmarks.peers import SOLVERS
from benchmarks.table import machine, markdown

TITLE = "Placement"
LIMIT = float(os.environ.get("BENCH_LIMIT", "120"))
"""Seconds a peer may take, reading and building included."""


def run() -> str:
    """Three tables: without teams, with teams, peers on the same arcs."""
    where = machine()
    blind, teams, peers = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for city in CITIES:
            arcs = Path(folder) / f"{city}.npz"
            ours = _child("benchmarks.placement", city, str(arcs))
            assert ours is not None
            blind.append(_row(city, ours["blind"]))
            teams.append(_row(city, ours["teams"]))
            for solver in SOLVERS:
                theirs = _child("benchmarks.peers", solver, str(arcs), limit=LIMIT)
                peers.append([city, solver, ours["arcs"], *_peer(theirs)])
    return "\n\n".join(
        (
            f"{where} Costs are tenths of a minute; bounds hold for all person-post pairs. Seconds are of a process"
            " whose loops were compiled before; peak MB is of the process so far.",
            "Without the team term:",
            markdown(
                ("city", "objective", "bound", "proof gap", "seconds", "by stage", "peak MB", "stopped by"), blind
            ),
            "With the team term (seconds include the stage without):",
            markdown(
                ("city", "objective", "bound", "proof gap", "seconds", "by stage", "peak MB", "stopped by"), teams
            ),
            f"Peers on the arcs of our last flow, without teams; at most {LIMIT:.0f} s each, solve alone is timed:",
            markdown(("city", "solver", "arcs", "seconds", "objective", "peak MB"), peers),
        )
    )


def _row(city: str, mark: dict[str, Any]) -> list[object]:
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in mark["stages"].items())
    gap = f"{100 * mark['gap']:.3f} %"
    return [city, mark["objective"], mark["bound"], gap, f"{mark['seconds']:.1f}", stages, mark["peak_mb"], mark["by"]]


def _peer(mark: dict[str, Any] | None) -> list[object]:
    return (
        [f"not done at {LIMIT:.0f}", None, None]
        if mark is None
        else [mark["seconds"], mark["objective"], mark["peak_mb"]]
    )


def _child(module: str, *args: str, limit: float | None = None) -> dict[str, Any] | None:
    """The last line of a child's output as JSON, None if it ran out of time."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *args], stdout=subprocess.PIPE, timeout=limit, check=True, text=True
        )
    except subprocess.TimeoutExpired:
        return None
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def measure(name: str, file: str) -> dict[str, Any]:
    """Plan a city without and with teams, and keep the arcs of the last flow without teams for the peers."""
    from turnout.planner.placement import check
    from turnout.planner.placement.effort import Effort
    from turnout.planner.placement.solve import solve

    solve(load("city-1000"), effort=Effort(moves_most=100))  # compiles every loop
    city = load(name)
    marks: dict[str, Any] = {}
    for kind, effort in (("blind", Effort(teams=False)), ("teams", Effort())):
        began = time.perf_counter()
        result = solve(city, effort=effort)
        marks[kind] = {
            "objective": result.score.objective,
            "bound": result.bound.tenths,
            "gap": result.proof_gap,
            "seconds": time.perf_counter() - began,
            "stages": result.seconds,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "by": result.stopped_by,
        }
        assert check.check(city, result.plan, teams=effort.teams).score == result.score
    marks["arcs"] = _keep_arcs(city, file)
    return marks


def _keep_arcs(city: Any, file: str) -> int:
    from turnout.planner.placement import check
    from turnout.planner.placement.city import pack
    from turnout.planner.placement.effort import Effort
    from turnout.planner.placement.solve import Search, silent
    from turnout.planner.placement.stop import never

    blind = city.without_teams()
    search = Search(blind, pack(blind), never, Effort(teams=False), silent, 2)
    search.run()
    posts = search.city.posts
    np.savez(
        file,
        people=len(city.people.ids),
        person=search.arcs.person,
        post=search.arcs.post,
        tenths=search.arcs.tenths.astype(np.int64),
        missing_all=sum(check.missing_tenths(search.city, np.zeros(len(posts), dtype=np.int64))),
        **{column: posts[column].copy() for column in ("places", "places_min", "penalty_min", "penalty_more")},
    )
    return len(search.arcs.post)


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:])))
