"""The cheapest row of one person under contract rules: labels through the days, best ones kept where rows can meet.

A label is a row up to a day: its last shift and run, minutes, weekends and rationed shifts so far, and what it costs.
Of two labels that can be continued alike only the better is kept; at most `keep` that none beats stay in one place.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from turnout.planner.rostering.search.tables import Bytes, Floats, Ints, Small, Tables

_ROOM = 3_000_000
"""Labels at most in one search; with more the search is not certain."""


class Contract(NamedTuple):
    """What binds one person, minutes in units of their greatest common divisor."""

    can: Bytes
    """(days, shifts + 1): shift s at [s + 1], a day off at [0]."""
    never: Bytes
    """(shifts, shifts)."""
    length: Small
    weekend: Small
    rationed: Small
    """(shifts,): which ration a shift draws on, -1 for none."""
    ration: Small
    """(shifts,): the first so many count."""
    rations: int
    most_in_row: int
    least_in_row: int
    least_off: int
    most_weekends: int
    most: int
    least: int


class Contracts(NamedTuple):
    """The contracts of many people, row by row."""

    can: Bytes
    never: Bytes
    length: Small
    weekend: Small
    rationed: Small
    ration: Small
    figures: Small
    """(people, 7): the whole numbers of a Contract, in its order."""


class Labels(NamedTuple):
    """Room for labels, kept from search to search: fresh memory costs more than the search itself."""

    cost: Floats
    minutes: Small
    weekends: Small
    used: Small
    parent: Ints
    shift: Small
    after: Ints
    head: Ints
    """(2, minutes, places): first label there, -1 for none."""


_FIGURES = 7


def contracts_of(t: Tables, tight: float = 1.0) -> Contracts:
    """The contracts of everybody under contract rules, one category, no past. Rations above the share `tight` of all
    shifts a person can work are left out: they seldom bind, and each makes the search dearer."""
    people, days, shifts = t.allowed.shape
    unit = int(np.gcd.reduce(t.minutes))
    length = (t.minutes // unit).astype(np.int32)
    can = np.ones((people, days, shifts + 1), np.uint8)
    can[:, :, 1:] = t.allowed
    rationed = np.full((people, shifts), -1, np.int32)
    ration = np.zeros((people, max(shifts, 1)), np.int32)
    figures = np.zeros((people, _FIGURES), np.int32)
    for person in range(people):
        most = int(t.most_minutes[person]) // unit
        found = 0
        for shift in range(shifts):
            cap = int(t.most_of_shift[person, shift])
            if cap == 0:
                can[person, :, shift + 1] = 0
            elif cap < tight * min(days, most // int(length[shift])):
                rationed[person, shift] = found
                ration[person, found] = cap
                found += 1
        figures[person] = (
            found,
            min(int(t.most_in_row[person]), days),
            int(t.least_in_row[person]),
            int(t.least_off[person]),
            int(t.most_weekends[person]),
            min(most, days * int(length.max(initial=0))),
            -(-int(t.least_minutes[person]) // unit),
        )
    return Contracts(can, np.ascontiguousarray(t.bad[0]), length, t.weekend, rationed, ration, figures)


def labels_for(c: Contracts) -> Labels:
    """Room for one search at a time about any of these people."""
    days, shifts = c.can.shape[1], c.can.shape[2] - 1
    # As much as is ever asked for; what is never touched costs nothing.
    room = min(days * 65536, _ROOM)
    widest = int((c.figures[:, 1] + c.figures[:, 2] - 1).max(initial=1))
    places = shifts * widest + int(c.figures[:, 3].max(initial=1))
    most = int(c.figures[:, 5].max(initial=0))
    small = [np.empty(room, np.int32) for _ in range(3)]
    return Labels(
        cost=np.empty(room, np.float64),
        minutes=small[0],
        weekends=small[1],
        used=np.empty((room, max(int(c.figures[:, 0].max(initial=0)), 1)), np.int32),
        parent=np.empty(room, np.int64),
        shift=small[2],
        after=np.empty(room, np.int64),
        head=np.full((2, most + 1, places), -1, np.int64),
    )


@numba.njit(nogil=True, cache=True)
def contract(c: Contracts, person: int) -> Contract:
    """One person's contract."""
    f = c.figures[person]
    return Contract(
        c.can[person],
        c.never,
        c.length,
        c.weekend,
        c.rationed[person],
        c.ration[person],
        f[0],
        f[1],
        f[2],
        f[3],
        f[4],
        f[5],
        f[6],
    )


