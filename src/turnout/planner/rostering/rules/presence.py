"""presence: nobody works before arriving or from the day of leaving on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.problem import Flags, Problem
from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule


class Presence(Rule):
    """Days [arrives, leaves)."""

    __slots__ = ()
    name = "presence"

    def allows(self, problem: Problem) -> Flags:
        return present(problem)[:, :, None]

    def broken(self, roster: Roster) -> Iterator[Broken]:
        absent = ~present(roster.problem)
        for person, day in np.argwhere(absent & roster.works[:, roster.past :]):
            yield Broken(self.name, roster.problem.people.ids[person], int(day))


def present(problem: Problem) -> Flags:
    """(people, days)."""
    day = np.arange(problem.days)
    there: Flags = (day >= problem.people.arrives[:, None]) & (day < problem.people.leaves[:, None])
    return there
