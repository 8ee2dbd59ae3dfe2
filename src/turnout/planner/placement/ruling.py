"""Keep the rules about people taken together: anneal a finished plan with them in the cost, and tell what each asks.

The bound without them still holds: a rule only ever adds to the cost.
"""

from __future__ import annotations

from turnout.planner.placement import anneal, check, teamwork, together
from turnout.planner.placement.arcs import Arcs
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.params import TOGETHER
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import RulePrice
from turnout.planner.placement.stop import Stop

HOT, COLD = 30.0, 1.0
"""Temperatures, tenths: a broken rule costs hundreds, so that a cool search crosses few ridges between two rules."""
SHARE = 0.2
"""Part of what the annealer may spend on teams in a large city; at most half of what it may in a small one."""


def keep(
    problem: Problem, city: City, listed: Arcs, plan: Array, post_price: Array, effort: Effort,
    *, seed: int, workers: int, stop: Stop,
) -> tuple[Array, tuple[RulePrice, ...]]:  # fmt: skip
    """The cheapest plan found with all rules of the problem, not dearer than `plan`; and one row for each rule.

    For the row of a rule the plan is improved for that rule alone: what it then costs more is the rule's price.
    """
    people = len(plan)
    moves = min(int(SHARE * (effort.moves + effort.moves_each * people)), effort.moves_most * people // 2)

    def improved(asked: Problem) -> Array:
        near = teamwork.with_own(city, listed, plan)
        other = anneal.anneal(
            city, plan, near, post_price, anneal.Cooling(HOT, COLD, moves),
            seed=seed, workers=workers, stop=stop, rules=together.of(asked, city),
        )  # fmt: skip
        before, after = (check.score(asked, city, which).objective for which in (plan, other))
        return other if after < before else plan

    rules = together.of(problem, city)
    best = improved(problem)
    cost = check.score(problem, city, plan).without_rules
    times, times_without = (together.counts(city, rules, which).sum(axis=0) for which in (best, plan))
    rows = []
    for name in problem.params.rules():
        if stop() is not None:
            break
        k = TOGETHER.index(name)
        alone = improved(together.only(problem, name))
        rows.append(
            RulePrice(
                rule=name,
                broken=int(times[k]),
                broken_without=int(times_without[k]),
                costs=check.score(problem, city, alone).without_rules - cost,
                broken_alone=int(together.counts(city, rules, alone).sum(axis=0)[k]),
            )
        )
    return best, tuple(rows)
