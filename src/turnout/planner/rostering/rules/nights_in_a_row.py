"""nights_in_a_row: at most so many nights one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import AT_MOST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule
from turnout.planner.rostering.rules.shifts_in_a_row import at_most_in_row, too_long

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class NightsInARow(Rule):
    most: int = 3
    name = "nights_in_a_row"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        nights = roster.works & roster.problem.shifts.night[roster.shift]
        limit = np.full(len(nights), self.most)
        for person, day, length in too_long(nights, limit, roster.past):
            who = roster.problem.people.ids[person]
            yield Broken(self.name, who, day, (length, AT_MOST, self.most))

    def state(self, model: Model) -> None:
        problem = model.problem
        nights = np.nonzero(problem.shifts.night)[0].tolist()
        for person in model.people if nights else ():
            days = range(-problem.past_days, problem.days)
            terms = [sum(model.on(person, day, shift) for shift in nights) for day in days]
            at_most_in_row(model, terms, self.most, problem.past_days)
