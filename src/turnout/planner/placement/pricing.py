"""The cheapest posts of every person at given prices, over all pairs, without looking at most of them.

A pair is skipped only if a lower bound of its cost rules it out: the great circle is never shorter than the chord,
travel never falls with distance, and a community is worth at most its dearest post the person could fill.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnout.planner.placement import costs
from turnout.planner.placement.city import Array, City, Record
from turnout.planner.placement.jit import inline, jit, spread

MOST_CLASSES = 64
"""With more sets of categories than this, people share one class that may fill anything: slower, equally right."""
NO_ARC = 1e18


class Index(NamedTuple):
    """What skips most pairs: streets as balls around their communities, people by their set of categories."""

    street_start: Array  # communities of a street are by_street[street_start[s]:street_start[s + 1]]
    by_street: Array
    xyz: Array  # (communities, 3), in the order of by_street
    centre: Array  # (streets, 3)
    radius: Array  # km along the chord from the centre to the farthest community
    person_class: Array
    masks: Array  # categories of a class; -1 of the class that may fill anything
    surcharged: Array  # 1: the class pays for a general post


class Worth(NamedTuple):
    """The most that posts of a community or street are worth to a class at given prices; -NO_ARC if it fills none."""

    community: Array  # (classes, communities), columns in the order of Index.by_street
    street: Array


def index(city: City) -> Index:
    street = city.communities["street"]
    by_street = np.argsort(street, kind="stable").astype(np.int32)
    start = np.searchsorted(street[by_street], np.arange(int(city.terms["streets"][0]) + 1)).astype(np.int32)
    xyz = np.stack([city.communities[axis][by_street] for axis in "xyz"], axis=1)
    centre, radius = _balls(start, xyz)
    masks, person_class = np.unique(city.people["categories"], return_inverse=True)
    if len(masks) > MOST_CLASSES:
        masks, person_class = np.array([-1]), np.zeros(len(city.people), dtype=np.int64)
    surcharged = np.array(
        [bool(city.people["other"][person_class == k].all()) for k in range(len(masks))], dtype=np.int32
    )
    return Index(start, by_street, xyz, centre, radius, person_class.astype(np.int32), masks, surcharged)


def worth(city: City, ix: Index, post_price: NDArray[np.float64]) -> Worth:
    """At given prices, what skipping may assume at most."""
    posts = city.posts
    column = np.empty(len(ix.by_street), dtype=np.int64)
    column[ix.by_street] = np.arange(len(ix.by_street))
    community = np.full((len(ix.masks), len(ix.by_street)), -NO_ARC)
    street = np.full((len(ix.masks), len(ix.street_start) - 1), -NO_ARC)
    for k, mask in enumerate(ix.masks):
        fillable = (posts["general"] == 1) | ((mask >> posts["category"]) & 1 == 1)
        value = post_price - ix.surcharged[k] * posts["general"] * city.terms["other_category"][0]
        np.maximum.at(community[k], column[posts["community"][fillable]], value[fillable])
        np.maximum.at(street[k], city.communities["street"][posts["community"][fillable]], value[fillable])
    return Worth(community, street)


def _balls(start: Array, xyz: Array) -> tuple[Array, Array]:
    streets = len(start) - 1
    centre, radius = np.zeros((streets, 3)), np.zeros(streets)
    for s in range(streets):
        members = xyz[start[s] : start[s + 1]]
        if len(members):
            centre[s] = members.mean(axis=0)
            radius[s] = costs.EARTH_KM * np.sqrt(((members - centre[s]) ** 2).sum(axis=1).max())
    return centre, radius


@inline
def chord_km(person: Record, xyz: Array, k: int) -> float:
    x, y, z = person.x - xyz[k, 0], person.y - xyz[k, 1], person.z - xyz[k, 2]
    return costs.EARTH_KM * math.sqrt(x * x + y * y + z * z)


@inline
def _keep(reduced: float, tenths: int, post: int, values: Array, posts: Array, tenths_of: Array, kept: int) -> int:
    """Insert into the sorted short list of the best arcs, ties by post; returns how many it holds now."""
    most = len(values)
    if kept == most and (reduced > values[most - 1] or (reduced == values[most - 1] and post > posts[most - 1])):
        return kept
    at = kept if kept < most else most - 1
    while at > 0 and (values[at - 1] > reduced or (values[at - 1] == reduced and posts[at - 1] > post)):
        values[at], posts[at], tenths_of[at] = values[at - 1], posts[at - 1], tenths_of[at - 1]
        at -= 1
    values[at], posts[at], tenths_of[at] = reduced, post, tenths
    return min(kept + 1, most)


@inline
def _offer(
    terms: Record, all_posts: Array, at: Array, skill: Array, skill_until: Array, post_price: Array,
    person: Record, community: Record, base: int, mu: float, limit: float,
    values: Array, posts: Array, tenths_of: Array, kept: int,
) -> int:  # fmt: skip
    """Keep the posts of one community that are below the limit; returns how many the short list holds now."""
    for k in range(community.post_first, community.post_last):
        q = at[k]
        tenths = base + costs.extra_tenths(terms, person, all_posts[q], q)
        reduced = tenths + mu - post_price[q]
        if reduced < limit and costs.may_stand(skill, skill_until, person, all_posts[q], q):
            kept = _keep(reduced, tenths, q, values, posts, tenths_of, kept)
    return kept


@inline
def _street_term(terms: Record, pairing: Array, person: Record, s: int, mu: float) -> float:
    """Least a street's term can be for a person, a bonus for her home included."""
    term = costs.street_tenths(terms, pairing, person, s) + mu - costs.ROUNDING
    return term - terms.home_bonus if s == person.home_street else term


