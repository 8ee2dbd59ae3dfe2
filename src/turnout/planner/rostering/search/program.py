"""A linear program over rows for some people and a stretch of days, the others and the rest of the roster kept.

Rows are generated: at the program's prices the cheapest row of each person is looked for (`rowsearch`), and added if
it helps. A price per shift and day bounds the part from below (Dantzig-Wolfe). Prices half way to the best so far
swing less from round to round.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import numba
import numpy as np
from ortools.linear_solver import pywraplp

from turnout.planner.rostering.problem import Flags
from turnout.planner.rostering.search.remake import counted, only
from turnout.planner.rostering.search.rowsearch import (
    Contract,
    Contracts,
    Labels,
    cheapest,
    contract,
    contracts_of,
    labels_for,
    with_choices,
)
from turnout.planner.rostering.search.tables import Bytes, Floats, Small, Tables

TINY = 1e-6
_TOWARDS = 0.7
"""How far the prices asked lie towards the best prices so far."""
_TIGHT = 0.6
_CERTAIN = 0.75
"""A row with this share of its person is fixed in a dive."""
_SLOWLY = 12
"""One in so many people is fixed in each round of a dive, whatever the shares."""

Found = tuple[Small, float, bool]
Stopping = Callable[[], object]


class Rows:
    """Search for rows on as many threads as the pool has."""

    def __init__(self, tables: Tables, pool: Executor | None) -> None:
        self.tables, self.pool = tables, pool
        self.full, self.loose = contracts_of(tables), contracts_of(tables, _TIGHT)
        self._own = threading.local()

    @property
    def labels(self) -> Labels:
        """Room of this thread."""
        if not hasattr(self._own, "labels"):
            self._own.labels = labels_for(self.full)
        labels: Labels = self._own.labels
        return labels

    def cheapest(self, can: dict[int, Bytes], first: int, until: int, prices: Floats, keep: int) -> list[Found]:
        """For each person the cheapest row among the choices; `prices`: (shifts, days [first, until))."""

        def one(person: int) -> Found:
            cost = np.zeros(self.tables.wish.shape[1:], np.float64)
            cost[first:until] = self.tables.wish[person, first:until]
            cost[first:until, 1:] -= prices.T
            found: Found = _cheapest(self.loose, self.full, person, can[person], cost, keep, self.labels)
            return found

        return list(self.pool.map(one, can) if self.pool else map(one, can))


@numba.njit(nogil=True, cache=True)
def _cheapest(
    loose: Contracts, full: Contracts, person: int, can: Bytes, cost: Floats, keep: int, w: Labels
) -> tuple[Small, float, bool]:
    """The cheapest row, rations that seldom bind left out until they do."""
    own = contract(loose, person)
    row, least, certain = cheapest(with_choices(own, can), cost, keep, w)
    whole = contract(full, person)
    if whole.rations > own.rations and _beyond(whole, row):
        row, least, certain = cheapest(with_choices(whole, can), cost, keep, w)
    return row, least, certain


@numba.njit(nogil=True, cache=True)
def _beyond(c: Contract, row: Small) -> bool:
    for shift in range(len(c.length)):
        if c.rationed[shift] >= 0 and (row == shift).sum() > c.ration[c.rationed[shift]]:
            return True
    return False


@dataclass(slots=True)
class Column:
    """A row some person may work."""

    person: int
    row: Small
    variable: pywraplp.Variable


class Program:
    """Rows of `people` over days [first, until) of a roster; the present rows are always among them."""

    def __init__(self, rows: Rows, duty: Small, people: Sequence[int], first: int, until: int) -> None:
        self.rows, self.duty, self.people = rows, duty, list(people)
        self.first, self.until = first, until
        self.bound = -math.inf
        """No roster of this part costs less; what is kept counts with its wishes left out."""
        tables = rows.tables
        others = np.array([p for p in range(len(duty)) if p not in set(self.people)], np.int64)
        there = counted(tables.points, duty[others])[:, first:until]
        most = len(self.people)
        shifts, days = np.ogrid[: there.shape[0], first:until]
        self.points = np.stack([tables.points[shifts, days, there + more] for more in range(most + 1)], axis=2)
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp.Objective().SetMinimization()
        self.lp.Objective().SetOffset(float(self.points[:, :, 0].sum()))
        self.one = {person: self.lp.Constraint(1.0, 1.0) for person in self.people}
        self.cell = [[self._cell(day) for day in shift] for shift in self.points]
        self.columns: list[Column] = []
        self.known: set[tuple[int, bytes]] = set()
        self.can = {person: np.empty(tables.wish.shape[1:], np.uint8) for person in self.people}
        for person in self.people:
            only(rows.full.can[person], duty[person], first, until, self.can[person])
            self.add(person, duty[person])

    def _cell(self, points: Small) -> pywraplp.Constraint:
        """People on duty in a cell, at prices that rise step by step."""
        constraint = self.lp.Constraint(0.0, 0.0)
        steps = np.diff(points)
        cuts = [0, *(np.flatnonzero(np.diff(steps)) + 1).tolist(), *([len(steps)] if len(steps) else [])]
        for begin, end in pairwise(cuts):
            self._variable(int(steps[begin]), float(end - begin), [(constraint, -1.0)])
        return constraint

    def _variable(
        self, points: int, most: float, entries: list[tuple[pywraplp.Constraint, float]]
    ) -> pywraplp.Variable:
        variable = self.lp.NumVar(0.0, most, "")
        self.lp.Objective().SetCoefficient(variable, float(points))
        for constraint, factor in entries:
            constraint.SetCoefficient(variable, factor)
        return variable

    def _wishes(self, person: int, row: Small) -> int:
        days = np.arange(self.first, self.until)
        return int(self.rows.tables.wish[person, days, row[days] + 1].sum())

    def _entries(self, row: Small) -> Iterator[tuple[int, int]]:
        for day, shift in enumerate(row[self.first : self.until].tolist()):
            if shift >= 0:
                yield shift, day

    def add(self, person: int, row: Small) -> bool:
        """One more row to choose from; False if it is known."""
        key = person, row.tobytes()
        if key in self.known:
            return False
        self.known.add(key)
        entries = [(self.one[person], 1.0), *((self.cell[s][d], 1.0) for s, d in self._entries(row))]
        variable = self._variable(self._wishes(person, row), self.lp.infinity(), entries)
        self.columns.append(Column(person, row.copy(), variable))
        return True

    def solve(self) -> float:
        """The program's value; infinite if the solver lost its footing twice."""
        if self.lp.Solve() != pywraplp.Solver.OPTIMAL:
            # A basis carried through thousands of changes may have become singular; without it all is well.
            afresh = pywraplp.MPSolverParameters()
            afresh.SetIntegerParam(afresh.INCREMENTALITY, afresh.INCREMENTALITY_OFF)
            if self.lp.Solve(afresh) != pywraplp.Solver.OPTIMAL:
                return math.inf
        return float(self.lp.Objective().Value())

    def prices(self) -> tuple[Floats, dict[int, float]]:
        """What one more on duty is worth, (shifts, days of the stretch), and what each person costs."""
        duty = np.array([[constraint.dual_value() for constraint in days] for days in self.cell])
        return duty, {person: constraint.dual_value() for person, constraint in self.one.items()}

    def generate(self, keep: int, rounds: int, stop: Stopping, whole: bool = True) -> float:
        """Rounds of rows until none helps; the program's value. With `whole`, nothing is fixed: the bound holds."""
        value = self.solve()
        centre, highest = None, -math.inf
        for _ in range(rounds):
            if stop() or value == math.inf:
                break
            duty, person_cost = self.prices()
            asked = duty if centre is None else _TOWARDS * centre + (1 - _TOWARDS) * duty
            found = self.rows.cheapest(self.can, self.first, self.until, asked, keep)
            least = self._least(asked, found)
            if least > highest:
                highest, centre = least, asked
            if whole and least > self.bound and all(certain for _, _, certain in found):
                self.bound = least
            added = 0
            for person, (row, cost, _) in zip(self.can, found, strict=True):
                if math.isfinite(cost) and self._reduced(person, row, duty) < person_cost[person] - TINY:
                    added += self.add(person, row)
            if not added and asked is duty:
                break
            if not added:
                centre = None
                continue
            value = self.solve()
            if value <= highest + 0.5:
                break
        return value

    def _least(self, prices: Floats, found: list[Found]) -> float:
        """What these prices say that this part costs at least."""
        stands = self.points + prices[:, :, None] * np.arange(self.points.shape[2])
        return float(stands.min(axis=2).sum()) + sum(cost for _, cost, _ in found)

    def _reduced(self, person: int, row: Small, duty: Floats) -> float:
        return self._wishes(person, row) - sum(float(duty[shift, day]) for shift, day in self._entries(row))

    def dive(self, keep: int, rounds: int, stop: Stopping) -> Small | None:
        """From a program that mixes rows to one row for everybody: a whole roster, None if stopped before.

        What the mixture agrees on most is fixed, day by day and person by person, and new rows are made for the rest.
        """
        free = {person: can.copy() for person, can in self.can.items()}
        open_ = {person: np.ones(self.until - self.first, np.bool_) for person in self.people}
        best = None
        while not stop():
            if self.generate(keep, rounds, stop, whole=False) == math.inf:
                break
            top = self._shares()
            if all(share > 1 - 1e-4 for share, _, _ in top.values()):
                best = self.duty.copy()
                for person, (_, row, _) in top.items():
                    best[person] = row
                break
            self._fix(top, open_)
        for person, can in free.items():
            self.can[person][:] = can
        for column in self.columns:
            column.variable.SetUb(self.lp.infinity())
        return best

    def _shares(self) -> dict[int, tuple[float, Small, Floats]]:
        """Per person the greatest share, its row, and how much of the mixture agrees with it day by day."""
        shares: dict[int, list[tuple[float, Small]]] = {person: [] for person in self.people}
        for column in self.columns:
            share = column.variable.solution_value()
            if share > TINY:
                shares[column.person].append((share, column.row))
        told = {}
        for person, own in shares.items():
            most, row = max(own, key=lambda one: one[0])
            agreed = sum(share * (other == row) for share, other in own)
            told[person] = most, row, np.asarray(agreed)[self.first : self.until]
        return told

    def _fix(self, top: dict[int, tuple[float, Small, Floats]], open_: dict[int, Flags]) -> None:
        agreed = np.concatenate([np.where(open_[person], top[person][2], -1.0) for person in self.people])
        left = int((agreed >= 0).sum())
        if not left:
            return
        enough = min(_CERTAIN, float(np.sort(agreed)[::-1][max(left // _SLOWLY, 1) - 1]))
        days = self.until - self.first
        for at, person in enumerate(self.people):
            row, new = top[person][1], agreed[at * days : (at + 1) * days] >= enough
            open_[person] &= ~new
            for day in (np.flatnonzero(new) + self.first).tolist():
                self.can[person][day] = 0
                self.can[person][day, row[day] + 1] = 1
        for column in self.columns:
            days_ = np.arange(len(column.row))
            if not self.can[column.person][days_, column.row + 1].all():
                column.variable.SetUb(0.0)
