"""Plan a problem: listed pairs, a flow over them, prices of it, the pairs the prices ask for, and again.

When no pair outside the list is cheaper than the prices allow, the flow's plan is a cheapest one over all pairs, and
the prices prove it; before that they prove how far it can be.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from turnout.planner.placement import ascent, check, flow, ladder, prices, pricing, reasons, ruling, start, teamwork
from turnout.planner.placement.arcs import Arcs, joined, tenths_of
from turnout.planner.placement.city import Array, City, pack
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.jit import jit
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Bound, Broken, Plan, Prices, Result, RulePrice, StoppedBy, proof_gap
from turnout.planner.placement.stop import Progress, Stop, never

Tell = Callable[[Progress], None]


class FrozenRefused(ValueError):
    """What is frozen breaks a hard rule; `broken` says which people and totals."""

    def __init__(self, broken: tuple[Broken, ...]) -> None:
        super().__init__("; ".join(f"{b.rule} {b.subject} {b.detail}" for b in broken))
        self.broken = broken


def silent(progress: Progress) -> None:
    """Tells nobody."""


def solve(
    problem: Problem,
    *,
    stop: Stop = never,
    seed: int = 0,
    effort: Effort | None = None,
    progress: Tell = silent,
    workers: int = 2,
) -> Result:
    """A plan with its cost, bound, prices and reasons.

    The same problem, seed and effort give the same plan whatever `workers` is, unless `stop` ends the search: then
    the best plan so far is handed back with the gap its prices prove. Raises ProblemRefused and FrozenRefused.
    """
    effort = effort or Effort()
    problem = (problem if effort.teams else problem.without_teams()).validated()
    city = pack(problem)
    broken = check.refused(problem, city)
    if broken:
        raise FrozenRefused(broken)
    search = Search(problem.with_params(problem.params.with_rules([])), city, stop, effort, progress, workers)
    search.run()
    if problem.params.team and (search.plan >= 0).any():
        improve_teams(search, seed)
    if problem.params.rules() and (search.plan >= 0).any():
        keep_rules(search, problem, seed)
    return search.result(seed)


@dataclass
class Search:
    """State of one search without teams: the best plan, the best bound and the prices behind it."""

    problem: Problem
    city: City
    stop: Stop
    effort: Effort
    progress: Tell
    workers: int
    seconds: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    stopped_by: StoppedBy = "budget"

    def __post_init__(self) -> None:
        self.plan = np.full(len(self.city.people), -1, dtype=np.int64)
        self.objective = 2**62
        self.post_price = np.zeros(len(self.city.posts))
        self.unit_price = np.zeros(len(self.city.quota))
        self.least = np.zeros(len(self.city.people))
        self.person_price = np.zeros(len(self.city.people))
        self.bound = -np.inf
        self.with_teams = False
        self.rules: tuple[RulePrice, ...] = ()
        self.approach: tuple[Array, Array] | None = None

    def run(self) -> None:
        """Rounds of column generation until proof, wanted gap, budget or stop."""
        with self.timed("listing"):
            self.index = pricing.index(self.city)
            self.arcs = start.listed(self.city, self.index, self.workers)
        self._take(start.greedy(self.city, self.arcs))
        self._approach()
        for number in range(self.effort.rounds):
            why = self.stop()
            if why is not None:
                self.stopped_by = why
                break
            self._round()
            self.counts["rounds"] += 1
            self.progress(Progress("placing", (number + 1) / self.effort.rounds, self.objective, self.bound))
            if self._good_enough():
                break
        if self.bound == -np.inf:
            self._prove_at(np.zeros(len(self.post_price)), np.zeros(len(self.unit_price)))

    def _approach(self) -> None:
        """List pairs at prices that come nearer and nearer to the right ones, before any flow is solved."""
        post_price, unit_price = self.post_price, self.unit_price
        far = np.sqrt(len(self.city.people) / AS_LARGE)
        for number, (steps, longest, shortest) in enumerate(ASCENTS):
            if self.stop() is not None:
                return
            with self.timed("ascent"):
                post_price, unit_price = ascent.climb(
                    self.city, self.arcs, post_price, unit_price, int(steps * far) + 1, longest, shortest
                )
            with self.timed("pricing"):
                slack = NEAR if number == len(ASCENTS) - 1 else 0
                found = self._prove_at(post_price, unit_price, slack)
            with self.timed("listing"):
                self.arcs = joined(self.city, self._near_best(post_price, unit_price), found)
            self.progress(Progress("placing", 0.0, self.objective, self.bound))
        self.approach = post_price, unit_price

    def _good_enough(self) -> bool:
        gap = proof_gap(self.objective, self.bound)
        if gap == 0:
            self.stopped_by = "proof"
        elif gap <= self.effort.proof_gap and len(self.arcs.post) >= self.effort.costly:
            self.stopped_by = "proof_gap"
        return self.stopped_by in ("proof", "proof_gap")

    def _round(self) -> None:
        with self.timed("flow"):
            plan = flow.solve(self.city, self.arcs)
        self._take(plan)
        with self.timed("prices"):
            post_price, unit_price = prices.middle(self.city, self.arcs, plan)
            if self.approach is not None:
                # the first flow still lacks pairs, and where it does its prices are far off
                post_price = (post_price + self.approach[0]) // 2
                unit_price = (unit_price + self.approach[1]) // 2
                self.approach = None
        with self.timed("pricing"):
            found = self._prove_at(post_price, unit_price)
        with self.timed("listing"):
            self.arcs = joined(self.city, self.arcs, found)
        self.counts["arcs"] = len(self.arcs.post)

    def _take(self, plan: Array) -> None:
        objective = check.score(self.problem, self.city, plan).without_team
        if objective < self.objective:
            self.plan, self.objective = plan, objective

    def _prove_at(self, post_price: Array, unit_price: Array, slack: int = 0) -> pricing.Found:
        """The bound at these prices over all pairs, and the pairs that hold it down, or come within `slack` of it."""
        known = least_listed(self.city, self.arcs, post_price, unit_price)
        limits = np.where(self.city.people["frozen"] == 1, -pricing.NO_ARC, known + slack)
        most = self.effort.new_pairs if not slack else MOST_NEAR
        found = pricing.scan(self.city, self.index, post_price, unit_price, limits, most, self.workers)
        least = known.copy()
        some = np.diff(found.start) > 0
        least[some] = np.minimum(known[some], found.reduced[found.start[:-1][some]])
        bound = check.assembled(self.city, post_price, unit_price, least)
        if bound > self.bound:
            self.bound, self.post_price, self.unit_price, self.least = bound, post_price, unit_price, least
        return found

    def _near_best(self, post_price: Array, unit_price: Array) -> tuple[Array, Array, Array]:
        """The listed pairs that the prices make little dearer than the person's best one."""
        person, arcs = self.arcs.person, self.arcs
        reduced = arcs.tenths + unit_price[self.city.people["unit"][person]] - post_price[arcs.post]
        near = reduced - least_listed(self.city, arcs, post_price, unit_price)[person] <= SURE
        return person[near], arcs.post[near], arcs.tenths[near]

    def timed(self, stage: str) -> Timed:
        return Timed(self.seconds, stage)

    def result(self, seed: int) -> Result:
        """The best plan so far, scored, priced and explained."""
        city, problem = self.city, self.problem
        score = check.score(problem, city, self.plan)
        person_price = self.person_price if self.with_teams else city.people["out"] - self.least
        rates = Prices(self.post_price, self.unit_price, person_price)
        with self.timed("reasons"):
            why = reasons.reasons(problem, city, self.index, self.plan, workers=self.workers)
        with self.timed("ladder"):
            rungs = ladder.ladder(
                problem, self.index, self.arcs, self.plan, self.post_price, stop=self.stop, workers=self.workers
            )
        return Result(
            plan=Plan(self.plan),
            score=score,
            prices=rates,
            bound=Bound(self.bound, teams=self.with_teams),
            proof_gap=proof_gap(score.objective, self.bound),
            reasons=why,
            stopped_by=self.stopped_by,
            seed=seed,
            ladder=rungs,
            rules=self.rules,
            seconds=self.seconds,
            counts=self.counts,
        )


