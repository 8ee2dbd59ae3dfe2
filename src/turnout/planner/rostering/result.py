"""A roster, its score, and what a solver says about it: bound, proof gap, every uncovered place with a reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from turnout.planner.rostering.problem import OFF, Flags, Ints, Problem

StoppedBy = Literal["proof", "proof_gap", "budget", "time_limit", "interrupted"]
"""Why the search ended: optimum proven; wanted gap reached; planned work done; the caller's limit; Ctrl-C."""

Fix = Literal["none", "call_more", "lift_limit", "ask_day_off", "place"]
"""The nearest way to fill an empty place: more people of the category; one person's work limit lifted, or day off
given up, with nothing else in the way; or a person placed there whom the search left out because it costs more."""

UNCOVERED_REASONS = (
    "none_in_category",
    "work_limit",
    "fixed_off",
    "absent",
    "on_another_shift",
    "dearer_than_gap",
    "not_reached",
)
"""Besides these a reason may be the name of the hard rule that ruled the last candidate out. `not_reached`: the search
was stopped before this site had its turn."""


@dataclass(frozen=True, slots=True)
class Plan:
    duty: Ints
    """(people, days): shift * categories + category, OFF for a day off."""


AT_MOST, AT_LEAST = "at_most", "at_least"


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken hard rule: its name, the person or site it is about, the day, and the facts."""

    rule: str
    subject: str
    day: int
    facts: tuple[str | int | float, ...] = ()
    """Numbers and ids in the order in which the rule's sentence names them, AT_MOST or AT_LEAST before a limit. The
    sentence itself is said in the reader's language, by whoever shows it."""


@dataclass(frozen=True, slots=True)
class Score:
    """Points by soft rule, and every broken hard rule."""

    parts: dict[str, int]
    broken: tuple[Broken, ...] = ()

    @property
    def objective(self) -> int:
        return sum(self.parts.values())


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A place that stays empty: at which site, for which category, shift and day, how many, and why."""

    site: int
    category: int
    shift: int
    day: int
    missing_min: int
    missing: int
    reason: str
    fix: Fix = "none"
    person: int = -1
    """Whom the fix is about, -1 for nobody."""
    points: int = 0
    """More points if that person takes the place as the roster stands; only for `place`."""


@dataclass(frozen=True, slots=True)
class Result:
    plan: Plan
    score: Score
    bound: float
    """No roster costs fewer points."""
    proof_gap: float
    """(objective - bound) / bound; 0 if equal, infinite if the bound is 0 and the objective is not."""
    reasons: tuple[Uncovered, ...]
    stopped_by: StoppedBy
    seed: int
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by stage. Not part of what is the same from run to run."""
    counts: Counter[str] = field(default_factory=Counter)


def proof_gap(objective: float, bound: float) -> float:
    if objective <= bound:
        return 0.0
    return (objective - bound) / bound if bound > 0 else float("inf")


class Roster:
    """A problem and a plan side by side, with the past in front, as the checkers of the rules read it."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.past = problem.past_days

    @cached_property
    def shift(self) -> Ints:
        """(people, past days + days): the shift worked, OFF for none; column `past` is the first day."""
        categories = max(len(self.problem.categories), 1)
        now = np.where(self.plan.duty == OFF, OFF, self.plan.duty // categories)
        return np.concatenate([self.problem.people.past, now], axis=1)

    @cached_property
    def works(self) -> Flags:
        """(people, past days + days)."""
        works: Flags = self.shift != OFF
        return works

    @cached_property
    def counts(self) -> Ints:
        """(sites, categories, shifts, days): people on duty where they count."""
        problem = self.problem
        filled = np.zeros(problem.cover.least.shape, np.int64)
        person, day = np.nonzero(self.plan.duty != OFF)
        shift, category = np.divmod(self.plan.duty[person, day], max(len(problem.categories), 1))
        np.add.at(filled, (problem.counted_at[person, shift], category, shift, day), 1)
        return filled
