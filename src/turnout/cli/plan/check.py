"""Score any plan without a solver and recompute its proof over all pairs.

    turnout check lists.xlsx plan.xlsx

PLAN needs one sheet, placements, with staff_id and post_id: `turnout plan` wrote it, or a person did. Prints a row for
every broken rule (rule, subject, detail), also those with a price, then the cost by part, the bound that PLAN's own
prices prove, and the gap.
Exit status: 0 no hard rule is broken, 1 one is, 2 the lists or the plan cannot be read, 3 a fault of Turnout.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
from pathlib import Path

from turnout.cli.plan.console import BROKEN, DONE, REFUSED, guarded, writable
from turnout.cli.plan.lists import Lists, ListsRefused, read_lists
from turnout.cli.plan.plans import Given, read_plan
from turnout.cli.plan.refused import give_back, remarks_of
from turnout.planner.placement.check import check
from turnout.planner.placement.result import Broken, Checked
from turnout.sheets.writing import replaced

# Claims are written with one decimal, the bound with four.
_CLOSE = 0.06


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout check`."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="the lists: a workbook or a folder of CSV files")
    parser.add_argument("plan", type=Path, metavar="PLAN", help="the plan: a workbook or a folder of CSV files")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the same as JSON")
    parser.add_argument("--travel", type=Path, metavar="TABLE", help="the travel table the plan was made with")
    parser.add_argument("--no-teams", action="store_true", help="score without the team term (else as PLAN says)")
    parser.add_argument("--workers", type=int, default=2, help="threads (default 2)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of words (default zh)")


@guarded
def run(args: argparse.Namespace) -> int:
    """Read both, score, compare with what the plan claims."""
    if args.json and not writable(args.json, args.lang, (args.input, args.plan)):
        return REFUSED
    asked = args.input
    try:
        lists = read_lists(args.input, teams=not args.no_teams, travel=args.travel)
        asked = args.plan
        given = read_plan(args.plan, lists.problem)
    except ListsRefused as refused:
        return give_back(refused, asked, args.plan, args.lang)
    problem = lists.problem
    if given.claims.get("team_term") == "no":
        problem = dataclasses.replace(problem, params=problem.params.without_teams())
    checked = check(problem, given.plan, given.prices, workers=args.workers)
    broken = [*given.broken, *checked.score.broken, *_false_claims(checked, given)]
    for remark in [*remarks_of(lists.notes, args.lang), *_remarks(lists, given, args.lang)]:
        print(remark, file=sys.stderr)
    _show(checked, broken, args.lang)
    if args.json:
        _save_json(args.json, checked, broken)
    return BROKEN if broken else DONE


def figures(checked: Checked) -> dict[str, float | str | None]:
    """Cost by part, bound and gap, with the names of the `summary` sheet; None where there are no prices."""
    bound = checked.bound
    gap = checked.proof_gap
    return {
        "objective_minutes": checked.score.objective / 10,
        **{f"{part}_minutes": tenths / 10 for part, tenths in checked.score.parts().items()},
        "bound_minutes": None if bound is None else round(bound.tenths / 10, 4),
        "bound_scope": None if bound is None else bound.scope,
        "bound_teams": None if bound is None else "yes" if bound.teams else "no",
        "proof_gap": None if gap is None or math.isinf(gap) else round(gap, 6),
    }


def _false_claims(checked: Checked, given: Given) -> list[Broken]:
    """A plan may claim neither another cost than it has nor a better bound than its prices prove."""
    broken = []
    claimed = _number(given.claims.get("objective_minutes"))
    objective = checked.score.objective / 10
    if claimed is not None and abs(claimed - objective) > _CLOSE:
        broken.append(
            Broken("claim", "objective_minutes", f"summary says {claimed:.1f}, the plan costs {objective:.1f}")
        )
    claimed = _number(given.claims.get("bound_minutes"))
    if claimed is not None and checked.bound is not None and claimed > checked.bound.tenths / 10 + _CLOSE:
        proven = checked.bound.tenths / 10
        broken.append(Broken("claim", "bound_minutes", f"summary says {claimed:.1f}, the prices prove {proven:.1f}"))
    return broken


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _remarks(lists: Lists, given: Given, lang: str) -> list[str]:
    chinese = lang == "zh"
    remarks = []
    if given.claims.get("input_hash", lists.input_hash) != lists.input_hash:
        remarks.append("这个方案是用另一份名单做的" if chinese else "this plan was made from other lists")
    if given.prices is None:
        remarks.append(
            "方案里没有 prices 表，只算代价，不算下界" if chinese else "PLAN has no sheet prices: cost only, no bound"
        )
    return remarks


def _show(checked: Checked, broken: list[Broken], lang: str) -> None:
    print("rule\tsubject\tdetail")
    for one in broken:
        print(f"{one.rule}\t{one.subject}\t{one.detail}")
    for one in checked.unmet:
        print(f"{one.rule}\t{one.subject}\t{one.detail}")
    print()
    for name, value in figures(checked).items():
        print(f"{name}\t{'' if value is None else value}")
    if lang == "zh":
        print(f"\n{f'违反硬性规定 {len(broken)} 处' if broken else '没有违反硬性规定'}")
        if checked.unmet:
            print(f"另有 {len(checked.unmet)} 处没有做到有代价的规定，已计入代价")
    else:
        print(f"\n{f'{len(broken)} rules broken' if broken else 'no rule is broken'}")
        if checked.unmet:
            print(f"{len(checked.unmet)} rules with a price are not kept; the cost counts them")


def _save_json(path: Path, checked: Checked, broken: list[Broken]) -> None:
    content = {"broken": [dataclasses.asdict(one) for one in broken], **figures(checked)}
    if checked.unmet:
        content["unmet"] = [dataclasses.asdict(one) for one in checked.unmet]
    with replaced(path) as beside:
        beside.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
