"""shift_count: at most so many of each kind of shift over the whole roster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import AT_MOST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


class ShiftCount(Rule):
    """Reads `People.most_of_shift`."""

    __slots__ = ()
    name = "shift_count"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem, now = roster.problem, roster.shift[:, roster.past :]
        for shift, word in enumerate(problem.shifts.ids):
            worked, most = (now == shift).sum(axis=1), problem.people.most_of_shift[:, shift]
            for person in np.nonzero(worked > most)[0]:
                facts = word, int(worked[person]), AT_MOST, int(most[person])
                yield Broken(self.name, problem.people.ids[person], 0, facts)

    def state(self, model: Model) -> None:
        for person in model.people:
            for shift in model.shifts:
                most = int(model.problem.people.most_of_shift[person, shift])
                model.at_most([model.on(person, day, shift) for day in model.days], most)
