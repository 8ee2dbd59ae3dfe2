"""Column generation under contract rules: the cheapest row is the cheapest, the bound holds, the roster is allowed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tests.planner.rostering import small

from turnout.planner.rostering import public
from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rulebook import contract_rules, under_contract
from turnout.planner.rostering.search import columns, program, remake, rowsearch
from turnout.planner.rostering.search.tables import tables_of
from turnout.planner.rostering.solve import Params, solve

INSTANCES = Path(__file__).parents[3] / "instances" / "rosters"


def contract(seed: int, *, people: int, days: int) -> Problem:
    """A random problem under contract rules in which everybody has some row."""
    draw = np.random.default_rng(seed)
    never = draw.random((3, 3)) < 0.3
    np.fill_diagonal(never, False)
    whole = (1, 1, 3, days)
    plain = small.problem(people, days, rules=contract_rules())
    table = replace(
        plain.people,
        categories=np.ones(people, np.int64),
        off=draw.random((people, days)) < 0.1,
        wish_on=draw.integers(0, 4, (people, days, 3)) * (draw.random((people, days, 3)) < 0.15),
        wish_off=draw.integers(0, 4, (people, days, 3)) * (draw.random((people, days, 3)) < 0.15),
        most_in_row=draw.integers(2, 5, people),
        least_in_row=draw.integers(1, 3, people),
        least_off_in_row=draw.integers(1, 3, people),
        most_weekends=draw.integers(0, 3, people),
        most_minutes=480 * draw.integers(3, 6, people),
        least_minutes=480 * draw.integers(0, 2, people),
        most_of_shift=draw.integers(1, days + 1, (people, 3)),
    )
    want = draw.integers(0, 3, whole)
    cover = replace(
        small.cover(1, 3, 3, days),
        **{name: getattr(small.cover(1, 1, 3, days), name) for name in ("least", "open")},
        want=want,
        below_least=np.full(whole, 50),
        below_want=np.full(whole, 50),
        above=np.full(whole, 3),
    )
    shifts = small.shifts(cannot_follow=never, minutes=np.array([480, 480, 600]))
    return replace(plain, people=table, cover=cover, categories=("general",), shifts=shifts).validated()


@pytest.mark.parametrize("seed", range(40))
def test_no_row_is_cheaper_than_the_cheapest(seed: int) -> None:
    made = contract(seed, people=1, days=6)
    cost = np.random.default_rng(seed).normal(0, 10, (6, 4))
    sums = [
        sum(cost[day, shift + 1] for day, shift in enumerate(row))
        for row in product((OFF, 0, 1, 2), repeat=6)
        if not check(made, Plan(np.array([row]))).broken
    ]
    contracts = rowsearch.contracts_of(tables_of(made))
    room = rowsearch.labels_for(contracts)
    row, least, certain = rowsearch.cheapest(rowsearch.contract(contracts, 0), cost, 1000, room)
    assert certain
    assert least == pytest.approx(min(sums, default=np.inf))
    if sums:
        assert check(made, Plan(row[None, :].astype(np.int64))).broken == ()
        assert sum(cost[day, shift + 1] for day, shift in enumerate(row)) == pytest.approx(least)


@pytest.mark.parametrize("seed", range(40))
def test_the_bound_holds_and_the_roster_breaks_nothing(seed: int) -> None:
    made = contract(seed, people=4, days=7)
    try:
        best = Model(made).solve(seed=0, effort=10)
    except RuntimeError:
        pytest.skip("somebody has no row at all")
    result = solve(made, seed=seed, params=Params(parts=4, small=0))
    assert result.score.broken == ()
    assert best.proven
    assert result.bound <= best.objective <= result.score.objective
    assert under_contract(made)


def test_the_same_seed_gives_the_same_roster_for_any_number_of_workers() -> None:
    made = contract(3, people=4, days=7)
    one, two = (solve(made, seed=5, params=Params(parts=4), workers=workers) for workers in (1, 2))
    assert one.plan.duty.tobytes() == two.plan.duty.tobytes()
    assert one.bound == two.bound


@pytest.mark.parametrize(("number", "best"), [(1, 607), (2, 828), (3, 1001)])
def test_small_public_instances_reach_their_best_known_value_with_proof(number: int, best: int) -> None:
    made = public.read((INSTANCES / f"Instance{number}.txt").read_text(encoding="utf-8"))
    result = solve(made)
    assert (result.score.objective, result.bound, result.score.broken) == (best, best, ())
    assert result.stopped_by == "proof"


def test_every_public_instance_that_is_shipped_can_be_read() -> None:
    sizes = {}
    for path in INSTANCES.glob("Instance*.txt"):
        made = public.read(path.read_text(encoding="utf-8"))
        sizes[path.stem] = (made.days, len(made.people.ids), len(made.shifts.ids))
    assert sizes["Instance12"] == (28, 60, 10)
    assert sizes["Instance22"] == (364, 50, 10)
    assert len(sizes) == 12


@pytest.mark.parametrize("seed", range(10))
def test_what_is_remade_costs_what_the_checker_says_and_breaks_nothing(seed: int) -> None:
    made = contract(seed, people=5, days=14)
    tables = tables_of(made)
    rows = program.Rows(tables, None)
    start = np.full((5, 14), OFF, np.int32)
    for person in range(5):
        row, cost, certain = rowsearch.cheapest(
            rowsearch.contract(rows.full, person), np.zeros((14, 4)), 1000, rows.labels
        )
        assert certain
        assert cost == 0
        start[person] = row
    duty, points = remake.remake(
        rows.full, tables.points, tables.wish, start, seed, 200, (30.0, 1.0), (3, 14), 3, 8, rows.labels
    )
    score = check(made, Plan(duty.astype(np.int64)))
    assert (score.broken, score.objective) == ((), points)
    assert points <= check(made, Plan(start.astype(np.int64))).objective


@pytest.mark.parametrize("seed", range(10))
def test_a_part_keeps_everything_outside_and_is_bounded_by_its_program(seed: int) -> None:
    made = contract(seed, people=5, days=14)
    start = columns.solve(made, seed=0, parts=0, workers=1, stop=lambda: None, told=lambda *_: None)[0]
    before = start.duty.astype(np.int32)
    rows = program.Rows(tables_of(made), None)
    part = program.Program(rows, before, [1, 3], 4, 11)
    value = part.generate(1000, 100, lambda: None)
    assert part.bound <= value + 1e-6
    after = part.dive(1000, 100, lambda: None)
    assert after is not None
    changed = after != before
    assert not changed[[0, 2, 4]].any()
    assert not changed[:, [0, 1, 2, 3, 11, 12, 13]].any()
    assert check(made, Plan(after.astype(np.int64))).broken == ()
    # The bound leaves out the wishes of what is kept, so it is compared with the same left out.
    kept = check(made, Plan(after.astype(np.int64))).objective - part.bound
    assert kept >= -1e-6


def test_a_contract_nobody_can_fulfil_leaves_the_person_at_home_and_is_called_broken() -> None:
    made = contract(2, people=3, days=7)
    least = made.people.least_minutes.copy()
    least[1] = 480 * 7
    most = np.maximum(made.people.most_minutes, least)
    made = replace(made, people=replace(made.people, least_minutes=least, most_minutes=most))
    result = solve(made, params=Params(parts=2))
    assert [(one.rule, one.subject) for one in result.score.broken] == [("minutes", made.people.ids[1])]
    assert (result.plan.duty[1] == OFF).all()
    assert result.bound <= result.score.objective


def test_a_stop_at_once_still_gives_everybody_a_row() -> None:
    made = contract(3, people=4, days=7)
    result = solve(made, stop=lambda: "time_limit")
    assert (result.score.broken, result.stopped_by) == ((), "time_limit")
    assert result.bound <= result.score.objective


def test_a_row_that_few_labels_miss_is_found_by_the_solver() -> None:
    made = public.read((INSTANCES / "Instance22.txt").read_text(encoding="utf-8"))
    with ThreadPoolExecutor(1) as pool:
        search = columns.Search(made, 0, pool, lambda: None, lambda points, bound: None)
        person = 45
        can = {person: search.alone.full.can[person]}
        free = np.zeros(search.tables.points.shape[:2])
        assert not np.isfinite(search.alone.cheapest(can, 0, made.days, free, 8)[0][1])
        search.duty[person], points = search._any_row(person)
    assert points == 0
    broken = check(made, Plan(search.duty.astype(np.int64))).broken
    assert made.people.ids[person] not in {one.subject for one in broken}
