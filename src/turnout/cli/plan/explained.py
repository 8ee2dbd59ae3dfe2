"""Answers of the planner as plain data with the ids of the lists and minutes, and as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from turnout.cli.plan import words
from turnout.planner.placement import explain
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.state import Moved

Plain = dict[str, Any]


def person(problem: Problem, told: explain.Person) -> Plain:
    """One person's answer."""
    return {
        "person": problem.people.ids[told.person],
        "unit": problem.units.ids[problem.people.unit[told.person]],
        **_post_of(problem, told.post),
        "reason": told.reason,
        "minutes": _parts(told.parts),
        "mates": told.mates,
        "worth_minutes": round(told.price / 10, 1),
        "alternatives": [
            {
                **_post_of(problem, other.post),
                "minutes": _parts(other.parts),
                "city_minutes": other.city / 10,
                "moves": moves(problem, other.moves),
            }
            for other in told.alternatives
        ],
        "nearer_barred": [_barred(one, problem.posts.ids) for one in told.barred],
        "nearer_open": told.open_to,
    }


def post(problem: Problem, told: explain.Post) -> Plain:
    """One post's answer."""
    communities = problem.communities.ids
    return {
        **_post_of(problem, told.post),
        "category": problem.categories[problem.posts.category[told.post]],
        "people": [problem.people.ids[p] for p in told.people],
        "minutes": _parts(told.parts),
        "missing_min": told.missing_min,
        "missing": told.missing,
        "reason": told.gap.reason if told.gap else "",
        "nearest_fix": told.gap.nearest_fix if told.gap else "",
        "worth_minutes": told.worth / 10,
        "price_minutes": round(told.price / 10, 1),
        "within": [
            {
                "minutes": band.travel // 10,
                "here": band.here,
                "elsewhere": band.elsewhere,
                "at_home": band.at_home,
                "where": {communities[c]: people for c, people in band.where},
            }
            for band in told.within
        ],
        "barred": [_barred(one, problem.people.ids) for one in told.barred],
        "fill": _fill(problem, told.fill),
        "fill_with_few_moves": _fill(problem, told.few),
    }


def moves(problem: Problem, steps: Iterable[Moved]) -> list[Plain]:
    """Steps of a chain; None is at home."""
    ids = (*problem.posts.ids, None)
    return [
        {"person": problem.people.ids[step.person], "from": ids[step.before], "to": ids[step.after]} for step in steps
    ]


def _fill(problem: Problem, fill: explain.Fill | None) -> Plain | None:
    return None if fill is None else {"city_minutes": fill.city / 10, "moves": moves(problem, fill.moves)}


def _post_of(problem: Problem, which: int) -> Plain:
    if which < 0:
        return {"post": None, "community": None}
    return {"post": problem.posts.ids[which], "community": problem.communities.ids[problem.posts.community[which]]}


def _parts(parts: explain.Parts) -> dict[str, float]:
    return {**{name: tenths / 10 for name, tenths in asdict(parts).items()}, "total": parts.total / 10}


def _barred(one: explain.Barred, ids: tuple[str, ...]) -> Plain:
    return {"rule": one.rule, "count": one.count, "nearest": ids[one.nearest], "travel_minutes": one.travel / 10}


def sentences(answer: Plain, lang: str) -> list[str]:
    """An answer in words."""
    return list(_person(answer, lang) if "person" in answer else _post(answer, lang))


def _person(told: Plain, lang: str) -> Iterator[str]:
    chinese = lang == "zh"
    codes = words.PLACEMENTS if told["post"] else words.LEFT_OUT
    where = told["post"] or ("不派" if chinese else "at home")
    yield f"{told['person']}: {where} ({words.text(codes, told['reason'], lang)})"
    yield _paid(told["minutes"], lang)
    for other in told["alternatives"]:
        where = other["post"] or ("不派" if chinese else "at home")
        own, more, count = other["minutes"]["total"], other["city_minutes"], len(other["moves"])
        if chinese:
            yield f"  改为 {where}：本人 {own:.1f} 分钟，全市多付 {more:.1f} 分钟，共动 {count} 人"
        else:
            yield f"  {where} instead: {own:.1f} min for her, {more:+.1f} for the city, {count} move"
    yield from _rules(told["nearer_barred"], lang, people=False)
    if told["nearer_open"]:
        count = told["nearer_open"]
        yield (
            f"  另有 {count} 个更近的岗位合适，由别人去全市代价更小"
            if chinese
            else (f"  {count} nearer posts fit; others go there because that costs the city less")
        )


def _post(told: Plain, lang: str) -> Iterator[str]:
    chinese = lang == "zh"
    many, missing, least = len(told["people"]), told["missing"], told["missing_min"]
    where = (
        f"{told['post']}（社区 {told['community']}）" if chinese else f"{told['post']} (community {told['community']})"
    )
    if chinese:
        yield f"{where}：在岗 {many} 人，还缺 {missing} 人，其中保底 {least} 人"
    else:
        yield f"{where}: {many} placed, {missing} missing, {least} of the minimum"
    if told["reason"]:
        fix = words.fix(told["nearest_fix"], lang)
        yield "  " + ("；" if chinese else "; ").join(filter(None, (words.text(words.GAPS, told["reason"], lang), fix)))
    if many:
        yield _paid(told["minutes"], lang)
    for band in told["within"]:
        limit, here, away, home = (band[name] for name in ("minutes", "here", "elsewhere", "at_home"))
        if chinese:
            yield f"  {limit} 分钟内合适的人：本岗 {here}，别的岗位 {away}，未派出 {home}"
        else:
            yield f"  within {limit} min: {here} here, {away} on other posts, {home} at home"
    yield from _rules(told["barred"], lang, people=True)
    for name in ("fill", "fill_with_few_moves"):
        if told[name]:
            more, count = told[name]["city_minutes"], len(told[name]["moves"])
            chain = ", ".join(f"{m['person']}: {m['from'] or '-'} > {m['to'] or '-'}" for m in told[name]["moves"][:6])
            dots = " ..." if count > 6 else ""
            if chinese:
                yield f"  补一人要动 {count} 人，全市多付 {more:.1f} 分钟：{chain}{dots}"
            else:
                yield f"  filling one place moves {count} people, {more:+.1f} min for the city: {chain}{dots}"


def _paid(minutes: dict[str, float], lang: str) -> str:
    told = ", ".join(
        f"{words.text(words.PARTS, name, lang)} {minutes[name]:.1f}" for name in words.PARTS if minutes[name]
    )
    total = minutes["total"]
    return f"  代价 {total:.1f} 分钟：{told}" if lang == "zh" else f"  cost {total:.1f} min: {told}"


def _rules(barred: list[Plain], lang: str, *, people: bool) -> Iterator[str]:
    for one in barred:
        rule, count = words.text(words.RULES, one["rule"], lang), one["count"]
        nearest, minutes = one["nearest"], one["travel_minutes"]
        if lang == "zh":
            what = "人不能来" if people else "个更近的岗位不能去"
            yield f"  {count} {what}：{rule}（最近 {nearest}，{minutes:.1f} 分钟）"
        else:
            what = "people cannot come" if people else "nearer posts are closed to her"
            yield f"  {count} {what}: {rule} (nearest {nearest}, {minutes:.1f} min)"
