"""Problems at the edge: nobody at all, one person, nobody who can, prices of a million points, a stop at any moment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.planner.rostering import small
from tests.planner.rostering.test_columns import contract
from tests.planner.rostering.test_solve import brute_force

from turnout.planner.placement.stop import Stopped
from turnout.planner.rostering.check import check
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rulebook import Settings
from turnout.planner.rostering.solve import Params, solve


def asking(people: int, days: int, least: int = 1, **changed: object) -> Problem:
    """City rules; the site asks for so many early `general` every day."""
    made = small.problem(people, days, rules=Settings().rules(), shifts=small.late_nights(), **changed)
    table = np.zeros_like(made.cover.least)
    table[0, 1, small.EARLY] = least
    return replace(made, cover=replace(made.cover, least=table, want=table, open=table > 0))


def test_a_site_without_people_stays_empty_with_proof() -> None:
    result = solve(asking(0, 3))
    assert [(one.day, one.missing_min, one.reason, one.fix) for one in result.reasons] == [
        (day, 1, "none_in_category", "call_more") for day in range(3)
    ]
    assert (result.score.objective, result.bound, result.stopped_by) == (3000, 3000, "proof")


def test_people_of_whom_nothing_is_asked_stay_at_home() -> None:
    made = small.problem(3, 5, rules=Settings().rules())
    result = solve(made)
    assert (result.plan.duty == OFF).all()
    assert (result.reasons, result.score.objective, result.stopped_by) == ((), 0, "proof")


def test_one_person_works_what_one_person_can() -> None:
    result = solve(asking(1, 7))
    # Forty hours in seven days: five of the seven.
    assert int((result.plan.duty != OFF).sum()) == 5
    assert (result.score.broken, result.score.parts["missing_min"]) == ((), 2000)
    assert {one.reason for one in result.reasons} == {"rolling_hours"}


def test_where_everybody_is_off_the_reason_and_the_fix_say_so() -> None:
    result = solve(asking(2, 3, off=np.ones((2, 3), np.bool_)))
    assert {(one.reason, one.fix, one.person) for one in result.reasons} == {("fixed_off", "ask_day_off", 0)}
    assert (result.plan.duty == OFF).all()
    assert result.stopped_by == "proof"


def test_a_place_left_empty_on_purpose_names_who_could_take_it_and_for_how_much() -> None:
    dear = np.zeros((1, 1, 3), np.int64)
    dear[0, 0, small.EARLY] = 400
    made = asking(1, 1, wish_off=dear)
    result = solve(made)
    assert [(one.reason, one.fix, one.person) for one in result.reasons] == [("dearer_than_gap", "place", 0)]
    placed = check(made, small.plan("E"))
    assert result.reasons[0].points == placed.objective - result.score.objective > 0


def test_a_million_points_for_an_empty_place_do_not_overflow() -> None:
    made = asking(3, 4, least=2)
    cover = replace(made.cover, below_least=made.cover.below_least * 1000, below_want=made.cover.below_want * 1000)
    result = solve(replace(made, cover=cover))
    assert result.score.parts["missing_min"] == 0
    short = solve(replace(asking(1, 4, least=2), cover=cover))
    assert short.score.objective >= short.bound >= 4_000_000
    assert short.score.broken == ()


@pytest.mark.parametrize("seed", range(2000, 2020))
def test_the_whole_way_through_finds_the_best_of_all_tiny_rosters(seed: int) -> None:
    made = small.random_problem(seed, people=2, days=3)
    result = solve(made, params=Params(effort=5))
    best = brute_force(made)
    assert result.bound <= best == result.score.objective
    assert result.score.broken == ()


@pytest.mark.parametrize("after", range(0, 60, 7))
def test_a_stop_at_any_moment_leaves_a_roster_with_a_bound_that_holds(after: int) -> None:
    made = contract(8, people=5, days=14)
    whole = solve(made, params=Params(parts=10))
    asked = 0

    def stop() -> Stopped | None:
        nonlocal asked
        asked += 1
        return "time_limit" if asked > after else None

    result = solve(made, params=Params(parts=10), stop=stop)
    assert result.score.broken == ()
    assert check(made, Plan(result.plan.duty)).objective == result.score.objective
    assert result.bound <= whole.score.objective <= result.score.objective
    assert result.stopped_by in ("time_limit", "proof")


def test_contract_rules_with_nobody_to_work() -> None:
    made = contract(1, people=0, days=5)
    result = solve(made)
    assert result.plan.duty.shape == (0, 5)
    asked = made.cover.want * made.cover.below_want
    assert result.score.objective == int(asked.sum())
    assert result.stopped_by == "proof"
