from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering import small
from tests.planner.rostering.small import best, cost, problem

from turnout.planner.rostering.rules.wishes import Wishes


def test_each_wish_that_is_not_met_costs_its_weight() -> None:
    made = problem(1, 2, rules=(Wishes(10),))
    on, off = np.zeros_like(made.people.wish_on), np.zeros_like(made.people.wish_off)
    on[0, 0, small.EARLY], off[0, 1, small.LATE] = 3, 2
    made = replace(made, people=replace(made.people, wish_on=on, wish_off=off))
    assert cost(made, "E.") == {"wishes": 0}
    assert cost(made, "LL") == {"wishes": 50}
    assert cost(made, ".E") == {"wishes": 30}
    assert best(made)[0][0] == "E"
    assert best(made)[0][1] != "L"
