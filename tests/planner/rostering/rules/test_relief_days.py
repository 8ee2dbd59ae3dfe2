from __future__ import annotations

import numpy as np
from tests.planner.rostering import small
from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.relief_days import ReliefDays

WORKER = 1 << small.CATEGORIES.index("community_worker")


def worker(days: int = 5, **changed: object) -> Problem:
    return problem(1, days, rules=(ReliefDays(1, 3),), categories=np.array([WORKER]), **changed)  # type: ignore[arg-type]


def test_a_community_worker_gets_a_whole_day_off_among_any_three() -> None:
    assert found(worker(), "EE.EE") == []
    assert found(worker(), "EEE.E") == [("relief_days", "P00", 0)]
    assert best(wishing(worker(), "EEEEE"))[0].count("E") == 4


def test_a_night_that_runs_into_the_morning_spoils_the_day_off() -> None:
    made = worker(4, shifts=small.late_nights())
    assert found(made, "EN.E") == [("relief_days", "P00", 0), ("relief_days", "P00", 1)]
    assert best(wishing(made, "EN.E")) != ["EN.E"]


def test_others_are_not_meant() -> None:
    made = problem(1, 5, rules=(ReliefDays(1, 3),))
    assert found(made, "EEEEE") == []


def test_days_before_the_roster_count() -> None:
    assert found(worker(past=past("EE")), "E....") == [("relief_days", "P00", 0)]
    assert best(wishing(worker(past=past("EE")), "E....")) == ["....."]
