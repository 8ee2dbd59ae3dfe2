"""weekends: at most so many weekends with any shift on Saturday or Sunday."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import Problem
from turnout.planner.rostering.result import AT_MOST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model

_SATURDAY = 5


class Weekends(Rule):
    """Reads `People.most_weekends`; weekends of the past do not count."""

    __slots__ = ()
    name = "weekends"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem, people = roster.problem, roster.problem.people
        worked = np.zeros(len(people.ids), np.int64)
        for days in weekends(problem):
            worked += roster.works[:, [roster.past + day for day in days]].any(axis=1)
        for person in np.nonzero(worked > people.most_weekends)[0]:
            facts = int(worked[person]), AT_MOST, int(people.most_weekends[person])
            yield Broken(self.name, people.ids[person], 0, facts)

    def state(self, model: Model) -> None:
        ends = weekends(model.problem)
        for person in model.people:
            most = int(model.problem.people.most_weekends[person])
            if most >= len(ends):
                continue
            flags = []
            for days in ends:
                flag = model.flag()
                for day in days:
                    model.cp.add(model.works(person, day) <= flag)
                flags.append(flag)
            model.cp.add(sum(flags) <= most)


def weekends(problem: Problem) -> list[list[int]]:
    """The Saturdays and Sundays of the roster, those of one weekend together."""
    grouped: dict[int, list[int]] = {}
    for day in range(problem.days):
        ordinal = problem.first_day.toordinal() + day
        if (ordinal - 1) % 7 >= _SATURDAY:
            grouped.setdefault((ordinal - 1) // 7, []).append(day)
    return list(grouped.values())
