"""A lower bound of a block without a solver: what nobody can cover, and how near anybody can come to the fair share.

Both parts bound different soft rules from below, so their sum bounds the whole; all other parts are at least 0.
"""

from __future__ import annotations

import numpy as np

from turnout.planner.rostering.problem import DAY, Flags, Ints, Problem
from turnout.planner.rostering.rules.fairness import ONE_SHIFT, Fairness, fair_shares, shift_loads
from turnout.planner.rostering.rules.rolling_hours import RollingHours
from turnout.planner.rostering.rules.shifts_in_a_row import ShiftsInARow
from turnout.planner.rostering.rules.wishes import Wishes


def bound(problem: Problem) -> int:
    """No roster of the block costs fewer points."""
    return _shortage(problem) + max(_fairness(problem), 0) + _wishes(problem)


def bearable(problem: Problem, can: Flags) -> Ints:
    """(people,): most shifts anybody can work in the roster who can work on these days, (people, days)."""
    most: Ints = can.sum(axis=1)
    windows: list[tuple[int, int]] = []
    rolling, row = problem.rule("rolling_hours"), problem.rule("shifts_in_a_row")
    if isinstance(rolling, RollingHours) and len(problem.shifts.ids):
        shortest = int(problem.shifts.minutes.min())
        # From the first start of one day to the last end of some later one.
        span = int((problem.shifts.starts + problem.shifts.minutes).max() - problem.shifts.starts.min())
        windows += [((length - span) // DAY + 1, hours // shortest) for length, hours in rolling.windows]
    if isinstance(row, ShiftsInARow):
        windows.append((row.most + 1, row.most))
    for length, count in windows:
        if 0 < length <= problem.days:
            by_window = np.zeros_like(most)
            for first in range(0, problem.days, length):
                by_window += np.minimum(can[:, first : first + length].sum(axis=1), count)
            most = np.minimum(most, by_window)
    return most


def _shortage(problem: Problem) -> int:
    asked, most = problem.asked, bearable(problem, np.any(problem.allowed, axis=2))
    full = np.maximum(asked.want, asked.least)
    capable: Flags = np.any(problem.allowed, axis=(1, 2))
    worst = 0
    for categories in [range(len(problem.categories)), *([c] for c in range(len(problem.categories)))]:
        chosen = np.zeros(full.shape, np.bool_)
        chosen[:, list(categories)] = True
        who = problem.fills[:, list(categories)].any(axis=1) & capable
        missing = int(full[chosen].sum() - most[who].sum())
        if missing > 0:
            worst = max(
                worst,
                _cheapest(
                    asked.below_want[chosen], asked.below_least[chosen], full[chosen], asked.least[chosen], missing
                ),
            )
    return worst


def _cheapest(more: Ints, below: Ints, full: Ints, least: Ints, missing: int) -> int:
    """What the cheapest `missing` empty places cost: further ones first, then those below the least."""
    prices = np.concatenate([np.repeat(more, full - least), np.repeat(below, least)])
    return int(np.sort(prices)[:missing].sum())


def _fairness(problem: Problem) -> int:
    rule = problem.rule("fairness")
    if not isinstance(rule, Fairness) or not len(problem.people.ids):
        return 0
    loads, shares = shift_loads(problem.shifts, rule.night_weight), fair_shares(problem, rule.night_weight)
    can: Flags = np.any(problem.allowed, axis=1)
    total = 0
    reached: dict[tuple[int, ...], Ints] = {}
    for person in range(len(shares)):
        own = tuple(sorted({int(load) for load in loads[can[person]]}))
        if own not in reached:
            reached[own] = _sums(own, problem.days)
        away = int(np.abs(reached[own] - shares[person]).min())
        total += rule.points * (away + 2 * max(away - ONE_SHIFT, 0))
    return total


def _sums(loads: tuple[int, ...], count: int) -> Ints:
    """Every total that up to `count` shifts of these loads can make."""
    sums = {0}
    for _ in range(count):
        further = {total + load for total in sums for load in loads} | sums
        if further == sums:
            break
        sums = further
    return np.array(sorted(sums))


def _wishes(problem: Problem) -> int:
    """Wishes for a shift that is not allowed are lost from the start."""
    rule, people = problem.rule("wishes"), problem.people
    if not isinstance(rule, Wishes):
        return 0
    return rule.points * int(people.wish_on[~problem.allowed].sum())
