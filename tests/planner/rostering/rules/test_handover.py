from __future__ import annotations

import numpy as np
from tests.planner.rostering.small import best, cost, problem

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.handover import Handover
from turnout.planner.rostering.rules.presence import Presence


def relief(arrives: int) -> Problem:
    rules = (Presence(), Handover(2, 300))
    return problem(2, 6, rules=rules, arrives=np.array([0, arrives]), leaves=np.array([4, 6]))


def test_those_who_leave_and_those_who_came_work_one_shift_together() -> None:
    assert cost(relief(3), "...E..", "...E..") == {"handover": 0}
    assert cost(relief(3), "...E..", "...L..") == {"handover": 300}
    assert cost(relief(3), "E.....", "......") == {"handover": 300}
    leaving, came = best(relief(3))
    assert leaving[3] == came[3] != "."


def test_a_meeting_long_before_is_no_hand_over() -> None:
    assert cost(relief(1), ".E....", ".E....") == {"handover": 300}
    assert cost(relief(1), "..E...", "..E...") == {"handover": 0}


def test_nothing_is_asked_where_nobody_came() -> None:
    assert cost(relief(0), "E.....", "......") == {"handover": 0}


def test_who_comes_on_the_day_they_leave_comes_too_late() -> None:
    assert cost(relief(4), "...E..", "....E.") == {"handover": 300}
