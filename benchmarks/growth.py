"""How the planner grows: seconds and memory at 1,000, 10,000, 74,000 and 189,000 people, each in a process of its own.

189,000 people reported in at home in Beijing. No list of that size is shipped: that city is city-74000 with every
person standing for two or three, each moved by up to a kilometre, and with as many more places.
BENCH_TEAMS=1 counts the team term as well, BENCH_SIZES chooses sizes.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.cities import CITIES, load
from benchmarks.planned import child, planned
from benchmarks.table import machine, markdown

TITLE = "How the planner grows"
REPORTED_IN = 189_000
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "1000,10000,74000,189000").split(","))
TEAMS = os.environ.get("BENCH_TEAMS") == "1"
DEGREES_OF_A_KM = 1 / 111.2


def run() -> str:
    where = machine()
    marks = [mark for size in SIZES if (mark := child("benchmarks.growth", str(size)))]
    heads = ("people", "posts", "all pairs, millions", "listed", "objective", "proof gap", "seconds", "of processors",
             "by stage", "peak MB", "stopped by")  # fmt: skip
    rows = [
        (
            f"{mark['people']:,}", f"{mark['posts']:,}", f"{mark['people'] * mark['posts'] / 1e6:,.0f}",
            f"{mark['listed']:,}", f"{mark['objective']:,}", f"{100 * mark['gap']:.3f} %", f"{mark['seconds']:.1f}",
            f"{mark['worked']:.1f}", ", ".join(f"{stage} {took:.1f}" for stage, took in mark["stages"].items()),
            mark["peak_mb"], mark["by"],
        )
        for mark in marks
    ]  # fmt: skip
    kind = "with teams" if TEAMS else "without teams"
    return "\n\n".join(
        (
            f"{where} Planned {kind}; loops compiled before. The city of {REPORTED_IN:,} is city-74000 with everybody"
            " standing for two or three, each moved by up to a kilometre, and with as many more places.",
            markdown(heads, rows),
        )
    )


def measure(size: int) -> dict[str, Any]:
    """Plan a city of so many people and check the plan without the solver."""
    from turnout.planner.placement.effort import Effort
    from turnout.planner.placement.solve import solve

    solve(load(CITIES[0]), effort=Effort(moves_most=100, teams=TEAMS))  # compiles every loop
    name = f"city-{size}"
    problem = load(name) if name in CITIES else grown(load(CITIES[-1]), size)
    result, mark = planned(problem, Effort(teams=TEAMS))
    return mark | {
        "people": len(problem.people.ids),
        "posts": len(problem.posts.ids),
        "listed": result.counts["arcs"],
    }


def grown(problem: Any, people: int) -> Any:
    """The city with more people and as many more places, from a fixed seed."""
    old, posts = problem.people, problem.posts
    like = np.arange(people) * len(old.ids) // people
    random = np.random.default_rng(0)
    share = people / len(old.ids)

    def more(places: Any) -> Any:
        return np.diff(np.floor(np.cumsum(places) * share + 0.5), prepend=0.0).astype(np.int64)

    def near(degrees: Any) -> Any:
        return degrees[like] + random.uniform(-DEGREES_OF_A_KM, DEGREES_OF_A_KM, people)

    places = more(posts.places)
    return replace(
        problem,
        people=replace(
            old,
            ids=tuple(f"P{k:06d}" for k in range(people)),
            lon=near(old.lon),
            lat=near(old.lat),
            skill_start=np.zeros(people + 1, dtype=np.int64),
            **{
                name: getattr(old, name)[like]
                for name in ("unit", "home", "categories", "limits", "available_from", "available_until",
                             "current_post", "frozen")
            },
        ),
        posts=replace(posts, places=places, places_min=np.minimum(more(posts.places_min), places)),
    ).validated()  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
