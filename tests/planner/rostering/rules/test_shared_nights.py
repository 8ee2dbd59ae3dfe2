from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering import small
from tests.planner.rostering.small import best, cost, problem

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.cover import Cover


def neighbours(groups: list[int]) -> Problem:
    made = problem(3, 1, sites=2, rules=(Cover(),), site=np.array([0, 1, 1]))
    least = np.zeros_like(made.cover.least)
    least[0, 1, small.NIGHT], least[1, 1, small.NIGHT], least[1, 1, small.EARLY] = 1, 2, 1
    return replace(
        made,
        cover=replace(made.cover, least=least),
        sites=replace(made.sites, night_group=np.array(groups)),
    )


def test_a_shared_night_needs_the_most_any_neighbour_asks_and_takes_people_of_all() -> None:
    assert cost(neighbours([0, 0]), "N", "N", "E") == {"missing_min": 0, "missing_more": 0, "surplus": 0}
    assert cost(neighbours([0, 1]), "N", "N", "E") == {"missing_min": 1000, "missing_more": 0, "surplus": 0}


def test_days_are_not_shared() -> None:
    assert cost(neighbours([0, 0]), "E", "N", "N") == {"missing_min": 1000, "missing_more": 0, "surplus": 5}


def test_the_solver_uses_it() -> None:
    assert sorted(best(neighbours([0, 0]))) == ["E", "N", "N"]
    assert best(neighbours([0, 0]))[0] == "N"
