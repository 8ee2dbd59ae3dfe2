"""A result as the sheets of PLAN: stable English names, rows in the order of ids, amounts in minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from turnout.cli.plan import words
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Result
from turnout.sheets import Out

Ints = NDArray[np.int64]

HEADINGS: dict[str, tuple[str, ...]] = {
    "placements": (
        "staff_id",
        "post_id",
        "community_code",
        "unit_code",
        "travel_minutes",
        "cost_minutes",
        "reason",
        "reason_text",
    ),
    "gaps": (
        "post_id",
        "community_code",
        "category",
        "missing_min",
        "missing",
        "reason",
        "nearest_fix",
        "reason_text",
    ),
    "left_out": ("staff_id", "reason", "reason_text"),
    "teams": ("team_id", "unit_code", "community_code", "leader", "deputy", "members"),
    "changes": ("staff_id", "from", "to", "why"),
    "ladder": ("cap_minutes", "people_over", "places_lost", "places_lost_min"),
    "prices": ("kind", "code", "price_minutes"),
    "summary": ("name", "value"),
}
# What a heading means, shown when the pointer rests on it: the names themselves stay the same in every language.
TITLES = {
    "zh": {
        "staff_id": "人员编号", "post_id": "岗位编号", "community_code": "社区编码", "unit_code": "派出单位编码",
        "travel_minutes": "单程（分钟）", "cost_minutes": "这个人的总代价（分钟），不含成队", "reason": "原因代码",
        "reason_text": "原因", "category": "人员类别", "missing_min": "保底还缺", "missing": "一共还缺",
        "nearest_fix": "最近的补缺办法：办法:编号:分钟", "team_id": "队号", "leader": "队长", "deputy": "副队长",
        "members": "队员",
        "from": "原岗位", "to": "新岗位（空 = 不派）", "why": "原因", "kind": "岗位、单位或人员", "code": "编号",
        "cap_minutes": "如果单程不超过（分钟）", "people_over": "现方案超过的人数", "places_lost": "最多多空几个名额",
        "places_lost_min": "其中保底名额", "price_minutes": "多一个名额值多少分钟（至少）",
        "name": "名称", "value": "值",
    },
    "en": {
        "travel_minutes": "one way, minutes", "cost_minutes": "the person's whole cost without teams, minutes",
        "missing_min": "missing below the minimum", "missing": "missing places in all",
        "cap_minutes": "if nobody travelled longer, minutes", "people_over": "people of this plan who do",
        "places_lost": "places that would stay empty besides, at most", "places_lost_min": "of them below the minimum",
        "nearest_fix": "ACTION:ID:MINUTES", "to": "the new post (blank = at home)",
        "price_minutes": "what one more is worth, at least, minutes",
    },
}  # fmt: skip
_WIDTHS = {
    "staff_id": 14, "post_id": 30, "community_code": 16, "unit_code": 14, "reason_text": 46, "members": 60,
    "nearest_fix": 32, "category": 18, "reason": 22, "name": 26, "value": 60, "code": 30, "from": 30, "to": 30,
    "why": 22, "leader": 14, "deputy": 14,
}  # fmt: skip


@dataclass(frozen=True)
class Amounts:
    """Travel and whole cost without teams of each person on the post of a plan, tenths of a minute, 0 if not placed."""

    travel: Ints
    cost: Ints


def sheets(
    problem: Problem, result: Result, amounts: Amounts, summary: Sequence[tuple[str, object]], lang: str
) -> list[Out]:
    """Every sheet of PLAN but the first page; `changes` only when somebody has a present post."""
    rows = {
        "placements": _placements(problem, result, amounts, lang),
        "gaps": _gaps(problem, result, lang),
        "left_out": _left_out(problem, result, lang),
        "teams": _teams(problem, result),
        "changes": _changes(problem, result),
        "ladder": _ladder(result),
        "prices": _prices(problem, result),
        "summary": iter(summary),
    }
    if not (problem.people.current_post >= 0).any():
        del rows["changes"]
    return [Out(name, HEADINGS[name], list(found), titles=TITLES[lang], widths=_WIDTHS) for name, found in rows.items()]


def _minutes(tenths: int | np.int64) -> float:
    return int(tenths) / 10


def _placements(problem: Problem, result: Result, amounts: Amounts, lang: str) -> Iterator[tuple[object, ...]]:
    people, posts = problem.people, problem.posts
    for person in np.flatnonzero(result.plan.post >= 0):
        post = result.plan.post[person]
        reason = result.reasons.people[person]
        yield (
            people.ids[person],
            posts.ids[post],
            problem.communities.ids[posts.community[post]],
            problem.units.ids[people.unit[person]],
            _minutes(amounts.travel[person]),
            _minutes(amounts.cost[person]),
            reason,
            words.text(words.PLACEMENTS, reason, lang),
        )


def _gaps(problem: Problem, result: Result, lang: str) -> Iterator[tuple[object, ...]]:
    posts = problem.posts
    for gap in sorted(result.reasons.gaps, key=lambda gap: gap.post):
        said = words.text(words.GAPS, gap.reason, lang)
        more = words.fix(gap.nearest_fix, lang) or words.no_fix(gap.reason, gap.sentence, lang)
        yield (
            posts.ids[gap.post],
            problem.communities.ids[posts.community[gap.post]],
            problem.categories[posts.category[gap.post]],
            gap.missing_min,
            gap.missing,
            gap.reason,
            gap.nearest_fix,
            "；".join(filter(None, (said, more))) if lang == "zh" else "; ".join(filter(None, (said, more))),
        )


def _left_out(problem: Problem, result: Result, lang: str) -> Iterator[tuple[object, ...]]:
    for person in np.flatnonzero(result.plan.post < 0):
        reason = result.reasons.people[person]
        yield problem.people.ids[person], reason, words.text(words.LEFT_OUT, reason, lang)


def _teams(problem: Problem, result: Result) -> Iterator[tuple[object, ...]]:
    ordered = sorted(result.reasons.teams, key=lambda team: (team.community, team.unit))
    for number, team in enumerate(ordered, start=1):
        yield (
            f"T{number:05d}",
            problem.units.ids[team.unit],
            problem.communities.ids[team.community],
            problem.people.ids[team.leader],
            problem.people.ids[team.deputy],
            ";".join(problem.people.ids[member] for member in team.members),
        )


def _changes(problem: Problem, result: Result) -> Iterator[tuple[object, ...]]:
    posts = problem.posts.ids
    for change in sorted(result.reasons.changes, key=lambda change: change.person):
        before = posts[change.before] if change.before >= 0 else ""
        yield problem.people.ids[change.person], before, posts[change.after] if change.after >= 0 else "", change.why


def _ladder(result: Result) -> Iterator[tuple[object, ...]]:
    for rung in result.ladder:
        yield rung.cap // 10, rung.over, rung.lost, rung.lost_min


def _prices(problem: Problem, result: Result) -> Iterator[tuple[object, ...]]:
    """Only prices that are not 0: a code without a row has the price 0."""
    for kind, ids, prices in (
        ("post", problem.posts.ids, result.prices.post),
        ("unit", problem.units.ids, result.prices.unit),
        ("person", problem.people.ids, result.prices.person),
    ):
        for index in np.flatnonzero(prices):
            yield kind, ids[index], round(float(prices[index]) / 10, 4)
