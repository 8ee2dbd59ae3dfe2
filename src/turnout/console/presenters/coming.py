"""How the published plan reads in a street: its map, each community with who comes and why, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from turnout.console.presenters.board import map_of, why_words
from turnout.console.presenters.desk import MARKS
from turnout.console.presenters.night import fix_words
from turnout.core.actors import Actor
from turnout.core.area_keys import LOCAL, KeyRange, key_of
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places.models import Area
from turnout.staffing import board as boards
from turnout.staffing import queries
from turnout.staffing.board import Row
from turnout.staffing.coming import Coming, coming, in_force
from turnout.staffing.models import CallOut
from turnout.staffing.states import CALLED, PLACEMENT_REASONS, SOURCES


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who comes: what to do, how far they are, why they, and how the call-out stands."""

    callout: CallOut
    category: str
    minutes: int | None
    why: str
    state: str
    mark: str


@dataclass(frozen=True, slots=True)
class Place:
    row: Row
    area: Area | None
    lines: list[Line]
    why: str
    fix: str


def page(incident: Incident, area: Area, by: Actor) -> dict[str, Any]:
    """Everything the page shows, however many communities and people: a fixed number of queries."""
    within: KeyRange = (area.area_key, area.key_end)
    found = boards.board(incident, within, by)
    lines: dict[int, list[Line]] = defaultdict(list)
    for one in coming(incident, within):
        lines[one.callout.area_key // LOCAL * LOCAL].append(_line(one))
    named = {one.area_key: one for one in Area.objects.filter(area_key__gte=within[0], area_key__lt=within[1])}
    rows = sorted(found.rows, key=lambda row: (-row.gap, row.code))
    return {
        "incident": incident,
        "area": area,
        "office": queries.desk_phone(area.area_key),
        "may_fix": by.can("post.edit", area.area_key),
        "part": in_force(incident, within),
        "sum": found.sum,
        "map": map_of(area, found) if area.level == "street" else None,
        "places": [_place(row, named, lines) for row in rows if row.needed or row.planned],
        "without": sum(not (row.needed or row.planned) for row in rows),
    }


def _place(row: Row, named: dict[int, Area], lines: dict[int, list[Line]]) -> Place:
    key = key_of(row.code)
    fix = fix_words(row.reasons[0][3]) if row.gap and row.reasons else ""
    return Place(row, named.get(key), lines[key], why_words(row), fix)


def _line(one: Coming) -> Line:
    callout = one.callout
    by_plan = PLACEMENT_REASONS.get(one.reason) if callout.source == "plan" else None
    return Line(
        callout=callout,
        category=str(CATEGORIES[callout.category]),
        minutes=one.minutes,
        why=str(by_plan or SOURCES[callout.source]),
        state=str(CALLED[callout.state]),
        mark=MARKS.get(callout.state, "wait"),
    )
