"""category: a person stands only for a category of the own, or for `general`, where the site asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.problem import OFF
from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rule import Rule


class Category(Rule):
    """The model makes no other choice in the first place."""

    __slots__ = ()
    name = "category"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem = roster.problem
        person, day = np.nonzero(roster.plan.duty != OFF)
        shift, category = np.divmod(roster.plan.duty[person, day], len(problem.categories))
        site = problem.counted_at[person, shift]
        fine = problem.fills[person, category] & problem.asked.open[site, category, shift, day]
        for at in np.nonzero(~fine)[0]:
            word = problem.categories[category[at]]
            yield Broken(self.name, problem.people.ids[person[at]], int(day[at]), (word,))
