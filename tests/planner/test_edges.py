"""Corners of a problem: nobody, nothing, everything frozen, penalties of a million minutes; reasons with fixes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from benchmarks.cities import load
from tests.planner.small import ints, problem

from turnout.planner.placement.check import check
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.params import Params
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Plan
from turnout.planner.placement.solve import ASCENTS, FrozenRefused, solve

DAY = 86_400
HERE = {"id": "C1", "street": "S"}
UNIT = {"id": "U1", "pairing": ["S"]}


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"P{number}", "unit": "U1", **more}


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"Q{number}", "community": "C1", "category": "general", "min": 1, **more}


def make(people: list[dict[str, Any]], posts: list[dict[str, Any]], **more: Any) -> Problem:
    rows: dict[str, Any] = {"communities": [HERE], "units": [UNIT], **more}
    return problem(people=people, posts=posts, **rows)


def test_without_staff_every_place_is_missing_and_that_is_proven() -> None:
    result = solve(make([], [post(1, places=3, min=2), post(2, category="health")]))
    assert (result.score.objective, result.proof_gap, result.stopped_by) == (2 * 20_000 + 3_000 + 20_000, 0, "proof")
    assert [(g.missing_min, g.missing, g.reason, g.nearest_fix) for g in result.reasons.gaps] == [
        (2, 3, "none_in_category", "call_more:general:3"),
        (1, 1, "none_in_category", "call_more:health:1"),
    ]


def test_without_posts_everybody_stays_home_because_there_is_none_for_them() -> None:
    result = solve(make([person(1), person(2)], []))
    assert (result.score.objective, result.reasons.people, result.proof_gap) == (0, ("no_post_for_category",) * 2, 0)


def test_without_anything_at_all_there_is_an_empty_plan() -> None:
    result = solve(problem(communities=[], units=[], people=[], posts=[]))
    assert (result.score.objective, result.proof_gap, result.reasons.people) == (0, 0, ())


def test_a_penalty_of_a_million_minutes_is_counted_exactly() -> None:
    params = Params.of(missing_min=1_000_000, missing_more=1_000_000)
    built = make([person(1)], [post(number, places=9, min=9) for number in range(3)], params=params)
    result = solve(built, effort=Effort(teams=False))
    assert (result.score.missing_min, result.proof_gap) == (26 * 10_000_000, 0)


def test_more_people_than_places_leave_the_dearest_at_home() -> None:
    near, far = {"lon": 116.4, "lat": 39.9}, {"lon": 116.5, "lat": 39.9}
    result = solve(make([person(1, **far), person(2, **near), person(3, **near)], [post(1, places=2)]))
    assert result.plan.post.tolist() == [-1, 0, 0]
    assert result.reasons.people == ("posts_full", "team", "team")


def test_when_everybody_is_frozen_nothing_moves() -> None:
    people = [person(1, current="Q1", frozen=True), person(2, frozen=True), person(3, current="Q2", frozen=True)]
    result = solve(make(people, [post(1), post(2), post(3)]))
    assert result.plan.post.tolist() == [0, -1, 1]
    assert result.reasons.people == ("frozen", "frozen_home", "frozen")
    assert result.reasons.gaps[0].reason == "not_available"


@pytest.mark.parametrize(
    ("people", "posts", "said"),
    [
        ([person(1, current="Q1", frozen=True)], [post(1, category="health")], "category P1 Q1"),
        ([person(n, current="Q1", frozen=True) for n in (1, 2)], [post(1)], "places Q1 2 people on 1 places"),
        ([person(1, current="Q1", frozen=True, limits=["light"])], [post(1, excludes=["light"])], "work_limit P1 Q1"),
    ],
)
def test_what_is_frozen_against_a_rule_is_refused(people: list[Any], posts: list[Any], said: str) -> None:
    with pytest.raises(FrozenRefused, match=f"^{said}$"):
        solve(make(people, posts))


def test_a_unit_releases_no_more_than_its_quota_and_the_gap_names_the_unit_to_ask() -> None:
    built = make([person(n) for n in (1, 2, 3)], [post(1, places=3)], units=[{**UNIT, "quota": 2}])
    result = solve(built)
    assert (result.plan.post >= 0).sum() == 2
    assert (result.reasons.gaps[0].reason, result.reasons.gaps[0].nearest_fix) == ("quota_used", "raise_quota:U1:0.0")
    assert sorted(result.reasons.people) == ["quota_used", "team", "team"]


@pytest.mark.parametrize(
    ("who", "where", "left", "gap", "fix"),
    [
        ({}, {"category": "health"}, "no_post_for_category", "none_in_category", "call_more:health:1"),
        ({}, {"skills": ["swab"]}, "skill_missing", "skill_missing", "add_skill:P1:0.0"),
        ({"limits": ["light"]}, {"excludes": ["light"]}, "work_limit", "work_limit", "lift_limit:P1:0.0"),
        ({"until": 2 * DAY}, {}, "not_available", "not_available", "extend_availability:P1:0.0"),
        ({"skills": {"swab": 2 * DAY}}, {"skills": ["swab"]}, "skill_missing", "skill_missing", "add_skill:P1:0.0"),
    ],
)
def test_a_rule_that_leaves_a_person_out_is_named_on_both_sides_with_the_fix(
    who: dict[str, Any], where: dict[str, Any], left: str, gap: str, fix: str
) -> None:
    result = solve(make([person(1, **who)], [post(1, starts=DAY, ends=3 * DAY, **where)]))
    assert (result.reasons.people, result.reasons.gaps[0].reason) == ((left,), gap)
    assert result.reasons.gaps[0].nearest_fix == fix


def test_a_travel_cap_keeps_far_people_home_and_says_what_would_let_them_come() -> None:
    built = make([person(1, lon=116.5)], [post(1)], params=Params.of(travel_cap=30))
    result = solve(built)
    assert (result.reasons.people, result.reasons.gaps[0].reason) == (("travel_cap",), "travel_cap")
    assert result.reasons.gaps[0].nearest_fix == "raise_cap:P1:39.1"


def test_a_place_that_is_worth_less_than_the_way_to_it_stays_empty() -> None:
    built = make([person(1, lon=116.5)], [post(1, min=0)], params=Params.of(missing_more=20))
    result = solve(built)
    assert (result.reasons.people, result.reasons.gaps[0].reason) == (("dearer_than_gap",), "dearer_than_gap")
    assert result.reasons.gaps[0].nearest_fix == ""


def test_replanning_moves_nobody_whom_the_gain_does_not_pay_for() -> None:
    city = load("city-1000")
    first = solve(city, effort=Effort(teams=False))
    people = replace(city.people, current_post=first.plan.post)
    again = solve(replace(city, people=people), effort=Effort(teams=False))
    assert np.array_equal(again.plan.post, first.plan.post)
    assert again.reasons.changes == ()
    assert set(again.reasons.people) == {"kept", "posts_full"}


def test_the_order_of_rows_does_not_change_a_plan() -> None:
    people = [person(n, lon=116.4 + n % 3 / 50, home="C1" if n % 2 else None) for n in range(9)]
    posts = [post(n, places=2) for n in range(3)]
    one, two = solve(make(people, posts)), solve(make(people[::-1], posts[::-1]))
    assert np.array_equal(one.plan.post, two.plan.post)
    assert one.reasons == two.reasons


def test_a_travel_table_replaces_the_formula_where_it_has_the_pair() -> None:
    communities = [HERE, {"id": "C2", "street": "S", "lon": 116.5}]
    people = [person(1, home="C1"), person(2)]
    posts = [post(1, community="C2", places=2)]
    built = make(people, posts, communities=communities, travel={("C1", "C2"): 70})
    marked = check(built, Plan(ints([0, 0])), teams=False)
    assert marked.score.travel == 70 + 391


def test_a_stop_before_the_first_flow_still_gives_a_plan_that_keeps_every_rule() -> None:
    city = load("city-1000")
    result = solve(city, stop=lambda: "time_limit")
    assert (result.stopped_by, result.score.broken) == ("time_limit", ())
    assert (result.plan.post >= 0).sum() > 900
    assert check(city, result.plan, result.prices).bound == result.bound


def test_an_interrupted_search_keeps_its_best_plan_with_the_gap_it_can_prove() -> None:
    city = load("city-1000")
    asked = iter(range(1000))
    after_one_flow = len(ASCENTS) + 1
    result = solve(
        city, stop=lambda: "interrupted" if next(asked) >= after_one_flow else None, effort=Effort(teams=False)
    )
    assert result.stopped_by == "interrupted"
    assert 0 < result.proof_gap < 0.2
    assert check(city, result.plan, result.prices, teams=False).proof_gap == result.proof_gap


def test_a_team_is_led_by_who_lives_there_then_by_rank_then_by_id() -> None:
    communities = [HERE, {"id": "C2", "street": "S"}]
    people = [
        person(1),
        person(2, categories=["district_cadre", "general"]),
        person(3, home="C1"),
        {"id": "P4", "unit": "U2"},
        {"id": "P5", "unit": "U2", "categories": ["general", "street_cadre"]},
    ]
    result = solve(
        make(people, [post(1, places=5, min=5)], communities=communities, units=[UNIT, {"id": "U2", "pairing": ["S"]}])
    )
    assert [(team.unit, team.leader, team.deputy, team.members) for team in result.reasons.teams] == [
        (0, 2, 1, (0, 1, 2)),
        (1, 4, 3, (3, 4)),
    ]
