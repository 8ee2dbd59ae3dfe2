"""fairness: the load is shared evenly over what people already did; a night counts more.

Load points are half-hours, a night's times `night_weight` / 10. What the roster asks for is poured onto the load people
carry already, lowest first (so that all reach one level), no person beyond five shifts a week of the days she can work.
Each half-hour away from that share costs `points`, three times as much beyond one day shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import OFF, Ints, Problem, Shifts
from turnout.planner.rostering.result import Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model

ONE_SHIFT = 16
"""Load points of a day shift of eight hours."""
_BEYOND = 2
"""What each half-hour beyond one shift costs on top, in multiples of `points`."""


@dataclass(frozen=True, slots=True)
class Fairness(Rule):
    points: int = 1
    night_weight: int = 15
    name = "fairness"

    def parts(self, roster: Roster) -> dict[str, int]:
        loads = np.append(shift_loads(roster.problem.shifts, self.night_weight), 0)
        carried = loads[roster.shift[:, roster.past :]].sum(axis=1)
        away = np.abs(carried - fair_shares(roster.problem, self.night_weight))
        beyond = np.maximum(away - ONE_SHIFT, 0)
        return {"fairness": self.points * int((away + _BEYOND * beyond).sum())}

    def state(self, model: Model) -> None:
        problem = model.problem
        loads = shift_loads(problem.shifts, self.night_weight).tolist()
        shares = fair_shares(problem, self.night_weight).tolist()
        most = problem.days * max(loads, default=0)
        for person in model.people:
            carried = sum(loads[s] * model.on(person, d, s) for d in model.days for s in model.shifts)
            sides = []
            for _ in range(2):
                near, beyond = model.count(ONE_SHIFT), model.count(most + shares[person])
                model.price(near, self.points)
                model.price(beyond, (1 + _BEYOND) * self.points)
                sides.append(near + beyond)
            model.cp.add(carried - shares[person] == sides[0] - sides[1])


def shift_loads(shifts: Shifts, night_weight: int) -> Ints:
    """(shifts,): load points of each shift, rounded to whole half-hours."""
    tenths = np.where(shifts.night, night_weight, 10)
    return (shifts.minutes * tenths + 150) // 300


def fair_shares(problem: Problem, night_weight: int) -> Ints:
    """(people,): load points each person should get in this roster."""
    asked, groups = problem.asked, problem.sites.night_group
    loads = shift_loads(problem.shifts, night_weight)
    needed = (np.maximum(asked.want, asked.least) * loads[None, None, :, None]).sum(axis=(1, 2, 3))
    by_group = np.zeros(len(groups), np.int64)
    np.add.at(by_group, groups, needed)
    room = _room(problem)
    shares = np.zeros(len(problem.people.ids), np.int64)
    group = groups[problem.people.site]
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        if len(rows):
            shares[rows] = poured(problem.people.load_before[rows], room[rows], int(by_group[group[rows[0]]]))
    return shares


def _room(problem: Problem) -> Ints:
    """(people,): most load points that seem bearable: five shifts in seven of the days the person can work."""
    days: Ints = problem.allowed.any(axis=2).sum(axis=1)
    return days * (5 * ONE_SHIFT) // 7


def poured(before: Ints, room: Ints, amount: int) -> Ints:
    """Water of `amount` poured onto steps of height `before` with lids `room` above them, in whole units.

    What does not divide evenly is left out: the shares are a level, not a budget.
    """
    low, high = 0, int(before.max(initial=0)) + int(room.max(initial=0))
    while low < high:
        level = (low + high + 1) // 2
        if int(np.minimum(np.maximum(level - before, 0), room).sum()) <= amount:
            low = level
        else:
            high = level - 1
    return np.clip(low - before, 0, room)


assert OFF == -1, "the appended zero is read through index -1"
