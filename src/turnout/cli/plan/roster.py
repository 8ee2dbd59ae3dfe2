"""Lists in, a roster out: who works which shift, with every rule checked and every empty place explained.

    turnout roster lists.xlsx -o roster.xlsx

INPUT is a workbook or a folder of CSV files with the sheets shifts, cover, people and, if wanted, rules; or an instance
in the public shift-scheduling text format (.txt). Exit status: 0 done (places that stay empty are no error), 2 the
lists are refused and every bad row is in INPUT-errors beside ROSTER, 3 a fault of Turnout, 130 interrupted with the
best roster so far written.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from turnout.cli.plan import roster_outputs
from turnout.cli.plan.console import DONE, INTERRUPTED, REFUSED, guarded, positive, workers, writable
from turnout.cli.plan.progress import Reporter, interruptible
from turnout.cli.plan.refused import errors_path, line
from turnout.cli.plan.roster_layouts import COVER, PEOPLE, RULES, SHIFTS
from turnout.cli.plan.roster_lists import RosterRefused, read_lists
from turnout.cli.plan.roster_refusals import REFUSALS, WARNINGS
from turnout.planner.placement.stop import Progress, after, first, when
from turnout.planner.rostering.solve import solve
from turnout.sheets import Out, error_copy, save
from turnout.sheets.copies import LISTED
from turnout.sheets.writing import replaced

_SHOWN = 20
_ERROR_SHEETS = (
    *(name for layout in (SHIFTS, COVER, PEOPLE, RULES) for name in (layout.name, *layout.aliases)),
    *(name for name, _ in LISTED.values()),
)

SHEETS = ("grid", "assignments", "broken", "uncovered", "arithmetic", "summary")
"""What ROSTER holds."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout roster`."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="lists.xlsx, a folder of CSV files, or instance.txt")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="ROSTER", help="roster.xlsx, or a folder")
    parser.add_argument("--seed", type=int, default=0, help="another seed may give another roster (default 0)")
    parser.add_argument("--time-limit", type=positive, metavar="SECONDS", help="write the best roster found by then")
    parser.add_argument(
        "--workers", type=workers, default=2, help="processes (default 2); the roster does not depend on it"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="the same sheets as JSON")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of words (default zh)")


@guarded
def run(args: argparse.Namespace) -> int:
    """Read, solve, check, write; nothing is made from half of a list, and nothing half is written."""
    started = time.monotonic()
    if not writable(args.output, args.lang, [args.input], SHEETS):
        return REFUSED
    if args.json and not writable(args.json, args.lang, [args.input]):
        return REFUSED
    reporter = Reporter(args.lang)
    reporter(Progress("reading", 0.0))
    try:
        lists = read_lists(args.input)
    except RosterRefused as refused:
        return _give_back(refused, args)
    remarks = [line(note, args.lang, WARNINGS) for note in lists.notes]
    for remark in remarks:
        reporter.say(remark)
    read = time.monotonic() - started
    reporter.say(roster_outputs.arithmetic(lists.problem, args.lang))
    with interruptible(reporter) as asked:
        limit = [after(max(0.0, args.time_limit - read))] if args.time_limit else []
        result = solve(
            lists.problem,
            seed=args.seed,
            workers=args.workers,
            stop=first(when(asked), *limit),
            progress=reporter,
        )
        seconds = {"read": read, **result.seconds, "total": time.monotonic() - started}
        sheets = roster_outputs.sheets(lists, result, seconds, remarks, args.lang)
        save(args.output, sheets)
        if args.json:
            with replaced(args.json) as beside:
                beside.write_text(json.dumps(_plain(sheets), ensure_ascii=False), encoding="utf-8")
    reporter.say(roster_outputs.told(lists.problem, result, args.lang))
    reporter.say(str(args.output))
    return INTERRUPTED if result.stopped_by == "interrupted" else DONE


def _give_back(refused: RosterRefused, args: argparse.Namespace) -> int:
    for fault in refused.faults[:_SHOWN]:
        print(line(fault, args.lang, REFUSALS), file=sys.stderr)
    target = errors_path(args.input, args.output)
    save(target, error_copy(refused.reading, refused.faults, args.lang, roster_outputs.SENTENCES), also=_ERROR_SHEETS)
    count = len(refused.faults)
    if args.lang == "zh":
        print(f"名单有 {count} 处不对，没有排班。全部问题和原行在 {target}", file=sys.stderr)
    else:
        wrong = f"{count} things are" if count > 1 else "one thing is"
        print(f"{wrong} wrong with the lists; nothing was rostered. See {target}", file=sys.stderr)
    return REFUSED


def _plain(sheets: list[Out]) -> dict[str, object]:
    named = {sheet.name: [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows] for sheet in sheets}
    told: dict[str, object] = {**named}
    told["summary"] = {str(row["name"]): row["value"] for row in named["summary"]}
    return told
