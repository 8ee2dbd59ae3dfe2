from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering import small
from tests.planner.rostering.small import best, cost, problem

from turnout.planner.rostering.rules.cover import Cover


def test_each_missing_and_each_surplus_person_has_a_price() -> None:
    made = problem(3, 1, rules=(Cover(),))
    least, want = made.cover.least.copy(), made.cover.want.copy()
    least[0, 1, small.EARLY], want[0, 1, small.EARLY] = 1, 3
    made = replace(made, cover=replace(made.cover, least=least, want=want))
    assert cost(made, ".", ".", ".") == {"missing_min": 1000, "missing_more": 200, "surplus": 0}
    assert cost(made, "E", ".", ".") == {"missing_min": 0, "missing_more": 200, "surplus": 0}
    assert cost(made, "E", "E", "L") == {"missing_min": 0, "missing_more": 100, "surplus": 5}
    assert best(made) == ["E", "E", "E"]


def test_a_want_below_the_least_counts_as_the_least() -> None:
    made = problem(1, 1, rules=(Cover(),))
    made = replace(made, cover=replace(made.cover, least=np.ones_like(made.cover.least)))
    assert cost(made, ".") == {"missing_min": 9000, "missing_more": 0, "surplus": 0}
