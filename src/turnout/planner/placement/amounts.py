"""What the people of a plan pay: travel, and the whole cost without the team term."""

from __future__ import annotations

import numpy as np

from turnout.planner.placement import costs
from turnout.planner.placement.city import Array, City, pack
from turnout.planner.placement.jit import jit
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Ints, Plan


def of_people(problem: Problem, plan: Plan) -> tuple[Ints, Ints]:
    """Travel and cost of each person in tenths of a minute, 0 for people without a post; hard rules are not asked."""
    return _amounts(pack(problem), plan.post)


@jit
def _amounts(city: City, plan: Array) -> tuple[Array, Array]:
    people, posts, communities, all_terms, _, pairing, _, _, table_community, table_tenths, _ = city
    terms = all_terms[0]
    travels, tenths = np.zeros(len(plan), dtype=np.int64), np.zeros(len(plan), dtype=np.int64)
    for p in range(len(plan)):
        q = plan[p]
        if q < 0:
            continue
        person, post = people[p], posts[q]
        community = communities[post.community]
        travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, post.community)
        base = costs.uncapped_tenths(terms, pairing, person, post.community, community.street, travel)
        travels[p] = travel
        tenths[p] = base + costs.extra_tenths(terms, person, post, q)
    return travels, tenths
