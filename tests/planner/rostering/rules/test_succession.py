from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.succession import Succession


def listed(**changed: object) -> Problem:
    made = problem(1, 3, rules=(Succession(),), **changed)  # type: ignore[arg-type]
    after_late = np.array([[False] * 3, [True, False, False], [False] * 3])
    return replace(made, shifts=replace(made.shifts, cannot_follow=after_late))


def test_a_listed_pair_of_days_is_broken_the_other_way_round_is_not() -> None:
    assert found(listed(), "LE.") == [("succession", "P00", 1)]
    assert found(listed(), "EL.") == []
    assert found(listed(), "L.E") == []
    assert best(wishing(listed(), "LEE")) != ["LEE"]


def test_the_last_day_before_the_roster_counts() -> None:
    assert found(listed(past=past("L")), "E..") == [("succession", "P00", 0)]
    assert best(wishing(listed(past=past("L")), "E..")) == ["..."]
