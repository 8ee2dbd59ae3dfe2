"""Lists in, a plan out: who goes to which post, with proof and reasons.

    turnout plan lists.xlsx -o plan.xlsx

INPUT is a workbook or a folder of CSV files with the sheets communities, units, staff, posts and, if wanted, params;
`turnout sample` writes an example. Exit status: 0 done (gaps are no error), 2 the lists are refused and every bad row
is in INPUT-errors beside PLAN, 3 a fault of Turnout, 130 interrupted with the best plan so far written.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from turnout.cli.plan import outputs, story, summary
from turnout.cli.plan.console import DONE, INTERRUPTED, REFUSED, guarded, positive, said, tell, workers, writable
from turnout.cli.plan.lists import Lists, ListsRefused, read_lists
from turnout.cli.plan.plans import Given, read_plan
from turnout.cli.plan.progress import Reporter, interruptible
from turnout.cli.plan.refused import give_back, remarks_of
from turnout.planner.blocks import on_ray
from turnout.planner.placement import amounts, whatif
from turnout.planner.placement.check import refused
from turnout.planner.placement.city import pack
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.result import Result
from turnout.planner.placement.solve import FrozenRefused, solve
from turnout.planner.placement.stop import Progress, after, first, when
from turnout.sheets import Out, save
from turnout.sheets.writing import replaced


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout plan`."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="lists.xlsx, or a folder of CSV files")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="PLAN", help="plan.xlsx, or a folder")
    parser.add_argument("--seed", type=int, default=0, help="another seed may give another plan (default 0)")
    parser.add_argument("--time-limit", type=positive, metavar="SECONDS", help="write the best plan found by then")
    parser.add_argument(
        "--workers", type=workers, default=2, help="threads (default 2); the plan does not depend on it"
    )
    parser.add_argument("--no-teams", action="store_true", help="plan people one by one, without the team term")
    parser.add_argument("--proof-gap", type=_share, default=0.001, help="good enough (default 0.001); 0 = the optimum")
    parser.add_argument("--travel", type=Path, metavar="TABLE", help="from_community, community_code, minutes")
    parser.add_argument("--present", type=Path, metavar="PLAN", help="an earlier plan: its posts are the present ones")
    parser.add_argument(
        "--keep-street",
        action="append",
        default=[],
        metavar="STREET",
        help="whom PLAN has there stays (may be repeated)",
    )
    parser.add_argument("--ray", metavar="ADDRESS", help="send the work to this Ray cluster (needs turnout[ray])")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the same sheets as JSON")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of words in PLAN (default zh)")


def _share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError("a share from 0 to 1, such as 0.001")
    return number


@guarded
def run(args: argparse.Namespace) -> int:
    """Read, plan, write; nothing is planned from half of a list, and nothing half is written."""
    started = time.monotonic()
    inputs = [path for path in (args.input, args.travel) if path is not None]
    if not writable(args.output, args.lang, inputs, outputs.HEADINGS):
        return REFUSED
    if args.json and not writable(args.json, args.lang, inputs):
        return REFUSED
    reporter = Reporter(args.lang)
    reporter(Progress("reading", 0.0))
    asked = args.input
    try:
        lists = read_lists(args.input, teams=not args.no_teams, travel=args.travel)
        asked = args.present
        if args.present:
            lists = _over(lists, read_plan(args.present, lists.problem), args.keep_street)
    except ListsRefused as wrong:
        return give_back(wrong, asked, args.output, args.lang)
    except FrozenRefused as wrong:
        for one in wrong.broken[:20]:
            tell(f"{one.rule}\t{one.subject}\t{one.detail}")
        tell(said("kept_against_rules", args.lang, count=len(wrong.broken)))
        return REFUSED
    remarks = remarks_of(lists.notes, args.lang)
    for remark in remarks:
        reporter.say(remark)
    read = time.monotonic() - started
    with interruptible(reporter) as asked, on_ray(args.ray) if args.ray else nullcontext():
        # The first plan on a machine waits for its loops to be compiled, up to half a minute.
        reporter(Progress("starting", 0.0))
        limit = [after(max(0.0, args.time_limit - read))] if args.time_limit else []
        result = solve(
            lists.problem,
            seed=args.seed,
            effort=Effort(teams=not args.no_teams, proof_gap=args.proof_gap),
            workers=args.workers,
            stop=first(when(asked), *limit),
            progress=reporter,
        )
        seconds = {"read": read, **result.seconds, "total": time.monotonic() - started}
        sheets = _sheets(lists, result, args, seconds, remarks)
        save(args.output, sheets, also=outputs.HEADINGS)
        if args.json:
            _save_json(args.json, sheets)
    reporter.say(story.proof(result, args.lang))
    reporter.say(str(args.output))
    return INTERRUPTED if result.stopped_by == "interrupted" else DONE


def _over(lists: Lists, given: Given, streets: list[str]) -> Lists:
    """The lists with an earlier plan's posts as present ones, and whom it has in some streets frozen there.

    Raises FrozenRefused if somebody may no longer stand where she would be kept.
    """
    at = {code: index for index, code in enumerate(lists.problem.streets)}
    problem = whatif.held(lists.problem, given.plan, [at[street] for street in streets if street in at])
    broken = refused(problem, pack(problem))
    if broken:
        raise FrozenRefused(broken)
    return dataclasses.replace(lists, problem=problem)


def _sheets(
    lists: Lists, result: Result, args: argparse.Namespace, seconds: dict[str, float], remarks: list[str]
) -> list[Out]:
    paid = outputs.Amounts(*amounts.of_people(lists.problem, result.plan))
    placed = result.plan.post >= 0
    mean = float(paid.travel[placed].mean()) / 10 if placed.any() else 0.0
    told = summary.rows(lists, result, teams=not args.no_teams, seconds=seconds, remarks=remarks)
    return [
        story.page(lists.problem, result, remarks, args.lang, mean),
        *outputs.sheets(lists.problem, result, paid, told, args.lang),
    ]


def _save_json(path: Path, sheets: list[Out]) -> None:
    content: dict[str, object] = {
        sheet.name: [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]
        for sheet in sheets
        if not sheet.prose and sheet.name != "summary"
    }
    content["summary"] = {str(name): value for sheet in sheets if sheet.name == "summary" for name, value in sheet.rows}
    with replaced(path) as beside:
        beside.write_text(json.dumps(content, ensure_ascii=False, default=_plain), encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))
