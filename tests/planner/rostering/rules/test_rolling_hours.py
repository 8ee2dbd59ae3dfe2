from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.planner.rostering import small
from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.problem import DAY, OFF, Problem
from turnout.planner.rostering.rules.rolling_hours import RollingHours


def test_five_shifts_in_seven_days_are_forty_hours_and_six_are_too_many() -> None:
    made = problem(1, 9, rules=(RollingHours(((7 * DAY, 40 * 60),)),))
    assert found(made, "EEEEE..EE") == []
    assert found(made, "EEEEE.E..") == [("rolling_hours", "P00", 0)]
    assert best(wishing(made, "EEEEEEEEE"))[0].count("E") == 7


def test_a_window_may_begin_at_any_minute() -> None:
    # Late ends at midnight and the night begins there: sixteen hours within no calendar day.
    made = problem(1, 2, rules=(RollingHours(((DAY, 12 * 60),)),))
    assert found(made, "LN") == [("rolling_hours", "P00", 0)]
    assert found(made, "EN") == [("rolling_hours", "P00", 0)]
    assert found(made, "EL") == []


def test_hours_before_the_roster_count_but_are_no_fault_by_themselves() -> None:
    made = problem(1, 2, rules=(RollingHours(((7 * DAY, 40 * 60),)),), past=past("EEEEEE"))
    assert found(made, "..") == []
    assert found(made, "E.") == [("rolling_hours", "P00", 0)]
    assert best(wishing(made, "EE")) == [".."]


@pytest.mark.parametrize(("length", "most"), [(DAY, 600), (36 * 60, 16 * 60 + 1), (20 * 60, 480)])
@pytest.mark.parametrize("late", [False, True])
def test_no_minute_is_overlooked(length: int, most: int, late: bool) -> None:
    shifts = small.late_nights() if late else small.shifts(minutes=np.array([540, 480, 600]))
    made = problem(1, 3, rules=(RollingHours(((length, most),)),), shifts=shifts)
    for row in ("".join(letters) for letters in product(".ELN", repeat=3)):
        assert bool(found(made, row)) == (most_by_the_minute(made, row, length) > most), row


def most_by_the_minute(made: Problem, row: str, length: int) -> int:
    at_work = np.zeros(6 * DAY, np.int64)
    for day, letter in enumerate(row):
        shift = ".ELN".index(letter) - 1
        if shift != OFF:
            begin = day * DAY + int(made.shifts.starts[shift])
            at_work[begin : begin + int(made.shifts.minutes[shift])] = 1
    sums = np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(length, np.int64), at_work]))])
    return int((sums[length:] - sums[:-length]).max())
