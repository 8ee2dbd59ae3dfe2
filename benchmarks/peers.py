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


def _program(a: dict[str, Any]) -> tuple[Any, Any, Any, Any, Any]:
    """The arcs as a linear program: cost, upper bounds, rows from and to, matrix. Columns: arcs, missing places."""
    from scipy.sparse import csc_array

    people, posts, arcs = int(a["people"]), len(a["places"]), len(a["post"])
    cost = np.concatenate([a["tenths"], a["penalty_min"], a["penalty_more"]]).astype(np.float64)
    upper = np.concatenate([np.ones(arcs), a["places_min"], a["places"] - a["places_min"]]).astype(np.float64)
    places = a["places"].astype(np.float64)
    start = np.concatenate([2 * np.arange(arcs), 2 * arcs + np.arange(2 * posts + 1)]).astype(np.int32)
    pairs = np.stack([a["person"], people + a["post"]], axis=1).ravel()
    index = np.concatenate([pairs, people + np.arange(posts), people + np.arange(posts)]).astype(np.int32)
    matrix = csc_array((np.ones(len(index)), index, start), shape=(people + posts, arcs + 2 * posts))
    return cost, upper, np.concatenate([np.full(people, -np.inf), places]), np.append(np.ones(people), places), matrix


def highs_simplex(a: dict[str, Any]) -> tuple[float, int]:
    import highspy

    cost, upper, rows_from, rows_to, matrix = _program(a)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(rows_to)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(len(cost)), upper
    model.row_lower_, model.row_upper_ = rows_from, rows_to
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("solver", "simplex")
    solver.passModel(model)
    began = time.perf_counter()
    solver.run()
    seconds = time.perf_counter() - began
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return seconds, round(solver.getInfo().objective_function_value)


def pdlp(a: dict[str, Any]) -> tuple[float, int]:
    """To a relative error of 1e-4, not to the optimum."""
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp as solver

    cost, upper, rows_from, rows_to, matrix = _program(a)
    program = solver.QuadraticProgram()
    program.resize_and_initialize(len(cost), len(rows_to))
    program.objective_vector = cost
    program.variable_lower_bounds, program.variable_upper_bounds = np.zeros(len(cost)), upper
    program.constraint_lower_bounds, program.constraint_upper_bounds = rows_from, rows_to
    program.constraint_matrix = matrix
    params = solvers_pb2.PrimalDualHybridGradientParams()
    optimality = params.termination_criteria.simple_optimality_criteria
    optimality.eps_optimal_relative, optimality.eps_optimal_absolute = 1e-4, 1e-4
    params.num_threads = 2
    began = time.perf_counter()
    result = solver.primal_dual_hybrid_gradient(program, params)
    seconds = time.perf_counter() - began
    assert result.solve_log.termination_reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    return seconds, round(float(cost @ result.primal_solution))


def _square(a: dict[str, Any]) -> tuple[int, Any, Any, Any]:
    """The arcs as an assignment of as many rows as columns: how many, row, column and cost of each entry.

    Everybody has a home and every place a stand-in; a place that is taken sends its stand-in to the home left empty.
    """
    people, slots = int(a["people"]), int(a["places"].sum())
    first = np.concatenate([[0], np.cumsum(a["places"])])
    post_of = np.repeat(np.arange(len(a["places"])), a["places"])
    rank = np.arange(slots) - first[post_of]
    penalty = np.where(rank < a["places_min"][post_of], a["penalty_min"][post_of], a["penalty_more"][post_of])
    copies = a["places"][a["post"]]
    arc = np.repeat(np.arange(len(a["post"])), copies)
    slot = first[a["post"][arc]] + np.arange(len(arc)) - np.repeat(np.cumsum(copies) - copies, copies)
    person = a["person"][arc]
    left = np.concatenate([person, np.arange(people), people + np.arange(slots), people + slot])
    right = np.concatenate([slot, slots + np.arange(people), np.arange(slots), slots + person])
    cost = np.concatenate([a["tenths"][arc], np.zeros(people), penalty, np.zeros(len(arc))]).astype(np.int64)
    return people + slots, left, right, cost


def linear_assignment(a: dict[str, Any]) -> tuple[float, int]:
    from ortools.graph.python import linear_sum_assignment

    _, left, right, cost = _square(a)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left.astype(np.int32), right.astype(np.int32), cost)
    began = time.perf_counter()
    status = solver.solve()
    seconds = time.perf_counter() - began
    assert status == solver.OPTIMAL, status
    return seconds, int(solver.optimal_cost())


def lapmod(a: dict[str, Any]) -> tuple[float, int]:
    import lap
    from scipy.sparse import coo_array

    size, left, right, cost = _square(a)
    # a zero would not be an entry, and the same pair twice would be added up: it is one arc either way
    table = coo_array((cost + 1.0, (left, right)), shape=(size, size)).tocsr()
    table.sort_indices()
    began = time.perf_counter()
    total, _, _ = lap.lapmod(size, table.data, table.indptr, table.indices)
    return time.perf_counter() - began, round(total) - size


def dense_assignment(a: dict[str, Any]) -> tuple[float, int]:
    from scipy.optimize import linear_sum_assignment

    size, left, right, cost = _square(a)
    table = np.full((size, size), float(cost.max() + 1) * 10)
    table[left, right] = cost
    began = time.perf_counter()
    rows, columns = linear_sum_assignment(table)
    return time.perf_counter() - began, int(table[rows, columns].sum())


def networkx_flow(a: dict[str, Any]) -> tuple[float, int]:
    import networkx

    graph = networkx.DiGraph()
    people = int(a["people"])
    graph.add_node("home", demand=people)
    for person in range(people):
        graph.add_node(("person", person), demand=-1)
        graph.add_edge(("person", person), "home", weight=0)
    for person, post, tenths in zip(a["person"].tolist(), a["post"].tolist(), a["tenths"].tolist(), strict=True):
        graph.add_edge(("person", person), ("post", post), capacity=1, weight=tenths)
    columns = zip(*(a[name].tolist() for name in ("places_min", "places", "penalty_min", "penalty_more")), strict=True)
    for post, (least, places, penalty_min, penalty_more) in enumerate(columns):
        # one edge between two nodes only: the two tiers of places pass through a node each
        for tier, room, worth in ((1, least, penalty_min), (2, places - least, penalty_more)):
            graph.add_edge(("post", post), (tier, post), capacity=room, weight=-worth)
            graph.add_edge((tier, post), "home", weight=0)
    began = time.perf_counter()
    cost, _ = networkx.network_simplex(graph)
    return time.perf_counter() - began, cost + int(a["missing_all"])


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
    "lapmod": lapmod,
    "scipy dense assignment": dense_assignment,
    "HiGHS simplex": highs_simplex,
    "OR-Tools PDLP, 1e-4": pdlp,
    "networkx network simplex": networkx_flow,
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
