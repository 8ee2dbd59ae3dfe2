"""Small changes to a roster: may two swap, who can stand in, what if somebody drops out.

    turnout change lists.xlsx roster.xlsx --swap P1@2026-11-24 P2@2026-11-26
    turnout change lists.xlsx roster.xlsx --stand-in P1@2026-11-24
    turnout change lists.xlsx roster.xlsx --drop-out P1@2026-11-24 -o new.xlsx

INPUT is what `turnout roster` read and ROSTER what it wrote. --swap says yes, or which rule forbids it. --stand-in
lists who could take the shift, and what speaks against the others. --drop-out takes the person away from that day on
and writes the roster that changes least: nothing before the day, and few days of other people after it. Exit status: 0
done, 1 a rule forbids the swap or nobody can stand in, 2 refused, 3 a fault of Turnout.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from turnout.cli.plan import roster_outputs, roster_words
from turnout.cli.plan.console import BROKEN, DONE, REFUSED, guarded, writable
from turnout.cli.plan.refused import line
from turnout.cli.plan.roster import SHEETS
from turnout.cli.plan.roster_layouts import ASSIGNMENTS
from turnout.cli.plan.roster_lists import RosterLists, RosterRefused, read_lists
from turnout.cli.plan.roster_refusals import REFUSALS
from turnout.planner.rostering import change
from turnout.planner.rostering.check import check
from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Plan, Result
from turnout.planner.rostering.why import uncovered
from turnout.sheets import Fault, Reading, Refused, open_book, read, save

_SAID = {
    "yes": (
        "可以换班，不违反任何规定（分值变化 {points:+d}）",
        "they may swap; no rule stands against it ({points:+d} points)",
    ),
    "no": ("不能换班：", "they may not swap:"),
    "broken": ("  {rule}：{subject}，{date}，{detail}", "  {rule}: {subject}, {date}, {detail}"),
    "can": ("{who} 可以替班（分值变化 {points:+d}）", "{who} can stand in ({points:+d} points)"),
    "cannot": ("{who} 不能：{rules}", "{who} cannot: {rules}"),
    "nobody": ("没有人能替这一班", "nobody can take this shift"),
    "dropped": (
        "{who} 自 {date} 起不再排班；其他人变动 {days} 人天，涉及 {people} 人；空缺 {before} 班变为 {after} 班",
        "{who} is out from {date} on; {days} days of {people} other people change; empty places {before}, now {after}",
    ),
    "was_broken": (
        "原班表在这天之前已违反规定，无法调整",
        "the roster breaks rules before that day, so it cannot be mended",
    ),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout change`."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="what `turnout roster` read")
    parser.add_argument("roster", type=Path, metavar="ROSTER", help="what it wrote")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--swap", nargs=2, metavar="PERSON@DATE", help="two shifts, each given to the other person")
    what.add_argument("--stand-in", metavar="PERSON@DATE", help="who could take this shift")
    what.add_argument("--drop-out", metavar="PERSON@DATE", help="the person is away from that day on")
    parser.add_argument("-o", "--output", type=Path, metavar="NEW", help="roster after --drop-out")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of words (default zh)")


@guarded
def run(args: argparse.Namespace) -> int:
    """Read both, ask the checker, answer."""
    if args.output and not writable(args.output, args.lang, [args.input, args.roster], SHEETS):
        return REFUSED
    try:
        lists = read_lists(args.input)
        plan = _read_plan(args.roster, lists.problem)
        if args.swap:
            return _swap(lists.problem, plan, args)
        if args.stand_in:
            return _stand_in(lists.problem, plan, args)
        return _drop_out(lists, plan, args)
    except (RosterRefused, Refused) as refused:
        for fault in refused.faults[:20]:
            print(line(fault, args.lang, REFUSALS), file=sys.stderr)
        return REFUSED


def _tell(key: str, args: argparse.Namespace, **facts: object) -> None:
    print(_SAID[key][args.lang == "en"].format(**facts))


def _swap(problem: Problem, plan: Plan, args: argparse.Namespace) -> int:
    one, other = (_worked(word, problem, plan) for word in args.swap)
    told = change.swap(problem, plan, one, other)
    if told.allowed:
        _tell("yes", args, points=told.points)
        return DONE
    _tell("no", args)
    for broken in told.broken:
        date = _date(problem, broken.day)
        _tell(
            "broken",
            args,
            rule=broken.rule,
            subject=broken.subject,
            date=date,
            detail=roster_words.broken(broken, args.lang),
        )
    return BROKEN


def _stand_in(problem: Problem, plan: Plan, args: argparse.Namespace) -> int:
    found = change.stand_ins(problem, plan, *_worked(args.stand_in, problem, plan))
    for one in found:
        who, rules = problem.people.ids[one.person], ", ".join(sorted({broken.rule for broken in one.change.broken}))
        _tell("can" if one.change.allowed else "cannot", args, who=who, points=one.change.points, rules=rules)
    if any(one.change.allowed for one in found):
        return DONE
    _tell("nobody", args)
    return BROKEN


def _drop_out(lists: RosterLists, plan: Plan, args: argparse.Namespace) -> int:
    problem, began = lists.problem, time.monotonic()
    person, day = _person_and_day(args.drop_out, problem)
    try:
        made = change.without(problem, plan, person, day)
    except ValueError:
        _tell("was_broken", args)
        return BROKEN
    changed = made.duty != plan.duty
    changed[person] = False
    before, after = (sum(one.missing for one in uncovered(problem, one, "not_reached")) for one in (plan, made))
    who, date = problem.people.ids[person], _date(problem, day)
    people, days = int(changed.any(axis=1).sum()), int(changed.sum())
    _tell("dropped", args, who=who, date=date, days=days, people=people, before=before, after=after)
    if args.output:
        gone = change.away(problem, person, day)
        result = Result(made, check(gone, made), 0.0, float("inf"), uncovered(gone, made), "budget", 0)
        lists = RosterLists(lists.path, gone, lists.settings, lists.input_hash, lists.notes)
        seconds = {"total": time.monotonic() - began}
        save(args.output, roster_outputs.sheets(lists, result, seconds, [], args.lang))
        print(args.output)
    return DONE


def _read_plan(path: Path, problem: Problem) -> Plan:
    """The `assignments` of a roster against its problem; raises Refused with every row that does not fit."""
    reading: Reading = read(open_book(path), (ASSIGNMENTS,))
    faults = list(reading.faults)
    duty = np.full((len(problem.people.ids), problem.days), OFF, np.int64)
    table = reading.tables.get("assignments")
    words: tuple[Sequence[str], ...] = problem.people.ids, problem.shifts.ids, problem.categories
    person_at, shift_at, category_at = ({word: index for index, word in enumerate(own)} for own in words)
    columns = table.columns if table is not None and not faults else {name: [] for name in ASSIGNMENTS.names}
    rows = zip(*(columns[name] for name in ("staff_id", "date", "shift_id", "category")), strict=True)
    for index, (who, date, shift, category) in enumerate(rows):
        day = (date - problem.first_day).days
        known = who in person_at and shift in shift_at and category in category_at and 0 <= day < problem.days
        if not known or duty[person_at[who], day] != OFF:
            assert table is not None
            faults.append(table.fault(index, "staff_id", "not_of_these_lists", id=str(who), date=str(date)))
            continue
        duty[person_at[who], day] = shift_at[shift] * len(problem.categories) + category_at[category]
    if faults:
        raise Refused(faults)
    return Plan(duty)


def _person_and_day(word: str, problem: Problem) -> tuple[int, int]:
    who, _, date = word.partition("@")
    if who not in problem.people.ids:
        raise Refused([Fault(word, 0, "", "unknown_here", {"id": who})])
    try:
        day = (dt.date.fromisoformat(date) - problem.first_day).days
    except ValueError:
        day = -1
    if not 0 <= day < problem.days:
        last = _date(problem, problem.days - 1)
        facts = {"date": date, "first": problem.first_day.isoformat(), "last": last}
        raise Refused([Fault(word, 0, "", "outside_roster", facts)])
    return problem.people.ids.index(who), day


def _worked(word: str, problem: Problem, plan: Plan) -> tuple[int, int]:
    person, day = _person_and_day(word, problem)
    if plan.duty[person, day] == OFF:
        raise Refused(
            [Fault(word, 0, "", "no_shift_then", {"id": problem.people.ids[person], "date": _date(problem, day)})]
        )
    return person, day


def _date(problem: Problem, day: int) -> str:
    return (problem.first_day + dt.timedelta(days=day)).isoformat()
