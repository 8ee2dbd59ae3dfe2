"""closed_loop: in a closed site people work in stays: so many days at most, then so many days away.

Two working days with fewer than `away` free days between them belong to one stay. A stay is counted from its first to
its last working day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import AT_MOST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model, Term

_LONG_AGO = -(2**31)


@dataclass(frozen=True, slots=True)
class ClosedLoop(Rule):
    most: int = 14
    away: int = 7
    name = "closed_loop"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        people = roster.problem.people
        inside = np.nonzero(roster.problem.sites.closed[people.site])[0]
        since, last = np.full(len(inside), _LONG_AGO), np.full(len(inside), _LONG_AGO)
        for day in range(roster.works.shape[1]):
            works = roster.works[inside, day]
            fresh = works & (day - last - 1 >= self.away)
            since[fresh] = day
            last[works] = day
            if day >= roster.past:
                for row in np.nonzero(works & (day - since + 1 > self.most))[0]:
                    facts = int(day - since[row] + 1), AT_MOST, self.most
                    yield Broken(self.name, people.ids[inside[row]], day - roster.past, facts)

    def state(self, model: Model) -> None:
        problem = model.problem
        for person in model.people:
            if problem.sites.closed[problem.people.site[person]]:
                self._state(model, person)

    def _state(self, model: Model, person: int) -> None:
        days, past = model.problem.days, model.problem.past_days
        since, last = self._stay(model, person)
        # Inside from the last stay of the past on; before it nothing matters any more.
        inside: list[Term] = [0 if day < since else 1 if day <= last else model.flag() for day in range(-past, 0)] + [
            model.flag() for _ in range(days)
        ]
        for day in range(days):
            model.cp.add(model.works(person, day) <= inside[past + day])
        for at in range(len(inside) - 1):
            for later in range(2, self.away + 1):
                if at + later < len(inside):
                    # Who goes out stays out: in, out, in within `away` days never appears.
                    middle = inside[at + 1]
                    if not isinstance(middle, int):
                        model.cp.add(inside[at] + inside[at + later] - middle <= 1)
        for first in range(max(past - self.most, 0), len(inside) - self.most):
            model.at_most(inside[first : first + self.most + 1], self.most)

    def _stay(self, model: Model, person: int) -> tuple[int, int]:
        """First and last working day of the stay that may go on at the start of the roster."""
        worked = [day for day in range(-model.problem.past_days, 0) if model.works(person, day)]
        if not worked or -worked[-1] - 1 >= self.away:
            return 0, -1
        since = last = worked[-1]
        for day in reversed(worked):
            if since - day - 1 >= self.away:
                break
            since = day
        return since, last
