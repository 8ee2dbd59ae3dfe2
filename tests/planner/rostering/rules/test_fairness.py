from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering import small
from tests.planner.rostering.small import best, cost, problem

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.rules.cover import Cover
from turnout.planner.rostering.rules.fairness import Fairness, fair_shares, poured, shift_loads


def asked(people: int, days: int, before: list[int]) -> Problem:
    made = problem(people, days, rules=(Cover(), Fairness(1, 15)), load_before=np.array(before))
    want = np.zeros_like(made.cover.want)
    want[0, 1, small.EARLY] = 1
    return replace(made, cover=replace(made.cover, want=want))


def test_a_night_counts_one_and_a_half() -> None:
    assert shift_loads(small.shifts(), 15).tolist() == [16, 16, 24]


def test_water_finds_its_level_and_stops_at_lids() -> None:
    assert poured(np.array([0, 10, 0]), np.array([99, 99, 99]), 20).tolist() == [10, 0, 10]
    assert poured(np.array([0, 10, 0]), np.array([99, 99, 4]), 24).tolist() == [15, 5, 4]
    assert poured(np.array([0, 0]), np.array([5, 5]), 99).tolist() == [5, 5]
    assert poured(np.zeros(0, np.int64), np.zeros(0, np.int64), 9).tolist() == []


def test_who_already_did_more_gets_less() -> None:
    made = asked(2, 4, [32, 0])
    assert fair_shares(made, 15).tolist() == [19, 45]
    assert cost(made, "E...", ".EEE")["fairness"] == 3 + 3
    assert cost(made, "EE..", "..EE")["fairness"] == 13 + 13
    assert best(made)[0].count("E") == 1


def test_what_lies_beyond_one_shift_costs_three_times() -> None:
    made = replace(asked(1, 4, [0]), cover=problem(1, 4).cover)
    assert cost(made, "E...")["fairness"] == 16
    assert cost(made, "EE..")["fairness"] == 16 + 3 * 16
