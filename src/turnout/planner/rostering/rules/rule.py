"""What every rule is: a name, what it forbids on a single day, what the checker counts, what the model states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from turnout.planner.rostering.problem import Flags, Problem

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model
    from turnout.planner.rostering.result import Broken, Roster


class Rule:
    """A hard rule overrides `broken`, a soft one `parts`; both `state` themselves in the model.

    A rule about a single day and shift overrides `allows` instead: the model then never makes the choice.
    """

    __slots__ = ()
    name: ClassVar[str]

    def allows(self, problem: Problem) -> Flags:
        """(people, days, shifts) or anything that spreads to it: True where this rule does not forbid the shift."""
        return np.ones((1, 1, 1), np.bool_)

    def broken(self, roster: Roster) -> Iterable[Broken]:
        """Every place where the rule is broken on a day of the roster; what lies wholly in the past is past."""
        return ()

    def parts(self, roster: Roster) -> dict[str, int]:
        """Points by name."""
        return {}

    def state(self, model: Model) -> None:
        """Add the rule to the model."""
