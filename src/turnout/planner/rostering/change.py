"""Small changes to a roster that people live by: may two swap, who can stand in, what if somebody drops out.

Rules are asked of the checker alone: what a change breaks is what is broken after it and was not before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Ints, Problem
from turnout.planner.rostering.result import Broken, Plan, Score

ONE_A_DAY = "one_a_day"
"""Not a rule of the book but of the roster itself: at most one shift that starts on a day."""
_MOVING = 200
"""Points for each day of somebody else that changes when a person drops out: less than a place below the minimum,
more than a further one, so that people are disturbed for what is needed and not for what is wanted."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change would break and cost."""

    broken: tuple[Broken, ...]
    points: int
    """More points than before; negative if the roster gets better."""

    @property
    def allowed(self) -> bool:
        """No hard rule stands against it."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who may be asked to take a shift, and what speaks against it."""

    person: int
    change: Change


def swap(problem: Problem, plan: Plan, one: tuple[int, int], other: tuple[int, int]) -> Change:
    """May two people swap their shifts? Each is a (person, day) with a shift; ValueError if there is none."""
    for person, day in (one, other):
        if plan.duty[person, day] == OFF:
            raise ValueError(f"person {person} has no shift on day {day}")
    duty = plan.duty.copy()
    duty[one], duty[other] = OFF, OFF
    for (person, _), (giver, day) in ((one, other), (other, one)):
        if duty[person, day] != OFF:
            who = problem.people.ids[person]
            return Change((Broken(ONE_A_DAY, who, day),), 0)
        duty[person, day] = plan.duty[giver, day]
    return _compared(problem, plan, duty, (one[0], other[0]))


def stand_ins(problem: Problem, plan: Plan, person: int, day: int) -> list[StandIn]:
    """Everybody who could take the shift of that person and is free on that day: those whom nothing forbids first, by
    what it costs the roster, then the others by id, each with the rules that stand against it."""
    which = int(plan.duty[person, day])
    if which == OFF:
        raise ValueError(f"person {person} has no shift on day {day}")
    shift, category = divmod(which, len(problem.categories))
    near = problem.counted_at[:, shift] == problem.counted_at[person, shift]
    free = near & problem.fills[:, category] & (plan.duty[:, day] == OFF)
    found = []
    for index in np.flatnonzero(free).tolist():
        duty = plan.duty.copy()
        duty[person, day], duty[index, day] = OFF, which
        found.append(StandIn(index, _compared(problem, plan, duty, (person, index))))
    return sorted(found, key=lambda one: (not one.change.allowed, one.change.points * one.change.allowed, one.person))


def without(problem: Problem, plan: Plan, person: int, first: int, *, seed: int = 0, effort: float = 4.0) -> Plan:
    """The roster after a person drops out from day `first` on: nothing before it changes, and of what comes after as
    little as possible. ValueError for a roster that breaks rules before that day, which nothing can mend."""
    sites, people = _around(problem, (person,))
    part = away(problem, person, first).block(sites, people)
    at = int(np.flatnonzero(people == person)[0])
    before = plan.duty[people].copy()
    before[at, first:] = OFF
    model = Model(part)
    model.keep(Plan(before), first, _MOVING)
    try:
        made = model.solve(seed=seed, effort=effort).plan
    except RuntimeError as error:
        raise ValueError("the roster breaks a hard rule before that day") from error
    duty = plan.duty.copy()
    duty[people] = made.duty
    return Plan(duty)


def away(problem: Problem, person: int, first: int) -> Problem:
    """The same problem with that person off from day `first` on."""
    off = problem.people.off.copy()
    off[person, first:] = True
    return replace(problem, people=replace(problem.people, off=off))


def _compared(problem: Problem, plan: Plan, duty: Ints, who: tuple[int, ...]) -> Change:
    sites, people = _around(problem, who)
    part = problem.block(sites, people)
    before, after = (check(part, Plan(table[people])) for table in (plan.duty, duty))
    return Change(_new(before, after), after.objective - before.objective)


def _new(before: Score, after: Score) -> tuple[Broken, ...]:
    known = Counter((one.rule, one.subject, one.day) for one in before.broken)
    found = []
    for one in after.broken:
        key = one.rule, one.subject, one.day
        known[key] -= 1
        if known[key] < 0:
            found.append(one)
    return tuple(found)


def _around(problem: Problem, who: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Sites that share nights with those of these people, and everybody there."""
    groups = problem.sites.night_group
    own = np.isin(groups, groups[problem.people.site[list(who)]])
    return np.flatnonzero(own), np.flatnonzero(own[problem.people.site])
