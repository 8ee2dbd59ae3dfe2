"""minutes: the working time of a contract over the whole roster, at least and at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


class Minutes(Rule):
    """Reads `People.least_minutes` and `most_minutes`. The one rule under which there may be no roster at all."""

    __slots__ = ()
    name = "minutes"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        people = roster.problem.people
        lengths = np.append(roster.problem.shifts.minutes, 0)
        total = lengths[roster.shift[:, roster.past :]].sum(axis=1)
        for person in np.nonzero((total < people.least_minutes) | (total > people.most_minutes))[0]:
            low, high = int(people.least_minutes[person]), int(people.most_minutes[person])
            yield Broken(self.name, people.ids[person], 0, (int(total[person]), low, high))

    def state(self, model: Model) -> None:
        problem = model.problem
        lengths = problem.shifts.minutes.tolist()
        for person in model.people:
            total = sum(lengths[s] * model.on(person, d, s) for d in model.days for s in model.shifts)
            low, high = int(problem.people.least_minutes[person]), int(problem.people.most_minutes[person])
            if low > 0 or high < problem.days * max(lengths, default=0):
                model.cp.add_linear_constraint(total, low, high)
