"""Prices under the team term: climbing the bound of `squads` by subgradients with a step of its own for each price.

From the prices without teams, which carry the scarcity of posts, every price moves by about the step length in the
direction its averaged subgradient points to (Kingma and Ba's Adam), and the length falls geometrically over all
steps. That needs no guess of the optimum and no tuning by size of city; the volume algorithm, which was here before,
did and ended lower (docs/planning.md). The lists are made anew around the best prices after each round.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from turnout.planner.placement import pricing, squads
from turnout.planner.placement.city import UNLIMITED, Array, City
from turnout.planner.placement.stop import Stop

FIRST_STEP, LAST_STEP = 16.0, 0.05
"""Tenths by which a price may move in a step, at first and at last."""
INERTIA, SPREAD, EASE = 0.9, 0.95, 0.05
"""Averaging of subgradients and of their squares, and what keeps prices still that hardly have one."""
MEMORY = 0.05
"""Weight of the latest step in how often a squad is open."""


@dataclass
class Climb:
    """The best prices so far, what they prove, and how often each squad was open on the way."""

    city: City
    index: pricing.Index
    unit_price: Array
    post_price: Array
    person_price: Array
    workers: int
    bound: float = -np.inf
    steps: int = 0
    listed: squads.Squads = field(init=False)
    share: Array = field(init=False)
    heads: Array = field(init=False)

    def __post_init__(self) -> None:
        posts, people = self.city.posts, self.city.people
        self.room = np.maximum(posts["places"], 1).astype(np.float64)
        self.highest = np.where(posts["places_min"] > 0, posts["penalty_min"], posts["penalty_more"]).astype(np.float64)
        self.limited = self.city.quota < UNLIMITED
        held = (people["frozen"] == 1) & (people["current"] >= 0)
        self.lowest = np.where(held, -np.inf, 0.0)
        self.least = np.minimum(self.post_price, 0.0)
        self.post_pull, self.person_pull = _Pull(len(posts)), _Pull(len(people))
        self.unit_pull = _Pull(len(self.city.quota))

    def run(self, rounds: tuple[tuple[float, int], ...], stop: Stop) -> None:
        """Rounds of (margin of the lists in tenths, steps)."""
        total = sum(steps for _, steps in rounds)
        for margin, steps in rounds:
            self._round(margin, steps, total, stop)
            if stop() is not None:
                break

    def _round(self, margin: float, steps: int, total: int, stop: Stop) -> None:
        """Steps inside one box, from the best prices so far."""
        self._relist(margin)
        post, unit, person = self.post_price, self.unit_price, self.person_price
        top = np.minimum(self.highest, post + margin / 2)
        # a unit's price falls on its people like their own: the two together must stay inside the box
        listed, below = unit, margin / (4 if self.limited.any() else 2)
        floor = np.maximum(self.lowest, person - below)
        unit_floor = np.maximum(0.0, unit - below)
        unit_of = self.city.people["unit"]
        for number in range(steps):
            now = squads.values(self.city, self.listed, post, person + (unit - listed)[unit_of], self.workers)
            value = squads.without_squads(self.city, post, unit, person) - now.excess
            if value > self.bound:
                self.bound, self.post_price, self.unit_price, self.person_price = value, post, unit, person
            if number % 10 == 0 and stop() is not None:
                break
            self.share += MEMORY * ((now.open > 0) - self.share)
            self.heads += MEMORY * (now.open - self.heads)
            length = FIRST_STEP * (LAST_STEP / FIRST_STEP) ** (self.steps / total)
            self.steps += 1
            wanted, again = self._slopes(post, now)
            post = np.clip(post + length * self.post_pull.after(wanted), self.least, top)
            person = np.maximum(person + length * self.person_pull.after(again), floor)
            if self.limited.any():
                unit = self._units(unit, now, length, unit_floor)

    def _units(self, unit: Array, now: squads.Values, length: float, floor: Array) -> Array:
        """A step of the prices of units with a quota: up where squads take more people than the quota leaves."""
        quota = np.where(self.limited, self.city.quota, 1)
        taken = np.bincount(self.city.people["unit"], weights=now.times, minlength=len(quota))
        slope = (taken - quota) / np.maximum(quota, 1)
        return np.where(self.limited, np.maximum(unit + length * self.unit_pull.after(slope), floor), unit)

    def _relist(self, margin: float) -> None:
        """Lists around the best prices; what is known of a squad goes along."""
        old = getattr(self, "listed", None)
        self.listed = squads.lists(
            self.city, self.index, self.post_price, self.unit_price, self.person_price, margin, self.workers
        )
        share, heads = np.zeros(len(self.listed.key)), np.zeros(len(self.listed.key))
        if old is not None and len(old.key):
            at = np.minimum(np.searchsorted(old.key, self.listed.key), len(old.key) - 1)
            same = old.key[at] == self.listed.key
            share[same], heads[same] = self.share[at[same]], self.heads[at[same]]
        self.share, self.heads = share, heads

    def _slopes(self, post_price: Array, now: squads.Values) -> tuple[Array, Array]:
        """A subgradient of the bound: share of a post's places that the price leaves wanted, less those filled; posts
        that squads give a person, less one."""
        posts = self.city.posts
        wanted = np.where(
            post_price < posts["penalty_more"],
            posts["places"],
            np.where(post_price < posts["penalty_min"], posts["places_min"], 0),
        )
        return (wanted - now.filled) / self.room, (now.times - 1).astype(np.float64)


class _Pull:
    """Averaged subgradient over its own spread: about -1 to 1 for each price."""

    def __init__(self, size: int) -> None:
        self.mean, self.square, self.steps = np.zeros(size), np.zeros(size), 0

    def after(self, slope: Array) -> Array:
        self.steps += 1
        self.mean += (1 - INERTIA) * (slope - self.mean)
        self.square += (1 - SPREAD) * (slope * slope - self.square)
        mean = self.mean / (1 - INERTIA**self.steps)
        square = self.square / (1 - SPREAD**self.steps)
        pull: Array = mean / (np.sqrt(square) + EASE)
        return pull
