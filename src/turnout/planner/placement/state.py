"""A finished plan set up for questions: who stands where, the pairs near everybody's worth, and the prices.

Setting it up looks over all pairs once; each question after that looks at a neighbourhood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from turnout.planner.placement import chains, check, pricing, standing
from turnout.planner.placement.arcs import Arcs, joined, tenths_of
from turnout.planner.placement.chains import HOME, Network
from turnout.planner.placement.city import Array, City, pack
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.reasons import reasons
from turnout.planner.placement.result import Broken, Ints, Plan, Prices, Reasons
from turnout.planner.placement.standing import Standing

REACH = 150.0
"""Tenths beyond a person's own worth within which posts are listed for chains."""
EACH = 40
"""Most posts listed per person."""
SMALL = 2_000_000
"""Pairs of people and posts up to which all are listed."""
FEWER = 0.01
"""Tenths a move costs in a search besides: of equally cheap chains the one with fewer moves."""


class PlanRefused(ValueError):
    """A plan that breaks hard rules cannot be set up; `broken` says which."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        super().__init__("; ".join(f"{b.rule} {b.subject} {b.detail}" for b in broken[:20]))
        self.broken = broken


@dataclass(frozen=True, slots=True)
class Moved:
    """One step of a chain: a person from one post to another, HOME on either side."""

    person: int
    before: int
    after: int


@dataclass
class Board:
    """A plan that can be changed chain by chain, with the exact change of its cost, and changed back."""

    city: City
    standing: Standing
    network: Network
    price: Array
    released: Array

    def place(self, persons: Array, posts: Array) -> int:
        """Move people one after the other, each into a vacancy or home; the change of the plan's cost in tenths."""
        tenths = np.zeros(len(persons), dtype=np.int64)
        going = np.flatnonzero(posts >= 0)
        tenths[going] = tenths_of(self.city, persons[going], posts[going])
        return int(chains.carry_out(self.city, self.standing, self.released, persons, posts, tenths))

    def moves(self, persons: Array, posts: Array) -> tuple[Moved, ...]:
        """The same as steps, read before they are carried out."""
        before = self.standing.plan[persons]
        return tuple(Moved(*map(int, step)) for step in zip(persons, before, posts, strict=True) if step[1] != step[2])

    def back(self, moves: tuple[Moved, ...]) -> int:
        """Undo steps that were carried out in this order."""
        undone = moves[::-1]
        return self.place(_ints(m.person for m in undone), _ints(m.before for m in undone))

    def worth(self, post: int) -> int:
        """Penalty of the next place of a post, 0 if it has no vacancy."""
        row, filled = self.city.posts[post], self.standing.filled[post]
        if filled >= row["places"]:
            return 0
        return int(row["penalty_min"] if filled < row["places_min"] else row["penalty_more"])

    def vacate(self, persons: Array) -> int:
        return self.place(persons, np.full(len(persons), HOME, dtype=np.int64))

    def fill(
        self, post: int, *, learn: bool, barred: int = HOME, step: float = FEWER, at_any_cost: bool = False
    ) -> tuple[tuple[Moved, ...], int]:
        """Bring somebody to a post with a vacancy by the cheapest chain, if that costs less than the place is worth.

        `barred` is not brought; every move costs `step` besides in the search. Returns the steps, carried out, and the
        change of the cost; no steps if it was not worth it.
        """
        price = self.price if learn else self.price.copy()
        worth = chains.FAR if at_any_cost else float(self.worth(post))  # always a float: one signature to compile
        found = chains.into(
            self.city, self.standing, self.network, self.released, price, post, barred, step, worth, learn
        )
        return self._try(found[0], found[1], chains.FAR if at_any_cost else 0.0)

    def seat(
        self,
        person: int,
        posts: Array,
        tenths: Array,
        *,
        learn: bool,
        step: float = FEWER,
        at_most: float = 0.0,
    ) -> tuple[tuple[Moved, ...], int]:
        """Seat somebody who stands nowhere on one of these posts by the cheapest chain, if that costs the city at most
        so much: nothing, unless told otherwise."""
        price = self.price if learn else self.price.copy()
        labels = (tenths - self.city.people["out"][person]).astype(np.float64)
        unit = self.city.people["unit"][person]
        if not len(posts) or self.released[unit] >= self.city.quota[unit]:
            return (), 0
        found = chains.out_of(
            self.city, self.standing, self.network, price, person, posts, labels, step, at_most, learn
        )
        return self._try(found[0], found[1], at_most)

    def _try(self, persons: Array, posts: Array, at_most: float) -> tuple[tuple[Moved, ...], int]:
        moves = self.moves(persons, posts)
        if not moves:
            return (), 0
        change = self.place(persons, posts)
        if change > at_most:
            self.back(moves)
            return (), 0
        return moves, change


@dataclass(frozen=True)
class State:
    """A plan and everything that answers about it are read from; made by `State.of`."""

    problem: Problem
    city: City
    index: pricing.Index
    board: Board
    prices: Prices
    objective: int
    reasons: Reasons

    @classmethod
    def of(cls, problem: Problem, plan: Plan, prices: Prices, *, why: Reasons | None = None, workers: int = 2) -> State:
        """Set up a plan that breaks no hard rule (PlanRefused otherwise); `why` are its reasons if they are known."""
        city = pack(problem)
        score = check.score(problem, city, plan.post)
        if score.broken:
            raise PlanRefused(score.broken)
        index = pricing.index(city)
        listed = near(city, index, prices, plan.post, workers)
        network = chains.network(listed, len(city.posts))
        released = np.bincount(city.people["unit"][plan.post >= 0], minlength=len(city.quota))
        board = Board(city, standing.at(city, plan.post), network, prices.post.copy(), released)
        why = why or reasons(problem, city, index, plan.post, workers=workers)
        return cls(problem, city, index, board, prices, score.objective, why)

    @property
    def plan(self) -> Ints:
        """(people,): post of each person, -1 for nobody's."""
        return self.board.standing.plan


def how_far(city: City) -> tuple[float, int]:
    """Tenths beyond a person's worth, and the most posts, that are listed for her."""
    small = len(city.people) * len(city.posts) <= SMALL
    return (pricing.NO_ARC / 2, max(len(city.posts), 1)) if small else (REACH, EACH)


def near(city: City, index: pricing.Index, prices: Prices, plan: Array, workers: int) -> Arcs:
    """For everybody the cheapest posts at the prices, and the one of the plan."""
    reach, each = how_far(city)
    limits = np.where(city.people["frozen"] == 0, city.people["out"] - prices.person + reach, -pricing.NO_ARC)
    found = pricing.scan(city, index, prices.post, prices.unit, limits, each, workers)
    placed = np.flatnonzero(plan >= 0)
    return joined(city, found, (placed, plan[placed], tenths_of(city, placed, plan[placed])))


def _ints(values: object) -> Array:
    return np.fromiter(values, np.int64)  # type: ignore[call-overload]
