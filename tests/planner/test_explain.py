"""What an explanation says must be true: its costs are those of the plans it names, and none is cheaper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.planner.small import problem
from tests.planner.strategies import plans, problems

from turnout.planner.placement import explain
from turnout.planner.placement.check import check, score
from turnout.planner.placement.city import pack
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.problem import NO_QUOTA, Problem
from turnout.planner.placement.result import Broken, Plan, Prices
from turnout.planner.placement.solve import solve
from turnout.planner.placement.state import FEWER, Moved, PlanRefused, State

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
PROOF = Effort(teams=False, proof_gap=0)
TEAMS = Effort(team_rounds=((120.0, 20), (60.0, 20)), moves_most=500)


def stated(built: Problem, effort: Effort) -> State:
    built = built if effort.teams else built.without_teams()
    result = solve(built, effort=effort, workers=1)
    return State.of(built, result.plan, result.prices, why=result.reasons, workers=1)


def after(state: State, moves: tuple[Moved, ...]) -> int:
    """The cost of the state's plan after moves, by the checker, which finds no rule broken."""
    post = state.plan.copy()
    for move in moves:
        assert post[move.person] == move.before
        post[move.person] = move.after
    checked = check(state.problem, Plan(post))
    assert checked.score.broken == ()
    return checked.score.objective


def without_quotas(built: Problem) -> Problem:
    return replace(built, units=replace(built.units, quota=np.full(len(built.units.ids), NO_QUOTA)))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=8, most_posts=5))
def test_what_an_alternative_costs_the_city_is_what_the_checker_finds_after_its_moves(built: Problem) -> None:
    for effort in (PROOF, TEAMS):
        state = stated(built, effort)
        before = state.plan.copy()
        for who in range(len(built.people.ids)):
            told = explain.person(state, who)
            assert told.parts.total == (
                state.board.standing.own[who] if told.post >= 0 else state.city.people["out"][who]
            )
            for other in told.alternatives:
                assert after(state, other.moves) == state.objective + other.city
                assert Moved(who, told.post, other.post) in other.moves
        for which in range(len(built.posts.ids)):
            told_post = explain.post(state, which)
            for fill in (told_post.fill, told_post.few):
                assert fill is None or after(state, fill.moves) == state.objective + fill.city
        assert np.array_equal(state.plan, before)


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=5, most_posts=3, frozen=False))
def test_in_a_proven_plan_no_plan_that_puts_her_there_costs_less_than_the_alternative_says(built: Problem) -> None:
    state = stated(without_quotas(built), PROOF)
    every = list(plans(state.problem))
    marks = [score(state.problem, pack(state.problem), post) for post in every]
    for who in range(len(built.people.ids)):
        for other in explain.person(state, who, step=FEWER).alternatives:
            least = min(m.objective for m, p in zip(marks, every, strict=True) if not m.broken and p[who] == other.post)
            assert state.objective + other.city == least
    filled = np.bincount(state.plan[state.plan >= 0], minlength=len(built.posts.ids))
    for gap in state.reasons.gaps:
        told = explain.gap(state, gap.post)
        better = [
            m.objective
            for m, p in zip(marks, every, strict=True)
            if not m.broken and (p == gap.post).sum() == filled[gap.post] + 1
        ]
        assert (state.objective + told.fill.city if told.fill else None) == min(better, default=None)


def small() -> State:
    communities = [{"id": f"C{k}", "street": "S", "lon": 116.4 + k / 100} for k in range(3)]
    units = [{"id": "U1", "pairing": ["S"]}, {"id": "U2", "pairing": ["S"]}]
    people = [
        {"id": "P1", "unit": "U1", "lon": 116.40},
        {"id": "P2", "unit": "U1", "lon": 116.41},
        {"id": "P3", "unit": "U2", "lon": 116.42, "limits": ["light"]},
    ]
    posts = [
        {"id": "Q1", "community": "C0", "category": "general", "min": 1},
        {"id": "Q2", "community": "C1", "category": "general", "min": 1, "excludes": ["light"]},
        {"id": "Q3", "community": "C1", "category": "health", "min": 1},
        {"id": "Q4", "community": "C2", "category": "general", "min": 1, "places": 2},
    ]
    return stated(problem(communities=communities, units=units, people=people, posts=posts), PROOF)


def test_a_person_is_told_what_keeps_her_from_nearer_posts_and_where_else_she_could_go() -> None:
    state = small()
    told = explain.person(state, 2)
    assert (told.post, told.parts.travel, told.barred, told.open_to) == (3, 0, (), 0)
    assert [other.post for other in told.alternatives] == [0, -1]
    third = explain.person(state, 1)
    assert [(one.rule, one.count) for one in explain.person(state, 0).barred] == []
    assert (third.post, third.mates, third.reason) == (1, 0, "paired_street")


def test_a_post_counts_who_could_come_by_travel_and_where_they_are() -> None:
    told = explain.post(small(), 3)
    assert [(band.here, band.elsewhere, band.at_home) for band in told.within] == [(1, 2, 0)] * 3
    assert told.within[0].where == ((0, 1), (1, 1))
    assert (told.missing_min, told.missing, told.worth, told.people) == (0, 1, 3000, (2,))


def test_a_gap_nobody_can_fill_has_no_chain_and_names_the_rule() -> None:
    told = explain.gap(small(), 2)
    assert told.fill is None
    assert [(one.rule, one.count) for one in told.barred] == [("category", 3)]


def test_a_post_without_a_gap_is_no_gap() -> None:
    with pytest.raises(ValueError, match="Q1 has no gap"):
        explain.gap(small(), 0)


def test_a_plan_that_breaks_a_rule_cannot_be_explained() -> None:
    state = small()
    nothing = Prices(*(np.zeros(n) for n in (4, 2, 3)))
    with pytest.raises(PlanRefused) as caught:
        State.of(state.problem, Plan(np.array([2, -1, -1])), nothing)
    assert caught.value.broken == (Broken("category", "P1", "Q3"),)
