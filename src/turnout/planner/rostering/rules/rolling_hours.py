"""rolling_hours: no more than so many hours of work in any 24 hours and in any 7 days, wherever they begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import DAY, Ints, Shifts
from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class RollingHours(Rule):
    """`windows`: (length, most) in minutes. A shift counts for the part of it that lies inside the window."""

    windows: tuple[tuple[int, int], ...] = ((24 * 60, 12 * 60), (7 * 24 * 60, 40 * 60))
    name = "rolling_hours"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        past, days = roster.past, roster.problem.days
        for length, most in self.windows:
            worst = np.zeros(len(roster.shift), np.int64)
            worst_at = np.zeros(len(roster.shift), np.int64)
            for begin in window_begins(roster.problem.shifts, -past, days, length):
                total, new = np.zeros_like(worst), np.zeros_like(worst)
                for day in _touched(begin, length, -past, days):
                    inside = np.append(overlap(roster.problem.shifts, day, begin, length), 0)
                    minutes = inside[roster.shift[:, day + past]]
                    total += minutes
                    new += minutes if day >= 0 else 0
                total[new == 0] = 0
                worst_at[total > worst] = begin
                worst = np.maximum(worst, total)
            for person in np.nonzero(worst > most)[0]:
                day = max(int(worst_at[person]) // DAY, 0)
                detail = f"{worst[person] / 60:g} h within {length / 60:g} h"
                yield Broken(self.name, roster.problem.people.ids[person], day, detail)

    def state(self, model: Model) -> None:
        shifts, past, days = model.problem.shifts, model.problem.past_days, model.problem.days
        for length, most in self.windows:
            seen = set()
            for begin in window_begins(shifts, -past, days, length):
                parts = {
                    (day, shift): int(minutes)
                    for day in _touched(begin, length, -past, days)
                    for shift, minutes in enumerate(overlap(shifts, day, begin, length))
                    if minutes
                }
                key = tuple(parts.items())
                if key in seen or not parts or max(parts)[0] < 0:
                    continue
                seen.add(key)
                for person in model.people:
                    model.limit([(m, model.on(person, day, shift)) for (day, shift), m in parts.items()], most)


def window_begins(shifts: Shifts, first: int, days: int, length: int) -> list[int]:
    """Minutes at which the fullest window of this length can begin: where a shift starts, or `length` before one
    ends (the work inside a sliding window rises and falls linearly in between)."""
    starts = {day * DAY + int(start) for day in range(first, days) for start in shifts.starts}
    ends = np.unique(shifts.starts + shifts.minutes)
    return sorted(starts | {day * DAY + int(end) - length for day in range(first, days) for end in ends})


def overlap(shifts: Shifts, day: int, begin: int, length: int) -> Ints:
    """(shifts,): minutes of the shifts of a day inside the window."""
    starts = day * DAY + shifts.starts
    low, high = np.maximum(starts, begin), np.minimum(starts + shifts.minutes, begin + length)
    inside: Ints = np.maximum(high - low, 0)
    return inside


def _touched(begin: int, length: int, first: int, days: int) -> range:
    # A shift lasts at most two days, so it may reach in from up to three calendar days before.
    return range(max(begin // DAY - 3, first), min((begin + length) // DAY + 1, days))
