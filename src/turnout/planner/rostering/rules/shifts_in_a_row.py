"""shifts_in_a_row: at most, and at least, so many days worked in a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from turnout.planner.rostering.problem import UNLIMITED, Flags, Ints, People
from turnout.planner.rostering.result import AT_LEAST, AT_MOST, Broken, Roster
from turnout.planner.rostering.rules.rule import Rule

if TYPE_CHECKING:
    from turnout.planner.rostering.model import Model, Term


@dataclass(frozen=True, slots=True)
class ShiftsInARow(Rule):
    """The contract's limits, and `most` for everybody. Runs that touch an edge of the known days may be short."""

    most: int = UNLIMITED
    name = "shifts_in_a_row"

    def broken(self, roster: Roster) -> Iterator[Broken]:
        most, ids = self._most(roster.problem.people), roster.problem.people.ids
        for person, day, length in too_long(roster.works, most, roster.past):
            yield Broken(self.name, ids[person], day, (length, AT_MOST, int(most[person])))
        least = roster.problem.people.least_in_row
        for person, day, length in too_short(roster.works, least, roster.past):
            yield Broken(self.name, ids[person], day, (length, AT_LEAST, int(least[person])))

    def state(self, model: Model) -> None:
        problem = model.problem
        most, least = self._most(problem.people), problem.people.least_in_row
        for person in model.people:
            at_most_in_row(model, [model.works(person, d) for d in _known(model)], int(most[person]), problem.past_days)
            for first in _runs_from(model):
                for length in range(1, int(least[person])):
                    if not 0 <= first + length < problem.days:
                        continue
                    run = [model.works(person, first + k) for k in range(length)]
                    before, after = model.works(person, first - 1), model.works(person, first + length)
                    # 0 1..1 0 with too few ones never appears.
                    model.cp.add(sum(run) - before - after <= length - 1)

    def _most(self, people: People) -> Ints:
        return np.minimum(people.most_in_row, self.most)


def too_long(marked: Flags, most: Ints, past: int) -> Iterator[tuple[int, int, int]]:
    """(person, last day, length) of every run of marked days that is longer than `most` and ends in the roster."""
    length = np.zeros(len(marked), np.int64)
    days = marked.shape[1]
    for day in range(days):
        length = np.where(marked[:, day], length + 1, 0)
        ends = ~marked[:, day + 1] if day + 1 < days else np.ones(len(marked), np.bool_)
        if day >= past:
            for person in np.nonzero((length > most) & ends)[0]:
                yield int(person), day - past, int(length[person])


def too_short(marked: Flags, least: Ints, past: int) -> Iterator[tuple[int, int, int]]:
    """(person, last day, length) of every run shorter than `least` that touches neither edge of the known days and
    whose end was decided in the roster."""
    if (least <= 1).all():
        return
    for person in np.nonzero(least > 1)[0]:
        edges = np.flatnonzero(np.diff(marked[person].astype(np.int8)))
        for before, end in pairwise(edges.tolist()):
            if marked[person, end] and end - before < least[person] and end + 1 >= past:
                yield int(person), end - past, end - before


def at_most_in_row(model: Model, terms: list[Term], most: int, past: int) -> None:
    """No more than `most` of the 0-1 terms in a row; the first `past` of them are given."""
    for first in range(max(past - most, 0), len(terms) - most):
        model.at_most(terms[first : first + most + 1], most)


def _known(model: Model) -> range:
    return range(-model.problem.past_days, model.problem.days)


def _runs_from(model: Model) -> range:
    return range(1 - model.problem.past_days, model.problem.days)
