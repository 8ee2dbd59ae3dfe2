"""Annealing over one block: change a stretch of somebody's days, or exchange a stretch between two people.

Rows stay inside the hard rules at every step; a lone person at night is priced so high that it does not last, and is
sent home at the end. The number of steps is fixed, the random numbers come from the seed alone.

Compiled functions called in the loop take plain arrays: handing over the whole table costs more than the work does.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from turnout.planner.rostering.search import rows
from turnout.planner.rostering.search.tables import Small, Tables

ALONE = 3000
"""Points for each one missing beside somebody at night while searching."""
_STRETCH = 5
_NEVER = 17.0
"""Temperatures above which a change is not taken: its chance is below what the random numbers can tell from none."""


@numba.njit(nogil=True, cache=True)
def below(state: NDArray[np.uint64], most: int) -> int:
    """A random number from 0 to most - 1 (xorshift64*), by a product: a division would take half of a step's time."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(32)
    return int((high * np.uint64(most)) >> np.uint64(32))


@numba.njit(nogil=True, cache=True)
def _company(there: int, least: int, alone: int) -> int:
    return alone * (least - there) if 0 < there < least else 0


@numba.njit(nogil=True, cache=True)
def _stand(cell: int, at: int, day: int, sign: int, points: Small, counts: Small, nights: Small, pair: Small) -> int:
    """Put one more or one fewer into the counts and return what that costs."""
    there = counts[cell, day]
    counts[cell, day] = there + sign
    change = points[cell, day, there + sign] - points[cell, day, there]
    if at >= 0:
        awake = nights[at, day]
        nights[at, day] = awake + sign
        change += _company(awake + sign, pair[0], pair[1]) - _company(awake, pair[0], pair[1])
    return int(change)


@numba.njit(nogil=True, cache=True)
def _own(load: int, share: int, unfair: int, near: int, minutes: int, least: int) -> int:
    """What a person's totals cost: fairness, and minutes short of the contract."""
    points = 0
    if unfair:
        away = abs(load - share)
        points += unfair * (away + 2 * max(away - near, 0))
    if minutes < least:
        points += rows.SHORT * (least - minutes)
    return points


@numba.njit(nogil=True, cache=True)
def energy(t: Tables, duty: Small, alone: int = ALONE) -> int:
    """What a plan costs, lone nights at their price."""
    people, days = duty.shape
    counts = np.zeros((t.points.shape[0], days), np.int32)
    nights = np.zeros((_most(t.night_cell), days), np.int32)
    pair = np.array([t.night_least, alone], np.int32)
    total = 0
    for cell in range(counts.shape[0]):
        for day in range(days):
            total += t.points[cell, day, 0]
    for person in range(people):
        load, minutes = 0, 0
        for day in range(days):
            which = duty[person, day]
            shift = which // t.categories if which >= 0 else -1
            total += t.wish[person, day, shift + 1]
            if shift >= 0:
                load += t.load[shift]
                minutes += t.minutes[shift]
                at = t.night_cell[person, shift]
                total += _stand(t.cell[person, which], at, day, 1, t.points, counts, nights, pair)
        total += _own(load, t.share[person], t.unfair, t.near, minutes, t.least_minutes[person])
    return total


@numba.njit(nogil=True, cache=True)
def _most(night_cell: Small) -> int:
    most = 0
    for person in range(night_cell.shape[0]):
        for shift in range(night_cell.shape[1]):
            most = max(most, night_cell[person, shift] + 1)
    return most


