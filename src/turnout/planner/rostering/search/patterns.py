"""Many blocks of one base: a pattern is found once, given to the people of each block, and mended where it must be.

Only numbers of steps decide when to end, so the same block gets the same roster in any company.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rules.handover import Handover, reliefs
from turnout.planner.rostering.search import anneal, rows
from turnout.planner.rostering.search.bounds import bound
from turnout.planner.rostering.search.tables import ROW_RULES, Small, Tables, tables_of
from turnout.planner.rostering.shapes import base_of, classes_of

_LONE = 300
"""Points for a lone night while a roster is hot: cheap enough that two people can come to share one."""
_PATTERN = (80_000, 30_000, 300.0, 20.0)
"""Steps hot, with cheap lone nights, and then cold, with dear ones; the temperatures each of the two begins at."""
_DEEPER = (600_000, 200_000, 300.0, 20.0)
"""For a pattern that keeps a place empty which perhaps need not be, twice: all its blocks would inherit the hole."""
_HOLE = 900
"""Points above the bound from which the solver is asked for a pattern: about a place below the minimum."""
_EFFORT = 1.0
"""Deterministic seconds it may take."""
_MEND = (4_000, 8_000, 60.0, 10.0)
_AGAIN = ((14_000, 6_000, 150.0, 20.0), (45_000, 15_000, 300.0, 20.0), (90_000, 30_000, 300.0, 20.0))
"""Longer and longer: the first goes on from what there is, the others begin again."""
_LEFT = 90
"""Points above the bound, and above the pattern itself, that a mended one may keep; with more (a place that stays
empty) it is tried again."""
_NO_FIT = 2_000
"""Points per day of a row on which its person may not work it."""


def fits(problem: Problem) -> bool:
    """Whether the rules are those the compiled search knows, and a day off is always allowed."""
    people = problem.people
    own = (people.least_in_row <= 1).all() and (people.least_off_in_row <= 1).all() and not people.least_minutes.any()
    handover = problem.rule("handover")
    none_leaves = not isinstance(handover, Handover) or next(reliefs(problem, handover.days), None) is None
    return bool(own) and none_leaves and all(rule.name in ROW_RULES for rule in problem.rules)


def roster_all(parts: Sequence[Problem], seed: int) -> list[tuple[Plan, int, int]]:
    """Plan, objective and bound of blocks that share one base; `fits` must hold for them."""
    base = base_of(parts[0])
    pattern, points = _pattern(base, seed)
    return [_roster(part, classes_of(base), (pattern, points), seed) for part in parts]


def _pattern(base: Problem, seed: int) -> tuple[Small, int]:
    tables, least = tables_of(base), bound(base)
    pattern, points = _two_phases(tables, _nothing(base), seed, _PATTERN, least)
    for again in (1, 2):
        if points <= least + _LEFT:
            break
        other, fewer = _two_phases(tables, _nothing(base), seed + again, _DEEPER, least)
        if fewer < points:
            pattern, points = other, fewer
    if points <= least + _HOLE:
        return pattern, points
    # Loads the solver, which few bases need.
    from turnout.planner.rostering.model import Model

    model = Model(base)
    model.hint(Plan(pattern.astype(np.int64)))
    answer = model.solve(seed=seed, effort=_EFFORT)
    return (answer.plan.duty.astype(np.int32), answer.objective) if answer.objective < points else (pattern, points)


def roster_one(part: Problem, seed: int) -> tuple[Plan, int, int]:
    """The same for a single block."""
    return roster_all([part], seed)[0]


def _roster(part: Problem, classes: list[bytes], pattern: tuple[Small, int], seed: int) -> tuple[Plan, int, int]:
    tables, least = tables_of(part), bound(part)
    start = _given(part, tables, classes, pattern[0])
    duty, points = _two_phases(tables, start, seed, _MEND, least)
    for round_, steps in enumerate(_AGAIN):
        if points <= max(least, pattern[1]) + _LEFT:
            break
        other, fewer = _two_phases(tables, start if round_ else duty, seed + round_ + 1, steps, least)
        if fewer < points:
            duty, points = other, fewer
    if anneal.send_home_the_lone(tables, duty):
        points = anneal.energy(tables, duty)
    return Plan(duty.astype(np.int64)), int(points), least


def _two_phases(
    tables: Tables, start: Small, seed: int, steps: tuple[int, int, float, float], least: int
) -> tuple[Small, int]:
    hot, cold, first, then = steps
    warm, _ = anneal.anneal(tables, start, seed, hot, first, then, least, _LONE)
    duty, points = anneal.anneal(tables, warm, seed, cold, then, 1.0, least)
    return duty, int(points)


def _nothing(problem: Problem) -> Small:
    return np.full((len(problem.people.ids), problem.days), OFF, np.int32)


def _given(part: Problem, tables: Tables, classes: list[bytes], pattern: Small) -> Small:
    """The pattern's rows to the people of the same class so that fit, wishes and load cost least; what still does not
    fit is left out."""
    people, days = _by_class(classes_of(part)), np.arange(part.days)
    duty = _nothing(part)
    shift = np.where(pattern == OFF, OFF, pattern // max(tables.categories, 1))
    load = np.append(tables.load, 0)[shift].sum(axis=1)
    for own, free in _by_class(classes).items():
        members = people[own]
        given = pattern[free]
        fine = tables.allowed[np.array(members)[:, None, None], days, given] | (given == OFF)
        points = _NO_FIT * (fine == 0).sum(axis=2)
        points = points + tables.wish[np.array(members)[:, None, None], days, shift[free] + 1].sum(axis=2)
        away = np.abs(load[free] - tables.share[members][:, None])
        points = points + tables.unfair * (away + 2 * np.maximum(away - tables.near, 0))
        for row, column in zip(*linear_sum_assignment(points), strict=True):
            duty[members[row]] = np.where(fine[row, column], given[column], OFF)
    known = tables.past.shape[1]
    for person in range(len(duty)):
        worked = np.where(duty[person] == OFF, OFF, duty[person] // max(tables.categories, 1))
        whole = np.concatenate([tables.past[person], worked]).astype(np.int32)
        if known + part.days and not rows.allowed(tables, person, whole):
            duty[person] = OFF
    return duty


def _by_class(classes: Sequence[bytes]) -> dict[bytes, list[int]]:
    grouped: dict[bytes, list[int]] = defaultdict(list)
    for person, own in enumerate(classes):
        grouped[own].append(person)
    return grouped