def improve_teams(search: Search, seed: int) -> None:
    """Count the team term: a better plan if one is found, never a dearer one, and a bound that carries it."""
    search.stopped_by = search.stop() or "budget"
    improver = teamwork.Improver(search.problem, search.city, search.index, search.effort, search.stop, search.workers)
    with search.timed("team_prices"):
        prices_of = improver.climb(search.post_price, search.unit_price, search.least)
    if prices_of.bound > search.bound:
        search.bound, search.with_teams = prices_of.bound, True
        search.post_price, search.unit_price = prices_of.post_price, prices_of.unit_price
        search.person_price = prices_of.person_price

    def tell(done: float, objective: int) -> None:
        search.progress(Progress("teams", done, objective, search.bound))

    with search.timed("teams"):
        search.plan = improver.improve(search.plan, seed, tell)
    search.counts["team_steps"] = improver.steps
    gap = proof_gap(check.score(search.problem, search.city, search.plan).objective, search.bound)
    if search.stop() is not None:
        search.stopped_by = search.stop() or "budget"
    elif gap <= search.effort.proof_gap:
        search.stopped_by = "proof_gap" if gap else "proof"


def keep_rules(search: Search, problem: Problem, seed: int) -> None:
    """Count the rules about people taken together: the plan that costs least with them, and what each asks."""
    search.problem = problem
    with search.timed("rules"):
        search.plan, search.rules = ruling.keep(
            problem, search.city, search.arcs, search.plan, search.post_price, search.effort,
            seed=seed, workers=search.workers, stop=search.stop,
        )  # fmt: skip
    if search.stop() is not None:
        search.stopped_by = search.stop() or "budget"
    elif search.stopped_by == "proof" and check.score(problem, search.city, search.plan).objective > search.bound:
        search.stopped_by = "budget"


