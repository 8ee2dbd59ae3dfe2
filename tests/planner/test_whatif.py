"""A plan mended after a change costs what a plan made anew does, where the prices are proven; rules hold always."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from benchmarks.cities import load
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.planner.strategies import problems
from tests.planner.test_explain import PROOF, TEAMS, stated, without_quotas

from turnout.planner.placement import whatif as w
from turnout.planner.placement.check import check, refused
from turnout.planner.placement.city import pack
from turnout.planner.placement.ladder import RUNGS, ladder
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Plan
from turnout.planner.placement.solve import solve
from turnout.planner.placement.state import State, near

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@st.composite
def changes(draw: st.DrawFn, built: Problem) -> w.Change:
    def some(size: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(0, size - 1), max_size=2, unique=True))) if size else ()

    added = ((draw(st.integers(0, len(built.categories) - 1)), draw(st.integers(1, 3))),)
    return w.Change(
        gone=some(len(built.people.ids)),
        units=some(len(built.units.ids)) if draw(st.integers(0, 3)) == 0 else (),
        added=added if built.people.ids and draw(st.booleans()) else (),
        closed=some(len(built.streets)) if draw(st.integers(0, 3)) == 0 else (),
        risks=tuple((c, draw(st.integers(1, 3))) for c in some(len(built.communities.ids))),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=8, most_posts=5), st.data())
def test_after_any_change_the_mended_plan_breaks_no_rule_and_its_difference_is_true(
    built: Problem, data: st.DataObject
) -> None:
    change = data.draw(changes(built))
    for effort in (PROOF, TEAMS):
        state = stated(built, effort)
        answer = w.whatif(state, change, workers=1)
        checked = check(answer.problem, answer.plan)
        assert checked.score == answer.after
        assert checked.score.broken == ()
        assert answer.before.objective == state.objective
        before = np.append(state.plan, np.full(len(answer.plan.post) - len(state.plan), -1))
        moved = {move.person: (move.before, move.after) for move in answer.moved}
        for p, post in enumerate(answer.plan.post.tolist()):
            gone = p in change.gone or built.people.unit[p] in change.units if p < len(state.plan) else False
            assert moved.get(p, (before[p], before[p])) == (before[p], post) or gone


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(problems(most_people=8, most_posts=5, frozen=False), st.sampled_from([0, w.RELUCTANCE, 400]), st.data())
def test_people_who_drop_out_of_a_proven_plan_leave_a_proven_plan(
    built: Problem, reluctance: int, data: st.DataObject
) -> None:
    built = without_quotas(built)
    change = replace(data.draw(changes(built)), closed=(), units=(), added=())
    state = stated(built, PROOF)
    if refused(w.changed(state, change), pack(w.changed(state, change))):
        return
    answer = w.whatif(state, change, reluctance=reluctance, workers=1)
    asked = w.dearer_to_move(answer.problem, reluctance)
    assert check(asked, answer.plan).score.objective == solve(asked, effort=PROOF, workers=1).score.objective


@pytest.fixture(scope="module")
def city() -> State:
    return stated(load("city-1000"), PROOF)


def drop_out(state: State, share: float) -> w.Change:
    placed = np.flatnonzero(state.plan >= 0)
    gone = np.random.default_rng(1).choice(placed, int(len(state.plan) * share), replace=False)
    return w.Change(gone=tuple(gone.tolist()))


@pytest.mark.parametrize("reluctance", [0, w.RELUCTANCE])
@pytest.mark.parametrize("what", ["gone", "unit", "added", "closed", "risk"])
def test_in_the_small_city_mending_ends_where_planning_anew_does(city: State, what: str, reluctance: int) -> None:
    street = int(city.problem.communities.street[0])
    around = np.flatnonzero(city.problem.communities.street == street)
    health = city.problem.categories.index("health")
    options: dict[str, Any] = {
        "gone": drop_out(city, 0.02),
        "unit": w.Change(units=(3,)),
        "added": w.Change(added=((health, 30),)),
        "closed": w.Change(closed=(street,)),
        "risk": w.Change(risks=tuple((int(c), 3) for c in around)),
    }
    answer = w.whatif(city, options[what], reluctance=reluctance)
    asked = w.dearer_to_move(answer.problem, reluctance)
    assert check(asked, answer.plan).score.objective == solve(asked, effort=PROOF).score.objective
    assert answer.people_moved <= max(1.1 * answer.vacated, 120 * (what in ("closed", "added")))


def test_reluctance_moves_fewer_people_and_its_price_is_told(city: State) -> None:
    change = w.Change(closed=(int(city.problem.communities.street[0]),))
    free, usual, rigid = (w.whatif(city, change, reluctance=tenths) for tenths in (0, w.RELUCTANCE, 2_000))
    assert free.people_moved > usual.people_moved > rigid.people_moved
    assert free.after.objective < usual.after.objective < rigid.after.objective
    for answer in (free, usual, rigid):
        assert answer.after == check(answer.problem, answer.plan).score


def test_the_curve_trades_people_moved_for_cost(city: State) -> None:
    points = w.curve(city, drop_out(city, 0.02))
    assert [point.moving for point in points] == list(w.CURVE)
    assert all(a.moved >= b.moved and a.cost <= b.cost for a, b in pairwise(points))
    assert points[0].moved > 2 * points[-1].moved


def test_a_street_published_first_keeps_its_people_while_the_rest_is_planned(city: State) -> None:
    street = int(city.problem.communities.street[city.problem.posts.community[city.plan[0]]])
    there = np.flatnonzero(city.problem.communities.street[city.problem.posts.community[city.plan]] == street)
    there = there[city.plan[there] >= 0]
    held = w.held(city.problem, Plan(city.plan), [street])
    away = replace(held.people, frozen=held.people.frozen.copy(), current_post=held.people.current_post.copy())
    elsewhere = np.setdiff1d(np.flatnonzero(city.plan >= 0), there)[:50]
    away.frozen[elsewhere], away.current_post[elsewhere] = True, -1
    result = solve(replace(held, people=away), effort=PROOF)
    assert np.array_equal(result.plan.post[there], city.plan[there])
    assert {result.reasons.people[p] for p in there} == {"frozen"}
    assert (result.proof_gap, result.score.broken) == (0, ())


def test_the_ladder_says_what_each_cap_costs(city: State) -> None:
    listed = near(city.city, city.index, city.prices, city.plan, 1)
    rungs = ladder(city.problem, city.index, listed, city.plan, city.prices.post)
    assert [rung.cap for rung in rungs] == list(RUNGS)
    assert all(a.lost <= b.lost and a.over <= b.over for a, b in pairwise(rungs))
    assert all(rung.longest <= rung.cap for rung in rungs)
    for rung in rungs:
        params = replace(city.problem.params, travel_cap=rung.cap)
        anew = solve(replace(city.problem, params=params), effort=PROOF)
        filled = np.bincount(anew.plan.post[anew.plan.post >= 0], minlength=len(city.problem.posts.ids))
        missing = int((city.problem.posts.places - filled).sum())
        assert rung.lost == missing - int((city.problem.posts.places - city.board.standing.filled).sum())
