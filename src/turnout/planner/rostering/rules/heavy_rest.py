"""heavy_rest: after long heavy duty (nine hours in a suit) a forced rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnout.planner.rostering.problem import Flags, Shifts
from turnout.planner.rostering.result import Broken, Roster
from turnout.planner.rostering.rules.rest import forbid_soon, too_soon
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model


@dataclass(frozen=True, slots=True)
class HeavyRest(Rule):
    """After a heavy shift of at least `long` minutes, `minutes` of rest."""

    long: int = 8 * 60
    minutes: int = 24 * 60
    name = "heavy_rest"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        yield from too_soon(roster, self.name, self._after(roster.problem.shifts), self.minutes)

    def state(self, model: Model) -> None:
        forbid_soon(model, self._after(model.problem.shifts), self.minutes)

    def _after(self, shifts: Shifts) -> Flags:
        long: Flags = shifts.heavy & (shifts.minutes >= self.long)
        return long
