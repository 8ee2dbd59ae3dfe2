"""One person's row in compiled code: is it allowed, what does it cost."""

from __future__ import annotations

import numba
import numpy as np

from turnout.planner.rostering.search.tables import Bytes, Small, Tables

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
    if not (_counts(t, person, row) and _windows(t, row)):
        return False
    return relieved(past, t.relief[person], t.relief_every, t.reach, row) and stays(past, t.stay[person], t.away, row)


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
def relieved(past: int, most: int, every: int, reach: Small, row: Small) -> bool:
    """Whether no `every` days of the row hold more than `most` busy ones."""
    if most >= every:
        return True
    for first in range(len(row) - every + 1):
        busy, new = 0, 0
        for day in range(first, first + every):
            old, own = False, False
            for back in range(3):
                if day - back >= 0 and row[day - back] >= 0 and reach[row[day - back]] >= back:
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
def stays(past: int, most: int, away: int, row: Small) -> bool:
    """Whether no stay of the row lasts more than `most` days."""
    if most >= len(row):
        return True
    since, last = -(10**6), -(10**6)
    for day in range(len(row)):
        if row[day] >= 0:
            if day - last - 1 >= away:
                since = day
            last = day
            if day - since + 1 > most and day >= past:
                return False
    return True


@numba.njit(nogil=True, cache=True)
def near(day: int, bad: Bytes, most_in_row: int, night: Bytes, nights_in_row: int, row: Small) -> bool:
    """Whether the shift of one day, counted from the first known one, stands well with the days around it: runs, and
    what may not follow what. What `allowed` says of a row in which only such days have changed, rest and runs alone."""
    days, shift = len(row), row[day]
    for back in range(1, bad.shape[0] + 1):
        if day >= back and row[day - back] >= 0 and bad[back - 1, row[day - back], shift]:
            return False
        if day + back < days and row[day + back] >= 0 and bad[back - 1, shift, row[day + back]]:
            return False
    first = last = day
    while first > 0 and row[first - 1] >= 0:
        first -= 1
    while last + 1 < days and row[last + 1] >= 0:
        last += 1
    if last - first + 1 > most_in_row:
        return False
    if not night[shift]:
        return True
    first = last = day
    while first > 0 and row[first - 1] >= 0 and night[row[first - 1]]:
        first -= 1
    while last + 1 < days and row[last + 1] >= 0 and night[row[last + 1]]:
        last += 1
    return last - first + 1 <= nights_in_row


@numba.njit(nogil=True, cache=True)
def local(t: Tables) -> bool:
    """Whether a row that was allowed stays so if `near` says so of every changed day, and its windows, relief days and
    stays are in order: nothing counts over the whole roster, and runs may be short."""
    days, weekends = len(t.weekend), 0
    for day in range(days):
        weekends = max(weekends, t.weekend[day] + 1)
    longest = 0
    for shift in range(len(t.minutes)):
        longest = max(longest, t.minutes[shift])
    for person in range(len(t.most_in_row)):
        if t.least_in_row[person] > 1 or t.least_off[person] > 1 or t.most_weekends[person] < weekends:
            return False
        if t.most_minutes[person] < days * longest:
            return False
        for shift in range(len(t.minutes)):
            if t.most_of_shift[person, shift] < days:
                return False
    return True


@numba.njit(nogil=True, cache=True)
def watched(t: Tables, row: Small) -> tuple[Small, Small]:
    """Minutes of the row (one person, past and roster) inside every window, and the most that may be there: where the
    past alone is above the limit nothing may be added."""
    past = t.past.shape[1]
    inside, most = np.zeros(len(t.window_at), np.int32), t.window_most.copy()
    for which in range(len(t.window_at)):
        old = 0
        for offset in range(t.window_days[which]):
            shift = row[t.window_at[which] + offset]
            if shift >= 0:
                inside[which] += t.window[which, offset, shift]
                if t.window_at[which] + offset < past:
                    old += t.window[which, offset, shift]
        most[which] = max(most[which], old)
    return inside, most


@numba.njit(nogil=True, cache=True)
def move_windows(inside: Small, touch: Small, minutes: Small, before: int, after: int) -> None:
    """Change the shift of one day in every window that it touches; `touch` and `minutes` of that day."""
    for at in range(len(touch)):
        which = touch[at]
        if which < 0:
            return
        inside[which] += minutes[at, after + 1] - minutes[at, before + 1]


@numba.njit(nogil=True, cache=True)
def full_window(inside: Small, most: Small, touch: Small) -> bool:
    """Whether any window that touches the day holds more than it may."""
    for at in range(len(touch)):
        which = touch[at]
        if which < 0:
            return False
        if inside[which] > most[which]:
            return True
    return False
