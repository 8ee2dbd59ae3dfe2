"""What a plan becomes when something changes, as a difference: who moves, what it costs, which places are empty.

    turnout whatif lists.xlsx plan.xlsx --without-unit U0007
    turnout whatif lists.xlsx plan.xlsx --add health:500 --risk 110102003:3 -o plan2.xlsx
    turnout whatif lists.xlsx plan.xlsx --close-street 110102003 --curve

The plan is mended from its own prices, not made anew: seconds, and few people move. Options may be combined and
repeated. Exit status: 0 answered, 2 the lists, the plan or a code cannot be used, 3 a fault of Turnout.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from turnout.cli.plan import explained, standing
from turnout.cli.plan.console import DONE, REFUSED, guarded, said, tell, writable
from turnout.planner.placement import amounts, whatif
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.whatif import Answer, Change, Point
from turnout.sheets import Out, save
from turnout.sheets.writing import replaced

HEADINGS = ("staff_id", "post_id", "community_code", "unit_code", "travel_minutes", "cost_minutes")


class Unknown(ValueError):
    """A code that the lists do not have."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout whatif`."""
    standing.arguments(parser)
    several: dict[str, Any] = {"action": "append", "default": []}
    parser.add_argument("--without-unit", metavar="UNIT", help="nobody of this unit can come", **several)
    parser.add_argument("--without-person", metavar="ID", help="this person cannot come", **several)
    parser.add_argument("--add", metavar="CATEGORY:PEOPLE", help="so many people more", type=_pair, **several)
    parser.add_argument("--close-street", metavar="STREET", help="its posts need nobody", **several)
    parser.add_argument("--risk", metavar="CODE:RISK", type=_pair, help="of a community or all of a street", **several)
    parser.add_argument("--curve", action="store_true", help="also people moved against cost at five prices of moving")
    parser.add_argument("-o", "--output", type=Path, metavar="PLAN2", help="the placements after the change")


def _pair(text: str) -> tuple[str, int]:
    code, _, number = text.rpartition(":")
    if not code or not number.isdigit():
        raise argparse.ArgumentTypeError("CODE:NUMBER")
    return code, int(number)


@guarded
def run(args: argparse.Namespace) -> int:
    """Read both, set up, mend, tell the difference."""
    inputs = (args.input, args.plan)
    if args.json and not writable(args.json, args.lang, inputs):
        return REFUSED
    if args.output and not writable(args.output, args.lang, inputs, ("placements",)):
        return REFUSED
    stands = standing.read_both(args)
    if isinstance(stands, int):
        return stands
    try:
        change = _change(stands.state.problem, args)
    except Unknown as unknown:
        tell(said("unknown_id", args.lang, id=unknown))
        return REFUSED
    answer = whatif.whatif(stands.state, change, workers=args.workers)
    points = whatif.curve(stands.state, change, workers=args.workers) if args.curve else ()
    told = _plain(answer, points)
    print("\n".join(_sentences(told, args.lang)))
    if args.output:
        save(args.output, [Out("placements", HEADINGS, list(_placements(answer)))], also=("placements",))
    if args.json:
        with replaced(args.json) as beside:
            beside.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return DONE


def _change(problem: Problem, args: argparse.Namespace) -> Change:
    people, units, streets, categories, communities = (
        {code: index for index, code in enumerate(ids)}
        for ids in (
            problem.people.ids,
            problem.units.ids,
            problem.streets,
            problem.categories,
            problem.communities.ids,
        )
    )
    risks = []
    for code, risk in args.risk:
        if not 1 <= risk <= 3:
            raise Unknown(f"{code}:{risk}")
        if code in communities:
            risks.append((communities[code], risk))
        else:
            around = np.flatnonzero(problem.communities.street == _at(streets, code))
            risks += [(int(community), risk) for community in around]
    return Change(
        gone=tuple(_at(people, code) for code in args.without_person),
        units=tuple(_at(units, code) for code in args.without_unit),
        added=tuple((_at(categories, code), count) for code, count in args.add if count),
        closed=tuple(_at(streets, code) for code in args.close_street),
        risks=tuple(risks),
    )


def _at(known: dict[str, int], code: str) -> int:
    if code not in known:
        raise Unknown(code)
    return known[code]


def _plain(answer: Answer, points: tuple[Point, ...]) -> dict[str, Any]:
    """The difference with the ids of the lists, in minutes."""
    before, after = answer.before.parts(), answer.after.parts()
    return {
        "before_minutes": answer.before.objective / 10,
        "after_minutes": answer.after.objective / 10,
        "by_part_minutes": {part: (after[part] - before[part]) / 10 for part in after},
        "vacated": answer.vacated,
        "people_moved": answer.people_moved,
        "newly_placed": sum(move.before < 0 for move in answer.moved),
        "left_out_now": sum(move.after < 0 for move in answer.moved),
        "missing_more": sum(more for _, more in answer.opened if more > 0),
        "missing_less": -sum(more for _, more in answer.opened if more < 0),
        "moves": explained.moves(answer.problem, answer.moved),
        "places": {answer.problem.posts.ids[post]: more for post, more in answer.opened},
        "curve": [
            {
                "moving_minutes": point.moving / 10,
                "people_moved": point.moved,
                "cost_minutes": point.cost / 10,
                "missing": point.missing,
            }
            for point in points
        ],
    }


def _placements(answer: Answer) -> list[tuple[object, ...]]:
    problem, plan = answer.problem, answer.plan
    travel, cost = amounts.of_people(problem, plan)
    return [
        (
            problem.people.ids[p],
            problem.posts.ids[plan.post[p]],
            problem.communities.ids[problem.posts.community[plan.post[p]]],
            problem.units.ids[problem.people.unit[p]],
            int(travel[p]) / 10,
            int(cost[p]) / 10,
        )
        for p in np.flatnonzero(plan.post >= 0)
    ]


def _sentences(told: dict[str, Any], lang: str) -> list[str]:
    before, after = told["before_minutes"], told["after_minutes"]
    rows = [
        ("全市总代价（分钟）", "cost of the city, minutes", f"{before:,.1f} > {after:,.1f} ({after - before:+,.1f})"),
        ("因变化空出的岗位", "places left by the change", str(told["vacated"])),
        ("换岗的人", "people who change posts", str(told["people_moved"])),
        ("新派出的人", "people newly placed", str(told["newly_placed"])),
        ("不再派出的人", "people placed no more", str(told["left_out_now"])),
        ("缺口增加", "places missing now", str(told["missing_more"])),
        ("缺口减少", "places missing no more", str(told["missing_less"])),
    ]
    lines = [f"{row[0 if lang == 'zh' else 1]}\t{row[2]}" for row in rows]
    lines += [f"  {step['person']}: {step['from'] or '-'} > {step['to'] or '-'}" for step in told["moves"][:20]]
    if len(told["moves"]) > 20:
        lines.append("  ...")
    if told["curve"]:
        head = "换一个人算几分钟\t换岗人数\t总代价（不含换岗）\t缺口"
        lines.append(head if lang == "zh" else "moving one costs\tpeople moved\tcost without moving\tmissing")
        for point in told["curve"]:
            cost = f"{point['cost_minutes']:,.1f}"
            lines.append(f"{point['moving_minutes']:.0f}\t{point['people_moved']}\t{cost}\t{point['missing']}")
    return lines
