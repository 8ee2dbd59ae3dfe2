"""Lists and a plan made from them, set up for questions: what `turnout explain` and `turnout whatif` begin with."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from turnout.cli.plan.console import REFUSED, said, tell, workers
from turnout.cli.plan.lists import Lists, ListsRefused, read_lists
from turnout.cli.plan.plans import Given, read_plan
from turnout.cli.plan.refused import give_back
from turnout.planner.placement.result import Broken, Prices
from turnout.planner.placement.state import PlanRefused, State


@dataclass(frozen=True)
class Stands:
    """A plan that stands, and the lists it was made from."""

    lists: Lists
    given: Given
    state: State


def arguments(parser: argparse.ArgumentParser) -> None:
    """INPUT, PLAN and the options every question has."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="the lists: a workbook or a folder of CSV files")
    parser.add_argument("plan", type=Path, metavar="PLAN", help="the plan `turnout plan` made from them")
    parser.add_argument("--travel", type=Path, metavar="TABLE", help="the travel table the plan was made with")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the same as JSON")
    parser.add_argument("--workers", type=workers, default=2, help="threads (default 2)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of words (default zh)")


def read_both(args: argparse.Namespace) -> Stands | int:
    """Both files set up, or the exit status after saying what is wrong with them."""
    asked = args.input
    try:
        lists = read_lists(args.input, teams=True, travel=args.travel)
        asked = args.plan
        given = read_plan(args.plan, lists.problem)
    except ListsRefused as refused:
        return give_back(refused, asked, args.plan, args.lang)
    if given.claims.get("team_term") == "no":
        lists = dataclasses.replace(lists, problem=lists.problem.without_teams())
    problem = lists.problem
    prices = given.prices or Prices(*(np.zeros(len(t.ids)) for t in (problem.posts, problem.units, problem.people)))
    broken: tuple[Broken, ...] = tuple(given.broken)
    if not broken:
        try:
            return Stands(lists, given, State.of(problem, given.plan, prices, workers=args.workers))
        except PlanRefused as refused:
            broken = refused.broken
    for one in broken[:20]:
        tell(f"{one.rule}\t{one.subject}\t{one.detail}")
    tell(said("broken_plan", args.lang, count=len(broken)))
    return REFUSED
