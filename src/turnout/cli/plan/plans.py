"""Reading PLAN back: somebody's placements, prices if it has them, and what its summary claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from turnout.cli.plan.layouts import PLAN
from turnout.cli.plan.lists import ListsRefused
from turnout.planner.placement.problem import NONE, Problem
from turnout.planner.placement.result import Broken, Plan, Prices
from turnout.sheets import Reading, Refused, Table, open_book, read


@dataclass
class Given:
    """A plan as it was given: posts by person, prices (None without a sheet), claims by name, and rows that name
    nobody, nothing or the same person twice."""

    plan: Plan
    prices: Prices | None
    claims: dict[str, str]
    broken: list[Broken] = field(default_factory=list)


def read_plan(path: Path, problem: Problem) -> Given:
    """Read PLAN against a problem; raises ListsRefused if it cannot be read as a plan at all."""
    try:
        reading = read(open_book(path), PLAN)
    except Refused as refused:
        raise ListsRefused(Reading({}), refused.faults) from refused
    if reading.faults:
        raise ListsRefused(reading, reading.faults)
    broken: list[Broken] = []
    plan = _plan(reading.tables["placements"], problem, broken)
    prices = reading.tables.get("prices")
    return Given(plan, None if prices is None else _prices(prices, problem, broken), _claims(reading), broken)


def _plan(table: Table, problem: Problem, broken: list[Broken]) -> Plan:
    person_at = {code: index for index, code in enumerate(problem.people.ids)}
    post_at = {code: index for index, code in enumerate(problem.posts.ids)}
    chosen = np.full(len(person_at), NONE, np.int64)
    columns: Any = table.columns
    for row, person, post in zip(table.rows, columns["staff_id"], columns["post_id"], strict=True):
        if person not in person_at:
            broken.append(Broken("unknown_person", person, f"row {row}: not in sheet staff"))
        elif post not in post_at:
            broken.append(Broken("unknown_post", person, f"row {row}: post {post} is not in sheet posts"))
        elif chosen[person_at[person]] != NONE:
            taken = problem.posts.ids[chosen[person_at[person]]]
            broken.append(Broken("twice", person, f"row {row}: placed on {post} and on {taken}"))
        else:
            chosen[person_at[person]] = post_at[post]
    return Plan(chosen)


def _prices(table: Table, problem: Problem, broken: list[Broken]) -> Prices:
    """Prices in tenths of a minute; a code without a row has the price 0."""
    ids = {"post": problem.posts.ids, "unit": problem.units.ids, "person": problem.people.ids}
    at = {kind: {code: index for index, code in enumerate(codes)} for kind, codes in ids.items()}
    prices = {kind: np.zeros(len(codes)) for kind, codes in ids.items()}
    columns: Any = table.columns
    for row, kind, code, price in zip(
        table.rows, columns["kind"], columns["code"], columns["price_minutes"], strict=True
    ):
        if code in at[kind]:
            prices[kind][at[kind][code]] = round(price * 10_000) / 1000
        else:
            broken.append(Broken("price", code, f"row {row}: there is no {kind} of that code"))
    return Prices(prices["post"], prices["unit"], prices["person"])


def _claims(reading: Reading) -> dict[str, str]:
    table = reading.tables.get("summary")
    if table is None:
        return {}
    return {str(name): _text(value) for name, value in zip(table.columns["name"], table.columns["value"], strict=True)}


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else "" if value is None else str(value)
