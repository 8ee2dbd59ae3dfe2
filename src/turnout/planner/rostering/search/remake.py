"""Take a stretch of days from a few people and give each in turn the cheapest row that the others leave room for.

Cover is priced cell by cell, so what one person costs beside the others is a sum over days and the best row is found
exactly (`rowsearch`). Worse rosters are kept now and then, less and less often. The number of steps is fixed and the
random numbers come from the seed alone.
"""

from __future__ import annotations

import numba
import numpy as np

from turnout.planner.rostering.search.anneal import below
from turnout.planner.rostering.search.rowsearch import Contracts, Labels, cheapest, contract, with_choices
from turnout.planner.rostering.search.tables import Bytes, Small

_NOISE = 1 << 20


@numba.njit(nogil=True, cache=True)
def points_of(points: Small, wish: Small, duty: Small) -> int:
    """What a roster costs; duties are shifts."""
    people, days = duty.shape
    there = counted(points, duty)
    total = 0
    for shift in range(points.shape[0]):
        for day in range(days):
            total += points[shift, day, there[shift, day]]
    for person in range(people):
        for day in range(days):
            total += wish[person, day, duty[person, day] + 1]
    return total


@numba.njit(nogil=True, cache=True)
def counted(points: Small, duty: Small) -> Small:
    """(shifts, days): people on duty."""
    there = np.zeros(points.shape[:2], np.int32)
    for person in range(duty.shape[0]):
        for day in range(duty.shape[1]):
            if duty[person, day] >= 0:
                there[duty[person, day], day] += 1
    return there


@numba.njit(nogil=True, cache=True)
def only(can: Bytes, row: Small, first: int, until: int, laid: Bytes) -> None:
    """The choices of a person who keeps the row outside [first, until)."""
    for day in range(len(row)):
        if first <= day < until:
            laid[day] = can[day]
        else:
            laid[day] = 0
            laid[day, row[day] + 1] = 1


@numba.njit(nogil=True, cache=True)
def remake(
    c: Contracts,
    points: Small,
    wish: Small,
    start: Small,
    seed: int,
    steps: int,
    heat: tuple[float, float],
    stretch: tuple[int, int],
    most_people: int,
    keep: int,
    w: Labels,
) -> tuple[Small, int]:
    """The best roster found in `steps` steps from `start` (which everybody's contract allows) while the temperature
    falls between two points, and what it costs. Each step frees up to `most_people` for `stretch` days, from to."""
    people, days = start.shape
    shifts = points.shape[0]
    now = points_of(points, wish, start)
    duty, best, best_duty = start.copy(), now, start.copy()
    if people == 0:
        return best_duty, best
    there = counted(points, duty)
    state = np.array([np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x2545F4914F6CDD1D)], np.uint64)
    who, laid = np.arange(people), np.empty((days, shifts + 1), np.uint8)
    cost = np.zeros((days, shifts + 1))
    kept = np.empty((most_people, days), np.int32)
    fall, warm = (heat[1] / heat[0]) ** (1.0 / max(steps, 1)), heat[0]
    for _ in range(steps):
        warm *= fall
        count = 1 + below(state, min(most_people, people))
        length = min(stretch[0] + below(state, stretch[1] - stretch[0] + 1), days)
        first = below(state, days - length + 1)
        until = first + length
        for index in range(count):
            other = index + below(state, people - index)
            who[index], who[other] = who[other], who[index]
        change = 0
        for index in range(count):
            person = who[index]
            kept[index] = duty[person]
            for day in range(first, until):
                change += _stand(points, wish, there, duty, person, day, -1)
        done = 0
        for index in range(count):
            person = who[index]
            own = contract(c, person)
            only(own.can, kept[index], first, until, laid)
            for day in range(first, until):
                cost[day, 0] = wish[person, day, 0]
                for shift in range(shifts):
                    more = points[shift, day, there[shift, day] + 1] - points[shift, day, there[shift, day]]
                    blur = 0.8 + 0.4 * below(state, _NOISE) / _NOISE if count > 1 else 1.0
                    cost[day, shift + 1] = wish[person, day, shift + 1] + blur * more
            row, least, _ = cheapest(with_choices(own, laid), cost, keep, w)
            if least == np.inf:
                break
            done += 1
            for day in range(first, until):
                change += _stand(points, wish, there, duty, person, day, row[day])
        if done == count and (change <= 0 or below(state, _NOISE) / _NOISE < np.exp(-change / warm)):
            now += change
            if now < best:
                best = now
                best_duty[:] = duty
            continue
        for index in range(count):
            for day in range(first, until):
                _stand(points, wish, there, duty, who[index], day, kept[index, day])
    return best_duty, best


@numba.njit(nogil=True, cache=True)
def _stand(points: Small, wish: Small, there: Small, duty: Small, person: int, day: int, shift: int) -> int:
    """Let the person work another shift (-1: none) and return what that costs."""
    old = duty[person, day]
    if old == shift:
        return 0
    change = wish[person, day, shift + 1] - wish[person, day, old + 1]
    if old >= 0:
        there[old, day] -= 1
        change += points[old, day, there[old, day]] - points[old, day, there[old, day] + 1]
    if shift >= 0:
        change += points[shift, day, there[shift, day] + 1] - points[shift, day, there[shift, day]]
        there[shift, day] += 1
    duty[person, day] = shift
    return int(change)
