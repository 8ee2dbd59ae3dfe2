from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.planner.rostering.small import best, found, problem, wishing

from turnout.planner.rostering.rules.night_pairs import NightPairs


def test_nobody_is_alone_at_night() -> None:
    made = problem(2, 2, rules=(NightPairs(2),))
    assert found(made, "NE", ".E") == [("night_pairs", "S0", 0)]
    assert found(made, "N.", "N.") == []
    assert found(made, "E.", "..") == []
    assert [row[0] for row in best(wishing(made, "N.", ".."))] == ["N", "N"]


def test_two_of_two_sites_that_share_their_nights_are_a_pair() -> None:
    apart = problem(2, 1, sites=2, rules=(NightPairs(2),), site=np.array([0, 1]))
    assert found(apart, "N", "N") == [("night_pairs", "S0", 0), ("night_pairs", "S1", 0)]
    assert found(replace(apart, sites=replace(apart.sites, night_group=np.array([0, 0]))), "N", "N") == []
