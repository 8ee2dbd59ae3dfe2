"""rest: so many hours between the end of a shift and the start of the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import DAY, Flags, Ints
from turnout.planner.rostering.result import AT_LEAST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class Rest(Rule):
    """`minutes` of rest after every shift."""

    minutes: int = 11 * 60
    name = "rest"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        after = np.ones(len(roster.problem.shifts.ids), np.bool_)
        yield from too_soon(roster, self.name, after, self.minutes)

    def state(self, model: Model) -> None:
        forbid_soon(model, np.ones(len(model.shifts), np.bool_), self.minutes)


def too_soon(roster: Roster, name: str, after: Flags, minutes: int) -> Iterator[Broken]:
    """Every shift of the roster that starts less than `minutes` after the end of one of the shifts `after`."""
    shifts = roster.problem.shifts
    ended = np.full(len(roster.shift), -(2**40))
    for day in range(roster.shift.shape[1]):
        shift, works = roster.shift[:, day], roster.works[:, day]
        starts = day * DAY + shifts.starts[shift]
        if day >= roster.past:
            for person in np.nonzero(works & (starts - ended < minutes))[0]:
                hours = int(starts[person] - ended[person]) / 60
                who = roster.problem.people.ids[person]
                yield Broken(name, who, day - roster.past, (hours, AT_LEAST, minutes / 60))
        ends = starts + shifts.minutes[shift]
        ended = np.where(works & after[shift], np.maximum(ended, ends), ended)


def forbid_soon(model: Model, after: Flags, minutes: int) -> None:
    """State the same: a shift and those that start too soon after it exclude each other."""
    shifts, past = model.problem.shifts, model.problem.past_days
    for shift in np.nonzero(after)[0].tolist():
        free_from = int(shifts.starts[shift] + shifts.minutes[shift]) + minutes
        for later in range(1, free_from // DAY + 1):
            soon = _starting_before(shifts.starts, free_from - later * DAY)
            if not soon:
                continue
            for person in model.people:
                for day in range(max(-past, -later), model.problem.days - later):
                    first = model.on(person, day, shift)
                    then = [model.on(person, day + later, other) for other in soon]
                    model.at_most([first, *then] if day + later >= 0 else [], 1)


def _starting_before(starts: Ints, minute: int) -> list[int]:
    return [int(shift) for shift in np.nonzero(starts < minute)[0]]
