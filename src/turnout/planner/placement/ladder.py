"""The fairness ladder: what a cap on everybody's travel would cost in places, rung by rung.

Each rung takes those beyond the cap from their posts, lists what is cheapest for them under the cap, and mends the plan
of the rung above by chains of moves, so that a rung costs the time of the people it touches. The chains use the listed
pairs, so that a rung may lose a few places less than it says: "at most".
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from turnout.planner.placement import amounts, pricing, repair
from turnout.planner.placement.arcs import Arcs, joined
from turnout.planner.placement.city import Array, City, pack
from turnout.planner.placement.params import NO_CAP
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Plan, Rung
from turnout.planner.placement.stop import Stop, never

RUNGS = (900, 600, 450, 300)
"""Caps in tenths of a minute, from high to low."""
EACH = 20
"""Posts listed anew, under the cap, for everybody beyond it."""


def ladder(
    problem: Problem, index: pricing.Index, listed: Arcs, plan: Array, price: Array, *, stop: Stop = never,
    workers: int = 2,
) -> tuple[Rung, ...]:  # fmt: skip
    """The rungs for a plan without a broken rule, at the prices of its posts; ends early once `stop()` says so."""
    blind = problem.without_teams()
    rungs = []
    now, prices = plan, price
    travel, _ = amounts.of_people(blind, Plan(plan))
    missing = _missing(blind, plan)
    for cap in RUNGS:
        if stop() is not None:
            break
        over = travel > cap
        capped = blind
        if blind.params.travel_cap == NO_CAP or cap < blind.params.travel_cap:
            capped = replace(blind, params=replace(blind.params, travel_cap=cap))
        present, _ = amounts.of_people(blind, Plan(now))
        leaves = (present > cap) & (now >= 0) & ~problem.people.frozen
        if leaves.any():
            city = pack(capped)
            listed = _with_nearer(city, index, listed, leaves, prices, workers)
            board = repair.board(city, listed, np.where(leaves, -1, now), prices)
            repair.mend(board, np.flatnonzero(leaves), stop=stop)
            now, prices = board.standing.plan, board.price
        lost = _missing(blind, now)
        longest, _ = amounts.of_people(blind, Plan(now))
        rungs.append(
            Rung(cap, int(over.sum()), lost[0] - missing[0], lost[1] - missing[1], int(longest.max(initial=0)))
        )
    return tuple(rungs)


def _with_nearer(city: City, index: pricing.Index, listed: Arcs, who: Array, price: Array, workers: int) -> Arcs:
    limits = np.where(who, pricing.NO_ARC, -pricing.NO_ARC)
    found = pricing.scan(city, index, price, np.zeros(len(city.quota)), limits, EACH, workers)
    return joined(city, listed, found)


def _missing(problem: Problem, plan: Array) -> tuple[int, int]:
    filled = np.bincount(plan[plan >= 0], minlength=len(problem.posts.ids))
    posts = problem.posts
    return int((posts.places - filled).sum()), int(np.maximum(posts.places_min - filled, 0).sum())
