"""Write example lists over the real communities of any district, city or street: made-up units and people, seeded.

    turnout sample --area 110102 -o lists.xlsx
    turnout plan lists.xlsx -o plan.xlsx
    turnout check lists.xlsx plan.xlsx

Codes and names of communities are real; residents, households and positions are split from the census by a stated rule;
units and people do not exist. The same area, size and seed give the same lists on every machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from turnout.cli.plan import made_up, region
from turnout.cli.plan.console import DONE, REFUSED, guarded, tell, writable
from turnout.cli.plan.layouts import INPUT
from turnout.sheets import save

SHEETS = [layout.name for layout in INPUT]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout sample`."""
    parser.add_argument("--area", required=True, help="official code (2 to 12 digits) or name: 110102, 西城区")
    parser.add_argument("-o", "--output", required=True, type=Path, help="lists.xlsx, or a folder of CSV files")
    parser.add_argument("--staff", type=_count, help="number of people (default: a few more than the places)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other people (default 0)")
    parser.add_argument(
        "--lang", choices=("zh", "en"), default="zh", help="language of words in the lists (default zh)"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("from 1 to 1,000,000 people")
    return number


@guarded
def run(args: argparse.Namespace) -> int:
    """Write the lists; 2 if the area is unknown or too large, with near matches."""
    found = region.find(args.area, args.lang)
    if isinstance(found, str):
        tell(found)
        return REFUSED
    if not writable(args.output, args.lang, names=SHEETS):
        return REFUSED
    lists = made_up.lists(found, staff=args.staff, seed=args.seed, lang=args.lang)
    save(args.output, lists.sheets)
    tell(lists.told)
    return DONE
