"""Swaps, stand-ins and drop-outs: the checker says which rule forbids, and little else changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.planner.rostering import small
from tests.planner.rostering.small import EARLY, NIGHT, plan, problem

from turnout.planner.rostering import change
from turnout.planner.rostering.arithmetic import needs
from turnout.planner.rostering.check import check
from turnout.planner.rostering.model import Model
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan
from turnout.planner.rostering.rulebook import Settings


def team(people: int, days: int, *, settings: Settings | None = None, **changed: object) -> Problem:
    """A site that asks for one early shift a day; nights 22:00 to 06:00, city rules."""
    made = problem(people, days, rules=(settings or Settings()).rules(), shifts=small.late_nights(), **changed)
    least = np.zeros_like(made.cover.least)
    least[0, 1, EARLY] = 1
    return replace(made, cover=replace(made.cover, least=least, want=least))


def rules_of(told: change.Change) -> list[tuple[str, str]]:
    return [(one.rule, one.subject) for one in told.broken]


def test_two_may_swap_what_breaks_no_rule() -> None:
    told = change.swap(team(2, 4), plan("E...", "..E."), (0, 0), (1, 2))
    assert (told.allowed, told.points) == (True, 0)


def test_a_swap_that_leaves_too_little_rest_is_forbidden_by_rest() -> None:
    # P00 worked late yesterday, and would begin early today.
    told = change.swap(team(2, 4), plan("L.E.", ".E.."), (0, 2), (1, 1))
    assert rules_of(told) == [("rest", "P00"), ("rolling_hours", "P00")]


def test_nobody_can_have_two_shifts_on_a_day() -> None:
    told = change.swap(team(2, 4), plan("EE..", ".EE."), (0, 0), (1, 2))
    assert (rules_of(told), told.points) == ([], 0)
    told = change.swap(team(2, 4), plan("E.E.", "..E."), (0, 0), (1, 2))
    assert rules_of(told) == [("one_a_day", "P00")]


def test_a_limit_forbids_the_night_and_its_partner_is_not_left_alone() -> None:
    limited = team(3, 4, limits=np.array([0, 4, 0]))
    told = change.swap(limited, plan("N...", "..E.", "N..."), (0, 0), (1, 2))
    assert rules_of(told) == [("work_limit", "P01")]


def test_what_was_broken_before_is_not_held_against_a_swap() -> None:
    told = change.swap(team(3, 4), plan("LE..", "..E.", "...E"), (1, 2), (2, 3))
    assert told.allowed


def test_a_swap_of_a_day_off_is_a_caller_s_mistake() -> None:
    with pytest.raises(ValueError, match="no shift"):
        change.swap(team(2, 4), plan("E...", "..E."), (0, 1), (1, 2))


def test_stand_ins_are_those_nothing_forbids_then_the_others_with_what_does() -> None:
    made = team(4, 3, off=np.array([[False] * 3, [False] * 3, [False, True, False], [False] * 3]))
    found = change.stand_ins(made, plan(".E.", "L..", "...", "..E"), 0, 1)
    assert [(one.person, rules_of(one.change)) for one in found] == [
        (3, []),
        (1, [("rest", "P01"), ("rolling_hours", "P01")]),
        (2, [("fixed_off", "P02")]),
    ]


def test_who_works_another_shift_that_day_is_no_stand_in() -> None:
    assert [one.person for one in change.stand_ins(team(3, 2), plan("E.", "L.", ".."), 0, 0)] == [2]


def test_a_drop_out_changes_one_day_of_one_person_where_one_is_free() -> None:
    made = team(3, 4)
    before = plan("E.E.", ".E..", "...E")
    after = change.without(made, before, 0, 2)
    changed = np.argwhere(after.duty != before.duty)
    assert after.duty[0].tolist() == [EARLY * 3 + 1, OFF, OFF, OFF]
    assert len(changed) == 2
    assert sorted(changed[:, 1].tolist()) == [2, 2]
    assert check(made, after).broken == ()
    assert check(made, after).parts["missing_min"] == 0


def test_nothing_before_the_drop_out_changes() -> None:
    for seed in range(8):
        made = small.random_problem(seed, people=7, days=7)
        if not len(made.people.ids) or made.days < 3:
            continue
        before = Model(made).solve(seed=0, effort=5).plan
        after = change.without(made, before, 0, 2)
        assert (after.duty[:, :2] == before.duty[:, :2]).all()
        assert (after.duty[0, 2:] == OFF).all()
        assert check(made, after).broken == ()


def test_a_roster_that_is_broken_before_the_day_is_refused() -> None:
    with pytest.raises(ValueError, match="before that day"):
        change.without(team(2, 4), plan("LE..", "...."), 0, 2)


@pytest.mark.parametrize("seed", range(20))
def test_a_swap_is_allowed_exactly_if_the_whole_roster_is_no_more_broken_than_before(seed: int) -> None:
    made = small.random_problem(seed + 40, people=8, days=8)
    before = Model(made).solve(seed=0, effort=5).plan
    worked = np.argwhere(before.duty != OFF)
    draw = np.random.default_rng(seed)
    for _ in range(6 if len(worked) > 1 else 0):
        one, other = (tuple(row) for row in worked[draw.choice(len(worked), 2, replace=False)].tolist())
        told = change.swap(made, before, one, other)
        duty = before.duty.copy()
        duty[one], duty[other] = OFF, OFF
        if duty[one[0], other[1]] != OFF or duty[other[0], one[1]] != OFF:
            assert rules_of(told)[0][0] == change.ONE_A_DAY
            continue
        duty[one[0], other[1]], duty[other[0], one[1]] = before.duty[other], before.duty[one]
        whole = check(made, Plan(duty))
        assert told.allowed == (whole.broken == ())
        assert told.points == whole.objective - check(made, before).objective


def test_a_post_round_the_clock_needs_four_point_two_people() -> None:
    made = problem(5, 14, rules=Settings().rules(), shifts=small.late_nights())
    least = np.zeros_like(made.cover.least)
    least[0, 1] = 1
    told = needs(replace(made, cover=replace(made.cover, least=least, want=least)))
    # 42 shifts in two weeks, ten each.
    assert [(one.asked, one.one, one.people_needed, one.bearable, one.short) for one in told] == [(42, 10, 5, 50, 0)]
    assert NIGHT == 2


def test_nights_that_are_shared_are_needed_once() -> None:
    made = problem(2, 14, sites=2, rules=Settings().rules(), shifts=small.late_nights(), site=np.array([0, 1]))
    least = np.zeros_like(made.cover.least)
    least[:, 1, NIGHT] = 1
    sites = replace(made.sites, night_group=np.array([0, 0]))
    told = needs(replace(made, sites=sites, cover=replace(made.cover, least=least, want=least)))
    assert [(one.sites, one.people, one.asked, one.short) for one in told] == [((0, 1), 2, 14, 0)]
