"""How the quota matrix of a wave reads: a unit in a row, a district in a column, asked for and used in each field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from turnout.core.area_keys import range_of_key
from turnout.people import queries as people
from turnout.people.models import Unit
from turnout.places.models import Area
from turnout.staffing import quotas
from turnout.staffing.models import Wave
from turnout.staffing.quotas import Cell
from turnout.staffing.states import WAVE


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: its name, what stands in it, how many are called, whether what was typed is no number."""

    name: str
    value: str
    used: int
    wrong: bool
    district: Area


@dataclass(frozen=True, slots=True)
class Row:
    unit: Unit
    people: int
    fields: list[Field]


def name_of(cell: Cell) -> str:
    return f"q-{cell[0]}-{cell[1]}"


def page(wave: Wave, units: list[Unit], typed: Mapping[Cell, str]) -> dict[str, Any]:
    """Everything the matrix shows. `typed` puts back what was sent. Six queries, however many units."""
    keys = [unit.scope_key for unit in units]
    districts = quotas.districts(wave.incident)
    asked, used = quotas.matrix(wave, keys), quotas.used(wave, keys)
    heads = people.headcounts_of_units([unit.pk for unit in units])
    rows = [
        Row(
            unit,
            heads.get(unit.pk, 0),
            [_field((unit.scope_key, one.area_key), one, asked, used, typed) for one in districts],
        )
        for unit in units
    ]
    places, called = quotas.totals(wave, range_of_key(wave.incident.area_key))
    return {
        "wave": wave,
        "incident": wave.incident,
        "state": str(WAVE[wave.state]),
        "districts": districts,
        "rows": rows,
        "places": places,
        "called": called,
        "wrong": [(row.unit, field) for row in rows for field in row.fields if field.wrong],
        "may_set": wave.state != "closed" and wave.incident.status == "active",
    }


def _field(
    cell: Cell, district: Area, asked: Mapping[Cell, int], used: Mapping[Cell, int], typed: Mapping[Cell, str]
) -> Field:
    value = typed.get(cell, str(asked.get(cell, "")))
    return Field(name_of(cell), value, used.get(cell, 0), number(value) is None, district)


def number(text: str) -> int | None:
    """Return the places that somebody typed, nothing being none; None for what is no number of people."""
    text = text.strip()
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and int(text) <= 100_000 else None
