"""The same plan from a Ray cluster of two nodes as from this machine. Needs `turnout[ray]`; `make load` installs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from benchmarks.cities import load

from turnout.planner import blocks
from turnout.planner.placement.check import check
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.solve import solve

pytestmark = pytest.mark.load
TEAMS = Effort(team_rounds=((120.0, 20), (60.0, 20)), moves_most=500)


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[blocks.Ray]:
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    try:
        with blocks.on_ray(cluster.address) as there:
            yield there
    finally:
        ray.shutdown()
        cluster.shutdown()


def node_of(block: int) -> str:
    import time

    import ray

    time.sleep(0.2)
    return str(ray.get_runtime_context().get_node_id())


def square(number: int) -> int:
    return number * number


def test_blocks_come_back_in_order_from_both_nodes(two_nodes: blocks.Ray) -> None:
    assert two_nodes.processors() == 2
    assert list(blocks.map_blocks(square, range(50), workers=1, stop=lambda: None)) == [n * n for n in range(50)]
    nodes = list(blocks.map_blocks(node_of, range(12), workers=1, stop=lambda: None))
    assert len(set(nodes)) == 2


def test_no_more_blocks_are_sent_once_somebody_says_stop(two_nodes: blocks.Ray) -> None:
    done = list(blocks.map_blocks(square, range(100), workers=1, stop=lambda: "interrupted"))
    assert done == [n * n for n in range(4)]


@pytest.mark.parametrize("effort", [Effort(teams=False, proof_gap=0), TEAMS], ids=["blind", "teams"])
def test_a_city_is_planned_and_checked_on_the_cluster_as_here(two_nodes: blocks.Ray, effort: Effort) -> None:
    city = load("city-1000")
    there: Any = solve(city, effort=effort)
    proven = check(city, there.plan, there.prices, teams=effort.teams)
    # the context variable stands for the whole test; without it everything runs here
    token = blocks._CLUSTER.set(None)
    try:
        here = solve(city, effort=effort)
        assert check(city, here.plan, here.prices, teams=effort.teams) == proven
    finally:
        blocks._CLUSTER.reset(token)
    assert np.array_equal(here.plan.post, there.plan.post)
    assert (here.score, here.bound, here.reasons) == (there.score, there.bound, there.reasons)
