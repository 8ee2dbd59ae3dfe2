from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.presence import Presence


def test_nobody_works_before_arriving_or_after_leaving() -> None:
    made = problem(1, 4, rules=(Presence(),), arrives=np.array([1]), leaves=np.array([3]))
    assert found(made, ".EE.") == []
    assert found(made, "EEEE") == [("presence", "P00", 0), ("presence", "P00", 3)]
    assert best(wishing(made, "EEEE")) == [".EE."]
