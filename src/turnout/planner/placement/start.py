"""Where a search begins: a first list of pairs, and a plan that needs no solver."""

from __future__ import annotations

import numpy as np

from turnout.planner.placement import pricing
from turnout.planner.placement.arcs import Arcs, joined, tenths_of
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.jit import jit

NEAREST = 20
"""Cheapest posts listed per person at first; 12 and 40 end at the same optimum, later or with larger flows."""
NEAREST_GENERAL = 5
"""Of those who have another category, posts of `general`: few are better off there."""
DRAWN, MOST_PLACES = 12, 50
"""People drawn for every place of a post, and for how many of its places at most."""
FIRST = 1e6
"""A price that puts posts of a person's own category before those of `general`, so that scarce ones are listed."""


def listed(city: City, ix: pricing.Index, workers: int) -> Arcs:
    """First pairs: the cheapest of the own categories, the cheapest of `general`, the present post, and some by lot."""
    people, posts = city.people, city.posts
    general = posts["general"] == 1
    free = people["frozen"] == 0
    own = _nearest(city, ix, np.where(general, 0.0, FIRST), free, NEAREST, workers)
    more = _nearest(city, ix, np.where(general, FIRST, 0.0), free & (people["other"] == 1), NEAREST_GENERAL, workers)
    present = np.flatnonzero(free & (people["current"] >= 0))
    tenths = tenths_of(city, present, people["current"][present])
    allowed = tenths >= 0
    at_present = (present[allowed], people["current"][present][allowed], tenths[allowed])
    drawn = _by_lot(city, free)
    return joined(city, own, more, at_present, drawn)


def _by_lot(city: City, free: Array) -> tuple[Array, Array, Array]:
    """Person, post and tenths of people drawn for every place among those of its category, from a fixed seed.

    Where few live and many are needed, people must come from far away, and nobody's nearest posts say so. Somebody from
    anywhere caps the price of a place by a long way instead of by the penalty.
    """
    people, posts = city.people, city.posts
    random = np.random.default_rng(0)
    persons, wanted = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for category, general in np.unique(posts[["category", "general"]]):
        of = np.flatnonzero(posts["category"] == category)
        own = (people["other"] == 0) if general else (people["categories"] >> category) & 1 == 1
        who = np.flatnonzero(free & own)
        if len(who):
            wanted.append(np.repeat(of, DRAWN * np.minimum(posts["places"][of], MOST_PLACES)))
            persons.append(who[random.integers(0, len(who), len(wanted[-1]))])
    person, post = np.concatenate(persons), np.concatenate(wanted)
    tenths = tenths_of(city, person, post)
    allowed = tenths >= 0
    return person[allowed], post[allowed], tenths[allowed]


def _nearest(
    city: City, ix: pricing.Index, price: Array, who: Array, most: int, workers: int
) -> tuple[Array, Array, Array]:
    """Person, post and tenths of the `most` cheapest."""
    limits = np.where(who, pricing.NO_ARC, -pricing.NO_ARC)
    found = pricing.scan(city, ix, price, np.zeros(len(city.quota)), limits, most, workers)
    return found.person, found.post, found.tenths


def greedy(city: City, arcs: Arcs) -> Array:
    """A plan that keeps every rule: arcs by what they save, each taken if person, place and quota are free."""
    posts = city.posts
    order = np.argsort(arcs.tenths - posts["penalty_min"][arcs.post], kind="stable")
    plan = np.where(city.people["frozen"] == 1, city.people["current"], -1).astype(np.int64)
    _fill(city, arcs.person, arcs.post, arcs.tenths, order, plan)
    return plan


@jit
def _fill(city: City, person: Array, post: Array, tenths: Array, order: Array, plan: Array) -> None:
    people, posts, quota = city.people, city.posts, city.quota
    filled = np.zeros(len(posts), dtype=np.int64)
    released = np.zeros(len(quota), dtype=np.int64)
    for p in range(len(plan)):
        if plan[p] >= 0:
            filled[plan[p]] += 1
            released[people[p].unit] += 1
    for minimum in (True, False):
        for k in order:
            p, q = person[k], post[k]
            u = people[p].unit
            places = posts[q].places_min if minimum else posts[q].places
            worth = posts[q].penalty_min if minimum else posts[q].penalty_more
            if plan[p] >= 0 or people[p].frozen == 1 or filled[q] >= places or released[u] >= quota[u]:
                continue
            if tenths[k] - people[p].out < worth:
                plan[p] = q
                filled[q] += 1
                released[u] += 1
