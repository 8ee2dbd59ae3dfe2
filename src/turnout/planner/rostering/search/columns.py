"""Rosters under contract rules: rows remade in turn, then linear programs over rows, first whole, then part by part.

Everybody first takes the cheapest row beside those before; stretches of a few people are remade (`remake`). Over
rosters of some weeks a program over everybody's rows gives a bound and, by diving, a better roster. Then parts, some
people and some days, are solved anew by programs of their own (`program`), two at a time, and what is better is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.search.program import TINY, Program, Rows, Stopping
from turnout.planner.rostering.search.remake import counted, points_of, remake
from turnout.planner.rostering.search.tables import Small, tables_of

NONE = 10**12
"""Points of a roster that was not found."""
_FIRST = (8, 200, 10_000)
"""Labels kept in the search for everybody's first row: more if somebody finds none."""
_ANY = 1.0
"""Deterministic seconds of the solver for a row that few labels did not find."""
_CHAINS, _LEGS = 2, 16
"""Rosters are remade in so many chains, which go on from the best one after each leg."""
_STEPS = 600
"""Steps of a leg per thousand person-days, for each chain; between 250 and 6,000."""
_WARM, _COLD = 30.0, 0.5
_PEOPLE, _KEEP = 4, 8
_WEEK = 7
_SHORT = 100
"""Days up to which one program holds all of the roster: rows of a year are too many and too dear to make."""
_WHOLE = ((8, 300), (24, 300), (100_000, 60))
"""Labels kept and rounds of rows, phase by phase, for the program of everybody; the last phase proves the bound."""
_PART = 360
"""Person-days of a part."""
_FEWEST = 8
_ROUNDS, _DIVING = 30, 8
"""Rounds of rows after each fixing in a dive into a part, and into the whole."""


def solve(
    problem: Problem,
    *,
    seed: int,
    parts: int,
    workers: int,
    stop: Stopping,
    told: Callable[[int, float], None],
) -> tuple[Plan, float]:
    """The best roster found and a bound (0 if none was reached). `parts`: pairs of parts solved anew.

    Whose contract no row fulfils stays at home, which the checker will call broken.
    """
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        search = Search(problem, seed, pool, stop, told)
        search.begin()
        search.remake()
        if problem.days <= _SHORT:
            search.whole()
        for _ in range(parts):
            if stop() or search.proven():
                break
            search.two_parts()
    return Plan(search.duty.astype(np.int64)), max(search.bound, 0.0)


