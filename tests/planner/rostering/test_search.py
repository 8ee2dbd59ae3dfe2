"""The compiled search against the checkers: same points, no broken rule, bounds that hold, the same in any company."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.planner.rostering import small

from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.search import anneal, patterns, rows
from turnout.planner.rostering.search.bounds import bound
from turnout.planner.rostering.search.tables import tables_of
from turnout.planner.rostering.solve import Params, solve


def staying(seed: int, **size: int) -> Problem:
    """A random problem in which nobody leaves: what the search takes on."""
    made = small.random_problem(seed, **size)
    return replace(made, people=replace(made.people, leaves=np.full(len(made.people.ids), made.days)))


@pytest.mark.parametrize("seed", range(60))
def test_a_row_is_allowed_exactly_when_no_checker_finds_it_broken(seed: int) -> None:
    made = staying(seed, people=3, days=6)
    draw = np.random.default_rng(seed)
    tables = tables_of(made)
    for _ in range(30):
        duty = draw.integers(-4, made.duties, (len(made.people.ids), made.days))
        for person in range(len(duty)):
            own = np.where(
                tables.allowed[person, np.arange(made.days), duty[person]] & (duty[person] >= 0), duty[person], OFF
            )
            alone = np.full_like(duty, OFF)
            alone[person] = own
            broken = [one for one in check(made, Plan(alone)).broken if one.rule != "night_pairs"]
            row = np.concatenate([tables.past[person], np.where(own == OFF, OFF, own // 3)]).astype(np.int32)
            assert rows.allowed(tables, person, row) == (broken == [])


@pytest.mark.parametrize("seed", range(60))
def test_what_the_search_asks_of_changed_days_is_what_the_whole_row_says(seed: int) -> None:
    made = staying(seed, people=3, days=6)
    draw = np.random.default_rng(seed)
    t = tables_of(made)
    past = made.past_days
    assert rows.local(t)
    for person in range(len(made.people.ids)):
        row = np.concatenate([t.past[person], np.full(made.days, OFF)]).astype(np.int32)
        inside, most = rows.watched(t, row)
        for _ in range(200):
            laid, now = row.copy(), inside.copy()
            days = draw.choice(made.days, min(2, made.days), replace=False).tolist()
            for day in days:
                laid[past + day] = draw.integers(-1, 3)
                rows.move_windows(now, t.touch[day], t.touch_minutes[day], row[past + day], laid[past + day])
            new = [day for day in days if laid[past + day] >= 0 and laid[past + day] != row[past + day]]
            fine = all(
                rows.near(past + day, t.bad, t.most_in_row[person], t.night, t.nights_in_row, laid)
                and not rows.full_window(now, most, t.touch[day])
                for day in new
            )
            fine = fine and rows.relieved(past, t.relief[person], t.relief_every, t.reach, laid)
            fine = fine and rows.stays(past, t.stay[person], t.away, laid)
            assert fine == rows.allowed(t, person, laid)
            if fine:
                row, inside = laid, now
                assert inside.tolist() == rows.watched(t, row)[0].tolist()


@pytest.mark.parametrize("seed", range(40))
def test_the_search_breaks_nothing_and_counts_as_the_checker_does(seed: int) -> None:
    made = staying(seed, people=8, days=8)
    plan, points, least = patterns.roster_one(made, seed)
    score = check(made, plan)
    assert score.broken == ()
    assert score.objective == points
    assert least <= points


@pytest.mark.parametrize("seed", range(40))
def test_no_roster_costs_less_than_the_bound(seed: int) -> None:
    made = staying(seed, people=6, days=8)
    assert bound(made) <= Model(made).solve(seed=0, effort=5).objective


def test_contract_rules_are_left_to_the_solver() -> None:
    made = small.problem(2, 3, least_in_row=np.array([2, 1]))
    assert not patterns.fits(made)
    assert patterns.fits(small.problem(2, 3))


def city(sites: int = 12) -> Problem:
    """Sites of four people each, two of every three of the same shape."""
    made = small.random_problem(3, people=4, days=6)
    people = 4 * sites
    table = small.problem(people, 7, sites=sites, rules=made.rules, site=np.repeat(np.arange(sites), 4)).people
    load = np.where(np.arange(people) // 4 % 3 == 0, np.arange(people) ** 2, 5)
    want = np.zeros((sites, 3, 3, 7), np.int64)
    want[:, 1, small.EARLY], want[:, 1, small.LATE] = 1, 1
    cover = replace(small.cover(sites, 3, 3, 7), want=want, open=want > 0)
    whole = small.problem(people, 7, sites=sites, rules=made.rules)
    return replace(whole, people=replace(table, load_before=load), cover=cover).validated()


@pytest.mark.parametrize("params", [Params(), Params(exact=0)])
def test_one_shape_is_solved_once_and_workers_change_nothing(params: Params) -> None:
    alone = solve(city(), seed=1, params=params)
    together = solve(city(), seed=1, params=params, workers=2)
    assert (alone.counts["blocks"], alone.counts["shapes"]) == (12, 5)
    assert alone.plan.duty.tobytes() == together.plan.duty.tobytes()
    assert (alone.score, alone.bound, alone.reasons) == (together.score, together.bound, together.reasons)
    assert alone.score.broken == ()


def test_a_stop_leaves_the_rest_empty_and_says_so() -> None:
    result = solve(city(), stop=lambda: "time_limit")
    assert result.stopped_by == "time_limit"
    assert (result.plan.duty == OFF).all()
    assert {one.reason for one in result.reasons} == {"not_reached"}
    assert sum(one.missing for one in result.reasons) == 12 * 2 * 7
    assert result.bound == 0


def test_a_hundred_thousand_steps_forget_nobody() -> None:
    made = staying(2, people=8, days=8)
    tables = tables_of(made)
    duty, points = anneal.anneal(
        tables, np.full((len(made.people.ids), made.days), OFF, np.int32), 1, 100_000, 300.0, 1.0, -1
    )
    assert anneal.energy(tables, duty) == points