@numba.njit(nogil=True, cache=True)
def anneal(
    t: Tables, start: Small, seed: int, steps: int, hot: float, cold: float, enough: int, alone: int = ALONE
) -> tuple[Small, int]:
    """The best plan found in `steps` steps from `start` while the temperature falls from `hot` to `cold` points, and
    what it costs; ends early at `enough` points."""
    people, days = start.shape
    past, duties = t.past.shape[1], t.allowed.shape[2]
    now = energy(t, start, alone)
    duty, best, best_duty = start.copy(), now, start.copy()
    if people == 0 or duties == 0 or best <= enough:
        return best_duty, best
    state = np.array([np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x2545F4914F6CDD1D)], np.uint64)
    allowed, cells, night_cell, wish = t.allowed, t.cell, t.night_cell, t.wish
    points, shift_load, shift_minutes = t.points, t.load, t.minutes
    share, unfair, near, least_minutes = t.share, t.unfair, t.near, t.least_minutes
    pair = np.array([t.night_least, alone], np.int32)
    counts = np.zeros((points.shape[0], days), np.int32)
    nights = np.zeros((_most(night_cell), days), np.int32)
    shift_of = np.empty(duties + 1, np.int32)
    shift_of[0] = -1
    for which in range(duties):
        shift_of[which + 1] = which // t.categories
    load, minutes = np.zeros(people, np.int64), np.zeros(people, np.int64)
    row = np.empty((people, past + days), np.int32)
    for person in range(people):
        row[person, :past] = t.past[person]
        for day in range(days):
            which = duty[person, day]
            shift = shift_of[which + 1]
            row[person, past + day] = shift
            if shift >= 0:
                load[person] += shift_load[shift]
                minutes[person] += shift_minutes[shift]
                _stand(cells[person, which], night_cell[person, shift], day, 1, points, counts, nights, pair)
    inside = np.empty((people, len(t.window_at)), np.int32)
    most_inside = np.empty_like(inside)
    for person in range(people):
        inside[person], most_inside[person] = rows.watched(t, row[person])
    local = rows.local(t)
    touch, touch_minutes, bad, night = t.touch, t.touch_minutes, t.bad, t.night
    most_in_row, nights_in_row = t.most_in_row, t.nights_in_row
    relief, every, reach, stay, away = t.relief, t.relief_every, t.reach, t.stay, t.away
    options = _options(allowed)
    put, picked = np.empty((2, days + 1), np.int32), np.empty(days + 1, np.int64)
    laid = np.empty(past + days, np.int32)
    who = np.empty(2, np.int64)
    new_load, new_minutes = np.zeros(2, np.int64), np.zeros(2, np.int64)
    fall, heat = (cold / hot) ** (1.0 / max(steps, 1)), hot
    for _ in range(steps):
        heat *= fall
        kind = below(state, 16)
        both = kind >= 6 and people > 1
        p, first = below(state, people), below(state, days)
        picked[0] = first
        count = 1
        if kind == 0 or 6 <= kind <= 9:
            # A stretch of days.
            count = min(1 + below(state, _STRETCH), days - first)
            for index in range(count):
                picked[index] = first + index
        elif (kind == 1 or 11 <= kind <= 14) and days > 1:
            # Two days anywhere.
            count = 2
            picked[1] = (first + 1 + below(state, days - 1)) % days
        choice = options[p, first, 1 + below(state, options[p, first, 0])]
        who[0] = p
        sides = 1
        if both:
            q = below(state, people - 1)
            q += q >= p
            who[1] = q
            sides = 2
        same = True
        # Two who exchange what counts in the same cells leave every count as it is: most steps are such.
        counted = not both or kind == 15
        for side in range(sides):
            person = who[side]
            for index in range(count):
                day = picked[index]
                if both and kind != 15:
                    which = duty[who[1 - side], day]
                elif kind == 1:
                    which = duty[p, picked[count - 1 - index]]
                else:
                    # One duty for a stretch, or (kind 15) for two people: a night that two must share.
                    which = choice
                if which >= 0:
                    shift = shift_of[which + 1]
                    if not allowed[person, day, which]:
                        which = -1
                        counted = True
                    elif not counted:
                        other = who[1 - side]
                        counted = (
                            cells[person, which] != cells[other, which]
                            or night_cell[person, shift] != night_cell[other, shift]
                        )
                put[side, index] = which
                same &= which == duty[person, day]
        if same:
            continue
        change = 0
        for side in range(sides):
            person = who[side]
            total, spent = load[person], minutes[person]
            change -= _own(total, share[person], unfair, near, spent, least_minutes[person])
            for index in range(count):
                day = picked[index]
                old, new = duty[person, day], put[side, index]
                if old == new:
                    continue
                before, after = shift_of[old + 1], shift_of[new + 1]
                change += wish[person, day, after + 1] - wish[person, day, before + 1]
                if old >= 0:
                    total -= shift_load[before]
                    spent -= shift_minutes[before]
                if new >= 0:
                    total += shift_load[after]
                    spent += shift_minutes[after]
                if not counted:
                    continue
                if old >= 0:
                    at = night_cell[person, before]
                    change += _stand(cells[person, old], at, day, -1, points, counts, nights, pair)
                if new >= 0:
                    at = night_cell[person, after]
                    change += _stand(cells[person, new], at, day, 1, points, counts, nights, pair)
            change += _own(total, share[person], unfair, near, spent, least_minutes[person])
            new_load[side], new_minutes[side] = total, spent
        taken = change <= 0
        if not taken and change < _NEVER * heat:
            taken = below(state, 1 << 24) / 16777216.0 < np.exp(-change / heat)
        if taken:
            # The rules are asked last: most moves cost too much anyway, and asking is the dearest part.
            for side in range(sides):
                person = who[side]
                laid[:] = row[person]
                for index in range(count):
                    laid[past + picked[index]] = shift_of[put[side, index] + 1]
                if not local:
                    taken = rows.allowed(t, person, laid)
                else:
                    for index in range(count):
                        day = past + picked[index]
                        if laid[day] >= 0 and laid[day] != row[person, day]:
                            taken = taken and rows.near(day, bad, most_in_row[person], night, nights_in_row, laid)
                    taken = taken and rows.relieved(past, relief[person], every, reach, laid)
                    taken = taken and rows.stays(past, stay[person], away, laid)
                if not taken:
                    break
            moved = 0
            while taken and local and moved < sides:
                person = who[moved]
                moved += 1
                for index in range(count):
                    day = picked[index]
                    before, after = row[person, past + day], shift_of[put[moved - 1, index] + 1]
                    rows.move_windows(inside[person], touch[day], touch_minutes[day], before, after)
                for index in range(count):
                    if put[moved - 1, index] >= 0 and rows.full_window(
                        inside[person], most_inside[person], touch[picked[index]]
                    ):
                        taken = False
            if not taken:
                for side in range(moved):
                    person = who[side]
                    for index in range(count):
                        day = picked[index]
                        before, after = row[person, past + day], shift_of[put[side, index] + 1]
                        rows.move_windows(inside[person], touch[day], touch_minutes[day], after, before)
        if not taken and not counted:
            continue
        for side in range(sides):
            person = who[side]
            if taken:
                load[person], minutes[person] = new_load[side], new_minutes[side]
            for index in range(count):
                day = picked[index]
                old, new = duty[person, day], put[side, index]
                if old == new:
                    continue
                if taken:
                    duty[person, day] = new
                    row[person, past + day] = shift_of[new + 1]
                    continue
                if new >= 0:
                    at = night_cell[person, shift_of[new + 1]]
                    _stand(cells[person, new], at, day, -1, points, counts, nights, pair)
                if old >= 0:
                    at = night_cell[person, shift_of[old + 1]]
                    _stand(cells[person, old], at, day, 1, points, counts, nights, pair)
        if taken:
            now += change
            if now < best:
                best = now
                best_duty[:] = duty
                if best <= enough:
                    break
    return best_duty, best


