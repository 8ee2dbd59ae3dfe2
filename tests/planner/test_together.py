"""Rules about people taken together: what each counts, that checker and improver agree, and what the planner makes of
them, against counting by hand and trying everything."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.planner.small import problem
from tests.planner.strategies import optimum, problems

from turnout.planner.placement import anneal, together
from turnout.planner.placement.check import check, score
from turnout.planner.placement.city import pack
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.params import TOGETHER, ParamRefused, Params
from turnout.planner.placement.problem import TRAITS, Problem
from turnout.planner.placement.result import Plan
from turnout.planner.placement.solve import Search, silent, solve
from turnout.planner.placement.stop import never

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
EFFORT = Effort(team_rounds=((120.0, 20),), moves_most=2_000)
RULED = {
    "team_most": {"team_most": 10},
    "team_least": {"team_least": 20},
    "night_pair": {"night_pair_price": 700},
    "experienced": {"experienced_share": 300},
    "local": {"local_price": 500},
    "night_mixed": {"night_mixed_price": 400},
}


@st.composite
def ruled(draw: st.DrawFn, most_people: int = 6, most_posts: int = 4) -> Problem:
    """A small problem with some of the rules on."""
    built = draw(problems(most_people=most_people, most_posts=most_posts))
    traits = [draw(st.integers(0, 2 ** len(TRAITS) - 1)) for _ in built.people.ids]
    on: dict[str, int] = {}
    for name in draw(st.lists(st.sampled_from(TOGETHER), unique=True, min_size=1)):
        if not (name == "team_least" and "team_most" in on) and not (name == "team_most" and "team_least" in on):
            on |= RULED[name]
    people = replace(built.people, traits=np.array(traits, dtype=np.int64))
    return replace(built, people=people, params=replace(built.params, **on).validated()).validated()


def by_hand(built: Problem, post: Any) -> Counter[str]:
    """How often each rule is broken, counted from the words of the rules and with none of the planner's loops."""
    people, posts, params, found = built.people, built.posts, built.params, Counter[str]()
    bit = 1 << built.limits.index("no_night") if "no_night" in built.limits else 0
    for c in range(len(built.communities.ids)):
        here = [p for p, q in enumerate(post) if q >= 0 and posts.community[q] == c]
        night = [p for p in here if posts.excludes[post[p]] & bit]
        has = {p: {word for k, word in enumerate(TRAITS) if people.traits[p] >> k & 1} for p in here}
        sizes = Counter(int(people.unit[p]) for p in here)
        places = sum(
            int(posts.places[q]) for q in range(len(posts.ids)) if posts.community[q] == c and posts.excludes[q] & bit
        )
        if params.team_most:
            found["team_most"] += sum(max(0, size - params.team_most // 10) for size in sizes.values())
        found["team_least"] += sum(max(0, params.team_least // 10 - size) for size in sizes.values())
        if night and places >= 2 and max(Counter(int(people.unit[p]) for p in night).values()) < 2:
            found["night_pair"] += 1
        wanted = -(-len(here) * params.experienced_share // 1000)
        found["experienced"] += max(0, wanted - sum("experienced" in has[p] for p in here))
        street = built.communities.street
        homes = {p: int(people.home[p]) for p in here if people.home[p] >= 0}
        knows = [p for p, h in homes.items() if h == c or ("local" in has[p] and street[h] == street[c])]
        found["local"] += bool(here) and not knows
        seen = {word for p in night for word in has[p]}
        found["night_mixed"] += len(night) >= 2 and not {"woman", "man"} <= seen
    return Counter({name: found[name] for name in params.rules()})


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(ruled(), st.integers(0, 2**32))
def test_the_checker_counts_what_the_words_of_the_rules_say(built: Problem, seed: int) -> None:
    city, post = pack(built), np.random.default_rng(seed).integers(-1, len(built.posts.ids), len(built.people.ids))
    expected, prices = by_hand(built, post), built.params.rules()
    assert score(built, city, post).rules == sum(prices[name] * times for name, times in expected.items())
    told = Counter[str]()
    for one in check(built, Plan(post)).unmet:
        told[one.rule] += int(one.detail.split(" x ")[0])
    assert told == +expected


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(ruled(most_people=4, most_posts=3), st.booleans())
def test_a_plan_with_rules_is_between_the_optimum_and_the_plan_without(built: Problem, teams: bool) -> None:
    effort = replace(EFFORT, teams=teams)
    asked = built if teams else built.without_teams()
    bare = solve(built.with_params(built.params.with_rules([])), effort=effort, workers=1)
    result = solve(built, effort=effort, workers=1)
    best = optimum(asked)
    assert result.bound.tenths <= best <= result.score.objective
    assert result.score.objective <= check(asked, bare.plan).score.objective
    assert check(asked, result.plan, result.prices).score == result.score
    assert result.score.broken == ()
    assert result.score.rules == sum(asked.params.rules()[row.rule] * row.broken for row in result.rules)
    assert [row.rule for row in result.rules] == list(asked.params.rules()) or not (bare.plan.post >= 0).any()


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(ruled(most_people=10, most_posts=6), st.integers(0, 2**32))
def test_what_the_improver_believes_it_pays_is_what_the_checker_finds(built: Problem, seed: int) -> None:
    city = pack(built)
    bare = built.with_params(built.params.with_rules([]))
    search = Search(bare, city, never, EFFORT, silent, 1)
    search.run()
    assume((search.plan >= 0).any())
    kept = []
    for workers in (1, 2):
        cooling = anneal.Cooling(60.0, 40.0, 4_000, rounds=4)
        rules = together.of(built, city)
        plan = anneal.anneal(
            city, search.plan, search.arcs, search.post_price, cooling, seed=seed % 1000, workers=workers, rules=rules
        )
        assert score(built, city, plan).broken == ()
        kept.append(plan)
    assert np.array_equal(*kept)


@pytest.mark.parametrize("name", TOGETHER)
def test_a_rule_alone_is_kept_where_it_can_be(name: str) -> None:
    """Four people at one community and four at another 2 km off, sorted so that each rule is broken at first."""
    here, there = {"lon": 116.40, "lat": 39.90}, {"lon": 116.42, "lat": 39.90}
    people: list[dict[str, Any]] = [
        {
            "id": f"P{k}",
            "unit": f"U{k % 2 if name == 'team_most' else k // 2 % 2}",
            "home": {0: "C", 1: "D"}.get(k),
            "traits": ["experienced", "woman"] if k < 4 else ["man"],
            **(here if k < 4 else there),
        }
        for k in range(8)
    ]
    if name in ("team_least", "night_pair"):
        for k, person in enumerate(people):
            person["unit"] = f"U{k % 4}"
    on = {"team_most": {"team_most": 20}, "experienced": {"experienced_share": 500}}.get(name, RULED[name])
    built = problem(
        communities=[{"id": "C", **here}, {"id": "D", **there}],
        units=[{"id": f"U{k}"} for k in range(4)],
        people=people,
        posts=[{"id": f"{c}{k}", "community": c, "category": "general", "places": 2, "excludes": ["no_night"]}
               for c in "CD" for k in "12"],
        params=Params(team=0, home_bonus=0, **on),
    )  # fmt: skip
    bare = solve(built.with_params(built.params.with_rules([])), workers=1)
    result = solve(built, effort=Effort(moves_most=5_000), workers=1)
    (row,) = result.rules
    assert row.rule == name
    if name != "team_most":
        assert check(built, bare.plan).score.rules > 0
    assert (result.score.rules, row.broken) == (0, 0)
    assert row.costs == result.score.objective - bare.score.objective


def test_no_rule_is_asked_by_default_and_a_summary_shows_none() -> None:
    assert Params().rules() == {}
    assert not [name for name in Params().minutes() if name.startswith(("team_", "night", "local", "exp"))]


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        ({"team_most": 2.5}, "team_most"),
        ({"experienced_share": 101}, "experienced_share"),
        ({"team_most": 2, "team_least": 3}, "team_least"),
        ({"nigth_pair_price": 3}, "nigth_pair_price"),
    ],
)
def test_a_rule_that_cannot_be_asked_is_refused(terms: dict[str, Any], name: str) -> None:
    with pytest.raises(ParamRefused) as refused:
        Params.of(**terms)
    assert refused.value.name == name
