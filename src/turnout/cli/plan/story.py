"""The first sheet of PLAN: the plan in figures and sentences, for people who will not read the other sheets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from turnout.cli.plan import words
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Result
from turnout.sheets import Out

Row = tuple[object, ...]
_SHEETS = {
    "zh": (
        ("placements", "派遣：谁去哪个岗位，单程多少分钟，为什么"),
        ("gaps", "缺口：哪个岗位还缺几人，为什么，最近的补缺办法"),
        ("left_out", "未派出的人和原因"),
        ("teams", "工作队：同一单位在同一社区的两人以上"),
        ("changes", "与现岗位不同的人（名单里写了现岗位才有）"),
        ("ladder", "公平：单程设上限要多空几个名额"),
        ("prices", "复核用的价格，请勿改动：turnout check 用它重新算出下界"),
        ("summary", "全部数字"),
    ),
    "en": (
        ("placements", "who goes to which post, minutes one way, and why"),
        ("gaps", "which posts miss how many, why, and the nearest fix"),
        ("left_out", "who is not sent, and why"),
        ("teams", "two or more people of one unit in one community"),
        ("changes", "who leaves the present post (only if the lists name present posts)"),
        ("ladder", "fairness: what a cap on travel would cost in places"),
        ("prices", "prices for the proof, not to be changed: turnout check recomputes the bound from them"),
        ("summary", "all figures"),
    ),
}


def page(problem: Problem, result: Result, remarks: Sequence[str], lang: str, travel: float) -> Out:
    """The page; `travel` is the mean travel of the people placed, in minutes."""
    rows = _chinese(problem, result, travel) if lang == "zh" else _english(problem, result, travel)
    heads = ("缺口的原因", "派遣的原因", "未派出的原因", "提醒", "各表") if lang == "zh" else (
        "Why places are empty", "Why people go where they go", "Why people are left out", "Remarks", "The sheets",
    )  # fmt: skip
    placed = result.plan.post >= 0
    gaps: Counter[str] = Counter()
    for gap in result.reasons.gaps:
        gaps[gap.reason] += gap.missing
    reasons = result.reasons.people
    rows += _reasons(heads[0], words.GAPS, gaps, lang)
    rows += _reasons(heads[1], words.PLACEMENTS, Counter(reasons[p] for p in np.flatnonzero(placed)), lang)
    rows += _reasons(heads[2], words.LEFT_OUT, Counter(reasons[p] for p in np.flatnonzero(~placed)), lang)
    if remarks:
        rows += [("section", heads[3]), *(("fact", remark) for remark in remarks)]
    rows += [("section", heads[4]), *(("fact", name, told) for name, told in _SHEETS[lang])]
    return Out("说明" if lang == "zh" else "about", (), rows, prose=True)


def _reasons(head: str, known: words.Words, counted: Counter[str], lang: str) -> list[Row]:
    if not counted:
        return []
    unit = "人" if lang == "zh" else ""
    lines = [
        ("fact", words.text(known, code, lang), f"{count:,} {unit}".strip()) for code, count in counted.most_common()
    ]
    return [("section", head), *lines]


def proof(result: Result, lang: str) -> str:
    """How far from the best possible the plan can be, in a sentence that claims no more than was proven."""
    cost, bound = result.score.objective / 10, result.bound.tenths / 10
    if not math.isfinite(result.proof_gap):
        return (
            f"总代价 {cost:,.1f} 分钟；还没有算出下界"
            if lang == "zh"
            else f"cost {cost:,.1f} min; no bound was found yet"
        )
    if result.proof_gap == 0 and (result.bound.teams or not result.score.team):
        if lang == "zh":
            return f"总代价 {cost:,.1f} 分钟，已证明没有更好的方案"
        return f"cost {cost:,.1f} min; it is proven that no plan costs less"
    if lang == "zh":
        told = f"总代价 {cost:,.1f} 分钟；任何方案都不会低于 {bound:,.1f} 分钟，差距不超过 {_percent(result)}"
        if result.bound.scope != "all-pairs":
            told += "（下界只对列出的人岗组合成立）"
        if not result.bound.teams and result.score.team:
            told += f"（下界不含成队代价；总代价里成队占 {result.score.team / 10:,.1f} 分钟）"
        return told
    told = f"cost {cost:,.1f} min; no plan costs less than {bound:,.1f} min: a gap of {_percent(result)} at most"
    if result.bound.scope != "all-pairs":
        told += " (the bound holds for the listed pairs only)"
    if not result.bound.teams and result.score.team:
        told += f" (the bound counts no team cost; {result.score.team / 10:,.1f} min of the cost are teams)"
    return told


def _ended(result: Result, lang: str) -> str:
    # The search may prove its optimum without the team term; with it the plan is not proven to be one.
    code = "proof_without_teams" if result.stopped_by == "proof" and result.proof_gap > 0 else result.stopped_by
    return words.text(words.STOPPED, code, lang)


def _percent(result: Result) -> str:
    # Rounded up: a proof may not look better than it is.
    return f"{math.ceil(1e4 * result.proof_gap - 1e-9) / 100:.2f} %"


def _figures(problem: Problem, result: Result) -> tuple[int, int, int, int, int]:
    placed = int((result.plan.post >= 0).sum())
    short = sum(gap.missing for gap in result.reasons.gaps)
    least = sum(gap.missing_min for gap in result.reasons.gaps)
    together = sum(len(team.members) for team in result.reasons.teams)
    return int(problem.posts.places.sum()), placed, short, least, together


def _chinese(problem: Problem, result: Result, travel: float) -> list[Row]:
    places, placed, short, least, together = _figures(problem, result)
    return [
        ("title", "派遣方案"),
        (
            "fact",
            "需要",
            f"{places:,} 人（{len(problem.posts.ids):,} 个岗位，{len(problem.communities.ids):,} 个社区）",
        ),
        ("fact", "派出", f"{placed:,} 人，平均单程 {travel:.1f} 分钟"),
        ("fact", "缺口", f"{short:,} 人，其中保底 {least:,} 人"),
        ("fact", "未派出", f"{len(problem.people.ids) - placed:,} 人"),
        ("fact", "与同事在一起", f"{together:,} 人，{len(result.reasons.teams):,} 支工作队"),
        ("fact", "离最好还差多少", proof(result, "zh")),
        ("fact", "怎样结束", _ended(result, "zh")),
    ]


def _english(problem: Problem, result: Result, travel: float) -> list[Row]:
    places, placed, short, least, together = _figures(problem, result)
    return [
        ("title", "Plan"),
        (
            "fact",
            "needed",
            f"{places:,} people ({len(problem.posts.ids):,} posts, {len(problem.communities.ids):,} communities)",
        ),
        ("fact", "placed", f"{placed:,} people, {travel:.1f} minutes one way on average"),
        ("fact", "gap", f"{short:,} people, {least:,} of them below the minimum"),
        ("fact", "left out", f"{len(problem.people.ids) - placed:,} people"),
        ("fact", "with people of their unit", f"{together:,} people in {len(result.reasons.teams):,} teams"),
        ("fact", "how far from the best", proof(result, "en")),
        ("fact", "how it ended", _ended(result, "en")),
    ]
