"""Areas from the server's own shell.

turnout areas load CODE          load a city, district or street of the public list (2, 4, 6, 9 or 12 digits)
turnout areas check FILE         say what a list of areas, compounds, buildings or sites would do; keep nothing
turnout areas import FILE        take the list over, all of it or nothing
turnout areas export CODE -o F   write an area and everything below it as such a list
turnout areas template -o F      write an empty list with every heading
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from turnout.cli import start

if TYPE_CHECKING:
    from turnout.places.domain.imports import Report

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["load", "check", "import", "export", "template"])
    parser.add_argument("what", nargs="?", default="", help="a code, or a file (.xlsx, .csv or a folder of CSV files)")
    parser.add_argument("-o", "--output", type=Path, help="the file to write: a workbook, or a folder of CSV files")
    parser.add_argument("--seed", type=int, default=0, help="of what is made up below district level (default 0)")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="of what is said about bad rows")


def run(args: argparse.Namespace) -> int:
    if args.act in ("export", "template") and args.output is None:
        print(f"turnout areas {args.act} needs -o FILE", file=sys.stderr)
        return 2
    if args.act != "template" and not args.what:
        missing = "FILE" if args.act in ("check", "import") else "CODE"
        print(f"turnout areas {args.act} needs a {missing}", file=sys.stderr)
        return 2
    with start.django():
        from turnout.access.scope import acting_as
        from turnout.core.actors import SYSTEM
        from turnout.core.refusals import Refusal
        from turnout.sheets import Refused, say

        try:
            with acting_as(SYSTEM):
                return _act(args)
        except Refusal as refusal:
            print(refusal, file=sys.stderr)
            if "report" in refusal.details:
                _complain(refusal.details["report"], args)
            return 2
        except Refused as refused:
            for fault in refused.faults:
                print("; ".join(say(fault, args.lang)), file=sys.stderr)
            return 2


def _act(args: argparse.Namespace) -> int:
    from turnout import sheets
    from turnout.core.actors import NOT_FOUND, SYSTEM
    from turnout.places import exports, queries
    from turnout.places.domain import areas, imports
    from turnout.places.public.divisions import UnknownCode, full_code

    if args.act == "load":
        loaded = areas.load_public(code=args.what, seed=args.seed, by=SYSTEM)
        print(f"{loaded.new} new, {loaded.same} here before")
    elif args.act == "template":
        sheets.save(args.output, exports.template())
    elif args.act == "export":
        try:
            area = queries.get(full_code(args.what), by=SYSTEM)
        except UnknownCode:
            raise NOT_FOUND.refuse() from None
        sheets.save(args.output, exports.sheets(area, by=SYSTEM))
    else:
        verb = imports.commit if args.act == "import" else imports.dry_run
        report = verb(book=sheets.open_book(Path(args.what)), by=SYSTEM)
        for name, tally in report.tallies.items():
            print(f"{name}: {tally.new} new, {tally.changed} changed, {tally.same} same, {tally.closed} closed")
        _complain(report, args)
        return 2 if report.faults else 0
    return 0


def _complain(report: Report, args: argparse.Namespace) -> None:
    """Say the first faults and notes, and write the bad rows beside the list, to be mended and sent again."""
    from turnout import sheets
    from turnout.places.lists import SENTENCES
    from turnout.sheets.copies import column_words

    for found in (report.faults, report.notes):
        for fault in found[:SHOWN]:
            wrong, right = sheets.say(fault, args.lang, SENTENCES)
            print(
                f"{fault.sheet} {fault.row or ''} {column_words(fault, args.lang)}: {wrong}; {right}", file=sys.stderr
            )
        if len(found) > SHOWN:
            print(f"... {len(found) - SHOWN} more", file=sys.stderr)
    if report.faults:
        given = Path(args.what)
        copy = given.with_name(f"{given.stem}-errors.xlsx")
        sheets.save(copy, sheets.error_copy(report.reading, report.faults, args.lang, SENTENCES))
        print(copy, file=sys.stderr)
