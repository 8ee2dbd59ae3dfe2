"""Dual prices of an optimal assignment over listed pairs, read from its residual graph.

Optimality says, for post prices p and unit prices q >= 0:
  a person placed on k would not rather be on j:      c_ik + q - p_k <= c_ij + q - p_j
  nor stay out:                                       c_ik + q - p_k <= out
  a person left out would not rather be placed:       out            <= c_ij + q - p_j
  a post with a vacancy is worth its penalty:         p_k >= penalty of the vacant tier
  a post is worth no more than its last filled tier:  p_k <= that penalty; an empty one at most the first
  a unit below its quota has price 0.
These are difference constraints. Their smallest solution is the longest path from the lower bounds, their largest the
shortest path from the upper bounds; both are found by label correcting, which settles in few passes because most
chains of moves are short. Every mean of the two, rounded down, is a solution too.
"""

from __future__ import annotations

import numpy as np

from turnout.planner.placement.arcs import Arcs
from turnout.planner.placement.city import UNLIMITED, Array, City
from turnout.planner.placement.jit import jit

FAR = 2**60


def tier_bounds(city: City, filled: Array) -> tuple[Array, Array]:
    """Lowest and highest price of each post from its own places: vacant tier, last filled tier."""
    posts = city.posts
    low = np.where(
        filled < posts["places_min"],
        posts["penalty_min"],
        np.where(filled < posts["places"], posts["penalty_more"], 0),
    )
    high = np.where(filled > posts["places_min"], posts["penalty_more"], posts["penalty_min"])
    return low.astype(np.int64), high.astype(np.int64)


