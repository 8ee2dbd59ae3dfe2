"""The roster as it hangs on the wall: per community a line for each person, a column for each day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Result
from turnout.planner.rostering.rules.presence import present
from turnout.sheets import Out

_DAYS = {"zh": "一二三四五六日", "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")}
_HEADS = {"zh": ("班数", "夜班", "小时", "空缺"), "en": ("shifts", "nights", "hours", "empty")}
_OFF = {"zh": "休", "en": "off"}
_AWAY = "/"

Row = tuple[object, ...]


def sheet(problem: Problem, result: Result, lang: str) -> Out:
    """`grid`: shift ids by person and day, promised days off, days away, totals; under each community its empty places.

    Printed, every community begins on a page of its own.
    """
    dates = [problem.first_day + dt.timedelta(days=day) for day in range(problem.days)]
    days = [f"{date:%m-%d} {_DAYS[lang][date.weekday()]}" for date in dates]
    shifts, nights, hours, _ = _HEADS[lang]
    heads = ("community_code", "staff_id", *days, shifts, nights, hours)
    widths = {"community_code": 16, "staff_id": 14, **dict.fromkeys(days, 8), shifts: 6, nights: 6, hours: 6}
    return Out("grid", heads, _rows(problem, result, lang), widths=widths, printed_by="community_code")


def _rows(problem: Problem, result: Result, lang: str) -> Iterator[Row]:
    here = present(problem)
    shift = np.where(result.plan.duty == OFF, OFF, result.plan.duty // max(len(problem.categories), 1))
    people: dict[int, list[int]] = defaultdict(list)
    for person, site in enumerate(problem.people.site.tolist()):
        people[site].append(person)
    empty: dict[int, dict[tuple[int, int], int]] = defaultdict(lambda: defaultdict(int))
    for one in result.reasons:
        empty[one.site][one.shift, one.day] += one.missing
    for site, code in enumerate(problem.sites.ids):
        for person in people[site]:
            own, there = shift[person].tolist(), here[person].tolist()
            cells = [_cell(problem, person, day, own[day], there[day], lang) for day in range(problem.days)]
            worked = shift[person][shift[person] != OFF]
            hours = round(int(problem.shifts.minutes[worked].sum()) / 60, 1)
            yield code, problem.people.ids[person], *cells, len(worked), int(problem.shifts.night[worked].sum()), hours
        for which in sorted({which for which, _ in empty[site]}):
            missing = [empty[site].get((which, day), 0) or "" for day in range(problem.days)]
            total = sum(count for (own, _), count in empty[site].items() if own == which)
            yield code, f"{_HEADS[lang][3]} {problem.shifts.ids[which]}", *missing, total, "", ""


def _cell(problem: Problem, person: int, day: int, shift: int, here: bool, lang: str) -> str:
    if shift != OFF:
        return problem.shifts.ids[shift]
    if not here:
        return _AWAY
    return _OFF[lang] if problem.people.off[person, day] else ""