@numba.njit(nogil=True, cache=True)
def with_choices(c: Contract, can: Bytes) -> Contract:
    """The same contract with other choices day by day."""
    return Contract(
        can,
        c.never,
        c.length,
        c.weekend,
        c.rationed,
        c.ration,
        c.rations,
        c.most_in_row,
        c.least_in_row,
        c.least_off,
        c.most_weekends,
        c.most,
        c.least,
    )


@numba.njit(nogil=True, cache=True)
def _ahead(c: Contract) -> tuple[Small, Small, Small]:
    """For every day: most minutes that the days after it can hold, least that they must, weekends that they must."""
    days, shifts = len(c.can), len(c.length)
    can, must, weekends = np.zeros(days, np.int32), np.zeros(days, np.int32), np.zeros(days, np.int32)
    longest_of_all = 0
    for shift in range(shifts):
        longest_of_all = max(longest_of_all, c.length[shift])
    free = 0
    fixed = 0
    counted = -1
    seen = 0
    for day in range(days - 1, -1, -1):
        # Days off that a stretch of free days cannot do without.
        rested = free - free // (c.most_in_row + c.least_off) * c.least_off
        simple = can[day + 1] if day + 1 < days else 0
        can[day] = 0 if day + 1 == days else min(_most_of(c, day + 1) + simple, fixed + rested * longest_of_all)
        if day + 1 < days:
            must[day] = must[day + 1] + _least_of(c, day + 1)
            if c.weekend[day + 1] >= 0 and not c.can[day + 1, 0] and counted != c.weekend[day + 1]:
                counted = c.weekend[day + 1]
                seen += 1
        weekends[day] = seen - (counted >= 0 and counted == c.weekend[day])
        if _most_of(c, day) == _least_of(c, day) and free == 0:
            fixed += _most_of(c, day)
        else:
            free += 1
    return can, must, weekends


@numba.njit(nogil=True, cache=True)
def _most_of(c: Contract, day: int) -> int:
    most = 0
    for shift in range(len(c.length)):
        if c.can[day, shift + 1]:
            most = max(most, c.length[shift])
    return most


@numba.njit(nogil=True, cache=True)
def _least_of(c: Contract, day: int) -> int:
    if c.can[day, 0]:
        return 0
    least = 1 << 20
    for shift in range(len(c.length)):
        if c.can[day, shift + 1]:
            least = min(least, c.length[shift])
    return least


