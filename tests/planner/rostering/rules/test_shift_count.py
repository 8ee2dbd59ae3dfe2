from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.shift_count import ShiftCount


def test_a_kind_of_shift_may_be_rationed() -> None:
    made = problem(1, 4, rules=(ShiftCount(),), most_of_shift=np.array([[9, 9, 1]]))
    assert found(made, "NLEL") == []
    assert found(made, "N.N.") == [("shift_count", "P00", 0)]
    assert best(wishing(made, "NN.."))[0].count("N") == 1
