"""Plan with the team term: prices of squads, flows that charge for them, annealing, and a flow that tidies up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from turnout.planner.placement import anneal, check, climb, flow, pricing, squads
from turnout.planner.placement.arcs import Arcs, joined
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.reasons import costs_of
from turnout.planner.placement.squads import Squads
from turnout.planner.placement.stop import Stop

Tell = Callable[[float, int], None]

REACH = 40.0
"""Tenths beyond a person's own worth within which posts are targets of flows and of the annealer."""
RARE = 0.01
"""Share of steps in which a squad must have been open for its average size to count."""


def near(
    city: City, ix: pricing.Index, post_price: Array, unit_price: Array, person_price: Array, plan: Array, workers: int
) -> Arcs:
    """Pairs worth trying at the prices of the squads, and the plan's own."""
    free = city.people["frozen"] == 0
    limits = np.where(free, city.people["out"] - person_price + REACH, -pricing.NO_ARC)
    found = pricing.scan(city, ix, post_price, unit_price, limits, 0, workers)
    return with_own(city, Arcs(found.start, found.post, found.tenths), plan)


def with_own(city: City, arcs: Arcs, plan: Array) -> Arcs:
    """The list and the plan's placements: a flow without them could not even return the plan it is to improve."""
    placed = np.flatnonzero((plan >= 0) & (city.people["frozen"] == 0))
    own = costs_of(city, plan)[placed]
    return joined(city, arcs, (placed, plan[placed], own))


def pair_of(city: City, person: Array, post: Array) -> Array:
    """Number of the (unit, community) pair of a placement, as in Squads.key."""
    return city.people["unit"][person].astype(np.int64) * len(city.communities) + city.posts["community"][post]


def by_size(city: City, arcs: Arcs, squads: Squads, share: Array, heads: Array) -> Array:
    """Team charge per head of each pair: the term over the squad's average size where it was ever open."""
    term = int(city.terms["team"][0])
    key = pair_of(city, arcs.person, arcs.post)
    charge = np.full(len(key), float(term))
    if len(squads.key):
        at = np.minimum(np.searchsorted(squads.key, key), len(squads.key) - 1)
        known = (squads.key[at] == key) & (share[at] > RARE)
        charge[known] = term * share[at[known]] / np.maximum(heads[at[known]], share[at[known]])
    return charge


def after_plan(city: City, arcs: Arcs, plan: Array, last: Array) -> Array:
    """The next charge: the term over the size of each squad of the plan; dearer than before where there is none."""
    term = int(city.terms["team"][0])
    size = _sizes(city, arcs, plan)
    return np.where(size > 0, term / np.maximum(size, 1), np.minimum(term, 1.2 * last))


def for_open_pairs(city: City, arcs: Arcs, plan: Array) -> Array:
    """The polish: pairs that the plan has are free, any other costs the whole term."""
    return np.where(_sizes(city, arcs, plan) > 0, 0.0, float(city.terms["team"][0]))


def _sizes(city: City, arcs: Arcs, plan: Array) -> Array:
    placed = np.flatnonzero(plan >= 0)
    keys, sizes = np.unique(pair_of(city, placed, plan[placed]), return_counts=True)
    if not len(keys):
        return np.zeros(len(arcs.post), dtype=np.int64)
    key = pair_of(city, arcs.person, arcs.post)
    at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    return np.where(keys[at] == key, sizes[at], 0)


def charged_flow(city: City, arcs: Arcs, charge: Array) -> Array:
    """A cheapest plan over the list when every head of a pair pays its charge."""
    return flow.solve(city, arcs._replace(tenths=arcs.tenths + np.rint(charge).astype(np.int32)))


@dataclass(frozen=True, slots=True)
class TeamPrices:
    """Prices to thousandths of a tenth and the bound over all pairs that they prove."""

    post_price: Array
    unit_price: Array
    person_price: Array
    bound: float


@dataclass
class Improver:
    """The team stage of one search: first `climb`, then `improve` at the prices it found."""

    problem: Problem
    city: City
    index: pricing.Index
    effort: Effort
    stop: Stop
    workers: int
    steps: int = 0

    def climb(self, post_price: Array, unit_price: Array, least: Array) -> TeamPrices:
        """Prices under the team term, from those without it."""
        person_price = self.city.people["out"] - least
        self.prices = climb.Climb(self.city, self.index, unit_price, post_price, person_price, self.workers)
        self.prices.run(self.effort.team_rounds, self.stop)
        self.steps = self.prices.steps
        post = np.round(self.prices.post_price, 3)
        unit = np.round(self.prices.unit_price, 3)
        person = np.round(self.prices.person_price, 3)
        every = squads.lists(self.city, self.index, post, unit, person, 0.0, self.workers)
        bound, _ = squads.bound(self.city, every, post, unit, person, self.workers)
        return TeamPrices(post, unit, person, round(bound, 3))

    def improve(self, plan: Array, seed: int, tell: Tell) -> Array:
        """The cheapest plan found, not dearer than the one given."""
        prices = self.prices
        best, cost = plan, self._cost(plan)

        def take(other: Array, done: float) -> None:
            nonlocal best, cost
            now = self._cost(other)
            if now < cost:
                best, cost = other, now
            tell(done, cost)

        listed = near(
            self.city, self.index, prices.post_price, prices.unit_price, prices.person_price, plan, self.workers
        )
        charge = by_size(self.city, listed, prices.listed, prices.share, prices.heads)
        moves = self.effort.moves_for(len(plan))
        for number in range(FLOWS):
            if self.stop() is not None:
                return best
            other = charged_flow(self.city, listed, charge)
            take(other, 0.1 * (number + 1))
            charge = after_plan(self.city, listed, other, charge)
        for number, cooling in enumerate((anneal.Cooling(HOT, COLD, moves), anneal.Cooling(6.0, 1.0, moves // 5))):
            listed = with_own(self.city, listed, best)
            warmed = anneal.anneal(
                self.city, best, listed, prices.post_price, cooling,
                seed=seed + number, workers=self.workers, stop=self.stop,
            )  # fmt: skip
            take(warmed, 0.6 + 0.2 * number)
            if self.stop() is not None:
                return best
            listed = with_own(self.city, listed, best)
            take(charged_flow(self.city, listed, for_open_pairs(self.city, listed, best)), 0.8 + 0.2 * number)
        return best

    def _cost(self, plan: Array) -> int:
        return check.score(self.problem, self.city, plan).objective


FLOWS = 2
"""Charged flows before annealing; a third one gains nothing that annealing does not."""
HOT, COLD = 13.0, 4.0
"""Temperatures of the long annealing, tenths; what is left at the end, the polish and the short annealing take away."""
