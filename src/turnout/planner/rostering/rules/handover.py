"""handover: a relief overlaps: those who leave work at least one shift together with those who came for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import Ints, Problem
from turnout.planner.rostering.result import Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class Handover(Rule):
    """Within the last `days` days before people of a site leave, `points` for each relief without a common shift.

    A relief is a site and a day on which some of its people leave for good while people who arrived later than the
    roster's first day stay on. Where nobody has arrived there is nobody to hand over to, and nothing is asked.
    """

    days: int = 2
    points: int = 300
    name = "handover"

    def parts(self, roster: Roster) -> dict[str, int]:
        missing = 0
        now = roster.shift[:, roster.past :]
        for leaving, arrived, window in reliefs(roster.problem, self.days):
            met = any(set(now[leaving, day].tolist()) & set(now[arrived, day].tolist()) - {-1} for day in window)
            missing += not met
        return {"handover": self.points * missing}

    def state(self, model: Model) -> None:
        for leaving, arrived, window in reliefs(model.problem, self.days):
            meetings = []
            for day in window:
                for shift in model.shifts:
                    meeting = model.flag()
                    model.cp.add(meeting <= sum(model.on(person, day, shift) for person in leaving.tolist()))
                    model.cp.add(meeting <= sum(model.on(person, day, shift) for person in arrived.tolist()))
                    meetings.append(meeting)
            missing = model.flag()
            model.cp.add(sum(meetings) + missing >= 1)
            model.price(missing, self.points)


def reliefs(problem: Problem, days: int) -> Iterator[tuple[Ints, Ints, range]]:
    """(who leaves, who came, the days on which they can meet) of every relief."""
    people = problem.people
    going = np.nonzero((people.leaves > 0) & (people.leaves < problem.days))[0]
    for site, day in sorted({(int(people.site[p]), int(people.leaves[p])) for p in going}):
        here = people.site == site
        leaving = np.nonzero(here & (people.leaves == day))[0]
        arrived = np.nonzero(here & (people.arrives > 0) & (people.arrives <= day) & (people.leaves > day))[0]
        if len(arrived):
            yield leaving, arrived, range(max(day - days, 0), day)
