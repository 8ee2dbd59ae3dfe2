"""Rosters: a whole city, the public instances, and plain CP-SAT on the same instances in the same run.

Parts are chosen by BENCH_ROSTERS, for example `city` or `8,12` (default: all). BENCH_LIMIT: seconds for an instance
(60); with BENCH_CLOCK=processor they are seconds of processor time, which a busy machine does not change. BENCH_SEEDS:
seeds for instances that are not solved to proof, whose median is shown (1). BENCH_ROSTER_PLAN: folder that `turnout
plan` wrote for city-74000; without it people stand where they live.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from benchmarks.cities import INSTANCES
from benchmarks.table import machine, markdown

TITLE = "Rosters"
BEST = {1: 607, 2: 828, 3: 1001, 5: 1143, 8: 1300, 10: 4631, 12: 4040, 14: 1279, 16: 3225, 18: 4650, 20: None, 22: None}
"""Best known values as Curtois and Qu 2014 and Rahimian et al. 2017 quote them; none found for the last two."""
LIMIT = float(os.environ.get("BENCH_LIMIT", "60"))
CLOCK = os.environ.get("BENCH_CLOCK", "wall")
SEEDS = int(os.environ.get("BENCH_SEEDS", "1"))
CITY = "city-74000"


def run() -> str:
    """Two tables: the city, and every chosen instance with its peer."""
    where = machine()
    chosen = [word for word in os.environ.get("BENCH_ROSTERS", "").split(",") if word]
    texts = [f"{where} Two workers. Seconds are wall time, and processor time of all processes, imports included."]
    if not chosen or "city" in chosen:
        texts += ["A city for 14 days, every roster checked without a solver:", _city()]
    theirs = ("MB", "CP-SAT", "its bound", "its seconds", "its MB")
    numbers = [number for number in BEST if not chosen or str(number) in chosen]
    if numbers:
        clock = "of processor time" if CLOCK == "processor" else "of wall time"
        heads = (
            "no.",
            "best known",
            "ours",
            "above best",
            "bound",
            "broken",
            "stopped by",
            "seconds",
            "processor",
            "MB",
        )
        texts += [
            f"Public instances, {LIMIT:.0f} s {clock} each; the peer is CP-SAT with two workers on the same model:",
            markdown((*heads, *theirs), [_row(number) for number in numbers]),
        ]
    return "\n\n".join(texts)


def _row(number: int) -> list[object]:
    runs = [_child("ours", str(number), "0")]
    if runs[0]["by"] != "proof":
        runs += [_child("ours", str(number), str(seed)) for seed in range(1, SEEDS)]
    ours = {**runs[0], "objective": statistics.median_low(sorted(one["objective"] for one in runs))}
    peer, best = _child("peer", str(number)), BEST[number]
    above = f"{100 * (ours['objective'] / best - 1):.2f} %" if best else None
    own = [ours[name] for name in ("objective", "bound", "broken", "by", "seconds", "processor", "mb")]
    return [
        number,
        best,
        own[0],
        above,
        *own[1:],
        *(peer[name] for name in ("objective", "bound", "seconds", "mb")),
    ]


def _city() -> str:
    told = _child("city")
    return markdown(("figure", "value"), told.items())


def _child(*words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rosters", *words], stdout=subprocess.PIPE, check=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _spent() -> float:
    return sum(
        use.ru_utime + use.ru_stime for use in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _over(began: float) -> bool:
    return (_spent() if CLOCK == "processor" else time.monotonic() - began) >= LIMIT


def ours(number: str, seed: str) -> dict[str, object]:
    from turnout.planner.rostering import public
    from turnout.planner.rostering.solve import Params, solve

    began = time.monotonic()
    made = public.read((INSTANCES / "rosters" / f"Instance{number}.txt").read_text(encoding="utf-8"))
    result = solve(
        made,
        seed=int(seed),
        workers=2,
        params=Params(parts=10**6),
        stop=lambda: "time_limit" if _over(began) else None,
    )
    return {
        "objective": result.score.objective,
        "bound": round(result.bound),
        "broken": len(result.score.broken),
        "by": result.stopped_by,
        "seconds": round(time.monotonic() - began, 1),
        "processor": round(_spent(), 1),
        "mb": _mb(),
    }


def peer(number: str) -> dict[str, object]:
    """Plain CP-SAT on the model that our rules state."""
    from ortools.sat.python import cp_model

    from turnout.planner.rostering import public
    from turnout.planner.rostering.model import Model

    began = time.monotonic()
    made = public.read((INSTANCES / "rosters" / f"Instance{number}.txt").read_text(encoding="utf-8"))
    model, solver = Model(made), cp_model.CpSolver()
    solver.parameters.num_workers = 2
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            if _over(began):
                solver.stop_search()

    threading.Thread(target=watch, daemon=True).start()
    status = solver.solve(model.cp)
    ended.set()
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {
        "objective": round(solver.objective_value) if found else "none",
        "bound": round(solver.best_objective_bound),
        "seconds": round(time.monotonic() - began, 1),
        "mb": _mb(),
    }


def city() -> dict[str, object]:
    from tools import roster_city

    from turnout.cli.plan.roster_lists import read_lists
    from turnout.planner.rostering.solve import solve

    plan = os.environ.get("BENCH_ROSTER_PLAN")
    with tempfile.TemporaryDirectory() as folder:
        lists = Path(folder) / "lists"
        with tarfile.open(INSTANCES / f"{CITY}.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        source = next(path.parent for path in Path(folder).rglob("communities.csv"))
        with contextlib.redirect_stdout(sys.stderr):
            roster_city.main([str(source), "-o", str(lists), *(["--plan", plan] if plan else [])])
        before, began = _spent(), time.monotonic()
        problem = read_lists(lists).problem
        read = time.monotonic() - began
        result = solve(problem, workers=2)
    return {
        "people stand": "by a plan" if plan else "where they live",
        "communities": len(problem.sites.ids),
        "people": len(problem.people.ids),
        "shifts given": int((result.plan.duty >= 0).sum()),
        "shifts asked": int(max(problem.asked.want.sum(), 0)),
        "missing, and of them below the minimum": f"{sum(one.missing for one in result.reasons)}, "
        f"{sum(one.missing_min for one in result.reasons)}",
        "hard rules broken": len(result.score.broken),
        "points, bound": f"{result.score.objective}, {round(result.bound)}",
        "blocks, shapes, proven": ", ".join(str(result.counts[name]) for name in ("blocks", "shapes", "proven")),
        "seconds reading": round(read, 1),
        "seconds by stage": ", ".join(f"{stage} {spent:.1f}" for stage, spent in result.seconds.items()),
        "seconds in all, reading apart": round(sum(result.seconds.values()), 1),
        "processor seconds, reading included": round(_spent() - before, 1),
        "MB of the process, of a worker": f"{_mb()}, {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}",
    }


if __name__ == "__main__":
    print(json.dumps({"ours": ours, "peer": peer, "city": city}[sys.argv[1]](*sys.argv[2:])))
