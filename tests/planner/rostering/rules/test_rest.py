from __future__ import annotations

from tests.planner.rostering import small
from tests.planner.rostering.small import best, found, past, problem, wishing

from turnout.planner.rostering.rules.rest import Rest


def test_eight_hours_between_late_and_early_are_too_few() -> None:
    made = problem(1, 3, rules=(Rest(11 * 60),))
    assert found(made, "LE.") == [("rest", "P00", 1)]
    assert found(made, "L.E") == []
    assert len(best(wishing(made, "LE."))[0].replace(".", "")) == 1


def test_rest_is_counted_from_the_end_of_a_night_that_runs_into_the_morning() -> None:
    made = problem(1, 3, rules=(Rest(11 * 60),), shifts=small.late_nights())
    assert found(made, "NL.") == [("rest", "P00", 1)]
    assert found(made, "NN.") == []


def test_exactly_the_hours_asked_for_are_enough() -> None:
    assert found(problem(1, 2, rules=(Rest(8 * 60),)), "LE") == []


def test_the_last_shift_before_the_roster_counts() -> None:
    made = problem(1, 2, rules=(Rest(11 * 60),), past=past("L"))
    assert found(made, "E.") == [("rest", "P00", 0)]
    assert best(wishing(made, "E.")) == [".."]


def test_what_was_too_soon_in_the_past_is_past() -> None:
    assert found(problem(1, 2, rules=(Rest(11 * 60),), past=past("LE")), "..") == []
