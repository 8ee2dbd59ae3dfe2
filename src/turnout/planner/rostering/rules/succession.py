"""succession: shifts that may not follow one another from one day to the next, as a list names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


class Succession(Rule):
    """Reads `Shifts.cannot_follow`."""

    __slots__ = ()
    name = "succession"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem, works = roster.problem, roster.works
        forbidden = problem.shifts.cannot_follow[roster.shift[:, :-1], roster.shift[:, 1:]]
        for person, before in np.argwhere(forbidden & works[:, :-1] & works[:, 1:]):
            if before + 1 >= roster.past:
                names = [problem.shifts.ids[roster.shift[person, day]] for day in (before, before + 1)]
                who, day = problem.people.ids[person], int(before) + 1 - roster.past
                yield Broken(self.name, who, day, (names[1], names[0]))

    def state(self, model: Model) -> None:
        for shift in model.shifts:
            never = np.nonzero(model.problem.shifts.cannot_follow[shift])[0].tolist()
            for person in model.people if never else ():
                for day in range(-min(model.problem.past_days, 1), model.problem.days - 1):
                    then = [model.on(person, day + 1, other) for other in never]
                    model.at_most([model.on(person, day, shift), *then], 1)
