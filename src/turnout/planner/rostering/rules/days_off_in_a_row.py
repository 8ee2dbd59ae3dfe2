"""days_off_in_a_row: days off come at least so many in a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from turnout.planner.rostering.result import AT_LEAST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule
from turnout.planner.rostering.rules.shifts_in_a_row import too_short

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


class DaysOffInARow(Rule):
    """Reads `People.least_off_in_row`. Runs that touch an edge of the known days may be short."""

    __slots__ = ()
    name = "days_off_in_a_row"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        people = roster.problem.people
        for person, day, length in too_short(~roster.works, people.least_off_in_row, roster.past):
            least = int(people.least_off_in_row[person])
            yield Broken(self.name, people.ids[person], day, (length, AT_LEAST, least))

    def state(self, model: Model) -> None:
        problem = model.problem
        for person in model.people:
            for first in range(1 - problem.past_days, problem.days):
                for length in range(1, int(problem.people.least_off_in_row[person])):
                    if not 0 <= first + length < problem.days:
                        continue
                    free = [model.works(person, first + k) for k in range(length)]
                    before, after = model.works(person, first - 1), model.works(person, first + length)
                    # 1 0..0 1 with too few noughts never appears.
                    model.cp.add(before + after - sum(free) <= 1)
