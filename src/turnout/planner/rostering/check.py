"""Score any roster with no solver: every broken hard rule and the points of every soft one."""

from __future__ import annotations

from turnout.planner.rostering.problem import OFF, Problem
from turnout.planner.rostering.result import Broken, Plan, Roster, Score


def check(problem: Problem, plan: Plan) -> Score:
    """What the plan costs and breaks. Raises ValueError for a plan of another shape or with unknown duties."""
    wanted = (len(problem.people.ids), problem.days)
    if plan.duty.shape != wanted:
        raise ValueError(f"a plan of {wanted[0]} people and {wanted[1]} days is wanted, not {plan.duty.shape}")
    if plan.duty.size and not bool(((plan.duty >= OFF) & (plan.duty < problem.duties)).all()):
        raise ValueError("a duty that does not exist")
    roster = Roster(problem, plan)
    parts: dict[str, int] = {}
    broken: list[Broken] = []
    for rule in problem.rules:
        broken += rule.broken(roster)
        parts |= rule.parts(roster)
    return Score(parts, tuple(broken))
