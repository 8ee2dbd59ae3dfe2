"""Rosters: a whole city, the public instances, and plain CP-SAT on the same instances in the same run.

Parts are chosen by BENCH_ROSTERS, for example `city` or `8,12` (default: all); what is not chosen keeps the figures it
has in BENCHMARKS.md, so that a long table can be made in pieces: every row says when, under what load and with what
limit. BENCH_LIMIT: seconds for an instance (60); with BENCH_CLOCK=processor they are seconds of processor time, which a
busy machine does not change. BENCH_SEEDS: seeds for instances that are not solved to proof, whose median is shown (1).
BENCH_PEERS: workers of CP-SAT, one run for each (`2,8`; blank: none, and what was measured before stays).
BENCH_ROSTER_PLAN: folder that `turnout plan` wrote for city-74000; without it people stand where they live.
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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.cities import INSTANCES
from benchmarks.table import machine, markdown, rows, section

TITLE = "Rosters"
BEST = {1: 607, 2: 828, 3: 1001, 5: 1143, 8: 1300, 10: 4631, 12: 4040, 14: 1279, 16: 3225, 18: 4650, 20: None, 22: None}
"""Best known values as Curtois and Qu 2014 and Rahimian et al. 2017 quote them; none found for the last two."""
LIMIT = float(os.environ.get("BENCH_LIMIT", "60"))
CLOCK = os.environ.get("BENCH_CLOCK", "wall")
SEEDS = int(os.environ.get("BENCH_SEEDS", "1"))
CITY = "city-74000"


PEERS = [word for word in os.environ.get("BENCH_PEERS", "2,8").split(",") if word]
_WORKERS = ("2", "8")
_CITY_HEAD, _PUBLIC_HEAD = "### A city for 14 days", "### Public instances"
_OURS = ("no.", "best known", "ours", "above best", "bound", "broken", "stopped by", "seconds", "processor", "MB")
_THEIRS = tuple(f"CP-SAT {workers}: {what}" for workers in _WORKERS for what in ("points", "bound", "s", "MB"))
_HEADS = (*_OURS, "limit", "measured", *_THEIRS)


def run() -> str:
    """Two tables: the city, and every instance with its peers."""
    chosen = [word for word in os.environ.get("BENCH_ROSTERS", "").split(",") if word]
    fresh = ""
    if not chosen or "city" in chosen:
        fresh = f"{machine()} Two workers, every roster checked without a solver.\n\n{_city()}"
    measured = [number for number in BEST if not chosen or str(number) in chosen]
    # What another run has written meanwhile is kept, so the section is read last.
    made = {number: _row(number) for number in measured}
    before = section(TITLE)
    city_text = fresh or _part(before, _CITY_HEAD)
    known = {int(row[0]): row for row in rows(_part(before, _PUBLIC_HEAD), len(_HEADS))}
    for number, row in made.items():
        theirs = known.get(number, [None] * len(_HEADS))[-len(_THEIRS) :]
        known[number] = [
            *row[: -len(_THEIRS)],
            *(new or old for new, old in zip(row[-len(_THEIRS) :], theirs, strict=True)),
        ]
    told = (
        "Two workers of ours; each peer is CP-SAT on the model that our rules state, in a process of its own, under "
        "the same limit. Seconds are wall time, `processor` that of all threads, imports included; `measured` is the "
        "day and the load of the machine at the start."
    )
    texts = [f"{_CITY_HEAD}\n\n{city_text}"] if city_text else []
    if known:
        texts.append(f"{_PUBLIC_HEAD}\n\n{told}\n\n{markdown(_HEADS, [known[number] for number in sorted(known)])}")
    return "\n\n".join(texts)


def _part(text: str, head: str) -> str:
    """The text below a heading of the section, '' without one."""
    _, found, rest = text.partition(head + "\n")
    return rest.partition("\n### ")[0].strip() if found else ""


def _row(number: int) -> list[object]:
    measured = f"{datetime.now(UTC).date().isoformat()}, load {os.getloadavg()[0]:.1f}"
    runs = [_child("ours", str(number), "0")]
    if runs[0]["by"] != "proof":
        runs += [_child("ours", str(number), str(seed)) for seed in range(1, SEEDS)]
    ours = {**runs[0], "objective": statistics.median_low(sorted(one["objective"] for one in runs))}
    best = BEST[number]
    above = f"{100 * (ours['objective'] / best - 1):.2f} %" if best else None
    own = [ours[name] for name in ("objective", "bound", "broken", "by", "seconds", "processor", "mb")]
    limit = f"{LIMIT:.0f} s" + (" of processor" if CLOCK == "processor" else "")
    theirs: list[object] = [None] * len(_THEIRS)
    for workers in PEERS:
        told = _child("peer", str(number), workers)
        at = 4 * _WORKERS.index(workers)
        theirs[at : at + 4] = [told[name] for name in ("objective", "bound", "seconds", "mb")]
    return [number, best, own[0], above, *own[1:], limit, measured, *theirs]


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
        params=Params(),
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


def peer(number: str, workers: str) -> dict[str, object]:
    """Plain CP-SAT on the model that our rules state."""
    from ortools.sat.python import cp_model

    from turnout.planner.rostering import public
    from turnout.planner.rostering.model import Model

    began = time.monotonic()
    made = public.read((INSTANCES / "rosters" / f"Instance{number}.txt").read_text(encoding="utf-8"))
    model, solver = Model(made), cp_model.CpSolver()
    solver.parameters.num_workers = int(workers)
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
    from turnout.planner.rostering.arithmetic import needs
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
    short = [need.short for need in needs(problem) if need.short]
    return {
        "people stand": "by a plan" if plan else "where they live",
        "communities": len(problem.sites.ids),
        "people": len(problem.people.ids),
        "shifts given": int((result.plan.duty >= 0).sum()),
        "shifts asked": int(max(problem.asked.want.sum(), 0)),
        "missing, and of them below the minimum": f"{sum(one.missing for one in result.reasons)}, "
        f"{sum(one.missing_min for one in result.reasons)}",
        "of them for want of people, whatever is done": f"{sum(short)} in {len(short)} places",
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
