"""Column generation under contract rules: a linear program chooses rows, a search for the cheapest row adds new ones.

Bound: once the search is certain that no cheaper row exists, the program's value plus what the best rows could still
save bounds every roster from below (Dantzig-Wolfe). Rosters come from diving: rows that the program likes most are
fixed, new rows are made for the people left, until everybody has one; then a few people at a time are set free again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.search import anneal, rowsearch
from turnout.planner.rostering.search.tables import Small, Tables, tables_of

Floats = NDArray[np.float64]

CONTRACT = frozenset(
    (
        *("category", "fixed_off", "succession", "shifts_in_a_row", "days_off_in_a_row"),
        *("weekends", "shift_count", "minutes", "cover", "wishes"),
    )
)
_NO_ROW = 1e6
"""Points for a person without a row, so that the first programs have a solution."""
_TINY = 1e-6
_EVERYTHING = 10**9
_SHORT = 60
"""Days up to which all rows are looked at; over longer rosters only those that keep an even pace."""
_BAND = 8
"""Shifts by which a row may be ahead of or behind an even pace."""
_LONG = 200
"""Days from which on the linear program is left out: rows of a year are too many and too dear to make."""
NONE = 10**12
"""Points of a roster that was not found."""
_ANNEALED, _STEPS, _MOST_STEPS = 2, 3_000, 4_000_000
"""Times the roster is annealed before rows are generated, steps per person and day, and steps at most."""
_ANSWERS, _KEEP = 6, 6
_TIGHT = 0.6
_CERTAIN = 0.75
"""A row with this share of its person is fixed in a dive."""


def fits(problem: Problem) -> bool:
    """Whether this is a problem of one site and one category under contract rules."""
    single = len(problem.sites.ids) == 1 and len(problem.categories) == 1 and problem.past_days == 0
    return single and {rule.name for rule in problem.rules} <= CONTRACT and "minutes" in {r.name for r in problem.rules}


@dataclass
class Column:
    """A row some person may work."""

    person: int
    row: Small
    points: int
    variable: pywraplp.Variable


@dataclass
class Master:
    """The linear program over rows, with what each person's contract says."""

    tables: Tables
    problem: Problem
    contracts: list[rowsearch.Contract] = field(default_factory=list)
    loose: list[rowsearch.Contract] = field(default_factory=list)
    """The same without rations that seldom bind."""
    columns: list[Column] = field(default_factory=list)

    def __post_init__(self) -> None:
        people, (shifts, days) = len(self.problem.people.ids), self.problem.asked.want.shape[2:]
        asked = self.problem.asked
        self.full = np.maximum(asked.want, asked.least)[0, 0]
        self.contracts = [rowsearch.contract_of(self.tables, person) for person in range(people)]
        self.loose = [rowsearch.contract_of(self.tables, person, _TIGHT) for person in range(people)]
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp.Objective().SetMinimization()
        self.one = [self.lp.Constraint(1.0, 1.0) for _ in range(people)]
        self.cell = [[self._cell(shift, day) for day in range(days)] for shift in range(shifts)]
        for person in range(people):
            self._variable(_NO_ROW, {self.one[person]: 1.0})
        self.known: set[tuple[int, bytes]] = set()

    def _variable(self, points: float, entries: dict[pywraplp.Constraint, float]) -> pywraplp.Variable:
        variable = self.lp.NumVar(0.0, self.lp.infinity(), "")
        self.lp.Objective().SetCoefficient(variable, float(points))
        for constraint, factor in entries.items():
            constraint.SetCoefficient(variable, factor)
        return variable

    def _cell(self, shift: int, day: int) -> pywraplp.Constraint:
        wanted = float(self.full[shift, day])
        constraint = self.lp.Constraint(wanted, wanted)
        asked = self.problem.asked
        least = int(asked.least[0, 0, shift, day])
        more = self._variable(asked.below_want[0, 0, shift, day], {constraint: 1.0})
        more.SetUb(wanted - least)
        self._variable(asked.below_least[0, 0, shift, day], {constraint: 1.0})
        self._variable(asked.above[0, 0, shift, day], {constraint: -1.0})
        return constraint

    def add(self, person: int, row: Small) -> bool:
        """One more row to choose from; False if it is known."""
        key = person, row.tobytes()
        if key in self.known:
            return False
        self.known.add(key)
        points = int(self.tables.wish[person, np.arange(len(row)), row + 1].sum())
        entries = {self.one[person]: 1.0}
        entries |= {self.cell[shift][day]: 1.0 for day, shift in enumerate(row.tolist()) if shift >= 0}
        self.columns.append(Column(person, row, points, self._variable(points, entries)))
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

    def prices(self) -> tuple[Floats, Floats]:
        """What one more on duty is worth, (shifts, days), and what each person costs."""
        duty = np.array([[constraint.dual_value() for constraint in days] for days in self.cell])
        return duty, np.array([constraint.dual_value() for constraint in self.one])


