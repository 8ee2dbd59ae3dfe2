"""People frozen by hand on posts where a hard rule, the places or the quota forbid them: their rows are refused."""

from __future__ import annotations

from collections.abc import Mapping

from turnout.cli.plan import words
from turnout.planner.placement.check import refused
from turnout.planner.placement.city import pack
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import Broken
from turnout.sheets import Fault, Table


def faults(problem: Problem, tables: Mapping[str, Table]) -> list[Fault]:
    """A fault for every frozen person, post or unit that cannot be as the lists freeze it."""
    return [_fault(one, tables) for one in refused(problem, pack(problem))]


def _fault(one: Broken, tables: Mapping[str, Table]) -> Fault:
    if one.rule == "places":
        return _at(tables["posts"], one.subject, "places", "frozen_places", post=one.subject, why=one.detail)
    if one.rule == "quota":
        return _at(tables["units"], one.subject, "quota", "frozen_quota", unit=one.subject, why=one.detail)
    why = {f"why_{lang}": words.text(words.RULES, one.rule, lang) for lang in ("zh", "en")}
    return _at(tables["staff"], one.subject, "frozen", "frozen_broken", person=one.subject, post=one.detail, **why)


def _at(table: Table, code: str, column: str, fault: str, **params: str) -> Fault:
    index = table.columns[table.layout.columns[0].name].index(code)
    return table.fault(index, column, fault, **params)