@inline
def _streets(
    terms: Record, ix: Index, worth_of: Worth, pairing: Array, person: Record, kind: int, mu: float, limit: float,
    streets: Array, least: Array,
) -> int:  # fmt: skip
    """Streets that may hold a post below the limit, and the least that one there can cost. Fills both buffers."""
    n = 0
    for s in range(len(ix.radius)):
        worth_street = worth_of.street[kind, s]
        if worth_street == -NO_ARC:
            continue
        km = max(chord_km(person, ix.centre, s) - ix.radius[s], 0.0)
        bound = costs.formula_tenths(terms, km) + _street_term(terms, pairing, person, s, mu) - worth_street
        if bound < limit:
            streets[n], least[n] = s, bound
            n += 1
    return n


@inline
def _walked(terms: Record, pairing: Array, communities: Array, table_community: Array, person: Record, c: int) -> int:
    """Cost of a community by the formula; FORBIDDEN above the travel cap, or where the travel table has the pair."""
    if costs.table_entry(table_community, person, c) >= 0:
        return costs.FORBIDDEN
    travel = costs.by_formula(terms, person, communities[c])
    return costs.community_tenths(terms, pairing, person, c, communities[c].street, travel)


@jit
def cheapest(
    city: City, ix: Index, worth_of: Worth, post_price: Array, unit_price: Array, limits: Array,
    most: int, first: int, last: int,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """For people first..last: at most `most` posts each with c + q - p below the person's limit, best first.

    Returns row starts, posts, tenths and reduced costs. Looks, in effect, at all pairs: streets come in the order of
    the least they can cost, so that a full short list soon rules out all that are left.
    """
    people, all_posts, communities, all_terms, at, pairing, skill, skill_until, table_community, table_tenths, _ = city
    street_start, by_street, xyz, worth_community = ix.street_start, ix.by_street, ix.xyz, worth_of.community
    terms = all_terms[0]
    size = 1024
    start = np.zeros(last - first + 1, dtype=np.int64)
    found = np.zeros(size, dtype=np.int32)
    found_tenths = np.zeros(size, dtype=np.int32)
    found_reduced = np.zeros(size)
    values, posts, tenths_of = np.zeros(most), np.zeros(most, dtype=np.int64), np.zeros(most, dtype=np.int64)
    streets, least = np.zeros(len(ix.radius), dtype=np.int32), np.zeros(len(ix.radius))
    n = 0
    for p in range(first, last):
        person, limit, kept = people[p], limits[p], 0
        kind, mu = ix.person_class[p], unit_price[person.unit]
        for entry in range(person.table_first, person.table_last):
            c = table_community[entry]
            base = costs.community_tenths(terms, pairing, person, c, communities[c].street, table_tenths[entry])
            if base != costs.FORBIDDEN:
                kept = _offer(
                    terms, all_posts, at, skill, skill_until, post_price, person, communities[c], base, mu,
                    limit, values, posts, tenths_of, kept,
                )  # fmt: skip
        many = _streets(terms, ix, worth_of, pairing, person, kind, mu, limit, streets, least)
        for k in np.argsort(least[:many]):
            # equal to the last of a full short list is still wanted: ties are decided by post
            if kept == most and least[k] > values[most - 1]:
                break
            s = streets[k]
            term = _street_term(terms, pairing, person, s, mu)
            for m in range(street_start[s], street_start[s + 1]):
                bound = costs.formula_tenths(terms, chord_km(person, xyz, m)) + term - worth_community[kind, m]
                if bound >= limit or (kept == most and bound > values[most - 1]):
                    continue
                c = by_street[m]
                base = _walked(terms, pairing, communities, table_community, person, c)
                if base != costs.FORBIDDEN:
                    kept = _offer(
                        terms, all_posts, at, skill, skill_until, post_price, person, communities[c], base, mu,
                        limit, values, posts, tenths_of, kept,
                    )  # fmt: skip
        if n + kept > size:
            size = 2 * size + kept
            found, found_tenths = _grown(found, size), _grown(found_tenths, size)
            found_reduced = _grown(found_reduced, size)
        for k in range(kept):
            found[n], found_tenths[n], found_reduced[n] = posts[k], tenths_of[k], values[k]
            n += 1
        start[p - first + 1] = n
    return start, found[:n].copy(), found_tenths[:n].copy(), found_reduced[:n].copy()


@inline
def _near(
    terms: Record, ix: Index, worth_of: Worth, pairing: Array, communities: Array, table_community: Array,
    table_tenths: Array, person: Record, kind: int, mu: float, limit: float, streets: Array, least: Array,
    near: Array, base_of: Array,
) -> int:  # fmt: skip
    """Communities that may hold a post below the limit and their cost; every other one is ruled out. Fills buffers."""
    n = 0
    for k in range(_streets(terms, ix, worth_of, pairing, person, kind, mu, limit, streets, least)):
        s = streets[k]
        term = _street_term(terms, pairing, person, s, mu)
        for m in range(ix.street_start[s], ix.street_start[s + 1]):
            bound = costs.formula_tenths(terms, chord_km(person, ix.xyz, m)) + term
            if bound - worth_of.community[kind, m] >= limit:
                continue
            c = ix.by_street[m]
            base = _walked(terms, pairing, communities, table_community, person, c)
            if base != costs.FORBIDDEN:
                near[n], base_of[n] = c, base
                n += 1
    for entry in range(person.table_first, person.table_last):
        c = table_community[entry]
        base = costs.community_tenths(terms, pairing, person, c, communities[c].street, table_tenths[entry])
        if base != costs.FORBIDDEN:
            near[n], base_of[n] = c, base
            n += 1
    return n


@jit
def everything(
    city: City, ix: Index, worth_of: Worth, post_price: Array, unit_price: Array, limits: Array,
    most: int, first: int, last: int,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """As `cheapest`, but all posts below the limit, in no particular order; `most` is not used."""
    people, all_posts, communities, all_terms, at, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    size = 1024
    start = np.zeros(last - first + 1, dtype=np.int64)
    found = np.zeros(size, dtype=np.int32)
    found_tenths = np.zeros(size, dtype=np.int32)
    streets, least = np.zeros(len(ix.radius), dtype=np.int32), np.zeros(len(ix.radius))
    near, base_of = np.zeros(len(communities), dtype=np.int32), np.zeros(len(communities), dtype=np.int64)
    n = 0
    for p in range(first, last):
        person, limit = people[p], limits[p]
        mu = unit_price[person.unit]
        many = _near(
            terms, ix, worth_of, pairing, communities, table_community, table_tenths,
            person, ix.person_class[p], mu, limit, streets, least, near, base_of,
        )  # fmt: skip
        for k in range(many):
            community = communities[near[k]]
            if n + community.post_last - community.post_first > size:
                size = 2 * size + community.post_last - community.post_first
                found, found_tenths = _grown(found, size), _grown(found_tenths, size)
            for m in range(community.post_first, community.post_last):
                q = at[m]
                tenths = base_of[k] + costs.extra_tenths(terms, person, all_posts[q], q)
                if tenths + mu - post_price[q] < limit and costs.may_stand(skill, skill_until, person, all_posts[q], q):
                    found[n], found_tenths[n] = q, tenths
                    n += 1
        start[p - first + 1] = n
    return start, found[:n].copy(), found_tenths[:n].copy(), np.zeros(0)


@inline
def _grown(array: Array, size: int) -> Array:
    larger = np.zeros(size, dtype=array.dtype)
    larger[: len(array)] = array
    return larger


class Found(NamedTuple):
    """Arcs of all people, best first inside a person."""

    start: Array
    post: Array
    tenths: Array
    reduced: Array

    @property
    def person(self) -> Array:
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


def scan(city: City, ix: Index, post_price: Array, unit_price: Array, limits: Array, most: int, workers: int) -> Found:
    """For everybody at most `most` posts below their limit, best first, on `workers` threads; 0: all, unordered."""
    worth_of = worth(city, ix, post_price)
    loop = cheapest if most else everything
    shared = (city, ix, worth_of, post_price, unit_price, limits, most)
    blocks = spread(loop, shared, len(city.people), workers=workers)
    if not blocks:
        nothing = np.zeros(0, dtype=np.int32)
        return Found(np.zeros(1, dtype=np.int64), nothing, nothing, np.zeros(0))
    ends = np.concatenate([[0], *(np.diff(block[0]) for block in blocks)])
    return Found(np.cumsum(ends), *(np.concatenate([block[k] for block in blocks]) for k in (1, 2, 3)))
