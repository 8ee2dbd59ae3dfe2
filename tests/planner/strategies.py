"""Random small problems with every hard rule in them, and the optimum by trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.planner.small import problem

from turnout.planner.placement.check import refused, score
from turnout.planner.placement.city import pack
from turnout.planner.placement.params import Params
from turnout.planner.placement.problem import Problem

CATEGORIES = ("district_cadre", "general", "health")
DAY = 86_400

# few distinct points and costs, so that ties are common
POINTS = st.sampled_from([(116.40, 39.90), (116.41, 39.90), (116.40, 39.93), (116.55, 39.80), (116.40, 39.90)])
PARAMS = st.builds(
    lambda **terms: Params(**terms).validated(),
    missing_min=st.sampled_from([20_000, 3_000, 200, 10_000_000]),
    missing_more=st.sampled_from([200, 150, 0]),
    home_bonus=st.sampled_from([30, 0]),
    other_category=st.sampled_from([200, 0]),
    moving=st.sampled_from([100, 0, 500]),
    travel_cap=st.sampled_from([-1, -1, 100, 200, 0]),
    risk_2=st.sampled_from([15, 10]),
    team=st.sampled_from([120, 0, 40]),
)


@st.composite
def problems(draw: st.DrawFn, most_people: int = 6, most_posts: int = 4, frozen: bool = True) -> Problem:
    """Problems whose frozen rows break no rule (those are refused before planning)."""

    def some(words: tuple[str, ...], least: int = 0) -> list[str]:
        return draw(st.lists(st.sampled_from(words), min_size=least, max_size=2, unique=True))

    def placed() -> dict[str, float]:
        lon, lat = draw(POINTS)
        return {"lon": lon, "lat": lat}

    communities: list[dict[str, Any]] = [
        {"id": f"C{k}", "street": draw(st.sampled_from("ST")), "risk": draw(st.integers(1, 3)), **placed()}
        for k in range(draw(st.integers(1, 3)))
    ]
    units = [
        {"id": f"U{k}", "pairing": some(("S", "T", "X")), "quota": draw(st.sampled_from([-1, -1, 0, 1, 2]))}
        for k in range(draw(st.integers(1, 2)))
    ]
    posts = []
    for k in range(draw(st.integers(0, most_posts))):
        places = draw(st.integers(0, 3))
        posts.append(
            {
                "id": f"Q{k}",
                "community": draw(st.sampled_from(communities))["id"],
                "category": draw(st.sampled_from(CATEGORIES)),
                "places": places,
                "min": draw(st.integers(0, places)),
                "skills": some(("swab", "drive")) if draw(st.booleans()) else [],
                "excludes": some(("light", "no_night")),
                "starts": 10 * DAY,
                "ends": draw(st.sampled_from([11 * DAY, 14 * DAY])),
            }
        )
    people = []
    for k in range(draw(st.integers(0, most_people))):
        current = draw(st.sampled_from([None, None, *(row["id"] for row in posts)]))
        until = draw(st.sampled_from([2**62, 2**62, 12 * DAY]))
        people.append(
            {
                "id": f"P{k}",
                "unit": draw(st.sampled_from(units))["id"],
                "home": draw(st.sampled_from([None, *(row["id"] for row in communities)])),
                "categories": some(CATEGORIES, least=1),
                "limits": some(("light", "no_night")) if draw(st.booleans()) else [],
                "skills": {word: draw(st.sampled_from([2**62, 12 * DAY])) for word in some(("swab", "drive"))},
                "from": draw(st.sampled_from([-(2**62), 9 * DAY])),
                "until": until,
                "current": current,
                "frozen": frozen and draw(st.integers(0, 5)) == 0,
                **placed(),
            }
        )
    table = None
    if draw(st.booleans()):
        pairs = [(a["id"], b["id"]) for a in communities for b in communities]
        chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
        table = {pair: draw(st.sampled_from([0, 5, 100, 700])) for pair in chosen}
    built = problem(communities=communities, units=units, people=people, posts=posts, params=draw(PARAMS), travel=table)
    return _without_refused(built)


def _without_refused(built: Problem) -> Problem:
    """Thaw everybody if what is frozen breaks a rule."""
    if not refused(built, pack(built)):
        return built
    return replace(built, people=replace(built.people, frozen=np.zeros(len(built.people.ids), dtype=np.bool_)))


def plans(built: Problem) -> Iterator[np.ndarray[Any, np.dtype[np.int64]]]:
    """Every assignment of people to posts or to nothing, allowed or not."""
    people, posts = len(built.people.ids), len(built.posts.ids)
    for number in range((posts + 1) ** people):
        post, rest = np.zeros(people, dtype=np.int64), number
        for p in range(people):
            rest, q = divmod(rest, posts + 1)
            post[p] = q - 1
        yield post


def optimum(built: Problem) -> int:
    """Least objective over all plans that break no rule, by the checker's score."""
    city = pack(built)
    marks = (score(built, city, post) for post in plans(built))
    return min(mark.objective for mark in marks if not mark.broken)
