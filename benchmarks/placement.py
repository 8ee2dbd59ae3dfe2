"""Placement: our planner on the shipped cities, and peers on the very arcs our last flow was solved on.

BENCH_CITIES names the cities (all three), BENCH_LIMIT the seconds a peer may take (120), BENCH_SEEDS how many seeds are
tried where the search is random (3). `BENCH_CITIES=city-10000 python -m benchmarks placement` takes minutes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cities import CITIES, load
from benchmarks.peers import SOLVERS
from benchmarks.planned import child, planned
from benchmarks.table import machine, markdown

SEEDS = int(os.environ.get("BENCH_SEEDS", "3"))
CHOSEN = tuple(os.environ.get("BENCH_CITIES", ",".join(CITIES)).split(","))
LIMIT = float(os.environ.get("BENCH_LIMIT", "120"))
"""Seconds a peer may take, reading and building included."""


MARKS = ("plan", "objective", "bound", "proof gap", "seconds", "of processors", "by stage", "peak MB", "stopped by")


def sections() -> Iterator[tuple[str, str]]:
    """One section a city, smallest first. A peer that was not done with a city is not tried on a larger one."""
    beaten: dict[str, str] = {}
    for city in CHOSEN:
        with tempfile.TemporaryDirectory() as folder:
            yield f"Placement, {city}", _section(city, Path(folder) / "arcs.npz", beaten)


def _section(city: str, arcs: Path, beaten: dict[str, str]) -> str:
    """Four tables: without teams, with teams, questions to the plan, peers on the same arcs."""
    where = machine()
    ours = child("benchmarks.placement", city, str(arcs))
    assert ours is not None
    peers: list[list[object]] = []
    for solver in SOLVERS:
        if solver in beaten:
            peers.append([solver, f"not tried: not done with {beaten[solver]}", None, None])
            continue
        theirs = child("benchmarks.peers", solver, str(arcs), limit=LIMIT)
        if theirs is None:
            beaten[solver] = city
        peers.append([solver, *_peer(theirs)])
    plans = [_row("without teams", ours["blind"])]
    plans += [_row(f"with teams, seed {seed}", mark) for seed, mark in enumerate(ours["teams"])]
    return "\n\n".join(
        (
            f"{where} `BENCH_CITIES={city} BENCH_LIMIT={LIMIT:.0f} BENCH_SEEDS={SEEDS} python -m benchmarks placement`."
            " Costs are tenths of a minute; bounds hold for all person-post pairs. Seconds are of a process whose loops"
            " were compiled before, with teams those of the stage without included; peak MB is of the process so far.",
            markdown(MARKS, plans),
            "Questions to the plan without teams, processor seconds each (in a process already set up):",
            markdown(("question", "processor seconds", "answer"), ours["asked"]),
            f"Peers on the {ours['arcs']:,} arcs of our last flow, without teams; at most {LIMIT:.0f} s each; the"
            " solve alone is shown:",
            markdown(("solver", "seconds", "objective", "peak MB"), peers),
        )
    )


def _row(name: str, mark: dict[str, Any]) -> list[object]:
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in mark["stages"].items())
    gap = f"{100 * mark['gap']:.3f} %"
    seconds, worked = f"{mark['seconds']:.1f}", f"{mark['worked']:.1f}"
    return [name, mark["objective"], mark["bound"], gap, seconds, worked, stages, mark["peak_mb"], mark["by"]]


def _peer(mark: dict[str, Any] | None) -> list[object]:
    return (
        [f"not done at {LIMIT:.0f}", None, None]
        if mark is None
        else [mark["seconds"], mark["objective"], mark["peak_mb"]]
    )


def measure(name: str, file: str) -> dict[str, Any]:
    """Plan a city without and with teams, and keep the arcs of the last flow without teams for the peers."""
    from turnout.planner.placement.effort import Effort
    from turnout.planner.placement.solve import solve

    solve(load("city-1000"), effort=Effort(moves_most=100))  # compiles every loop
    city = load(name)
    marks: dict[str, Any] = {}
    runs = [("blind", Effort(teams=False), 0), *(("teams", Effort(), seed) for seed in range(SEEDS))]
    for kind, effort, seed in runs:
        result, mark = planned(city, effort, seed)
        if kind == "blind":
            marks[kind], marks["asked"] = mark, _questions(city.without_teams(), result)
        else:
            marks.setdefault(kind, []).append(mark)
    marks["arcs"] = _keep_arcs(city, file)
    return marks


def _questions(city: Any, result: Any) -> list[list[object]]:
    """Explanations and changes on a plan that is set up: processor seconds and what came of it."""
    from turnout.planner.placement import explain, whatif
    from turnout.planner.placement.state import State

    def worked(ask: Callable[[], Any]) -> tuple[float, Any]:
        began = time.process_time()
        answer = ask()
        return time.process_time() - began, answer

    seconds, state = worked(lambda: State.of(city, result.plan, result.prices, why=result.reasons))
    rows: list[list[object]] = [["setting up", f"{seconds:.2f}", f"{len(state.board.network.post):,} pairs"]]
    random = np.random.default_rng(0)
    for name, ask, ids in (
        ("a person", explain.person, city.people.ids),
        ("a post", explain.post, city.posts.ids),
        ("a gap", explain.gap, None),
    ):
        some = [gap.post for gap in result.reasons.gaps] if ids is None else list(range(len(ids)))
        ask(state, some[0])  # compiled and warm
        each = [worked(partial(ask, state, int(which)))[0] for which in random.choice(some, 100)]
        rows.append([name, f"{np.mean(each):.4f}", f"slowest of 100: {max(each):.4f}"])
    placed = np.flatnonzero(state.plan >= 0)
    gone = random.choice(placed, len(state.plan) // 50, replace=False)
    changes = {
        "2 % drop out": whatif.Change(gone=tuple(gone.tolist())),
        "the largest unit is gone": whatif.Change(units=(int(np.bincount(city.people.unit).argmax()),)),
        "500 people more": whatif.Change(added=((city.general, 500),)),
        "a street is closed": whatif.Change(closed=(int(city.communities.street[0]),)),
    }
    for name, change in changes.items():
        seconds, answer = worked(partial(whatif.whatif, state, change))
        told = f"{answer.vacated} places left, {answer.people_moved} people moved, cost {answer.after.objective:,}"
        rows.append([name, f"{seconds:.2f}", told])
    seconds, points = worked(lambda: whatif.curve(state, changes["2 % drop out"]))
    rows.append(["the curve, 5 points", f"{seconds:.2f}", "; ".join(f"{p.moved} moved: {p.cost:,}" for p in points)])
    told = "; ".join(f"{rung.cap // 10} min: {rung.lost} places" for rung in result.ladder)
    rows.append(["the ladder (wall)", f"{result.seconds['ladder']:.2f}", told])
    return rows


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
