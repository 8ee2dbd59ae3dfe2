"""In every corner of the problem the checker, the solver and trying everything agree, with teams and without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.planner.strategies import optimum, problems

from turnout.planner.placement.check import check
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.params import Params
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Result
from turnout.planner.placement.solve import solve
from turnout.planner.placement.stop import Stopped

few = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
PROOF = Effort(teams=False, proof_gap=0)
TEAMS = Effort(team_rounds=((120.0, 20), (60.0, 20)), moves_most=500)
SMALL = {"most_people": 4, "most_posts": 3}


def agreed(built: Problem, effort: Effort) -> Result:
    """The solver's plan after the checker found in it what the solver says, and no rule broken."""
    result = solve(built, effort=effort, workers=1)
    checked = check(built, result.plan, result.prices, teams=effort.teams)
    assert (checked.score, checked.bound, checked.proof_gap) == (result.score, result.bound, result.proof_gap)
    assert checked.score.broken == ()
    return result


def all_agree(built: Problem) -> None:
    blind = agreed(built, PROOF)
    assert blind.score.objective == blind.bound.tenths == optimum(built.without_teams())
    teams = agreed(built, TEAMS)
    assert teams.bound.tenths <= optimum(built) <= teams.score.objective


def priced(built: Problem, **terms: Any) -> Problem:
    return replace(built, params=replace(built.params, **terms).validated())


@few
@given(problems(**SMALL))
def test_ties_everywhere(built: Problem) -> None:
    """Everybody lives at one spot, where all posts are, and every place is worth the same."""
    spot = {"lon": 116.4, "lat": 39.9}
    people, communities = (
        replace(table, **{axis: np.full(len(table.ids), value) for axis, value in spot.items()})
        for table in (built.people, built.communities)
    )
    same = replace(communities, risk=np.ones(len(communities.ids), dtype=np.int64))
    all_agree(priced(replace(built, people=people, communities=same), missing_min=3_000, missing_more=3_000))


@few
@given(problems(most_people=1, most_posts=4))
def test_one_person(built: Problem) -> None:
    assume(len(built.people.ids) == 1)
    all_agree(built)


@few
@given(problems(most_people=0, most_posts=4))
def test_nobody(built: Problem) -> None:
    all_agree(built)
    posts = built.posts
    worth = (built.params.missing_min, built.params.missing_more)
    factor = np.array([10, built.params.risk_2, built.params.risk_3])[built.communities.risk[posts.community] - 1]
    tiers = (posts.places_min, posts.places - posts.places_min)
    expected = sum(int((places * np.rint(w * factor / 10)).sum()) for places, w in zip(tiers, worth, strict=True))
    assert solve(built, effort=PROOF).score.objective == expected


@few
@given(problems(most_people=5, most_posts=0))
def test_no_post(built: Problem) -> None:
    all_agree(built)


@few
@given(problems(**SMALL))
def test_more_places_than_anybody_could_fill(built: Problem) -> None:
    """Every post asks for five times the people, as a minimum: no plan can be without gaps."""
    places = 5 * built.posts.places + 5
    all_agree(replace(built, posts=replace(built.posts, places=places, places_min=places)))


@few
@given(problems(most_people=5, most_posts=4, frozen=False))
def test_everybody_frozen_stays_where_she_is(built: Problem) -> None:
    plan = solve(built, effort=PROOF, workers=1).plan.post
    people = replace(built.people, current_post=plan.copy(), frozen=np.ones(len(plan), dtype=np.bool_))
    held = replace(built, people=people)
    for effort in (PROOF, TEAMS):
        result = agreed(held, effort)
        assert np.array_equal(result.plan.post, plan)
        assert result.proof_gap == 0 or effort.teams
    assert {*solve(held, effort=PROOF).reasons.people} <= {"frozen", "frozen_home"}


@few
@given(problems(**SMALL))
def test_a_penalty_of_a_million_minutes(built: Problem) -> None:
    million = Params.of(missing_min=1_000_000).missing_min
    all_agree(priced(built, missing_min=million, missing_more=million))


def after(asks: int, why: Stopped) -> Callable[[], Stopped | None]:
    """A stop that lets the search ask so often before it says so."""
    asked = iter(range(asks))
    return lambda: None if next(asked, None) is not None else why


@pytest.mark.parametrize("why", ["time_limit", "interrupted"])
@few
@given(problems(most_people=5, most_posts=4), st.integers(0, 12), st.booleans())
def test_a_stop_at_any_moment_gives_the_best_plan_so_far_with_an_honest_gap(
    why: Stopped, built: Problem, asks: int, teams: bool
) -> None:
    effort = TEAMS if teams else PROOF
    asked = built if teams else built.without_teams()
    result = solve(built, stop=after(asks, why), effort=effort, workers=1)
    checked = check(asked, result.plan, result.prices, teams=teams)
    assert (checked.score, checked.bound, checked.proof_gap) == (result.score, result.bound, result.proof_gap)
    assert result.score.broken == ()
    assert result.bound.tenths <= optimum(asked) <= result.score.objective
    assert asks or result.stopped_by == why


@pytest.mark.parametrize("seed", range(3))
@few
@given(problems(most_people=5, most_posts=4))
def test_a_later_stop_never_leaves_a_dearer_plan(seed: int, built: Problem) -> None:
    blind = built.without_teams()
    costs = [
        solve(blind, stop=after(asks, "time_limit"), seed=seed, effort=PROOF, workers=1).score.objective
        for asks in (0, 1, 3, 50)
    ]
    assert costs == sorted(costs, reverse=True)
