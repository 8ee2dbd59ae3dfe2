"""Solver against checker, on random problems with every rule, and against brute force on tiny ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.planner.rostering import small

from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan


@pytest.mark.parametrize("seed", range(60))
def test_checker_and_solver_agree_on_random_problems_with_every_rule(seed: int) -> None:
    problem = small.random_problem(seed, people=8, days=8)
    answer = Model(problem).solve(seed=0, effort=5)
    score = check(problem, answer.plan)
    assert score.broken == ()
    assert score.objective == answer.objective
    assert answer.bound <= score.objective


@pytest.mark.parametrize("seed", range(1000, 1040))
def test_no_plan_at_all_beats_the_solver_on_a_tiny_problem(seed: int) -> None:
    problem = small.random_problem(seed, people=2, days=3)
    best = brute_force(problem)
    answer = Model(problem).solve(seed=0, effort=5)
    assert (answer.objective, answer.bound) == (best, pytest.approx(best))


def brute_force(problem: Problem) -> int:
    """The least objective among all plans that break nothing."""
    cells = [
        [OFF, *(duty for duty in range(problem.duties) if _open(problem, person, day, duty))]
        for person in range(len(problem.people.ids))
        for day in range(problem.days)
    ]
    shape = (len(problem.people.ids), problem.days)
    scores = (check(problem, Plan(np.array(duties, np.int64).reshape(shape))) for duties in product(*cells))
    return min(score.objective for score in scores if not score.broken)


def _open(problem: Problem, person: int, day: int, duty: int) -> bool:
    # Only to keep the product small: what one cell alone breaks, no plan can mend.
    lone = np.full((len(problem.people.ids), problem.days), OFF)
    lone[person, day] = duty
    return not [broken for broken in check(problem, Plan(lone)).broken if broken.rule in ("category", "fixed_off")]