ASCENTS = ((150, 200, 20), (100, 60, 8), (150, 40, 3), (200, 30, 1.5), (300, 20, 0.5))
"""Steps of each ascent, and the length of the first and the last one, tenths."""
AS_LARGE = 74_000
"""People of a city that needs so many steps. Prices travel from post to post, so the steps grow with its width."""
SURE = 300
"""Tenths above a person's best at which a pair is dropped between ascents; one dropped wrongly is found again. Between
flows nothing is dropped: with people frozen the price of a post floats up once the pairs that hold it down are gone."""
NEAR, MOST_NEAR = 40, 40
"""After the last ascent everybody's pairs so near to her best are listed, the cheapest ones."""


@dataclass
class Timed:
    """Adds the wall time of a block to a stage."""

    seconds: dict[str, float]
    stage: str

    def __enter__(self) -> None:
        self.began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds[self.stage] = self.seconds.get(self.stage, 0.0) + time.perf_counter() - self.began


@jit
def _least_listed(city: City, start: Array, post: Array, tenths: Array, post_price: Array, unit_price: Array) -> Array:
    people = city.people
    least = np.zeros(len(people))
    for p in range(len(people)):
        person = people[p]
        best = float(person.out)
        for k in range(start[p], start[p + 1]):
            best = min(best, tenths[k] + unit_price[person.unit] - post_price[post[k]])
        least[p] = best
    return least


def least_listed(city: City, arcs: Arcs, post_price: Array, unit_price: Array) -> Array:
    """min(out, min over listed posts of c + q - p) of everybody; of people frozen on a post, of that post alone."""
    least: Array = _least_listed(city, arcs.start, arcs.post, arcs.tenths, post_price, unit_price)
    people = city.people
    held = np.flatnonzero((people["frozen"] == 1) & (people["current"] >= 0))
    post = people["current"][held]
    least[held] = tenths_of(city, held, post) + unit_price[people["unit"][held]] - post_price[post]
    return least
