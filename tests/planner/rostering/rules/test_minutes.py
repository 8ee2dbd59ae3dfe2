from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.minutes import Minutes


def test_the_total_lies_between_the_contract_limits() -> None:
    made = problem(1, 4, rules=(Minutes(),), least_minutes=np.array([960]), most_minutes=np.array([1440]))
    assert found(made, "E...") == [("minutes", "P00", 0)]
    assert found(made, "EE..") == []
    assert found(made, "EEEE") == [("minutes", "P00", 0)]
    assert best(wishing(made, "EEEE"))[0].count("E") == 3
    assert 4 - best(wishing(made, "...."))[0].count(".") >= 2
