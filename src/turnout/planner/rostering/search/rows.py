"""One person's row in compiled code: is it allowed, what does it cost."""

from __future__ import annotations

import numba

from turnout.planner.rostering.search.tables import Small, Tables

SHORT = 20
"""Points per minute below a contract's least: dear enough that no roster keeps one it can avoid."""


@numba.njit(nogil=True, cache=True)
def allowed(t: Tables, person: int, row: Small) -> bool:
    """Whether a row (past and roster, shifts) breaks no hard rule but a contract's least minutes, which are priced.

    What lies wholly in the past is past, exactly as the checkers of the rules say.
    """
    past, days = t.past.shape[1], len(row)
    furthest = t.bad.shape[0]
    run, nights, last_weekend, weekends, minutes = 0, 0, -1, 0, 0
    off = 0
    seen_work, seen_off = False, False
    for day in range(days):
        shift = row[day]
        if shift < 0:
            if run > 0:
                # A run that touches the first known day may be short.
                if seen_off and run < t.least_in_row[person] and day >= past:
                    return False
                run = 0
            nights = 0
            off += 1
            seen_off = True
            continue
        if off > 0:
            if seen_work and off < t.least_off[person] and day >= past:
                return False
            off = 0
        seen_work = True
        run += 1
        nights = nights + 1 if t.night[shift] else 0
        if day < past:
            continue
        if run > t.most_in_row[person] or nights > t.nights_in_row:
            return False
        for back in range(1, min(furthest, day) + 1):
            before = row[day - back]
            if before >= 0 and t.bad[back - 1, before, shift]:
                return False
        minutes += t.minutes[shift]
        weekend = t.weekend[day - past]
        if weekend >= 0 and weekend != last_weekend:
            last_weekend = weekend
            weekends += 1
    if minutes > t.most_minutes[person] or weekends > t.most_weekends[person]:
        return False
    return _counts(t, person, row) and _windows(t, row) and _relief(t, person, row) and _stays(t, person, row)


@numba.njit(nogil=True, cache=True)
def _counts(t: Tables, person: int, row: Small) -> bool:
    past = t.past.shape[1]
    for shift in range(len(t.minutes)):
        most = t.most_of_shift[person, shift]
        if most >= len(row) - past:
            continue
        worked = 0
        for day in range(past, len(row)):
            if row[day] == shift:
                worked += 1
        if worked > most:
            return False
    return True


@numba.njit(nogil=True, cache=True)
def _windows(t: Tables, row: Small) -> bool:
    past = t.past.shape[1]
    for which in range(len(t.window_at)):
        total, new = 0, 0
        first = t.window_at[which]
        for offset in range(t.window_days[which]):
            shift = row[first + offset]
            if shift >= 0:
                inside = t.window[which, offset, shift]
                total += inside
                if first + offset >= past:
                    new += inside
        if total > t.window_most[which] and new > 0:
            return False
    return True


@numba.njit(nogil=True, cache=True)
def _relief(t: Tables, person: int, row: Small) -> bool:
    most, every, past = t.relief[person], t.relief_every, t.past.shape[1]
    if most >= every:
        return True
    for first in range(len(row) - every + 1):
        busy, new = 0, 0
        for day in range(first, first + every):
            old, own = False, False
            for back in range(3):
                if day - back >= 0 and row[day - back] >= 0 and t.reach[row[day - back]] >= back:
                    if day - back >= past:
                        own = True
                    else:
                        old = True
            if old or own:
                busy += 1
                if own and not old:
                    new += 1
        if busy > most and new > 0:
            return False
    return True


@numba.njit(nogil=True, cache=True)
def _stays(t: Tables, person: int, row: Small) -> bool:
    most, past = t.stay[person], t.past.shape[1]
    if most >= len(row):
        return True
    since, last = -(10**6), -(10**6)
    for day in range(len(row)):
        if row[day] >= 0:
            if day - last - 1 >= t.away:
                since = day
            last = day
            if day - since + 1 > most and day >= past:
                return False
    return True
