"""Solver, checker and brute force must tell the same story on small problems with every hard rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.planner.strategies import optimum, problems

from turnout.planner.placement import pricing, squads
from turnout.planner.placement.arcs import tenths_of
from turnout.planner.placement.check import certificate, check
from turnout.planner.placement.city import pack
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import LEFT_OUT_REASONS, PLACEMENT_REASONS
from turnout.planner.placement.solve import solve

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
PROOF = Effort(teams=False, proof_gap=0)
TEAMS = Effort(team_rounds=((120.0, 20), (60.0, 20)), moves_most=500)


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems())
def test_without_teams_the_plan_costs_what_trying_everything_finds_and_the_prices_prove_it(built: Problem) -> None:
    result = solve(built, effort=PROOF, workers=1)
    assert result.score.broken == ()
    assert result.score.objective == (
        optimum(built.without_teams()) if len(built.people.ids) <= 5 else result.bound.tenths
    )
    assert (result.bound.tenths, result.proof_gap) == (result.score.objective, 0)


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=12, most_posts=6))
def test_the_checker_finds_the_cost_the_bound_and_no_broken_rule_in_every_plan_of_the_solver(built: Problem) -> None:
    for effort in (PROOF, TEAMS):
        result = solve(built, effort=effort, workers=1)
        checked = check(built, result.plan, result.prices, teams=effort.teams)
        assert checked.score == result.score
        assert checked.score.broken == ()
        assert (checked.bound, checked.proof_gap) == (result.bound, result.proof_gap)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=4, most_posts=3), st.integers(0, 2**32))
def test_no_price_vector_proves_more_than_the_optimum(built: Problem, seed: int) -> None:
    blind = built.without_teams()
    city, best = pack(blind), optimum(blind)
    random = np.random.default_rng(seed)
    for scale in (1, 30, 300, 30_000):
        post = random.integers(-scale // 2, scale + 1, len(built.posts.ids)).astype(np.float64)
        unit = random.integers(0, scale + 1, len(built.units.ids)).astype(np.float64)
        assert certificate(city, post, unit, workers=1) <= best


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=4, most_posts=3), st.integers(0, 2**32))
def test_no_prices_of_posts_units_and_people_prove_more_than_the_optimum_with_teams(built: Problem, seed: int) -> None:
    city, best = pack(built), optimum(built)
    random = np.random.default_rng(seed)
    for scale in (1, 30, 300, 30_000):
        post, unit, person = (
            random.integers(low, scale + 1, len(ids)) / random.integers(1, 4)
            for low, ids in ((-scale // 2, built.posts.ids), (0, built.units.ids), (0, built.people.ids))
        )
        assert squads.certificate(city, post, unit, person, workers=1) <= best


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=5, most_posts=4))
def test_with_teams_the_plan_is_no_dearer_than_the_blind_one_and_the_bound_not_above_the_optimum(
    built: Problem,
) -> None:
    blind = solve(built, effort=PROOF, workers=1)
    result = solve(built, effort=TEAMS, workers=1)
    assert result.bound.tenths <= optimum(built) <= result.score.objective
    assert result.score.objective <= check(built, blind.plan).score.objective


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=12, most_posts=6), st.integers(0, 2**32))
def test_a_bound_over_lists_is_the_bound_over_all_pairs(built: Problem, seed: int) -> None:
    city = pack(built)
    random = np.random.default_rng(seed)
    post, person = (random.integers(0, 400_000, len(ids)) / 1000 for ids in (built.posts.ids, built.people.ids))
    no_price = np.zeros(len(built.units.ids))
    index = pricing.index(city)
    inside = squads.lists(city, index, post, no_price, person, 60.0, 1)
    lower, higher = np.maximum(post - 100, 0), person + 20
    for v, pi in ((post, person), (post + 30, np.maximum(person - 30, 0)), (lower, higher)):
        listed, _ = squads.bound(city, inside, v, no_price, pi, 1)
        assert listed == pytest.approx(squads.certificate(city, v, no_price, pi, workers=1), abs=1e-6)


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=12, most_posts=6), st.integers(0, 2**32))
def test_skipping_pairs_never_skips_one_that_counts(built: Problem, seed: int) -> None:
    city = pack(built)
    random = np.random.default_rng(seed)
    post = random.integers(0, 400, len(built.posts.ids)).astype(np.float64)
    unit = random.integers(0, 50, len(built.units.ids)).astype(np.float64)
    found = pricing.scan(city, pricing.index(city), post, unit, np.full(len(built.people.ids), 1e17), 99, 1)
    person, of = (grid.ravel() for grid in np.indices((len(built.people.ids), len(built.posts.ids))))
    tenths = tenths_of(city, person, of)
    wanted = [(p, q, t) for p, q, t in zip(person.tolist(), of.tolist(), tenths.tolist(), strict=True) if t >= 0]
    assert sorted(zip(found.person.tolist(), found.post.tolist(), found.tenths.tolist(), strict=True)) == wanted


@settings(max_examples=50, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=14, most_posts=6), st.booleans())
def test_workers_do_not_change_a_plan(built: Problem, teams: bool) -> None:
    one, two = (solve(built, effort=TEAMS if teams else PROOF, workers=workers) for workers in (1, 2))
    assert np.array_equal(one.plan.post, two.plan.post)
    assert np.array_equal(one.prices.post, two.prices.post)
    assert one.reasons == two.reasons


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems())
def test_everybody_and_every_gap_has_exactly_one_reason(built: Problem) -> None:
    result = solve(built, effort=PROOF, workers=1)
    posts = result.plan.post
    filled = np.bincount(posts[posts >= 0], minlength=len(built.posts.ids))
    assert [gap.post for gap in result.reasons.gaps] == np.flatnonzero(filled < built.posts.places).tolist()
    assert len(result.reasons.people) == len(posts)
    assert all(
        (why in PLACEMENT_REASONS) == (post >= 0) and (why in LEFT_OUT_REASONS) == (post < 0)
        for why, post in zip(result.reasons.people, posts.tolist(), strict=True)
    )
