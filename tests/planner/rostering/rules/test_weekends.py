from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.weekends import Weekends


def test_a_weekend_counts_once_whether_one_day_is_worked_or_both() -> None:
    made = problem(1, 14, rules=(Weekends(),), most_weekends=np.array([1]))
    assert found(made, ".....EE.......") == []
    assert found(made, ".....E.......E") == [("weekends", "P00", 0)]
    assert best(wishing(made, ".....EE.....E.")) == [".....EE......."]
