"""work_limit: no nights, nothing heavy, not in closed sites for those who said so; nobody has to say why."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.problem import LIMITS, OFF, Flags, Problem
from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule


class WorkLimit(Rule):
    """`no_night` rules out night shifts, `no_suit` and `light` heavy ones, `no_closed` closed sites."""

    __slots__ = ()
    name = "work_limit"

    def allows(self, problem: Problem) -> Flags:
        shifts, people = problem.shifts, problem.people
        has = {word: ((people.limits >> bit) & 1 == 1)[:, None] for bit, word in enumerate(LIMITS)}
        fine = ~(has["no_night"] & shifts.night) & ~((has["no_suit"] | has["light"]) & shifts.heavy)
        fine &= ~(has["no_closed"] & problem.sites.closed[people.site][:, None])
        spread: Flags = fine[:, None, :]
        return spread

    def broken(self, roster: Roster) -> Iterator[Broken]:
        shifts, people = roster.problem.shifts, roster.problem.people
        for person in np.nonzero(people.limits)[0]:
            words = {word for bit, word in enumerate(LIMITS) if people.limits[person] >> bit & 1}
            inside = "no_closed" in words and roster.problem.sites.closed[people.site[person]]
            for day, shift in enumerate(roster.shift[person, roster.past :]):
                if shift == OFF:
                    continue
                night = "no_night" in words and shifts.night[shift]
                heavy = words & {"no_suit", "light"} and shifts.heavy[shift]
                if inside or night or heavy:
                    yield Broken(self.name, people.ids[person], day, (shifts.ids[shift],))
