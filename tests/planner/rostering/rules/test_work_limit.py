from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.problem import LIMITS, Problem
from turnout.planner.rostering.rules.work_limit import WorkLimit


def limited(word: str) -> Problem:
    made = problem(1, 3, rules=(WorkLimit(),), limits=np.array([1 << LIMITS.index(word)]))
    return replace(made, shifts=replace(made.shifts, heavy=np.array([True, False, False])))


@pytest.mark.parametrize(
    ("word", "days"), [("no_night", [2]), ("no_suit", [0]), ("light", [0]), ("no_stairs", []), ("no_closed", [])]
)
def test_a_limit_rules_out_its_shifts_and_no_others(word: str, days: list[int]) -> None:
    made = limited(word)
    assert found(made, "ELN") == [("work_limit", "P00", day) for day in days]
    assert best(wishing(made, "ELN")) == ["".join("." if day in days else "ELN"[day] for day in range(3))]


def test_who_does_not_go_into_closed_areas_has_no_shift_in_a_closed_site() -> None:
    made = limited("no_closed")
    closed = replace(made, sites=replace(made.sites, closed=np.array([True])))
    assert found(closed, "EL.") == [("work_limit", "P00", 0), ("work_limit", "P00", 1)]
    assert best(wishing(closed, "EL.")) == ["..."]
