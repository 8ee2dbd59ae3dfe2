from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.rules.shifts_in_a_row import ShiftsInARow


def test_the_fourth_day_in_a_row_is_one_too_many() -> None:
    made = problem(1, 5, rules=(ShiftsInARow(3),))
    assert found(made, "ELE.E") == []
    assert found(made, "EEEE.") == [("shifts_in_a_row", "P00", 3)]
    assert best(wishing(made, "EEEEE"))[0].count("E") == 4


def test_a_contract_may_ask_for_less() -> None:
    made = problem(2, 3, rules=(ShiftsInARow(3),), most_in_row=np.array([2, 9]))
    assert found(made, "EEE", "EEE") == [("shifts_in_a_row", "P00", 2)]


def test_days_before_the_roster_count() -> None:
    made = problem(1, 3, rules=(ShiftsInARow(3),), past=past("EE"))
    assert found(made, "EE.") == [("shifts_in_a_row", "P00", 1)]
    assert best(wishing(made, "EE."))[0].count("E") == 1


def test_a_short_run_is_broken_unless_it_touches_an_edge() -> None:
    made = problem(1, 5, rules=(ShiftsInARow(),), least_in_row=np.array([2]))
    assert found(made, "..E..") == [("shifts_in_a_row", "P00", 2)]
    assert found(made, "E...E") == []
    assert found(made, ".EE..") == []
    assert best(wishing(made, "..E..")) != ["..E.."]
