"""Who stands on which place, and how many of each unit are in each community: a plan that loops can change.

The annealer and the chains of `chains` move people one by one; both keep this true with `exchange`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from turnout.planner.placement.city import Array, City, Record
from turnout.planner.placement.jit import inline
from turnout.planner.placement.reasons import costs_of

LARGEST_COUNTERS = 500_000_000
"""Units times communities beyond which the counters would not fit in memory."""


class Standing(NamedTuple):
    plan: Array  # post of each person, -1 out
    own: Array  # present cost of each person: of the placement, or of staying out
    slot: Array  # person on each place, -1 vacant
    slot_of: Array  # place of each person, -1 out
    slot_post: Array
    first_slot: Array  # (posts + 1,)
    filled: Array
    size: Array  # people of each unit in each community, flat
    where: Array  # community of each person, -1 out


def fits(city: City) -> bool:
    """Whether the counters do not outgrow memory."""
    return 0 < len(city.quota) * len(city.communities) <= LARGEST_COUNTERS


def at(city: City, plan: Array) -> Standing:
    """The standing of a plan in which no post has more people than places."""
    posts, people = city.posts, city.people
    first_slot = np.concatenate([[0], np.cumsum(posts["places"])])
    slot = np.full(first_slot[-1], -1, dtype=np.int32)
    slot_of = np.full(len(plan), -1, dtype=np.int64)
    placed = np.flatnonzero(plan >= 0)
    order = placed[np.argsort(plan[placed], kind="stable")]
    filled = np.bincount(plan[placed], minlength=len(posts))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(filled) - filled, filled)
    slot_of[order] = first_slot[plan[order]] + rank
    slot[slot_of[order]] = order
    size = np.zeros(len(city.quota) * len(city.communities), dtype=np.int16)
    pair = people["unit"][placed].astype(np.int64) * len(city.communities) + posts["community"][plan[placed]]
    np.add.at(size, pair, 1)
    where = np.where(plan >= 0, posts["community"][plan] if len(posts) else -1, -1).astype(np.int32)
    own = np.where(plan >= 0, costs_of(city, plan), people["out"])
    slot_post = np.repeat(np.arange(len(posts), dtype=np.int32), posts["places"])
    return Standing(plan.copy(), own, slot, slot_of, slot_post, first_slot, filled, size, where)


@inline
def team_change(size: Array, row: int, before: int, after: int, term: int) -> int:
    """Team cost when one person of a unit leaves `before` for `after`; -1 is nowhere."""
    if before == after:
        return 0
    change = 0
    if before >= 0 and size[row + before] == 1:
        change -= term
    if after >= 0 and size[row + after] == 0:
        change += term
    return change


@inline
def vacancy(post: Record, filled: int) -> int:
    """Penalty of the next place of a post with so many people."""
    return post.penalty_min if filled < post.places_min else post.penalty_more


@inline
def exchange(
    posts: Array, people: Array, plan: Array, own: Array, slot: Array, slot_of: Array, slot_post: Array, filled: Array,
    size: Array, where: Array, communities: int, i: int, s: int, i_cost: int, j_cost: int,
) -> None:  # fmt: skip
    """i goes to place s; who stood there goes to i's place, or out if i had none."""
    a, sa, b, j = plan[i], slot_of[i], slot_post[s], slot[s]
    here, there = where[i], posts[b].community
    row = people[i].unit * communities
    slot[s], slot_of[i], plan[i], own[i], where[i] = i, s, b, i_cost, there
    size[row + there] += 1
    filled[b] += 1
    if a >= 0:
        slot[sa] = j
        size[row + here] -= 1
        filled[a] -= 1
    if j >= 0:
        row = people[j].unit * communities
        slot_of[j], plan[j], own[j], where[j] = sa, a, j_cost, here
        size[row + there] -= 1
        filled[b] -= 1
        if a >= 0:
            size[row + here] += 1
            filled[a] += 1


@inline
def leave(
    posts: Array, people: Array, plan: Array, own: Array, slot: Array, slot_of: Array, filled: Array, size: Array,
    where: Array, communities: int, i: int,
) -> None:  # fmt: skip
    """i goes home; her place is vacant."""
    slot[slot_of[i]] = -1
    filled[plan[i]] -= 1
    size[people[i].unit * communities + where[i]] -= 1
    plan[i], slot_of[i], where[i], own[i] = -1, -1, -1, people[i].out
