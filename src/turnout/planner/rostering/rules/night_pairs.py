"""night_pairs: nobody is alone at night; a night is staffed by at least two or by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.result import AT_LEAST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class NightPairs(Rule):
    """`least` people of any category on each night shift of a site, or of the sites that share their nights."""

    least: int = 2
    name = "night_pairs"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        problem = roster.problem
        there = roster.counts.sum(axis=1)
        alone = (there > 0) & (there < self.least) & problem.shifts.night[None, :, None]
        for site, shift, day in np.argwhere(alone):
            facts = problem.shifts.ids[shift], int(there[site, shift, day]), AT_LEAST, self.least
            yield Broken(self.name, problem.sites.ids[site], int(day), facts)

    def state(self, model: Model) -> None:
        problem = model.problem
        for shift in np.nonzero(problem.shifts.night)[0].tolist():
            for site in sorted(set(problem.counted_at[:, shift].tolist())):
                people = np.nonzero(problem.counted_at[:, shift] == site)[0].tolist()
                for day in model.days:
                    terms = [model.on(person, day, shift) for person in people]
                    staffed = model.flag()
                    model.cp.add(sum(terms) >= self.least * staffed)
                    for term in terms:
                        model.cp.add(term <= staffed)
