"""One solver on one list of arcs, in a process of its own: `python -m benchmarks.peers SOLVER ARCS.npz`.

Prints one line of JSON: seconds of the solve alone, objective, peak MB of the process. OR-Tools and HiGHS cannot be
loaded side by side, and a peak is only honest in a process that did nothing else.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import numpy as np


def ortools_flow(a: dict[str, Any]) -> tuple[float, int]:
    from ortools.graph.python import min_cost_flow

    people, posts = int(a["people"]), len(a["places"])
    sink = people + posts
    flow = min_cost_flow.SimpleMinCostFlow()
    post_nodes = np.arange(people, sink, dtype=np.int32)
    more = a["places"] - a["places_min"]
    flow.add_arcs_with_capacity_and_unit_cost(
        a["person"], (people + a["post"]).astype(np.int32), np.ones(len(a["post"]), np.int64), a["tenths"]
    )
    persons = np.arange(people, dtype=np.int32)
    nothing = np.zeros(people, np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(persons, np.full(people, sink, np.int32), nothing + 1, nothing)
    for room, worth in ((a["places_min"], a["penalty_min"]), (more, a["penalty_more"])):
        flow.add_arcs_with_capacity_and_unit_cost(post_nodes, np.full(posts, sink, np.int32), room, -worth)
    flow.set_nodes_supplies(persons, nothing + 1)
    flow.set_nodes_supplies(np.array([sink], np.int32), np.array([-people], np.int64))
    began = time.perf_counter()
    status = flow.solve()
    seconds = time.perf_counter() - began
    assert status == flow.OPTIMAL, status
    return seconds, flow.optimal_cost() + int(a["missing_all"])


def scipy_matching(a: dict[str, Any]) -> tuple[float, int]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    people = int(a["people"])
    first = np.concatenate([[0], np.cumsum(a["places"])])
    copies = a["places"][a["post"]]
    arc = np.repeat(np.arange(len(a["post"])), copies)
    rank = np.arange(len(arc)) - np.repeat(np.cumsum(copies) - copies, copies)
    post = a["post"][arc]
    worth = np.where(rank < a["places_min"][post], a["penalty_min"][post], a["penalty_more"][post])
    # every weight is made positive: a zero would not be an entry
    shift = int(a["penalty_min"].max()) + 1
    weight = np.concatenate([a["tenths"][arc] - worth + shift, np.full(people, shift)])
    row = np.concatenate([a["person"][arc], np.arange(people)])
    column = np.concatenate([first[post] + rank, first[-1] + np.arange(people)])
    graph = coo_array((weight.astype(np.float64), (row, column)), shape=(people, first[-1] + people)).tocsr()
    began = time.perf_counter()
    rows, columns = min_weight_full_bipartite_matching(graph)
    seconds = time.perf_counter() - began
    return seconds, int(graph[rows, columns].sum()) - shift * people + int(a["missing_all"])


def highs_simplex(a: dict[str, Any]) -> tuple[float, int]:
    import highspy

    people, posts, arcs = int(a["people"]), len(a["places"]), len(a["post"])
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = arcs + 2 * posts, people + posts
    more = a["places"] - a["places_min"]
    model.col_cost_ = np.concatenate([a["tenths"], a["penalty_min"], a["penalty_more"]]).astype(np.float64)
    model.col_lower_ = np.zeros(arcs + 2 * posts)
    model.col_upper_ = np.concatenate([np.ones(arcs), a["places_min"], more]).astype(np.float64)
    model.row_lower_ = np.concatenate([np.full(people, -highspy.kHighsInf), a["places"].astype(np.float64)])
    model.row_upper_ = np.concatenate([np.ones(people), a["places"].astype(np.float64)])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([2 * np.arange(arcs), 2 * arcs + np.arange(2 * posts + 1)]).astype(np.int32)
    pairs = np.stack([a["person"], people + a["post"]], axis=1).ravel()
    model.a_matrix_.index_ = np.concatenate([pairs, people + np.arange(posts), people + np.arange(posts)]).astype(
        np.int32
    )
    model.a_matrix_.value_ = np.ones(2 * arcs + 2 * posts)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", "simplex")
    solver.passModel(model)
    began = time.perf_counter()
    solver.run()
    seconds = time.perf_counter() - began
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return seconds, round(solver.getInfo().objective_function_value)


def linear_assignment(a: dict[str, Any]) -> tuple[float, int]:
    from ortools.graph.python import linear_sum_assignment

    people, slots = int(a["people"]), int(a["places"].sum())
    first = np.concatenate([[0], np.cumsum(a["places"])])
    post_of = np.repeat(np.arange(len(a["places"])), a["places"])
    rank = np.arange(slots) - first[post_of]
    penalty = np.where(rank < a["places_min"][post_of], a["penalty_min"][post_of], a["penalty_more"][post_of])
    copies = a["places"][a["post"]]
    arc = np.repeat(np.arange(len(a["post"])), copies)
    slot = first[a["post"][arc]] + np.arange(len(arc)) - np.repeat(np.cumsum(copies) - copies, copies)
    person = a["person"][arc]
    # everybody has a home and every place a stand-in; a place that is taken sends its stand-in to the home left empty
    left = np.concatenate([person, np.arange(people), people + np.arange(slots), people + slot])
    right = np.concatenate([slot, slots + np.arange(people), np.arange(slots), slots + person])
    cost = np.concatenate([a["tenths"][arc], np.zeros(people), penalty, np.zeros(len(arc))]).astype(np.int64)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left.astype(np.int32), right.astype(np.int32), cost)
    began = time.perf_counter()
    status = solver.solve()
    seconds = time.perf_counter() - began
    assert status == solver.OPTIMAL, status
    return seconds, int(solver.optimal_cost())


def cp_sat(a: dict[str, Any]) -> tuple[float, int]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    on = [model.new_bool_var("") for _ in a["post"]]
    by_person: dict[int, list[Any]] = {}
    by_post: list[list[Any]] = [[] for _ in a["places"]]
    for person, post, var in zip(a["person"].tolist(), a["post"].tolist(), on, strict=True):
        by_person.setdefault(person, []).append(var)
        by_post[post].append(var)
    for choices in by_person.values():
        model.add_at_most_one(choices)
    cost = [int(tenths) * var for tenths, var in zip(a["tenths"], on, strict=True)]
    for post, choices in enumerate(by_post):
        least, places = int(a["places_min"][post]), int(a["places"][post])
        below, further = model.new_int_var(0, least, ""), model.new_int_var(0, places - least, "")
        model.add(sum(choices) + below + further == places)
        cost += [int(a["penalty_min"][post]) * below, int(a["penalty_more"][post]) * further]
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    began = time.perf_counter()
    status = solver.solve(model)
    seconds = time.perf_counter() - began
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    return seconds, round(solver.objective_value)


SOLVERS = {
    "OR-Tools SimpleMinCostFlow": ortools_flow,
    "scipy sparse matching": scipy_matching,
    "OR-Tools linear assignment": linear_assignment,
    "HiGHS simplex": highs_simplex,
    "CP-SAT, 2 workers": cp_sat,
}


def measure(solver: str, file: str) -> None:
    with np.load(file) as stored:
        arcs = dict(stored)
    seconds, objective = SOLVERS[solver](arcs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": round(seconds, 2), "objective": objective, "peak_mb": peak}))


if __name__ == "__main__":
    measure(*sys.argv[1:])