def middle(city: City, arcs: Arcs, plan: Array) -> tuple[Array, Array]:
    """Post and unit prices halfway between the smallest and the largest solution, whole numbers as floats.

    The middle was the best of the three for listing pairs: extreme prices ask for pairs that the next ones do not.
    """
    least, unit_least, most, unit_most = smallest_and_largest(city, arcs, plan)
    # nobody of such a unit may go: any price that outweighs every post keeps them all at home
    closed = unit_most >= FAR
    enough = int(city.posts["penalty_min"].max(initial=0) + city.people["out"].max(initial=0))
    unit_least, unit_most = (np.where(closed, enough, price) for price in (unit_least, unit_most))
    return ((least + most) // 2).astype(np.float64), ((unit_least + unit_most) // 2).astype(np.float64)


def smallest_and_largest(city: City, arcs: Arcs, plan: Array) -> tuple[Array, Array, Array, Array]:
    """Smallest and largest solution: post and unit prices of each, int64, (posts,) and (units,)."""
    people, posts, quota = city.people, city.posts, city.quota
    low, high = tier_bounds(city, np.bincount(plan[plan >= 0], minlength=len(posts)))
    released = np.bincount(people["unit"][plan >= 0], minlength=len(quota))
    unit_low = np.zeros(len(quota), dtype=np.int64)
    unit_high = np.where((quota < UNLIMITED) & (released >= quota), FAR, 0)
    tenths, person = arcs.tenths.astype(np.int64), arcs.person
    own = np.zeros(len(plan), dtype=np.int64)
    chosen = plan[person] == arcs.post
    own[person[chosen]] = tenths[chosen]
    most = _most(people, arcs.start, arcs.post, tenths, plan, own, high, unit_high)
    # a full post may be worth less than nothing where somebody would pay to get in only because staying out costs
    low = np.minimum(low, most[0])
    least = _least(people, arcs.start, arcs.post, tenths, person, plan, own, low, unit_low, unit_high)
    return least[0], least[1], most[0], most[1]


@jit
def _by(key: Array, size: int) -> tuple[Array, Array]:
    """Rows grouped by key: starts and row numbers."""
    start = np.zeros(size + 1, dtype=np.int64)
    for k in key:
        if k >= 0:
            start[k + 1] += 1
    for k in range(size):
        start[k + 1] += start[k]
    fill = start.copy()
    rows = np.empty(start[size], dtype=np.int32)
    for row in range(len(key)):
        if key[row] >= 0:
            rows[fill[key[row]]] = row
            fill[key[row]] += 1
    return start, rows


@jit
def _most(
    people: Array, start: Array, post: Array, tenths: Array, plan: Array, own: Array, high: Array, unit_high: Array
) -> tuple[Array, Array]:
    """Largest prices: every price pulled down to what the others allow."""
    posts, units = len(high), len(unit_high)
    price, unit_price = high.copy(), unit_high.copy()
    at_start, at = _by(plan, posts)
    unit_start, members = _by(people["unit"], units)
    size = posts + units + 1
    queue = np.empty(size, dtype=np.int32)
    waiting = np.zeros(posts + units, dtype=np.bool_)
    head, tail = 0, 0
    for q in range(posts):
        queue[tail] = q
        waiting[q] = True
        tail += 1
    for u in range(units):
        if unit_price[u] < FAR:
            queue[tail] = posts + u
            waiting[posts + u] = True
            tail += 1
    while head != tail:
        node = queue[head]
        head = (head + 1) % size
        waiting[node] = False
        if node < posts:
            # who stands here would not rather be elsewhere, and would rather be here than out
            for m in range(at_start[node], at_start[node + 1]):
                p = at[m]
                if people[p].frozen == 1:
                    continue
                slack = price[node] - own[p]
                for k in range(start[p], start[p + 1]):
                    if price[post[k]] > slack + tenths[k]:
                        price[post[k]] = slack + tenths[k]
                        if not waiting[post[k]]:
                            waiting[post[k]] = True
                            queue[tail] = post[k]
                            tail = (tail + 1) % size
                u = people[p].unit
                if unit_price[u] > slack + people[p].out:
                    unit_price[u] = slack + people[p].out
                    if not waiting[posts + u]:
                        waiting[posts + u] = True
                        queue[tail] = posts + u
                        tail = (tail + 1) % size
        else:
            u = node - posts
            for m in range(unit_start[u], unit_start[u + 1]):
                p = members[m]
                if plan[p] >= 0 or people[p].frozen == 1:
                    continue
                for k in range(start[p], start[p + 1]):
                    value = tenths[k] + unit_price[u] - people[p].out
                    if price[post[k]] > value:
                        price[post[k]] = value
                        if not waiting[post[k]]:
                            waiting[post[k]] = True
                            queue[tail] = post[k]
                            tail = (tail + 1) % size
    return price, unit_price


@jit
def _least(
    people: Array, start: Array, post: Array, tenths: Array, person: Array, plan: Array, own: Array,
    low: Array, unit_low: Array, unit_high: Array,
) -> tuple[Array, Array]:  # fmt: skip
    """Smallest prices: every price pushed up to what the others demand."""
    posts, units = len(low), len(unit_low)
    price, unit_price = low.copy(), unit_low.copy()
    into_start, into = _by(post, posts)
    at_unit_start, members = _by(people["unit"], units)
    size = posts + units + 1
    queue = np.empty(size, dtype=np.int32)
    waiting = np.zeros(posts + units, dtype=np.bool_)
    head, tail = 0, 0
    for node in range(posts + units):
        queue[tail] = node
        waiting[node] = True
        tail += 1
    while head != tail:
        node = queue[head]
        head = (head + 1) % size
        waiting[node] = False
        if node < posts:
            for m in range(into_start[node], into_start[node + 1]):
                p = person[into[m]]
                if people[p].frozen == 1:
                    continue
                rest = price[node] - tenths[into[m]]
                if plan[p] >= 0:
                    other, value = plan[p], rest + own[p]
                    if price[other] < value:
                        price[other] = value
                        if not waiting[other]:
                            waiting[other] = True
                            queue[tail] = other
                            tail = (tail + 1) % size
                else:
                    u, value = people[p].unit, rest + people[p].out
                    if unit_price[u] < value:
                        unit_price[u] = value
                        if not waiting[posts + u]:
                            waiting[posts + u] = True
                            queue[tail] = posts + u
                            tail = (tail + 1) % size
        else:
            u = node - posts
            for m in range(at_unit_start[u], at_unit_start[u + 1]):
                p = members[m]
                if plan[p] < 0 or people[p].frozen == 1:
                    continue
                value = unit_price[u] + own[p] - people[p].out
                if price[plan[p]] < value:
                    price[plan[p]] = value
                    if not waiting[plan[p]]:
                        waiting[plan[p]] = True
                        queue[tail] = plan[p]
                        tail = (tail + 1) % size
    return price, unit_price