Search = Callable[[list[int], Floats, int], list[tuple[Small, float, bool]]]


class Generator:
    """Adds rows to a master until none helps."""

    def __init__(self, master: Master, pool: ThreadPoolExecutor | None) -> None:
        self.master, self.pool = master, pool
        self.bound = 0.0
        self.band = _EVERYTHING if master.problem.days <= _SHORT else _BAND * int(master.contracts[0].length.max())

    def cheapest(self, people: list[int], duty: Floats, keep: int) -> list[tuple[Small, float, bool]]:
        """For each of the people the cheapest row at these prices."""
        tables, contracts, loose = self.master.tables, self.master.contracts, self.master.loose

        def one(person: int) -> tuple[Small, float, bool]:
            cost = tables.wish[person].astype(np.float64)
            cost[:, 1:] -= duty.T
            found: tuple[Small, float, bool] = rowsearch.cheapest(loose[person], cost, keep, self.band)
            if len(loose[person].ration) < len(contracts[person].ration):
                worked = np.bincount(found[0] + 1, minlength=len(tables.minutes) + 1)[1:]
                if (worked > tables.most_of_shift[person]).any():
                    found = rowsearch.cheapest(contracts[person], cost, keep, self.band)
            return found

        return list(self.pool.map(one, people) if self.pool else map(one, people))

    def run(self, people: list[int], keep: int, rounds: int, stop: Callable[[], object], whole: bool = False) -> float:
        """Rounds of rows for some people; with `whole` (everybody, nobody fixed) the bound is kept up to date."""
        value, centre = self.master.solve(), None
        for _ in range(rounds):
            if stop() or value == math.inf:
                break
            duty, person_cost = self.master.prices()
            # Prices half way to the best so far swing less from round to round.
            asked = duty if centre is None else 0.5 * (duty + centre)
            found = self.cheapest(people, asked, keep)
            if whole:
                centre = self._bounded(asked, found, centre)
            added = 0
            for person, (row, _, _) in zip(people, found, strict=True):
                own = float(self.master.tables.wish[person, np.arange(len(row)), row + 1].sum())
                own -= sum(duty[shift, day] for day, shift in enumerate(row.tolist()) if shift >= 0)
                if own < person_cost[person] - _TINY:
                    added += self.master.add(person, row)
            if not added and centre is None:
                break
            if not added:
                centre = None
                continue
            value = self.master.solve()
            if whole and value <= self.bound + 0.5:
                break
        return value

    def _bounded(self, duty: Floats, found: list[tuple[Small, float, bool]], centre: Floats | None) -> Floats | None:
        if not all(certain and math.isfinite(cost) for _, cost, certain in found):
            return centre
        least = float((duty * self.master.full).sum()) + sum(cost for _, cost, _ in found)
        # What the prices say about empty places holds only within their own prices.
        if least > self.bound:
            self.bound = least
            return duty
        return centre


def rows_of(plan: Plan) -> Small:
    """A plan of one category as rows of shifts."""
    return plan.duty.astype(np.int32)


def solve(
    problem: Problem,
    start: Plan | None,
    *,
    seed: int,
    rounds: int,
    workers: int,
    stop: Callable[[], object],
    told: Callable[[int, float], None],
) -> tuple[Plan | None, int, float]:
    """The best roster found, its points, and a bound (0 if none was reached). `rounds`: times people are set free."""
    tables = tables_of(problem)
    master = Master(tables, problem)
    everybody = list(range(len(problem.people.ids)))
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        generator = Generator(master, pool if workers > 1 else None)
        dive = Dive(generator, stop, np.random.default_rng(seed))
        best = _answered(generator, _rows(start, everybody, problem.days), stop)
        points = dive.points(best) if best is not None else NONE
        steps = min(_STEPS * len(everybody) * problem.days, _MOST_STEPS)
        for number in range(_ANNEALED if best is not None else 0):
            if stop():
                break
            duty, _ = anneal.anneal(tables, np.array(best, np.int32), seed + number, steps, 60.0, 0.5, 0)
            found = _answered(generator, list(duty), stop)
            if found is not None and dive.points(found) < points:
                best, points = found, dive.points(found)
            told(points, generator.bound)
        if problem.days <= _LONG:
            for person, row in enumerate(best or []):
                master.add(person, row)
            phases = [(4, False), (24, False), (120, False), (100_000, problem.days <= _SHORT)]
        else:
            phases = []
        for number in range(-len(phases), rounds + 1 if phases else 0):
            if stop() or points <= math.ceil(generator.bound - _TINY):
                break
            if number < 0:
                keep, whole = phases[number]
                generator.run(everybody, keep, 200, stop, whole)
            # A first dive before the dear phases, so that an early stop finds more than an annealed roster.
            free = everybody if number in (1 - len(phases), 0) or best is None else dive.chosen(best)
            rows = dive.down(free, best) if number >= 1 - len(phases) else None
            if rows is not None and (value := dive.points(rows)) <= points:
                best, points = rows, value
            told(points, generator.bound)
    plan = None if best is None else Plan(np.array(best, np.int64).reshape(len(everybody), problem.days))
    return plan, points, max(generator.bound, 0.0)