class Search:
    """The best roster so far, and ways to better it."""

    def __init__(
        self, problem: Problem, seed: int, pool: Executor, stop: Stopping, told: Callable[[int, float], None]
    ) -> None:
        self.problem, self.tables = problem, tables_of(problem)
        self.pool, self.stop, self._told, self.seed = pool, stop, told, seed
        self.days, self.people = problem.days, len(problem.people.ids)
        self.alone, self.together = Rows(self.tables, None), Rows(self.tables, pool)
        self.draw = np.random.default_rng(seed)
        self.duty: Small = np.full((self.people, self.days), OFF, np.int32)
        self.best, self.bound = NONE, 0.0
        self.members: list[int] = []
        """People for whom there is a row at all."""

    def proven(self) -> bool:
        """No roster is better: points are whole."""
        return self.best <= math.ceil(self.bound - TINY)

    def _take(self, duty: Small | None) -> None:
        if duty is not None:
            points = int(points_of(self.tables.points, self.tables.wish, duty))
            if points <= self.best:
                self.duty, self.best = duty, points
        self._told(self.best, self.bound)

    def begin(self) -> None:
        """Everybody in turn takes the cheapest row beside those before."""
        points = self.tables.points
        for person in range(self.people):
            there = counted(points, self.duty[:person])
            shift, day = np.ogrid[: points.shape[0], : self.days]
            one_more = (points[shift, day, there + 1] - points[shift, day, there]).astype(np.float64)
            for keep in (1, *_FIRST) if self.stop() else _FIRST:
                can = {person: self.alone.full.can[person]}
                row, least, certain = self.alone.cheapest(can, 0, self.days, -one_more, keep)[0]
                if keep == _FIRST[0] and not certain and not math.isfinite(least):
                    row, least = self._any_row(person)
                if math.isfinite(least):
                    self.duty[person] = row
                    self.members.append(person)
                if math.isfinite(least) or certain:
                    break
        self._take(self.duty)

    def _any_row(self, person: int) -> tuple[Small, float]:
        """A row that the contract allows, whatever it costs: where a year's minutes and rations leave next to no room,
        few labels miss it and many take minutes; the solver mostly finds one in half a second. Infinite if not."""
        alone = self.problem.block(np.zeros(1, np.int64), np.array([person]))
        own = tuple(rule for rule in alone.rules if rule.name not in ("cover", "wishes"))
        try:
            answer = Model(replace(alone, rules=own)).solve(seed=self.seed, effort=_ANY)
        except RuntimeError:
            return np.full(self.days, OFF, np.int32), math.inf
        return answer.plan.duty[0].astype(np.int32), 0.0

    def remake(self) -> None:
        """Short stretches of few people, in chains side by side."""
        steps = int(np.clip(_STEPS * self.people * self.days / 1000, 250, 6_000))
        for leg in range(_LEGS):
            if self.stop():
                break
            heat = tuple(_WARM * (_COLD / _WARM) ** ((leg + end) / _LEGS) for end in (0, 1))
            chain = partial(self._chain, leg, steps, heat)
            for duty in self.pool.map(chain, range(_CHAINS)):
                self._take(duty)

    def _chain(self, leg: int, steps: int, heat: tuple[float, float], chain: int) -> Small:
        number = self.seed + 1_000_003 * leg + 7_919 * chain
        stretch = min(_WEEK, self.days), min(2 * _WEEK, self.days)
        duty, _ = remake(
            self.alone.full,
            self.tables.points,
            self.tables.wish,
            self.duty,
            number,
            steps,
            heat,
            stretch,
            _PEOPLE,
            _KEEP,
            self.alone.labels,
        )
        made: Small = duty
        return made

    def whole(self) -> None:
        """One program for everybody and all days: its bound, and a dive."""
        program = Program(self.together, self.duty, self.members, 0, self.days)
        for keep, rounds in _WHOLE:
            value = program.generate(keep, rounds, self.stop)
            self.bound = max(self.bound, program.bound)
            if value <= program.bound + 0.5:
                break
        self._take(program.dive(_KEEP, _DIVING, self.stop))

    def two_parts(self) -> None:
        """Two parts of the present roster are solved anew side by side; people whom both changed keep the first."""
        drawn = [self._part() for _ in range(2)]
        made = [duty for duty in self.pool.map(self._solved, drawn) if duty is not None]
        before = self.duty
        both = before.copy()
        for duty in reversed(made):
            changed = (duty != before).any(axis=1)
            both[changed] = duty[changed]
        for duty in [*made, *([both] if len(made) > 1 else [])]:
            self._take(duty)

    def _part(self) -> tuple[list[int], int, int]:
        """People and days of a part: from a few people for a long time to all of them for a week."""
        few = min(_FEWEST, len(self.members))
        count = round(few * (len(self.members) / max(few, 1)) ** self.draw.random())
        length = min(max(_PART // max(count, 1), _WEEK), self.days)
        first = int(self.draw.integers(0, self.days - length + 1))
        who = sorted(self.draw.choice(self.members, count, replace=False).tolist()) if count else []
        return who, first, first + length

    def _solved(self, part: tuple[list[int], int, int]) -> Small | None:
        people, first, until = part
        return Program(self.alone, self.duty, people, first, until).dive(_KEEP, _ROUNDS, self.stop)
