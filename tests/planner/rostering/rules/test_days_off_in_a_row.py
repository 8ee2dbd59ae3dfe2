from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.days_off_in_a_row import DaysOffInARow


def test_a_single_day_off_is_broken_unless_it_touches_an_edge() -> None:
    made = problem(1, 5, rules=(DaysOffInARow(),), least_off_in_row=np.array([2]))
    assert found(made, "EE.EE") == [("days_off_in_a_row", "P00", 2)]
    assert found(made, ".EEE.") == []
    assert found(made, "E..EE") == []
    assert best(wishing(made, "EE.EE")) == ["EEEEE"]