def _rows(start: Plan | None, everybody: list[int], days: int) -> list[Small]:
    nothing = np.full(days, OFF, np.int32)
    return [nothing for _ in everybody] if start is None else list(rows_of(start))


def _answered(generator: Generator, rows: list[Small], stop: Callable[[], object]) -> list[Small] | None:
    """Everybody in turn takes the row that suits the others best, until nobody changes; None if somebody has none.

    Cover is priced cell by cell, so what one person costs given the others is a sum over days: the best answer is a
    cheapest row, exactly.
    """
    tables = generator.master.tables
    days = np.arange(len(rows[0])) if rows else np.arange(0)
    there = np.zeros(tables.points.shape[:2], np.int64)
    shifts = np.arange(tables.points.shape[0])[:, None]
    for row in rows:
        np.add.at(there, (row[row != OFF], days[row != OFF]), 1)
    whole = [False] * len(rows)
    for number in range(_ANSWERS):
        changed = False
        for person, row in enumerate(rows):
            if number and stop():
                break
            worked = row != OFF
            there[row[worked], days[worked]] -= 1
            one_more = tables.points[shifts, days, there + 1] - tables.points[shifts, days, there]
            found, points, _ = generator.cheapest([person], -one_more.astype(np.float64), _KEEP)[0]
            own = one_more[row[worked], days[worked]].sum() + tables.wish[person, days, row + 1].sum()
            if math.isfinite(points) and (points < own - _TINY or not whole[person]):
                changed |= row.tobytes() != found.tobytes()
                rows[person], whole[person] = found, True
            now = rows[person]
            there[now[now != OFF], days[now != OFF]] += 1
        if not changed:
            break
    return list(rows) if all(whole) else None


class Dive:
    """From a program that mixes rows to one row for everybody."""

    def __init__(self, generator: Generator, stop: Callable[[], object], draw: np.random.Generator) -> None:
        self.generator, self.stop, self.draw = generator, stop, draw

    def points(self, rows: list[Small]) -> int:
        """What a roster costs."""
        master, asked = self.generator.master, self.generator.master.problem.asked
        there = np.zeros_like(master.full)
        wishes = 0
        for person, row in enumerate(rows):
            days = np.arange(len(row))
            wishes += int(master.tables.wish[person, days, row + 1].sum())
            worked = row != OFF
            np.add.at(there, (row[worked], days[worked]), 1)
        short, least = np.maximum(master.full - there, 0), asked.least[0, 0]
        below = np.maximum(least - there, 0)
        points = below * asked.below_least[0, 0] + (short - below) * asked.below_want[0, 0]
        return wishes + int((points + np.maximum(there - master.full, 0) * asked.above[0, 0]).sum())

    def chosen(self, rows: list[Small]) -> list[int]:
        """Some people to set free: by chance, or those who work where something is missing or too much."""
        people = len(rows)
        count = min(people, int(self.draw.integers(4, max(5, min(14, people)) + 1)))
        return sorted(self.draw.choice(people, count, replace=False).tolist())

    def down(self, free: list[int], rows: list[Small] | None) -> list[Small] | None:
        """Fix the others at their rows, dive with the free ones; None if somebody is left without a row."""
        master = self.generator.master
        left = set(free)
        fixed: dict[int, Small] = {} if rows is None else {p: row for p, row in enumerate(rows) if p not in left}
        allowed = {(person, row.tobytes()) for person, row in fixed.items()}
        for column in master.columns:
            out = column.person in fixed and (column.person, column.row.tobytes()) not in allowed
            if out:
                column.variable.SetUb(0.0)
        while left and not self.stop():
            value = self.generator.run(sorted(left), 12, 4, self.stop)
            if value == math.inf:
                break
            liked = [
                (column.variable.solution_value(), -column.points, -at, column)
                for at, column in enumerate(master.columns)
                if column.person in left and column.variable.solution_value() > 1e-4
            ]
            if not liked:
                break
            liked.sort(key=lambda one: one[:3], reverse=True)
            certain = sum(one[0] > _CERTAIN for one in liked)
            for _, _, _, column in liked[: max(certain, -(-len(left) // 12))]:
                if column.person in left:
                    left.discard(column.person)
                    fixed[column.person] = column.row
                    self._fix(column)
        for column in master.columns:
            column.variable.SetUb(master.lp.infinity())
        return None if left else [fixed[person] for person in range(len(master.contracts))]

    def _fix(self, chosen: Column) -> None:
        for other in self.generator.master.columns:
            if other.person == chosen.person and other is not chosen:
                other.variable.SetUb(0.0)
