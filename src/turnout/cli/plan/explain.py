"""Why a person is where she is, why a post or a gap is as it is, and what anything else would cost the city.

    turnout explain lists.xlsx plan.xlsx --person S000123 --post P000045 --gap P000077

Each option may be given several times. What the city would pay is counted exactly for the moves that are named; where
the plan is not proven to be the best one, there may be cheaper moves. Exit status: 0 answered, 2 the lists, the plan or
a code cannot be used, 3 a fault of Turnout.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from turnout.cli.plan import explained, standing
from turnout.cli.plan.console import DONE, REFUSED, guarded, said, tell, writable
from turnout.planner.placement import explain
from turnout.sheets.writing import replaced


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `turnout explain`."""
    standing.arguments(parser)
    for name in ("person", "post", "gap"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="ID", help=f"a {name} to explain")


@guarded
def run(args: argparse.Namespace) -> int:
    """Read both, set up, answer."""
    if args.json and not writable(args.json, args.lang, (args.input, args.plan)):
        return REFUSED
    stands = standing.read_both(args)
    if isinstance(stands, int):
        return stands
    problem = stands.state.problem
    answers: list[dict[str, Any]] = []
    for name, ids in (("person", problem.people.ids), ("post", problem.posts.ids), ("gap", problem.posts.ids)):
        at = {code: index for index, code in enumerate(ids)}
        for code in getattr(args, name):
            if code not in at:
                tell(said("unknown_id", args.lang, id=code))
                return REFUSED
            try:
                told = getattr(explain, name)(stands.state, at[code])
            except ValueError:
                tell(said("no_gap", args.lang, id=code))
                return REFUSED
            answers.append(explained.person(problem, told) if name == "person" else explained.post(problem, told))
    for answer in answers:
        print("\n".join(explained.sentences(answer, args.lang)), end="\n\n")
    if args.json:
        with replaced(args.json) as beside:
            beside.write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")
    return DONE
