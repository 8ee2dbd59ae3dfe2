"""The same plan from a Ray cluster of two nodes as from this machine. Needs `turnout[ray]`; `make load` installs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from benchmarks.cities import load
from tests.planner.rostering.test_search import city as roster_city

from turnout.planner import blocks
from turnout.planner.placement.check import check
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.solve import solve
from turnout.planner.rostering import solve as rosters

pytestmark = pytest.mark.load
TEAMS = Effort(team_rounds=((120.0, 6), (60.0, 6)), moves_most=200)
_ATTEMPTS, _PATIENCE = 5, 120


def started() -> Any:
    """A cluster of two nodes. Ray gives a node thirty seconds to start, which a busy machine may not: it is asked
    again."""
    from ray.cluster_utils import Cluster

    for attempts_left in reversed(range(_ATTEMPTS)):
        cluster = Cluster()
        try:
            cluster.add_node(num_cpus=1, include_dashboard=False)
            cluster.add_node(num_cpus=1)
            cluster.wait_for_nodes(_PATIENCE)
        except Exception:
            # Ray raises nothing more special than this.
            cluster.shutdown()
            if not attempts_left:
                raise
        else:
            return cluster
    raise AssertionError


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[blocks.Ray]:
    import ray

    cluster = started()
    try:
        with blocks.on_ray(cluster.address) as there:
            yield there
        kinds = [own for node in cluster.list_all_nodes() for own in node.all_processes.values()]
        begun = [info.process for own in kinds for info in own]
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert begun
    assert [process.poll() is None for process in begun] == [False] * len(begun), "a process outlives its cluster"


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


@pytest.mark.parametrize("params", [rosters.Params(), rosters.Params(exact=0)], ids=["solver", "patterns"])
def test_rosters_are_the_same_bytes_from_the_cluster_as_from_processes(
    two_nodes: blocks.Ray, params: rosters.Params
) -> None:
    there = rosters.solve(roster_city(), seed=1, params=params)
    token = blocks._CLUSTER.set(None)
    try:
        here = rosters.solve(roster_city(), seed=1, params=params, workers=2)
    finally:
        blocks._CLUSTER.reset(token)
    assert here.plan.duty.tobytes() == there.plan.duty.tobytes()
    assert (here.score, here.bound, here.reasons) == (there.score, there.bound, there.reasons)
