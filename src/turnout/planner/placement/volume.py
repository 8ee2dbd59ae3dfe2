"""Prices under the team term, by the volume algorithm of Barahona and Anbil inside boxes.

From the prices without teams, which carry the scarcity of posts, it climbs B of `squads` along an averaged
subgradient. After each round of steps the lists are made anew around the best prices, with a smaller margin.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from turnout.planner.placement import pricing, squads
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.stop import Stop


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rounds as (margin in tenths, steps); margins fall, because prices move less and less."""

    rounds: tuple[tuple[float, int], ...]
    step: float = 0.05
    averaging: float = 0.1


@dataclass
class Climb:
    """The best prices so far, what they prove, and how often each squad was open on the way."""

    city: City
    index: pricing.Index
    unit_price: Array
    post_price: Array
    person_price: Array
    target: float
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
        held = (people["frozen"] == 1) & (people["current"] >= 0)
        self.lowest = np.where(held, -np.inf, 0.0)
        self.least = np.minimum(self.post_price, 0.0)

    def run(self, schedule: Schedule, stop: Stop) -> None:
        step, averaging = schedule.step, schedule.averaging
        for margin, steps in schedule.rounds:
            before = self.bound
            step = max(self._round(margin, steps, step, averaging, stop), STEP_FLOOR)
            gained = self.bound - before
            if gained < LITTLE * abs(self.bound):
                averaging = max(averaging * 0.7, AVERAGING_FLOOR)
            if stop() is not None:
                break

    def _relist(self, margin: float) -> None:
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

    def _round(self, margin: float, steps: int, step: float, averaging: float, stop: Stop) -> float:
        """Steps inside one box; returns the step factor it ended with."""
        self._relist(margin)
        top = np.minimum(self.highest, self.post_price + margin / 2)
        floor = np.maximum(self.lowest, self.person_price - margin / 2)
        value, now = squads.bound(
            self.city, self.listed, self.post_price, self.unit_price, self.person_price, self.workers
        )
        self.bound = max(self.bound, value)
        g_post, g_person = self._slopes(self.post_price, now)
        if not self.steps:
            self.share, self.heads = (now.open > 0).astype(np.float64), now.open.astype(np.float64)
        failures = 0
        for number in range(steps):
            norm = (g_post**2 / self.room).sum() + (g_person**2).sum()
            if norm == 0 or (number % 10 == 0 and stop() is not None):
                break
            length = step * min(self.target - self.bound, 0.05 * abs(self.target)) / norm
            post = np.clip(self.post_price + length * g_post / self.room, self.least, top)
            person = np.maximum(self.person_price + length * g_person, floor)
            value, now = squads.bound(self.city, self.listed, post, self.unit_price, person, self.workers)
            s_post, s_person = self._slopes(post, now)
            along = (s_post * g_post / self.room).sum() + (s_person * g_person).sum()
            d_post, d_person = s_post - g_post, s_person - g_person
            size = (d_post**2 / self.room).sum() + (d_person**2).sum()
            best = -((g_post * d_post / self.room).sum() + (g_person * d_person).sum()) / size if size else 0.0
            a = min(best, averaging) if best > 0 else averaging / 10
            g_post, g_person = g_post + a * d_post, g_person + a * d_person
            self.share += a * ((now.open > 0) - self.share)
            self.heads += a * (now.open - self.heads)
            self.steps += 1
            if value > self.bound:
                self.post_price, self.person_price, self.bound = post, person, value
                failures = 0
                step *= 1.1 if along > 0 else 1.0
            else:
                failures += 1
                if failures >= PATIENCE:
                    step, failures = step * 0.7, 0
        return step

    def _slopes(self, post_price: Array, now: squads.Values) -> tuple[Array, Array]:
        """A subgradient of B: places that the price leaves wanted less those filled; posts given less one."""
        posts = self.city.posts
        wanted = np.where(
            post_price < posts["penalty_more"],
            posts["places"],
            np.where(post_price < posts["penalty_min"], posts["places_min"], 0),
        )
        return (wanted - now.filled).astype(np.float64), (now.times - 1).astype(np.float64)


PATIENCE = 10
"""Steps without gain before the step is shortened."""
LITTLE = 2e-4
"""A round that gains less than this share of the bound makes the averaging slower."""
AVERAGING_FLOOR = 0.003
STEP_FLOOR = 0.01
"""A new list may start with longer steps than the last one ended with."""
