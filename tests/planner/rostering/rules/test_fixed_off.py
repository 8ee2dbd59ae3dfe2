from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.fixed_off import FixedOff


def test_no_shift_starts_on_a_promised_day_off() -> None:
    made = problem(1, 3, rules=(FixedOff(),), off=np.array([[False, True, False]]))
    assert found(made, "E.E") == []
    assert found(made, "EEE") == [("fixed_off", "P00", 1)]
    assert best(wishing(made, "EEE")) == ["E.E"]
