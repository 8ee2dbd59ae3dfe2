"""A problem packed for compiled loops: one record per person, post and community, ragged lists beside them.

Loops unpack the tuple once at their top and hand single records to the functions of `costs`: reading an array out of
a tuple counts references, which inside a loop costs ten times the arithmetic.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnout.planner.placement.params import NO_CAP
from turnout.planner.placement.problem import NO_QUOTA, Problem

Array = NDArray[Any]
Record = Any
"""One row of a record array, as a compiled loop sees it."""
NO_TENTHS = 2**31 - 1
"""No travel cap."""
UNLIMITED = 2**40
"""Quota of a unit that may release everybody."""

PERSON = np.dtype(
    [
        ("lon", "f8"),  # radians
        ("lat", "f8"),
        ("cos_lat", "f8"),
        ("x", "f8"),  # on the unit sphere
        ("y", "f8"),
        ("z", "f8"),
        ("categories", "i8"),
        ("limits", "i8"),
        ("available_from", "i8"),
        ("available_until", "i8"),
        ("out", "i8"),  # tenths that leaving the person out costs
        ("unit", "i4"),
        ("home", "i4"),
        ("home_street", "i4"),
        ("current", "i4"),
        ("skill_first", "i4"),
        ("skill_last", "i4"),
        ("pair_first", "i4"),  # pairing of the unit
        ("pair_last", "i4"),
        ("table_first", "i8"),  # travel table row of the home community
        ("table_last", "i8"),
        ("other", "i4"),  # 1: has another category than `general`
        ("frozen", "i4"),
    ],
    align=True,
)
POST = np.dtype(
    [
        ("required", "i8"),
        ("excludes", "i8"),
        ("starts", "i8"),
        ("ends", "i8"),
        ("places_min", "i8"),
        ("places", "i8"),
        ("penalty_min", "i8"),  # tenths for a missing place below the minimum
        ("penalty_more", "i8"),
        ("community", "i4"),
        ("category", "i4"),
        ("general", "i4"),  # 1: everybody may fill it
    ],
    align=True,
)
COMMUNITY = np.dtype(
    [
        ("lon", "f8"),
        ("lat", "f8"),
        ("cos_lat", "f8"),
        ("x", "f8"),
        ("y", "f8"),
        ("z", "f8"),
        ("street", "i4"),
        ("post_first", "i4"),  # its posts are City.at[post_first:post_last]
        ("post_last", "i4"),
    ],
    align=True,
)
TERMS = np.dtype(
    [
        ("walk_km", "f8"),
        ("walk", "i8"),
        ("ride", "i8"),
        ("street_first", "i8"),
        ("street_other", "i8"),
        ("street_elsewhere", "i8"),
        ("street_unpaired", "i8"),
        ("home_bonus", "i8"),
        ("other_category", "i8"),
        ("moving", "i8"),
        ("team", "i8"),
        ("cap", "i8"),
        ("streets", "i8"),
    ],
    align=True,
)


class City(NamedTuple):
    people: Array
    posts: Array
    communities: Array
    terms: Array  # one record
    at: Array  # posts grouped by community
    pairing: Array
    skill: Array
    skill_until: Array
    table_community: Array
    table_tenths: Array
    quota: Array


def pack(problem: Problem) -> City:
    """The records of a validated problem; nothing is decided here but units of measure."""
    q, table = problem.posts, problem.travel
    by_community = np.argsort(q.community, kind="stable").astype(np.int32)
    nothing = np.zeros(0, dtype=np.int32)
    return City(
        people=_people(problem),
        posts=_posts(problem),
        communities=_communities(problem, q.community[by_community]),
        terms=_terms(problem),
        at=by_community,
        pairing=problem.units.pairing.astype(np.int32),
        skill=problem.people.skill.astype(np.int32),
        skill_until=problem.people.skill_until,
        table_community=nothing if table is None else table.community.astype(np.int32),
        table_tenths=nothing if table is None else table.tenths.astype(np.int32),
        quota=np.where(problem.units.quota == NO_QUOTA, UNLIMITED, problem.units.quota),
    )


def _people(problem: Problem) -> Array:
    p, units, table = problem.people, problem.units, problem.travel
    people = np.zeros(len(p.ids), dtype=PERSON)
    _locate(people, p.lon, p.lat)
    for name in ("categories", "limits", "available_from", "available_until", "unit", "home", "frozen"):
        people[name] = getattr(p, name)
    people["current"] = p.current_post
    people["out"] = np.where(p.current_post >= 0, problem.params.moving, 0)
    people["skill_first"], people["skill_last"] = p.skill_start[:-1], p.skill_start[1:]
    people["pair_first"], people["pair_last"] = units.pairing_start[p.unit], units.pairing_start[p.unit + 1]
    at_home = p.home >= 0
    people["home_street"] = -1
    people["home_street"][at_home] = problem.communities.street[p.home[at_home]]
    if table is not None:
        people["table_first"][at_home] = table.start[p.home[at_home]]
        people["table_last"][at_home] = table.start[p.home[at_home] + 1]
    general = problem.general
    people["other"] = (p.categories & ~np.int64(1 << general) if general >= 0 else p.categories) != 0
    return people


def _posts(problem: Problem) -> Array:
    q, cost = problem.posts, problem.params
    posts = np.zeros(len(q.ids), dtype=POST)
    for name in ("required", "excludes", "starts", "ends", "places_min", "places", "community", "category"):
        posts[name] = getattr(q, name)
    posts["general"] = q.category == problem.general
    factor = np.array([0, cost.risk_1, cost.risk_2, cost.risk_3])[problem.communities.risk[q.community]]
    posts["penalty_min"] = _penalty(cost.missing_min, factor)
    posts["penalty_more"] = _penalty(cost.missing_more, factor)
    return posts


def _penalty(tenths: int, factor: Array) -> Array:
    """Penalty times risk factor; where that falls between two tenths, rounded half to even."""
    return np.rint(tenths * factor.astype(np.float64) / 10).astype(np.int64)


def _communities(problem: Problem, community_of_grouped_posts: Array) -> Array:
    c = problem.communities
    communities = np.zeros(len(c.ids), dtype=COMMUNITY)
    _locate(communities, c.lon, c.lat)
    communities["street"] = c.street
    ends = np.searchsorted(community_of_grouped_posts, np.arange(len(c.ids) + 1))
    communities["post_first"], communities["post_last"] = ends[:-1], ends[1:]
    return communities


def _terms(problem: Problem) -> Array:
    cost = problem.params
    terms = np.zeros(1, dtype=TERMS)
    for name in ("street_first", "street_other", "street_elsewhere", "street_unpaired", "home_bonus"):
        terms[name] = getattr(cost, name)
    for name in ("other_category", "moving", "team"):
        terms[name] = getattr(cost, name)
    terms["walk"], terms["ride"], terms["walk_km"] = cost.walk_min_per_km, cost.ride_min_per_km, cost.walk_km / 10
    terms["cap"] = NO_TENTHS if cost.travel_cap == NO_CAP else cost.travel_cap
    terms["streets"] = len(problem.streets)
    return terms


def _locate(rows: Array, lon: Array, lat: Array) -> None:
    lam, phi = np.radians(lon), np.radians(lat)
    rows["lon"], rows["lat"], rows["cos_lat"] = lam, phi, np.cos(phi)
    rows["x"], rows["y"], rows["z"] = np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)