@numba.njit(nogil=True, cache=True)
def cheapest(c: Contract, cost: Floats, keep: int, w: Labels) -> tuple[Small, float, bool]:
    """The row (shifts, -1 for off) with the least sum of cost[day, shift + 1], that sum, and whether it is certain
    that no other is cheaper. Without any row the sum is infinite."""
    days, shifts = len(c.can), len(c.length)
    width = c.most_in_row + c.least_in_row - 1
    places = shifts * width + c.least_off
    room = len(w.cost)
    most_ahead, must_ahead, weekends_ahead = _ahead(c)
    count, certain = 0, True
    used = np.zeros(max(c.rations, 1), np.int32)
    low, high = 0, 0
    for day in range(days):
        now = day % 2
        next_low, next_high = c.most + 1, -1
        reach = min(high + 1 if day == 0 else high + _most_of(c, day), c.most)
        if day == 0:
            reach = min(_most_of(c, 0), c.most)
        for minutes in range(low, reach + 1):
            for place in range(places):
                w.head[now, minutes, place] = -1
        for spent in range(low, high + 1):
            for before in range(1 if day == 0 else places):
                label = w.head[1 - now, spent, before] if day else -1
                while label >= 0 or day == 0:
                    worked = day > 0 and before < shifts * width
                    last, run, enough, off = -1, 0, True, c.least_off
                    if worked:
                        last, index = before // width, before % width
                        run = index + 1 if index < c.most_in_row else index - c.most_in_row + 1
                        enough = run >= c.least_in_row or index >= c.most_in_row
                    elif day:
                        off = before - shifts * width + 1
                    base = w.cost[label] if day else 0.0
                    weekends = w.weekends[label] if day else 0
                    for shift in range(-1, shifts):
                        if not c.can[day, shift + 1]:
                            continue
                        if shift < 0:
                            if worked and not enough:
                                continue
                            place = shifts * width + (0 if worked else min(off, c.least_off - 1))
                            if day == 0:
                                place = shifts * width + c.least_off - 1
                            minutes, ended = spent, weekends
                        else:
                            if worked:
                                if run >= c.most_in_row or c.never[last, shift]:
                                    continue
                                longer = run + 1
                                place = c.most_in_row + run if enough and longer < c.least_in_row else run
                            elif day:
                                if off < c.least_off:
                                    continue
                                place = 0
                            else:
                                place = c.most_in_row if c.least_in_row > 1 else 0
                            place += shift * width
                            minutes, ended = spent + c.length[shift], weekends
                            if c.weekend[day] >= 0:
                                same = worked and c.weekend[day - 1] == c.weekend[day]
                                ended += not same
                        if minutes + must_ahead[day] > c.most or minutes + most_ahead[day] < c.least:
                            continue
                        if ended + weekends_ahead[day] > c.most_weekends:
                            continue
                        for which in range(c.rations):
                            used[which] = w.used[label, which] if day else 0
                        if shift >= 0 and c.rationed[shift] >= 0:
                            used[c.rationed[shift]] += 1
                            if used[c.rationed[shift]] > c.ration[c.rationed[shift]]:
                                continue
                        total = base + cost[day, shift + 1]
                        # Insert unless beaten; throw out whom it beats.
                        beaten, there, worst, previous = False, 0, -1, -1
                        other = w.head[now, minutes, place]
                        while other >= 0:
                            better = w.cost[other] <= total and w.weekends[other] <= ended
                            worse = w.cost[other] >= total and w.weekends[other] >= ended
                            for which in range(c.rations):
                                better &= w.used[other, which] <= used[which]
                                worse &= w.used[other, which] >= used[which]
                            if better:
                                beaten = True
                                break
                            follower = w.after[other]
                            if worse:
                                if previous < 0:
                                    w.head[now, minutes, place] = follower
                                else:
                                    w.after[previous] = follower
                            else:
                                there += 1
                                if worst < 0 or w.cost[other] > w.cost[worst]:
                                    worst = other
                                previous = other
                            other = follower
                        if beaten:
                            continue
                        slot = count
                        if there >= keep:
                            certain = False
                            if w.cost[worst] <= total:
                                continue
                            slot = worst
                        else:
                            if count >= room:
                                certain = False
                                continue
                            count += 1
                            w.after[slot] = w.head[now, minutes, place]
                            w.head[now, minutes, place] = slot
                        w.cost[slot], w.minutes[slot], w.weekends[slot] = total, minutes, ended
                        w.parent[slot], w.shift[slot] = label, shift
                        for which in range(c.rations):
                            w.used[slot, which] = used[which]
                        next_low, next_high = min(next_low, minutes), max(next_high, minutes)
                    if day == 0:
                        break
                    label = w.after[label]
        low, high = next_low, next_high
        if high < 0:
            break
    best, least_cost = -1, np.inf
    for minutes in range(max(c.least, low), high + 1):
        for place in range(places):
            label = w.head[(days - 1) % 2, minutes, place]
            while label >= 0:
                if w.cost[label] < least_cost:
                    best, least_cost = label, w.cost[label]
                label = w.after[label]
    row = np.full(days, -1, np.int32)
    for day in range(days - 1, -1, -1):
        if best < 0:
            break
        row[day] = w.shift[best]
        best = w.parent[best]
    return row, least_cost, certain
