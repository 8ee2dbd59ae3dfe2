"""The sheets of a roster: assignments, broken, uncovered, summary."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from turnout import __version__
from turnout.cli.plan.refusals import REFUSALS as PLAN_REFUSALS
from turnout.cli.plan.roster_lists import RosterLists
from turnout.cli.plan.roster_refusals import REFUSALS
from turnout.cli.plan.summary import peak_mb
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan, Result
from turnout.sheets import Out

SENTENCES = {**PLAN_REFUSALS, **REFUSALS}

Row = tuple[object, ...]


def sheets(lists: RosterLists, result: Result, seconds: Mapping[str, float], remarks: Sequence[str]) -> list[Out]:
    """All sheets of ROSTER; rows by person and date, or by community, category, shift and date."""
    problem = lists.problem
    return [
        Out(
            "assignments",
            ("staff_id", "date", "shift_id", "community_code", "category"),
            list(_assignments(problem, result.plan)),
        ),
        Out("broken", ("rule", "subject", "date", "detail"), list(_broken(problem, result))),
        Out(
            "uncovered",
            ("community_code", "category", "shift_id", "date", "missing_min", "missing", "reason"),
            list(_uncovered(problem, result)),
        ),
        Out("summary", ("name", "value"), _summary(lists, result, seconds, remarks)),
    ]


def told(problem: Problem, result: Result, lang: str) -> str:
    """The outcome in one line."""
    shifts, missing = int((result.plan.duty != OFF).sum()), sum(one.missing for one in result.reasons)
    broken, gap = len(result.score.broken), f"{100 * result.proof_gap:.2f} %"
    people, sites = len(problem.people.ids), len(problem.sites.ids)
    if lang == "zh":
        return (
            f"{sites} 个社区 {people} 人，共 {shifts} 班；违反硬性规定 {broken} 处，空缺 {missing} 班，最优性差距 {gap}"
        )
    return (
        f"{shifts} shifts of {people} people at {sites} sites; {broken} hard rules broken, {missing} places empty, "
        f"proof gap {gap}"
    )


def _date(problem: Problem, day: int) -> str:
    return (problem.first_day + dt.timedelta(days=day)).isoformat()


def _assignments(problem: Problem, plan: Plan) -> Iterator[Row]:
    dates = [_date(problem, day) for day in range(problem.days)]
    people, sites = problem.people, problem.sites.ids
    for person, day in np.argwhere(plan.duty != OFF).tolist():
        shift, category = divmod(int(plan.duty[person, day]), len(problem.categories))
        site = sites[people.site[person]]
        yield people.ids[person], dates[day], problem.shifts.ids[shift], site, problem.categories[category]


def _broken(problem: Problem, result: Result) -> Iterator[Row]:
    for one in result.score.broken:
        yield one.rule, one.subject, _date(problem, one.day), one.detail


def _uncovered(problem: Problem, result: Result) -> Iterator[Row]:
    for one in result.reasons:
        yield (
            problem.sites.ids[one.site],
            problem.categories[one.category],
            problem.shifts.ids[one.shift],
            _date(problem, one.day),
            one.missing_min,
            one.missing,
            one.reason,
        )


def _summary(lists: RosterLists, result: Result, seconds: Mapping[str, float], remarks: Sequence[str]) -> list[Row]:
    problem = lists.problem
    gap = round(result.proof_gap, 6) if result.proof_gap != float("inf") else "unknown"
    return [
        ("communities", len(problem.sites.ids)),
        ("people", len(problem.people.ids)),
        ("days", problem.days),
        ("shifts", int((result.plan.duty != OFF).sum())),
        ("missing_min", sum(one.missing_min for one in result.reasons)),
        ("missing", sum(one.missing for one in result.reasons)),
        ("broken", len(result.score.broken)),
        ("objective_points", result.score.objective),
        *((f"{part}_points", points) for part, points in result.score.parts.items()),
        ("bound_points", round(result.bound, 4)),
        ("proof_gap", gap),
        *sorted(result.counts.items()),
        ("stopped_by", result.stopped_by),
        *((f"seconds_{stage}", round(spent, 2)) for stage, spent in seconds.items()),
        ("peak_mb", peak_mb()),
        ("seed", result.seed),
        ("rules", json.dumps(lists.settings, ensure_ascii=False)),
        ("input_hash", lists.input_hash),
        ("version", __version__),
        *((f"remark_{number}", remark) for number, remark in enumerate(remarks, start=1)),
    ]
