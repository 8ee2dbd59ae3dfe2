"""The listed pairs: a subset of all person-post pairs, sorted by person and post, that a flow is solved on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from turnout.planner.placement import costs
from turnout.planner.placement.city import Array, City, Record
from turnout.planner.placement.jit import inline, jit


class Arcs(NamedTuple):
    start: Array  # (people + 1,): the arcs of person p are [start[p], start[p + 1])
    post: Array  # int32, strictly increasing inside a person
    tenths: Array  # int32

    @property
    def person(self) -> Array:
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


def joined(city: City, *lists: Any) -> Arcs:
    """Pairs of several lists, in any order and some of them twice, as one list.

    Each has `person`, `post` and `tenths` (Arcs, pricing.Found), or is a plain tuple of the three.
    """
    parts = [each if type(each) is tuple else (each.person, each.post, each.tenths) for each in lists]
    person, post, tenths = (np.concatenate(column) for column in zip(*parts, strict=True))
    key, first = np.unique(person.astype(np.int64) * len(city.posts) + post, return_index=True)
    start = np.searchsorted(key, np.arange(len(city.people) + 1, dtype=np.int64) * len(city.posts))
    return Arcs(start, post[first].astype(np.int32), tenths[first].astype(np.int32))


@inline
def pair_tenths(
    terms: Record, communities: Array, pairing: Array, skill: Array, skill_until: Array,
    table_community: Array, table_tenths: Array, person: Record, post: Record, q: int,
) -> int:  # fmt: skip
    """Whole cost of one placement without the team term, or FORBIDDEN."""
    if not costs.may_stand(skill, skill_until, person, post, q):
        return costs.FORBIDDEN
    community = communities[post.community]
    travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, post.community)
    base = costs.community_tenths(terms, pairing, person, post.community, community.street, travel)
    if base == costs.FORBIDDEN:
        return costs.FORBIDDEN
    return base + costs.extra_tenths(terms, person, post, q)


@jit
def tenths_of(city: City, persons: Array, posts_of: Array) -> Array:
    """Cost of each named pair; FORBIDDEN where a hard rule stands against it."""
    people, posts, communities, all_terms, _, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    tenths = np.zeros(len(persons), dtype=np.int64)
    for k in range(len(persons)):
        person, q = people[persons[k]], posts_of[k]
        tenths[k] = pair_tenths(
            terms, communities, pairing, skill, skill_until, table_community, table_tenths, person, posts[q], q
        )
    return tenths
