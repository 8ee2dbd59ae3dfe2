"""Solver against checker, on random problems with every rule, and against brute force on tiny ones."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from tests.planner.rostering import small

from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rulebook import Settings
from turnout.planner.rostering.search import patterns


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


@pytest.mark.parametrize("size", [(1, 4), (2, 2)], ids=["one person", "two people"])
@pytest.mark.parametrize("seed", range(3000, 3004))
@pytest.mark.parametrize("name", [rule.name for rule in Settings().rules()])
def test_each_rule_alone_means_the_same_to_the_checker_the_solver_and_the_search(
    name: str, seed: int, size: tuple[int, int]
) -> None:
    whole = small.random_problem(seed, people=size[0], days=size[1])
    problem = replace(whole, rules=tuple(rule for rule in whole.rules if rule.name in ("category", name, "cover")))
    best = brute_force(problem)
    answer = Model(problem).solve(seed=0, effort=5)
    assert check(problem, answer.plan).broken == ()
    assert (answer.objective, answer.bound) == (best, pytest.approx(best))
    if patterns.fits(problem) and size[0] == 2:
        plan, points, least = patterns.roster_one(problem, 0)
        score = check(problem, plan)
        assert (score.broken, score.objective) == ((), points)
        assert least <= best <= points


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
