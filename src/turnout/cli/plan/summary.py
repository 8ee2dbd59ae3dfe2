"""The rows of the `summary` sheet. Their names are stable; docs list them."""

from __future__ import annotations

import json
import math
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence

from turnout import __version__
from turnout.cli.plan.layouts import ZONE_NAME
from turnout.cli.plan.lists import Lists
from turnout.planner.placement.result import Result, RulePrice

Row = tuple[str, object]


def rows(
    lists: Lists, result: Result, *, teams: bool, seconds: Mapping[str, float], remarks: Sequence[str]
) -> list[Row]:
    """Counts, the plan's cost by part, its bound, how long it took, and what it was made from. Amounts in minutes."""
    problem, reasons = lists.problem, result.reasons
    placed = int((result.plan.post >= 0).sum())
    return [
        ("communities", len(problem.communities.ids)),
        ("units", len(problem.units.ids)),
        ("staff", len(problem.people.ids)),
        ("posts", len(problem.posts.ids)),
        ("places", int(problem.posts.places.sum())),
        ("places_min", int(problem.posts.places_min.sum())),
        ("placed", placed),
        ("left_out", len(problem.people.ids) - placed),
        ("missing", sum(gap.missing for gap in reasons.gaps)),
        ("missing_min", sum(gap.missing_min for gap in reasons.gaps)),
        ("teams", len(reasons.teams)),
        ("in_teams", sum(len(team.members) for team in reasons.teams)),
        ("changes", len(reasons.changes)),
        ("objective_minutes", result.score.objective / 10),
        *((f"{part}_minutes", tenths / 10) for part, tenths in result.score.parts().items()),
        *_rules(result.rules),
        ("bound_minutes", round(result.bound.tenths / 10, 4)),
        ("bound_scope", result.bound.scope),
        ("bound_teams", "yes" if result.bound.teams else "no"),
        ("proof_gap", round(result.proof_gap, 6) if math.isfinite(result.proof_gap) else None),
        ("stopped_by", result.stopped_by),
        *((f"seconds_{stage.replace(' ', '_')}", round(spent, 2)) for stage, spent in seconds.items()),
        ("peak_mb", peak_mb()),
        ("seed", result.seed),
        ("team_term", "yes" if teams else "no"),
        ("zone", ZONE_NAME),
        ("params", json.dumps(lists.settings.shown(), ensure_ascii=False)),
        ("input_hash", lists.input_hash),
        ("version", __version__),
        *((f"remark_{number}", remark) for number, remark in enumerate(remarks, start=1)),
    ]


def _rules(found: Sequence[RulePrice]) -> Iterator[Row]:
    """For each rule about people taken together: how often it is broken, and what keeping it alone would cost."""
    for one in found:
        yield f"rule_{one.rule}_broken", one.broken
        yield f"rule_{one.rule}_broken_without", one.broken_without
        yield f"rule_{one.rule}_broken_alone", one.broken_alone
        yield f"rule_{one.rule}_costs_minutes", one.costs / 10


def peak_mb() -> int:
    """The most memory this process ever held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1e6 if sys.platform == "darwin" else 1024))
