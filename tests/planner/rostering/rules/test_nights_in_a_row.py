from __future__ import annotations

from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.rules.nights_in_a_row import NightsInARow


def test_the_third_night_in_a_row_is_one_too_many_days_are_not_counted() -> None:
    made = problem(1, 5, rules=(NightsInARow(2),))
    assert found(made, "NNEEE") == []
    assert found(made, "NNNE.") == [("nights_in_a_row", "P00", 2)]
    assert best(wishing(made, "NNN.."))[0].count("N") == 2


def test_nights_before_the_roster_count() -> None:
    made = problem(1, 2, rules=(NightsInARow(2),), past=past("NN"))
    assert found(made, "N.") == [("nights_in_a_row", "P00", 0)]
    assert best(wishing(made, "NN")) == [".N"]
