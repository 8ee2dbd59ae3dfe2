"""relief_days: community workers get whole days off among any so many days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import DAY, OFF, Flags, Ints, Problem, Shifts
from turnout.planner.rostering.result import AT_LEAST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model, Term


@dataclass(frozen=True, slots=True)
class ReliefDays(Rule):
    """At least `days` calendar days without a minute of work among any `every` days, for one category. A night that
    runs into the morning spoils the day."""

    days: int = 1
    every: int = 7
    category: str = "community_worker"
    name = "relief_days"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem, past, most = roster.problem, roster.past, self.every - self.days
        members = self._members(problem)
        before = roster.shift[members].copy()
        before[:, past:] = OFF
        busy = _busy(problem.shifts, roster.shift[members])
        new = busy & ~_busy(problem.shifts, before)
        for first in range(busy.shape[1] - self.every + 1):
            window = slice(first, first + self.every)
            over = (busy[:, window].sum(axis=1) > most) & new[:, window].any(axis=1)
            for row in np.nonzero(over)[0]:
                who, day = problem.people.ids[members[row]], max(first - past, 0)
                yield Broken(self.name, who, day, (self.every, AT_LEAST, self.days))

    def state(self, model: Model) -> None:
        problem, past = model.problem, model.problem.past_days
        for person in self._members(problem).tolist():
            busy = [_busy_term(model, person, day) for day in range(-past, problem.days)]
            for first in range(max(past - self.every + 1, 0), len(busy) - self.every + 1):
                model.at_most(busy[first : first + self.every], self.every - self.days)

    def _members(self, problem: Problem) -> Ints:
        if self.category not in problem.categories:
            return np.zeros(0, np.int64)
        bit = problem.categories.index(self.category)
        return np.nonzero((problem.people.categories >> bit) & 1)[0]


def _reach(shifts: Shifts) -> list[int]:
    """How many further calendar days each shift touches."""
    reach: list[int] = ((shifts.starts + shifts.minutes - 1) // DAY).tolist()
    return reach


def _busy(shifts: Shifts, shift: Ints) -> Flags:
    busy: Flags = shift != OFF
    for which, reach in enumerate(_reach(shifts)):
        for later in range(1, reach + 1):
            busy[:, later:] |= shift[:, :-later] == which
    return busy


def _busy_term(model: Model, person: int, day: int) -> Term:
    """1 if a shift touches the day; a number where the past alone decides it."""
    known = model.problem.past_days
    touching = [model.works(person, day)] + [
        model.on(person, day - later, shift)
        for shift, reach in enumerate(_reach(model.problem.shifts))
        for later in range(1, reach + 1)
        if day - later >= -known
    ]
    if any(isinstance(term, int) and term for term in touching):
        return 1
    free = [term for term in touching if not isinstance(term, int)]
    if len(free) <= 1:
        return free[0] if free else 0
    busy = model.flag()
    for term in free:
        model.cp.add(term <= busy)
    return busy
