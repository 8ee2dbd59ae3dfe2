"""The cheapest row of one person under contract rules: labels through the days, best ones kept where rows can meet.

A label is a row up to a day: its last shift and run, minutes, weekends and rationed shifts so far, and what it costs.
Of two labels that can be continued alike only the better is kept; at most `keep` that none beats stay in one place.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from turnout.planner.rostering.search.tables import Bytes, Small, Tables

Floats = NDArray[np.float64]


class Contract(NamedTuple):
    """What binds one person, minutes in units of their greatest common divisor."""

    allowed: Bytes
    """(days, shifts)."""
    never: Bytes
    """(shifts, shifts)."""
    length: Small
    weekend: Small
    rationed: Small
    """(shifts,): which ration a shift draws on, -1 for none."""
    ration: Small
    most_in_row: int
    least_in_row: int
    least_off: int
    most_weekends: int
    most: int
    least: int


def contract_of(t: Tables, person: int, tight: float = 1.0) -> Contract:
    """The contract of one person of a problem under contract rules, one category, no past. Rations above the share
    `tight` of all shifts the person can work are left out: they seldom bind, and each makes the search dearer."""
    days, shifts = t.allowed.shape[1], len(t.minutes)
    unit = int(np.gcd.reduce(t.minutes))
    most = int(t.most_minutes[person]) // unit
    length = (t.minutes // unit).astype(np.int32)
    caps = [int(cap) for cap in t.most_of_shift[person]]
    allowed = t.allowed[person].copy()
    allowed[:, [cap == 0 for cap in caps]] = 0
    rationed = np.full(shifts, -1, np.int32)
    ration: list[int] = []
    for shift in range(shifts):
        if 0 < caps[shift] < tight * min(days, most // int(length[shift])):
            rationed[shift] = len(ration)
            ration.append(caps[shift])
    return Contract(
        allowed=allowed,
        never=np.ascontiguousarray(t.bad[0]),
        length=length,
        weekend=t.weekend,
        rationed=rationed,
        ration=np.array(ration, np.int32),
        most_in_row=min(int(t.most_in_row[person]), days),
        least_in_row=int(t.least_in_row[person]),
        least_off=int(t.least_off[person]),
        most_weekends=int(t.most_weekends[person]),
        most=min(most, days * int(length.max())),
        least=-(-int(t.least_minutes[person]) // unit),
    )


@numba.njit(nogil=True, cache=True)
def cheapest(c: Contract, cost: Floats, keep: int, band: int) -> tuple[Small, float, bool]:
    """The row (shifts, -1 for off) with the least sum of cost[day, shift + 1], that sum, and whether it is certain
    that no other is cheaper. Without any row the sum is infinite. Rows whose minutes stray from an even pace by more
    than `band` units are left out: a year has too many others."""
    days, shifts = c.allowed.shape
    width = c.most_in_row + c.least_in_row - 1
    places = shifts * width + c.least_off
    rations = len(c.ration)
    room = days * (8192 if keep <= 8 else 32768 if keep <= 64 else 65536)
    label_cost, label_minutes = np.empty(room, np.float64), np.empty(room, np.int32)
    label_weekends, label_used = np.empty(room, np.int32), np.empty((room, max(rations, 1)), np.int32)
    label_parent, label_shift, label_place = (
        np.empty(room, np.int64),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
    )
    after = np.empty(room, np.int64)
    head = np.full((2, places, c.most + 1), -1, np.int64)
    longest = 0
    for shift in range(shifts):
        longest = max(longest, c.length[shift])
    count, certain = 0, True
    used = np.zeros(max(rations, 1), np.int32)
    for day in range(days):
        now = day % 2
        head[now] = -1
        # Most work the days to come can still hold.
        ahead = days - day - 1
        ahead -= ahead // (c.most_in_row + c.least_off) * c.least_off
        spare = c.least - ahead * longest
        pace = (c.least + c.most) * (day + 1) // (2 * days)
        for before in range(1 if day == 0 else places):
            for spent in range(1 if day == 0 else c.most + 1):
                label = head[1 - now, before, spent] if day else -1
                while label >= 0 or day == 0:
                    worked = day > 0 and before < shifts * width
                    last, run, enough, off = -1, 0, True, c.least_off
                    if worked:
                        last, index = before // width, before % width
                        run = index + 1 if index < c.most_in_row else index - c.most_in_row + 1
                        enough = run >= c.least_in_row or index >= c.most_in_row
                    elif day:
                        off = before - shifts * width + 1
                    base = label_cost[label] if day else 0.0
                    weekends = label_weekends[label] if day else 0
                    for shift in range(-1, shifts):
                        if shift < 0:
                            if worked and not enough:
                                continue
                            place = shifts * width + (0 if worked else min(off, c.least_off - 1))
                            if day == 0:
                                place = shifts * width + c.least_off - 1
                            minutes, ended = spent, weekends
                        else:
                            if not c.allowed[day, shift]:
                                continue
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
                            if minutes > c.most or ended > c.most_weekends:
                                continue
                        if minutes < spare:
                            continue
                        if abs(minutes - pace) > band:
                            certain = False
                            continue
                        for which in range(rations):
                            used[which] = label_used[label, which] if day else 0
                        if shift >= 0 and c.rationed[shift] >= 0:
                            used[c.rationed[shift]] += 1
                            if used[c.rationed[shift]] > c.ration[c.rationed[shift]]:
                                continue
                        total = base + cost[day, shift + 1]
                        # Insert unless beaten; throw out whom it beats.
                        beaten, there, worst, previous = False, 0, -1, -1
                        other = head[now, place, minutes]
                        while other >= 0:
                            better = label_cost[other] <= total and label_weekends[other] <= ended
                            worse = label_cost[other] >= total and label_weekends[other] >= ended
                            for which in range(rations):
                                better &= label_used[other, which] <= used[which]
                                worse &= label_used[other, which] >= used[which]
                            if better:
                                beaten = True
                                break
                            follower = after[other]
                            if worse:
                                if previous < 0:
                                    head[now, place, minutes] = follower
                                else:
                                    after[previous] = follower
                            else:
                                there += 1
                                if worst < 0 or label_cost[other] > label_cost[worst]:
                                    worst = other
                                previous = other
                            other = follower
                        if beaten:
                            continue
                        slot = count
                        if there >= keep:
                            certain = False
                            if label_cost[worst] <= total:
                                continue
                            slot = worst
                        else:
                            if count >= room:
                                certain = False
                                continue
                            count += 1
                            after[slot] = head[now, place, minutes]
                            head[now, place, minutes] = slot
                        label_cost[slot], label_minutes[slot], label_weekends[slot] = total, minutes, ended
                        label_parent[slot], label_shift[slot], label_place[slot] = label, shift, place
                        for which in range(rations):
                            label_used[slot, which] = used[which]
                    if day == 0:
                        break
                    label = after[label]
    best, least_cost = -1, np.inf
    for place in range(places):
        for minutes in range(max(c.least, 0), c.most + 1):
            label = head[(days - 1) % 2, place, minutes]
            while label >= 0:
                if label_cost[label] < least_cost:
                    best, least_cost = label, label_cost[label]
                label = after[label]
    row = np.full(days, -1, np.int32)
    for day in range(days - 1, -1, -1):
        if best < 0:
            break
        row[day] = label_shift[best]
        best = label_parent[best]
    return row, least_cost, certain
