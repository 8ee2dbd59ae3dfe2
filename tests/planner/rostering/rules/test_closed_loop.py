from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.problem import Problem, Sites
from turnout.planner.rostering.rules.closed_loop import ClosedLoop

CLOSED = Sites(("S0",), np.array([True]), np.array([0]))


def hotel(days: int = 7, **changed: object) -> Problem:
    return problem(1, days, rules=(ClosedLoop(3, 2),), sites=1, **changed)  # type: ignore[arg-type]


def closed(days: int = 7, **changed: object) -> Problem:
    return replace(hotel(days, **changed), sites=CLOSED)


def test_a_stay_is_so_many_days_and_then_so_many_away() -> None:
    assert found(closed(), "EEE..EE") == []
    assert found(closed(), "EEE.E..") == [("closed_loop", "P00", 4)]
    assert found(closed(), "E.EE...") == [("closed_loop", "P00", 3)]
    assert best(wishing(closed(), "EEEEEEE"))[0].count("E") == 5


def test_an_open_site_knows_no_stays() -> None:
    assert found(hotel(), "EEEEEEE") == []


def test_a_stay_that_began_before_the_roster_goes_on() -> None:
    made = closed(4, past=past("EE"))
    assert found(made, "E...") == []
    assert found(made, "EE..") == [("closed_loop", "P00", 1)]
    assert found(made, ".E..") == [("closed_loop", "P00", 1)]
    assert best(wishing(made, "EEEE")) == ["E..E"]
