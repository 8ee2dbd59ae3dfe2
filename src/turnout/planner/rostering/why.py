"""Why a place stays empty: rules are asked in a fixed order, the first one after which no candidate is left says it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan, Roster, Uncovered
from turnout.planner.rostering.rulebook import HARD
from turnout.planner.rostering.rules.presence import present
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
        why = reason or _reason(problem, plan, cell)
        found.append(Uncovered(site, category, shift, day, least, missing, why))
    return tuple(found)


def _reason(problem: Problem, plan: Plan, cell: Cell) -> str:
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
            return word
    tried = [set(_broken_by(problem, plan, int(person), cell)) for person in left]
    for name in HARD:
        tried = [broken for broken in tried if name not in broken]
        if not tried:
            return name
    return "dearer_than_gap"


def _broken_by(problem: Problem, plan: Plan, person: int, cell: Cell) -> Iterator[str]:
    duty = plan.duty.copy()
    duty[person, cell[3]] = cell[2] * len(problem.categories) + cell[1]
    roster = Roster(problem, Plan(duty))
    for rule in problem.rules:
        if next(iter(rule.broken(roster)), None) is not None:
            yield rule.name
