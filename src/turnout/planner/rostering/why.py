"""Why a place stays empty: rules are asked in a fixed order, the first one after which no candidate is left says it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.check import check
from turnout.planner.rostering.problem import OFF, Ints, Problem
from turnout.planner.rostering.result import Fix, Plan, Roster, Uncovered
from turnout.planner.rostering.rulebook import HARD
from turnout.planner.rostering.rules.fixed_off import FixedOff
from turnout.planner.rostering.rules.presence import present
from turnout.planner.rostering.rules.rule import Rule
from turnout.planner.rostering.rules.work_limit import WorkLimit

Cell = tuple[int, int, int, int]
"""Site, category, shift, day."""


def uncovered(problem: Problem, plan: Plan, reason: str | None = None) -> tuple[Uncovered, ...]:
    """Every place that stays empty, sorted by site, category, shift and day; `reason` is given where nothing was
    tried. Meant for one block: each answer tries the rules on all of its people."""
    asked, there = problem.asked, Roster(problem, plan).counts
    full = np.maximum(asked.want, asked.least)
    found = []
    for site, category, shift, day in np.argwhere(there < full).tolist():
        cell = site, category, shift, day
        least, missing = max(int(asked.least[cell] - there[cell]), 0), int(full[cell] - there[cell])
        if reason:
            found.append(Uncovered(site, category, shift, day, least, missing, reason))
            continue
        why, candidates = _reason(problem, plan, cell)
        fix, person, points = _fix(problem, plan, cell, candidates)
        found.append(Uncovered(site, category, shift, day, least, missing, why, fix, person, points))
    return tuple(found)


def _reason(problem: Problem, plan: Plan, cell: Cell) -> tuple[str, Ints]:
    """The reason, and whom nothing forbids (only where that is so)."""
    _, category, shift, day = cell
    left = np.nonzero(problem.fills[:, category] & (problem.counted_at[:, shift] == cell[0]))[0]
    limit = np.broadcast_to(WorkLimit().allows(problem)[:, 0, shift], (len(problem.people.ids),))
    for word, fine in (
        ("none_in_category", np.ones(len(limit), np.bool_)),
        ("work_limit", limit),
        ("absent", present(problem)[:, day]),
        ("fixed_off", ~problem.people.off[:, day]),
        ("on_another_shift", plan.duty[:, day] == OFF),
    ):
        left = left[fine[left]]
        if not len(left):
            return word, left
    tried = {int(person): set(_broken_by(problem, plan, int(person), cell)) for person in left}
    for name in HARD:
        tried = {person: broken for person, broken in tried.items() if name not in broken}
        if not tried:
            return name, left[:0]
    return "dearer_than_gap", np.array(sorted(tried), np.int64)


_ONE_RULE: dict[str, Fix] = {"fixed_off": "ask_day_off", "work_limit": "lift_limit"}
_SINGLE: dict[str, Rule] = {"fixed_off": FixedOff(), "work_limit": WorkLimit()}
"""Rules that one person may be asked to set aside; rest and hours are nobody's to give away."""


def _fix(problem: Problem, plan: Plan, cell: Cell, people: Ints) -> tuple[Fix, int, int]:
    """What to do first about an empty place, whom it is about, and its price."""
    if len(people):
        before = check(problem, plan).objective
        prices = [(check(problem, Plan(_placed(problem, plan, one, cell))).objective, one) for one in people.tolist()]
        after, person = min(prices)
        return "place", person, after - before
    _, category, shift, day = cell
    near = problem.fills[:, category] & (problem.counted_at[:, shift] == cell[0]) & (plan.duty[:, day] == OFF)
    for rule, fix in _ONE_RULE.items():
        ruled_out = near & ~np.broadcast_to(_SINGLE[rule].allows(problem), problem.allowed.shape)[:, day, shift]
        for person in np.flatnonzero(ruled_out).tolist():
            if set(_broken_by(problem, plan, person, cell)) <= {rule}:
                return fix, person, 0
    return "call_more", -1, 0


def _broken_by(problem: Problem, plan: Plan, person: int, cell: Cell) -> Iterator[str]:
    roster = Roster(problem, Plan(_placed(problem, plan, person, cell)))
    for rule in problem.rules:
        if next(iter(rule.broken(roster)), None) is not None:
            yield rule.name


def _placed(problem: Problem, plan: Plan, person: int, cell: Cell) -> Ints:
    duty = plan.duty.copy()
    duty[person, cell[3]] = cell[2] * len(problem.categories) + cell[1]
    return duty
