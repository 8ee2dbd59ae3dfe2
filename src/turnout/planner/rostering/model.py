"""A roster as a CP-SAT model: one choice per person, day and duty; the rules state themselves on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from ortools.sat.python import cp_model

from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan

Term: TypeAlias = Any
"""A variable, a sum of them or a plain number: days of the past are numbers. (The solver's own union type knows its
operators only one by one.)"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver returned for one block."""

    plan: Plan
    objective: int
    bound: float
    proven: bool


class Model:
    """Choices and the terms over them that rules speak about. Days below 0 are the past."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.people = range(len(problem.people.ids))
        self.days = range(problem.days)
        self.shifts = range(len(problem.shifts.ids))
        self.duties: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self._on: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self._works: dict[tuple[int, int], cp_model.IntVar] = {}
        self._prices: list[tuple[Term, int]] = []
        self._choices()
        for rule in problem.rules:
            rule.state(self)
        self._minimise()

    def on(self, person: int, day: int, shift: int) -> Term:
        """1 if the person works the shift on the day."""
        if day < 0:
            return int(self.problem.people.past[person, self.problem.past_days + day] == shift)
        return self._on.get((person, day, shift), 0)

    def works(self, person: int, day: int) -> Term:
        """1 if the person works on the day."""
        if day < 0:
            return int(self.problem.people.past[person, self.problem.past_days + day] != OFF)
        return self._works.get((person, day), 0)

    def at_most(self, terms: Iterable[Term], most: int) -> None:
        """The sum of 0-1 terms is at most `most`. Where the past alone is more, nothing further may be added."""
        free, taken = [], 0
        for term in terms:
            if isinstance(term, int):
                taken += term
            else:
                free.append(term)
        if free and taken + len(free) > most:
            self.cp.add(sum(free) <= max(most - taken, 0))

    def limit(self, weighted: Sequence[tuple[int, Term]], most: int) -> None:
        """The weighted sum is at most `most`; where the past alone is more, no weighted term may be added."""
        taken = sum(weight * term for weight, term in weighted if isinstance(term, int))
        free = [(weight, term) for weight, term in weighted if not isinstance(term, int)]
        if free and taken + sum(weight for weight, _ in free) > most:
            self.cp.add(sum(weight * term for weight, term in free) <= max(most - taken, 0))

    def count(self, most: int, name: str = "") -> cp_model.IntVar:
        """A whole number from 0 to `most`."""
        return self.cp.new_int_var(0, most, name)

    def flag(self, name: str = "") -> cp_model.IntVar:
        """A choice of its own."""
        return self.cp.new_bool_var(name)

    def price(self, term: Term, points: int) -> None:
        """Each unit of the term costs so many points."""
        if points:
            self._prices.append((term, points))

    def keep(self, plan: Plan, first: int, points: int) -> None:
        """Days before `first` stay as in the plan; each later day of a person that changes costs so many points."""
        for person in self.people:
            for day in self.days:
                before = int(plan.duty[person, day])
                same: Term = 1 - self.works(person, day)
                if before != OFF:
                    same = self.duties.get((person, day, before), 0)
                if day < first:
                    self.cp.add(same == 1)
                else:
                    self.price(1 - same, points)
        self._minimise()
        self.hint(plan)

    def hint(self, plan: Plan) -> None:
        """Begin the search at a plan."""
        for (person, day, duty), choice in self.duties.items():
            self.cp.add_hint(choice, bool(plan.duty[person, day] == duty))

    def solve(self, *, seed: int, effort: float, seconds: float | None = None, workers: int = 1) -> Answer:
        """The best plan within `effort` (deterministic seconds of the solver); there always is one to be found,
        except that a contract's least minutes may be unattainable: then RuntimeError."""
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed % 2**31
        # The default with one worker leaves the linear relaxation weak: minutes instead of milliseconds.
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = effort
        if seconds is not None:
            solver.parameters.max_time_in_seconds = max(seconds, 0.01)
        status = solver.solve(self.cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise RuntimeError(f"no roster: {solver.status_name(status)}")
        duty = np.full((len(self.people), len(self.days)), OFF, np.int64)
        for (person, day, which), choice in self.duties.items():
            if solver.boolean_value(choice):
                duty[person, day] = which
        objective = round(solver.objective_value)
        return Answer(Plan(duty), objective, solver.best_objective_bound, status == cp_model.OPTIMAL)

    def _minimise(self) -> None:
        self.cp.minimize(sum(price * term for term, price in self._prices))

    def _choices(self) -> None:
        problem, categories = self.problem, len(self.problem.categories)
        counted, fills, open_ = problem.counted_at, problem.fills, problem.asked.open
        for person, day, shift in np.argwhere(problem.allowed).tolist():
            site = counted[person, shift]
            roles = [c for c in range(categories) if fills[person, c] and open_[site, c, shift, day]]
            chosen = [self.cp.new_bool_var("") for _ in roles]
            for category, choice in zip(roles, chosen, strict=True):
                self.duties[person, day, shift * categories + category] = choice
            if len(chosen) == 1:
                self._on[person, day, shift] = chosen[0]
            elif chosen:
                self._on[person, day, shift] = self.cp.new_bool_var("")
                self.cp.add_exactly_one(*chosen, self._on[person, day, shift].negated())
        for person in self.people:
            for day in self.days:
                on = [self._on[person, day, s] for s in self.shifts if (person, day, s) in self._on]
                if len(on) == 1:
                    self._works[person, day] = on[0]
                elif on:
                    self._works[person, day] = self.cp.new_bool_var("")
                    self.cp.add_exactly_one(*on, self._works[person, day].negated())
