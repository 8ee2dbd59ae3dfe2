from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.heavy_rest import HeavyRest


def suited(minutes: int) -> Problem:
    made = problem(1, 4, rules=(HeavyRest(9 * 60, 36 * 60),))
    heavy = replace(made.shifts, heavy=np.array([True, False, False]), minutes=np.array([minutes, 480, 480]))
    return replace(made, shifts=heavy)


def test_after_nine_hours_in_a_suit_the_rest_is_forced() -> None:
    made = suited(9 * 60)
    assert found(made, "EE..") == [("heavy_rest", "P00", 1)]
    assert found(made, "E.E.") == []
    assert best(wishing(made, "E.N.")) != ["E.N."]
    assert found(made, "E.N.") == [("heavy_rest", "P00", 2)]


def test_a_shorter_one_and_a_light_one_force_none() -> None:
    assert found(suited(8 * 60), "EEEE") == []
    assert found(suited(9 * 60), "LLLL") == []


def test_the_suit_is_remembered_over_a_light_shift_in_between() -> None:
    made = replace(suited(9 * 60), rules=(HeavyRest(9 * 60, 60 * 60),))
    assert found(made, "ELE.") == [("heavy_rest", "P00", 1), ("heavy_rest", "P00", 2)]
