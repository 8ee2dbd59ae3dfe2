"""wishes: to be off, or to have a certain shift; a wish not met costs its weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class Wishes(Rule):
    """`points` per unit of weight."""

    points: int = 1
    name = "wishes"

    def parts(self, roster: Roster) -> dict[str, int]:
        people, now = roster.problem.people, roster.shift[:, roster.past :]
        person, day, shift = np.nonzero(people.wish_on)
        not_given = people.wish_on[person, day, shift][now[person, day] != shift].sum()
        person, day, shift = np.nonzero(people.wish_off)
        given = people.wish_off[person, day, shift][now[person, day] == shift].sum()
        return {"wishes": self.points * int(not_given + given)}

    def state(self, model: Model) -> None:
        people = model.problem.people
        for person, day, shift in np.argwhere(people.wish_on).tolist():
            weight = int(people.wish_on[person, day, shift])
            model.price(1 - model.on(person, day, shift), self.points * weight)
        for person, day, shift in np.argwhere(people.wish_off).tolist():
            model.price(model.on(person, day, shift), self.points * int(people.wish_off[person, day, shift]))
