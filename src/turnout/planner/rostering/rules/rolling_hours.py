"""rolling_hours: no more than so many hours of work in any 24 hours and in any 7 days, wherever they begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from turnout.planner.rostering.problem import DAY, Ints, Shifts
from turnout.planner.rostering.result import AT_MOST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model

_AT_ONCE = 4096
"""People looked at together: what keeps the tables in the processor's cache."""


@dataclass(frozen=True, slots=True)
class RollingHours(Rule):
    """`windows`: (length, most) in minutes. A shift counts for the part of it that lies inside the window."""

    windows: tuple[tuple[int, int], ...] = ((24 * 60, 12 * 60), (7 * 24 * 60, 40 * 60))
    name = "rolling_hours"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem, past = roster.problem, roster.past
        shifts, people = problem.shifts, problem.people
        clock = shifts.starts.tobytes(), shifts.minutes.tobytes()
        for length, most in self.windows:
            begins, minutes = _minutes_inside(clock, length, past, problem.days)
            for first in range(0, len(people.ids), _AT_ONCE):
                worked = _worked(roster.shift[first : first + _AT_ONCE], len(shifts.ids))
                total = worked @ minutes
                old = past * len(shifts.ids)
                total[worked[:, old:] @ minutes[old:] == 0] = 0
                worst = total.max(axis=1, initial=0)
                for person in np.nonzero(worst > most)[0]:
                    day = max(int(begins[total[person].argmax()]) // DAY, 0)
                    facts = float(worst[person]) / 60, length / 60, AT_MOST, most / 60
                    yield Broken(self.name, people.ids[first + person], day, facts)

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


@lru_cache(maxsize=64)
def _minutes_inside(clock: tuple[bytes, bytes], length: int, past: int, days: int) -> tuple[Ints, NDArray[np.float64]]:
    """Where every window begins, and (days known x shifts, windows): minutes of a shift inside it. The same for every
    site of a city. In floats, whose products are fast and, of whole numbers, exact."""
    starts, minutes = (np.frombuffer(column, np.int64) for column in clock)
    none = np.zeros(len(starts), np.bool_)
    shifts = Shifts(tuple(map(str, range(len(starts)))), starts, minutes, none, none, np.outer(none, none))
    begins = np.array(window_begins(shifts, -past, days, length), np.int64)
    day = np.arange(-past, days).repeat(len(starts)) * DAY
    begin = day + np.tile(starts, past + days)
    end = begin + np.tile(minutes, past + days)
    low, high = np.maximum(begin[:, None], begins), np.minimum(end[:, None], begins + length)
    return begins, np.maximum(high - low, 0).astype(np.float64)


def _worked(shift: Ints, count: int) -> NDArray[np.float64]:
    """(people, days x shifts): 1 where the person works that shift on that day."""
    worked: NDArray[np.float64] = (shift[:, :, None] == np.arange(count)).reshape(len(shift), -1).astype(np.float64)
    return worked


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
