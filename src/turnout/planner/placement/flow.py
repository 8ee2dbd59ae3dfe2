"""The optimum over listed pairs as a min-cost flow, solved by OR-Tools.

Every free person sends one unit: to a post and on to the sink through the post's tiers, or straight to the sink for
the cost of staying out. A unit with a quota keeps the people it may not release behind by a demand of its own.
Frozen people are placed beforehand and only take up their places and quota.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from turnout.planner.placement.arcs import Arcs
from turnout.planner.placement.city import UNLIMITED, Array, City


def solve(city: City, arcs: Arcs) -> Array:
    """Post of each person, -1 for nobody's; a cheapest assignment over the arcs under places and quotas."""
    people, posts = city.people, city.posts
    plan = np.where(people["frozen"] == 1, people["current"], -1).astype(np.int64)
    free = np.flatnonzero(people["frozen"] == 0)
    if not len(free):
        return plan
    node = np.full(len(people), -1, dtype=np.int32)
    node[free] = np.arange(len(free))
    person = arcs.person
    own = node[person] >= 0
    first_post = len(free)
    sink = first_post + len(posts)
    taken = np.bincount(plan[plan >= 0], minlength=len(posts))
    min_left = np.maximum(posts["places_min"] - taken, 0)
    more_left = np.maximum(posts["places"] - taken - min_left, 0)
    stays, keeps = _unit_nodes(city, plan, free, sink)
    units = np.flatnonzero(keeps > 0)
    heads = stays[people["unit"][free]]
    post_nodes = np.arange(first_post, sink)
    flow = min_cost_flow.SimpleMinCostFlow()
    listed = flow.add_arcs_with_capacity_and_unit_cost(
        node[person[own]],
        (first_post + arcs.post[own]).astype(np.int32),
        np.ones(own.sum(), np.int64),
        arcs.tenths[own],
    )
    for tails, ends, room, cost in (
        (np.arange(len(free)), heads, np.ones(len(free)), people["out"][free]),
        (post_nodes, np.full(len(posts), sink), min_left, -posts["penalty_min"]),
        (post_nodes, np.full(len(posts), sink), more_left, -posts["penalty_more"]),
        (stays[units], np.full(len(units), sink), np.full(len(units), len(free)), np.zeros(len(units))),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), ends.astype(np.int32), room.astype(np.int64), cost.astype(np.int64)
        )
    flow.set_nodes_supplies(np.arange(len(free), dtype=np.int32), np.ones(len(free), dtype=np.int64))
    flow.set_nodes_supplies(
        np.concatenate([[sink], stays[units]]).astype(np.int32),
        -np.concatenate([[len(free) - keeps.sum()], keeps[units]]).astype(np.int64),
    )
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    used = flow.flows(listed) > 0
    plan[person[own][used]] = arcs.post[own][used]
    return plan


def _unit_nodes(city: City, plan: Array, free: Array, sink: int) -> tuple[Array, Array]:
    """The node where people of a unit stay out, and how many must: more than the quota leaves may not go."""
    quota, unit = city.quota, city.people["unit"]
    members = np.bincount(unit[free], minlength=len(quota))
    released = np.bincount(unit[plan >= 0], minlength=len(quota))
    limited = quota < UNLIMITED
    keeps = np.where(limited, np.maximum(members - np.maximum(quota - released, 0), 0), 0)
    stays = np.full(len(quota), sink)
    tight = np.flatnonzero(keeps > 0)
    stays[tight] = sink + 1 + np.arange(len(tight))
    return stays, keeps
