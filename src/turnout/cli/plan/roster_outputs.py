"""The sheets of a roster: grid, assignments, broken, uncovered, arithmetic, summary."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from turnout import __version__
from turnout.cli.plan import roster_grid, roster_words
from turnout.cli.plan.refusals import REFUSALS as PLAN_REFUSALS
from turnout.cli.plan.roster_lists import RosterLists
from turnout.cli.plan.roster_refusals import REFUSALS
from turnout.cli.plan.summary import peak_mb
from turnout.planner.rostering.arithmetic import needs
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan, Result, Uncovered
from turnout.sheets import Out

SENTENCES = {**PLAN_REFUSALS, **REFUSALS}

Row = tuple[object, ...]
_PLACE = ("community_code", "category", "shift_id", "date")
# What a heading means, shown when the pointer rests on it: the names themselves stay the same in every language.
TITLES = {
    "zh": {
        "staff_id": "人员编号", "date": "日期", "shift_id": "班次", "community_code": "社区编码",
        "category": "人员类别", "rule": "规定", "subject": "人员或社区", "detail": "违反在哪里",
        "missing_min": "保底还缺", "missing": "一共还缺",
        "reason": "原因代码", "nearest_fix": "最近的补缺办法：办法:编号", "reason_text": "原因", "people": "现有人数",
        "people_needed": "至少需要人数", "shifts_asked": "要求班数", "shifts_bearable": "现有人员最多能上的班数",
        "shifts_short": "怎么排都要空的班数", "name": "名称", "value": "值",
    },
    "en": {
        "subject": "person or community", "missing_min": "missing below the minimum", "missing": "missing in all",
        "nearest_fix": "ACTION:ID", "people_needed": "fewest people who could do it",
        "shifts_bearable": "most shifts the people there can work", "shifts_short": "empty whatever is done",
    },
}  # fmt: skip


def sheets(
    lists: RosterLists, result: Result, seconds: Mapping[str, float], remarks: Sequence[str], lang: str
) -> list[Out]:
    """All sheets of ROSTER; rows by person and date, or by community, category, shift and date."""
    problem = lists.problem
    return [
        roster_grid.sheet(problem, result, lang),
        Out(
            "assignments",
            ("staff_id", "date", "shift_id", "community_code", "category"),
            list(_assignments(problem, result.plan)),
            titles=TITLES[lang],
        ),
        Out(
            "broken",
            ("rule", "subject", "date", "detail"),
            list(_broken(problem, result, lang)),
            titles=TITLES[lang],
            widths={"detail": 46},
        ),
        Out(
            "uncovered",
            (*_PLACE, "missing_min", "missing", "reason", "nearest_fix", "reason_text"),
            list(_uncovered(problem, result, lang)),
            titles=TITLES[lang],
            widths={"reason": 22, "nearest_fix": 26, "reason_text": 60},
        ),
        Out(
            "arithmetic",
            ("community_code", "people", "people_needed", "shifts_asked", "shifts_bearable", "shifts_short"),
            list(_arithmetic(problem)),
            titles=TITLES[lang],
        ),
        Out("summary", ("name", "value"), _summary(lists, result, seconds, remarks)),
    ]


def arithmetic(problem: Problem, lang: str) -> str:
    """Before anything is solved: what is asked, what people can bear, where it cannot be enough."""
    own = needs(problem)
    asked, bearable, short = (sum(getattr(need, name) for need in own) for name in ("asked", "bearable", "short"))
    places, one = sum(need.short > 0 for need in own), own[0].one
    if lang == "zh":
        line = f"需要 {asked} 班；每人 {problem.days} 天最多上 {one} 班，现有人员最多上 {bearable} 班"
        return line + (f"；{places} 处人手不够，至少缺 {short} 班，见 arithmetic 表" if short else "")
    line = f"{asked} shifts are asked; one person bears at most {one} in {problem.days} days, all together {bearable}"
    return line + (
        f"; too few people in {places} of {len(own)} places, at least {short} shifts stay empty" if short else ""
    )


def told(problem: Problem, result: Result, lang: str) -> str:
    """The outcome in one line."""
    shifts, missing = int((result.plan.duty != OFF).sum()), sum(one.missing for one in result.reasons)
    broken = len(result.score.broken)
    gap = f"{100 * result.proof_gap:.2f} %" if math.isfinite(result.proof_gap) else None
    short = sum(need.short for need in needs(problem))
    people, sites = len(problem.people.ids), len(problem.sites.ids)
    if lang == "zh":
        few = f"（其中 {short} 班是人手不够，怎么排都要空）" if short else ""
        done = f"{sites} 个社区 {people} 人，共 {shifts} 班；违反硬性规定 {broken} 处"
        return f"{done}，空缺 {missing} 班{few}，最优性差距{f' {gap}' if gap else '未知'}"
    few = f" ({short} of them for want of people, whatever is done)" if short else ""
    return (
        f"{shifts} shifts of {people} people at {sites} sites; {broken} hard rules broken, "
        f"{missing} places empty{few}, proof gap {gap or 'unknown'}"
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


def _broken(problem: Problem, result: Result, lang: str) -> Iterator[Row]:
    for one in result.score.broken:
        yield one.rule, one.subject, _date(problem, one.day), roster_words.broken(one, lang)


def _uncovered(problem: Problem, result: Result, lang: str) -> Iterator[Row]:
    for one in result.reasons:
        yield (
            problem.sites.ids[one.site],
            problem.categories[one.category],
            problem.shifts.ids[one.shift],
            _date(problem, one.day),
            one.missing_min,
            one.missing,
            one.reason,
            _fix(problem, one),
            roster_words.empty(problem, one, lang),
        )


def _fix(problem: Problem, one: Uncovered) -> str:
    if one.fix == "call_more":
        return f"call_more:{problem.categories[one.category]}:{one.missing}"
    who = problem.people.ids[one.person] if one.person >= 0 else ""
    return {"none": "", "place": f"place:{who}:{one.points}"}.get(one.fix, f"{one.fix}:{who}")


def _arithmetic(problem: Problem) -> Iterator[Row]:
    for need in needs(problem):
        codes = ";".join(problem.sites.ids[site] for site in need.sites)
        yield codes, need.people, need.people_needed, need.asked, need.bearable, need.short


def _summary(lists: RosterLists, result: Result, seconds: Mapping[str, float], remarks: Sequence[str]) -> list[Row]:
    problem = lists.problem
    gap = round(result.proof_gap, 6) if result.proof_gap != float("inf") else "unknown"
    short = [need.short for need in needs(problem) if need.short]
    return [
        ("communities", len(problem.sites.ids)),
        ("people", len(problem.people.ids)),
        ("days", problem.days),
        ("shifts", int((result.plan.duty != OFF).sum())),
        ("missing_min", sum(one.missing_min for one in result.reasons)),
        ("missing", sum(one.missing for one in result.reasons)),
        ("missing_whatever_is_done", sum(short)),
        ("places_with_too_few_people", len(short)),
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
