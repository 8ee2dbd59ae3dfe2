"""fixed_off: a day off that was promised is kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.problem import Flags, Problem
from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule


class FixedOff(Rule):
    """No shift starts on such a day."""

    __slots__ = ()
    name = "fixed_off"

    def allows(self, problem: Problem) -> Flags:
        return ~problem.people.off[:, :, None]

    def broken(self, roster: Roster) -> Iterator[Broken]:
        people = roster.problem.people
        for person, day in np.argwhere(people.off & roster.works[:, roster.past :]):
            yield Broken(self.name, people.ids[person], int(day))
