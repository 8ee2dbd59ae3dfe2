"""A block's rules as plain arrays for compiled loops."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from turnout.planner.rostering.problem import DAY, OFF, UNLIMITED, Problem, Shifts
from turnout.planner.rostering.rules.closed_loop import ClosedLoop
from turnout.planner.rostering.rules.fairness import Fairness, fair_shares, shift_loads
from turnout.planner.rostering.rules.heavy_rest import HeavyRest
from turnout.planner.rostering.rules.night_pairs import NightPairs
from turnout.planner.rostering.rules.nights_in_a_row import NightsInARow
from turnout.planner.rostering.rules.relief_days import ReliefDays
from turnout.planner.rostering.rules.rest import Rest
from turnout.planner.rostering.rules.rolling_hours import RollingHours, overlap, window_begins
from turnout.planner.rostering.rules.shifts_in_a_row import ShiftsInARow
from turnout.planner.rostering.rules.weekends import weekends
from turnout.planner.rostering.rules.wishes import Wishes

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]

ROW_RULES = frozenset(
    (
        *("category", "work_limit", "presence", "fixed_off", "rest", "heavy_rest", "succession", "rolling_hours"),
        *("shifts_in_a_row", "nights_in_a_row", "days_off_in_a_row", "relief_days", "closed_loop", "night_pairs"),
        *("weekends", "shift_count", "minutes", "cover", "wishes", "fairness", "handover"),
    )
)
"""The rules that the tables carry; `handover` only where nobody leaves."""


class Tables(NamedTuple):
    """Rows are days of the past and then of the roster; a row holds shifts, a plan holds duties (see `Plan`)."""

    past: Small
    """(people, past days)."""
    categories: int
    bad: Bytes
    """(distance, shifts, shifts): [k - 1, a, b] says that b may not start k days after a."""
    window_at: Small
    """(windows,): first day of the row the window touches."""
    window_days: Small
    window: Small
    """(windows, days, shifts): minutes of a shift inside the window."""
    window_most: Small
    touch: Small
    """(days, windows touched): which windows a day of the roster touches, -1 behind the last."""
    touch_minutes: Small
    """(days, windows touched, shifts + 1): minutes of shift s inside it at [s + 1], 0 for a day off."""
    minutes: Small
    night: Bytes
    reach: Small
    """(shifts,): further calendar days that a shift touches."""
    most_in_row: Small
    least_in_row: Small
    least_off: Small
    nights_in_row: int
    weekend: Small
    """(days,): number of the weekend, -1 on other days."""
    most_weekends: Small
    most_minutes: Small
    least_minutes: Small
    most_of_shift: Small
    relief: Small
    """(people,): busy days allowed in `relief_every`, or a large number."""
    relief_every: int
    stay: Small
    """(people,): longest closed-loop stay, or a large number."""
    away: int
    allowed: Bytes
    """(people, days, duties)."""
    wish: Small
    """(people, days, shifts + 1): points for shift s at [s + 1], for a day off at [0]."""
    load: Small
    share: Small
    unfair: int
    near: int
    cell: Small
    """(people, duties): which cell of the cover a duty counts in."""
    points: Small
    """(cells, days, people + 1): what it costs that so many stand there."""
    night_cell: Small
    """(people, shifts): where a night counts as company, -1 for days."""
    night_least: int


def tables_of(problem: Problem) -> Tables:
    """The tables of one block."""
    shifts, people, days = problem.shifts, problem.people, problem.days
    fairness = problem.rule("fairness")
    unfair, weight = (fairness.points, fairness.night_weight) if isinstance(fairness, Fairness) else (0, 10)
    shares = fair_shares(problem, weight) if unfair else np.zeros(len(people.ids), np.int64)
    windows = _windows(problem)
    relief, every = _relief(problem)
    stay, away = _stay(problem)
    row = problem.rule("shifts_in_a_row")
    nights, pairs = problem.rule("nights_in_a_row"), problem.rule("night_pairs")
    holds = {rule.name for rule in problem.rules}
    least_minutes = people.least_minutes if "minutes" in holds else people.least_minutes * 0
    cell, points = _cover(problem)
    return Tables(
        past=_small(people.past),
        categories=len(problem.categories),
        bad=_bad(problem),
        window_at=windows[0],
        window_days=windows[1],
        window=windows[2],
        window_most=windows[3],
        touch=windows[4],
        touch_minutes=windows[5],
        minutes=_small(shifts.minutes),
        night=shifts.night.astype(np.uint8),
        reach=_small((shifts.starts + shifts.minutes - 1) // DAY),
        most_in_row=_small(np.minimum(people.most_in_row, row.most if isinstance(row, ShiftsInARow) else UNLIMITED)),
        least_in_row=_small(people.least_in_row if row else people.least_in_row * 0 + 1),
        least_off=_small(people.least_off_in_row if "days_off_in_a_row" in holds else people.least_in_row * 0 + 1),
        nights_in_row=nights.most if isinstance(nights, NightsInARow) else 10**6,
        weekend=_weekend(problem),
        most_weekends=_small(people.most_weekends if "weekends" in holds else people.most_weekends * 0 + 10**6),
        most_minutes=_small(people.most_minutes if "minutes" in holds else people.most_minutes * 0 + 10**9),
        least_minutes=_small(least_minutes),
        most_of_shift=_small(people.most_of_shift if "shift_count" in holds else people.most_of_shift * 0 + 10**6),
        relief=relief,
        relief_every=every,
        stay=stay,
        away=away,
        allowed=_allowed(problem),
        wish=_wish(problem),
        load=_small(shift_loads(shifts, weight)),
        share=_small(shares),
        unfair=unfair,
        near=16,
        cell=cell,
        points=points,
        night_cell=_night_cell(problem),
        night_least=pairs.least if isinstance(pairs, NightPairs) and days else 0,
    )


def _small(values: Ints) -> Small:
    return np.ascontiguousarray(np.minimum(values, 10**9), np.int32)


def _bad(problem: Problem) -> Bytes:
    shifts = problem.shifts
    count = len(shifts.ids)
    rest, heavy = problem.rule("rest"), problem.rule("heavy_rest")
    free = np.zeros(count, np.int64)
    if isinstance(rest, Rest):
        free[:] = rest.minutes
    if isinstance(heavy, HeavyRest):
        long = shifts.heavy & (shifts.minutes >= heavy.long)
        free[long] = np.maximum(free[long], heavy.minutes)
    until = shifts.starts + shifts.minutes + free
    timed = isinstance(rest, Rest) or isinstance(heavy, HeavyRest)
    furthest = max(int(until.max(initial=0)) // DAY, 1) if timed else 1
    bad = np.zeros((furthest, count, count), np.uint8)
    for later in range(1, furthest + 1) if timed else ():
        bad[later - 1] = shifts.starts[None, :] + later * DAY < until[:, None]
    if problem.rule("succession"):
        bad[0] |= shifts.cannot_follow.astype(np.uint8)
    return bad


def _windows(problem: Problem) -> tuple[Small, Small, Small, Small, Small, Small]:
    rule = problem.rule("rolling_hours")
    if not isinstance(rule, RollingHours):
        none, count = np.zeros(0, np.int32), len(problem.shifts.ids)
        nothing = np.zeros((0, 1, count), np.int32)
        touch = np.full((problem.days, 0), OFF, np.int32), np.zeros((problem.days, 0, count + 1), np.int32)
        return none, none, nothing, none, *touch
    shifts = problem.shifts
    key = shifts.starts.tobytes(), shifts.minutes.tobytes()
    return _rolling(key, rule.windows, problem.days, problem.past_days)


@lru_cache(maxsize=16)
def _rolling(
    clock: tuple[bytes, bytes], limits: tuple[tuple[int, int], ...], days: int, past: int
) -> tuple[Small, Small, Small, Small, Small, Small]:
    """First day, number of days, minutes inside by day and shift, and limit of every window worth watching; and the
    same by the days of the roster.

    Every community of a city has the same shifts, so this is worked out once.
    """
    starts, minutes = (np.frombuffer(column, np.int64) for column in clock)
    none = np.zeros(len(starts), np.bool_)
    shifts = Shifts(tuple(map(str, range(len(starts)))), starts, minutes, none, none, np.outer(none, none))
    kept: dict[tuple[int, int, bytes], int] = {}
    for length, most in limits:
        for begin in window_begins(shifts, -past, days, length):
            touched = range(max(begin // DAY - 3, -past), min((begin + length) // DAY + 1, days))
            inside = np.array([overlap(shifts, day, begin, length) for day in touched], np.int32)
            worked = np.flatnonzero(inside.any(axis=1)) if len(inside) else np.zeros(0, np.int64)
            if not len(worked) or touched[worked[-1]] < 0:
                continue
            inside = inside[worked[0] : worked[-1] + 1]
            # More than one shift a day never happens: what the fullest days allow need not be watched.
            if inside.max(axis=1).sum() > most:
                key = touched[worked[0]] + past, len(inside), inside.tobytes()
                kept[key] = min(most, kept.get(key, most))
    window = np.zeros((len(kept), max((key[1] for key in kept), default=1), len(starts)), np.int32)
    for index, (_, count, content) in enumerate(kept):
        window[index, :count] = np.frombuffer(content, np.int32).reshape(count, -1)
    first, counts, most_of = ([key[0] for key in kept], [key[1] for key in kept], list(kept.values()))
    at = np.array(first, np.int32), np.array(counts, np.int32)
    return *at, window, np.array(most_of, np.int32), *_touched(*at, window, days, past)


def _touched(at: Small, spans: Small, window: Small, days: int, past: int) -> tuple[Small, Small]:
    by_day = [np.flatnonzero((at <= past + day) & (past + day < at + spans)) for day in range(days)]
    most, shifts = max(map(len, by_day)), window.shape[2]
    touch, minutes = np.full((days, most), OFF, np.int32), np.zeros((days, most, shifts + 1), np.int32)
    for day, which in enumerate(by_day):
        touch[day, : len(which)] = which
        minutes[day, : len(which), 1:] = window[which, past + day - at[which]]
    return touch, minutes


def _relief(problem: Problem) -> tuple[Small, int]:
    rule, count = problem.rule("relief_days"), len(problem.people.ids)
    most = np.full(count, 10**6, np.int32)
    if not isinstance(rule, ReliefDays) or rule.category not in problem.categories:
        return most, 10**6
    bit = problem.categories.index(rule.category)
    most[(problem.people.categories >> bit) & 1 == 1] = rule.every - rule.days
    return most, rule.every


def _stay(problem: Problem) -> tuple[Small, int]:
    rule, count = problem.rule("closed_loop"), len(problem.people.ids)
    most = np.full(count, 10**6, np.int32)
    if not isinstance(rule, ClosedLoop):
        return most, 0
    most[problem.sites.closed[problem.people.site]] = rule.most
    return most, rule.away


def _weekend(problem: Problem) -> Small:
    number = np.full(problem.days, -1, np.int32)
    for index, days in enumerate(weekends(problem)):
        number[days] = index
    return number


def _allowed(problem: Problem) -> Bytes:
    people, shifts, categories = len(problem.people.ids), len(problem.shifts.ids), len(problem.categories)
    allowed = np.zeros((people, problem.days, shifts, categories), np.uint8)
    for shift in range(shifts):
        open_ = problem.asked.open[problem.counted_at[:, shift], :, shift, :].transpose(0, 2, 1)
        allowed[:, :, shift] = problem.allowed[:, :, shift, None] & problem.fills[:, None, :] & open_
    return allowed.reshape(people, problem.days, shifts * categories)


def _wish(problem: Problem) -> Small:
    people, rule = problem.people, problem.rule("wishes")
    count, days, shifts = people.wish_on.shape
    points = np.zeros((count, days, shifts + 1), np.int64)
    if isinstance(rule, Wishes):
        points += people.wish_on.sum(axis=2, keepdims=True)
        points[:, :, 1:] += people.wish_off - people.wish_on
        points *= rule.points
    return _small(points)


def _cover(problem: Problem) -> tuple[Small, Small]:
    asked, count = problem.asked, len(problem.people.ids)
    sites, categories, shifts, days = asked.least.shape
    number = np.arange(sites * categories * shifts).reshape(sites, categories, shifts)
    cell = np.zeros((count, shifts, categories), np.int64)
    for shift in range(shifts):
        cell[:, shift] = number[problem.counted_at[:, shift], :, shift]
    there = np.arange(count + 1)
    least, want, below_least, below_want, above = (
        table.reshape(sites * categories * shifts, days)[:, :, None]
        for table in (
            asked.least,
            np.maximum(asked.want, asked.least),
            asked.below_least,
            asked.below_want,
            asked.above,
        )
    )
    below = np.maximum(least - there, 0)
    short = np.maximum(want - there, 0)
    points = below * below_least + (short - below) * below_want + np.maximum(there - want, 0) * above
    return _small(cell.reshape(count, shifts * categories)), _small(points)


def _night_cell(problem: Problem) -> Small:
    number = problem.counted_at * len(problem.shifts.ids) + np.arange(len(problem.shifts.ids))
    return _small(np.where(problem.shifts.night[None, :], number, OFF))
