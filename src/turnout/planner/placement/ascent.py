"""Rough prices of posts by many cheap steps, so that few flows are needed.

The bound that prices prove over the listed pairs is a concave function of them. A step raises the price of a post that
fewer people would choose than it has places, and lowers that of one that more would; it costs one look at the list,
a five hundredth of a flow. Prices in the middle of the search are worth more for listing pairs than those of a flow,
which lie in a corner: one post that nobody has listed is worth its whole penalty there.
"""

from __future__ import annotations

import math

import numpy as np

from turnout.planner.placement.arcs import Arcs
from turnout.planner.placement.city import UNLIMITED, Array, City
from turnout.planner.placement.jit import inline, jit

MOMENTUM, SCALE = 0.8, 0.95
"""How much of the direction and of its size a step keeps."""
CALM = 0.3
"""Persons that a post must have too few or too many before its steps have their full length."""
LAST = 0.25
"""Share of the steps, the last ones, whose mean is handed back: single steps swing around the best prices."""


def climb(
    city: City, arcs: Arcs, post_price: Array, unit_price: Array, steps: int, longest: float, shortest: float
) -> tuple[Array, Array]:
    """Prices of posts and of units with a quota after `steps` steps, whose lengths fall geometrically (tenths)."""
    people = city.people
    there = people[(people["frozen"] == 1) & (people["current"] >= 0)]
    held = np.bincount(there["current"], minlength=len(city.posts))
    away = np.bincount(there["unit"], minlength=len(city.quota))
    post, unit = _climb(
        people, city.posts, city.quota, arcs.start, arcs.post, arcs.tenths, held, away, post_price, unit_price,
        steps, longest, shortest,
    )  # fmt: skip
    return np.rint(post), np.rint(unit)


@inline
def _taste(p: int, q: int) -> float:
    """A number of 0 to 1 that belongs to a pair: people who live in one place do not all choose the same post."""
    return float((p * 2654435761 ^ q * 40503 ^ (p + q) * 69069) & 1023) / 1024.0


@inline
def _rise(heading: Array, size: Array, k: int, lacking: float, length: float) -> float:
    """How far price k goes at this step, when so many are lacking; keeps its heading and their usual number."""
    heading[k] = MOMENTUM * heading[k] + (1 - MOMENTUM) * lacking
    size[k] = SCALE * size[k] + (1 - SCALE) * lacking * lacking
    return length * heading[k] / (math.sqrt(size[k]) + CALM)


@jit
def _climb(
    people: Array, posts: Array, quota: Array, start: Array, post: Array, tenths: Array, held: Array, away: Array,
    post_price: Array, unit_price: Array, steps: int, longest: float, shortest: float,
) -> tuple[Array, Array]:  # fmt: skip
    price, worth = post_price.copy(), unit_price.copy()
    many, units = len(price), len(worth)
    heading, size = np.zeros(many + units), np.zeros(many + units)
    chosen, released = np.zeros(many, dtype=np.int64), np.zeros(units, dtype=np.int64)
    mean, unit_mean = np.zeros(many), np.zeros(units)
    counted = max(int(steps * LAST), 1)
    length, falls = longest, (shortest / longest) ** (1.0 / max(steps - 1, 1))
    for step in range(steps):
        chosen[:], released[:] = held, away
        for p in range(len(people)):
            if people[p].frozen == 1:
                continue
            best, at, u = float(people[p].out), -1, people[p].unit
            for k in range(start[p], start[p + 1]):
                reduced = tenths[k] + worth[u] - price[post[k]] + length * _taste(p, post[k])
                if reduced < best:
                    best, at = reduced, post[k]
            if at >= 0:
                chosen[at] += 1
                released[u] += 1
        for q in range(many):
            if posts[q].places == 0:
                continue
            # a place is wanted only where leaving it empty costs more than its price
            room = posts[q].places_min if price[q] < posts[q].penalty_min else 0
            room = posts[q].places if price[q] < posts[q].penalty_more else room
            raised = price[q] + _rise(heading, size, q, float(room - chosen[q]), length)
            price[q] = min(max(raised, 0.0), float(posts[q].penalty_min))
        for u in range(units):
            if quota[u] < UNLIMITED:
                worth[u] = max(worth[u] + _rise(heading, size, many + u, float(released[u] - quota[u]), length), 0.0)
        if step >= steps - counted:
            mean += price
            unit_mean += worth
        length *= falls
    return mean / counted, unit_mean / counted