@numba.njit(nogil=True, cache=True)
def _options(allowed: NDArray[np.uint8]) -> Small:
    """(people, days, 1 + choices): how many choices there are, then the duties allowed, a day off among them."""
    people, days, duties = allowed.shape
    options = np.full((people, days, duties + 2), -1, np.int32)
    for person in range(people):
        for day in range(days):
            count = 1
            for duty in range(duties):
                if allowed[person, day, duty]:
                    count += 1
                    options[person, day, count] = duty
            options[person, day, 0] = count
    return options


@numba.njit(nogil=True, cache=True)
def send_home_the_lone(t: Tables, duty: Small) -> int:
    """Take away nights that too few share; returns how many. (Only for rules under which a day off is always fine.)"""
    people, days = duty.shape
    nights = np.zeros((_most(t.night_cell), days), np.int32)
    for person in range(people):
        for day in range(days):
            if duty[person, day] >= 0:
                at = t.night_cell[person, duty[person, day] // t.categories]
                if at >= 0:
                    nights[at, day] += 1
    sent = 0
    for person in range(people):
        for day in range(days):
            if duty[person, day] >= 0:
                at = t.night_cell[person, duty[person, day] // t.categories]
                if at >= 0 and nights[at, day] < t.night_least:
                    duty[person, day] = -1
                    sent += 1
    return sent
