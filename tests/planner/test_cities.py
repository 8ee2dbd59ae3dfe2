"""The shipped cities: their optima over all pairs are known, and the prices prove them."""

from __future__ import annotations

from collections import Counter

import pytest
from benchmarks.cities import load

from turnout.planner.placement.check import check
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.solve import solve

BLIND = Effort(teams=False)


@pytest.mark.parametrize(("name", "optimum"), [("city-1000", 165_640), ("city-10000", 1_782_145)])
def test_a_city_is_planned_at_its_optimum_and_the_checker_proves_it_from_the_prices_alone(
    name: str, optimum: int
) -> None:
    city = load(name)
    result = solve(city, effort=BLIND)
    assert (result.score.objective, result.proof_gap, result.stopped_by) == (optimum, 0, "proof")
    checked = check(city, result.plan, result.prices, teams=False)
    assert (checked.score.objective, checked.score.broken, checked.proof_gap) == (optimum, (), 0)
    assert checked.bound == result.bound


def test_every_place_that_stays_empty_in_the_small_city_is_missed_for_want_of_people() -> None:
    result = solve(load("city-1000"), effort=BLIND)
    assert Counter(gap.reason for gap in result.reasons.gaps) == {"needed_more_elsewhere": 10}
    assert sum(gap.missing_min for gap in result.reasons.gaps) == 0
    assert Counter(result.reasons.people)["posts_full"] == 5


@pytest.mark.load
def test_the_city_of_74000_is_planned_within_a_thousandth_of_its_optimum() -> None:
    city = load("city-74000")
    result = solve(city, effort=BLIND)
    assert result.proof_gap <= 0.001
    assert 11_251_475 <= result.score.objective <= 11_251_475 * 1.001
    assert check(city, result.plan, result.prices, teams=False).bound == result.bound
