"""What a dry run found, in the form in which it is kept and shown: faults, notes and samples with their differences.

It holds names, so it lies encrypted in a file of the run. Phones appear by their last four digits only.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from turnout.people.domain import staff_list, unit_list
from turnout.people.domain.comparing import select
from turnout.people.domain.staff_list import FIELDS
from turnout.people.domain.staff_rows import Row
from turnout.people.models import Unit
from turnout.places import lists as places
from turnout.places.models import Area
from turnout.sheets import Fault, Layout, Table, say
from turnout.sheets.book import Book
from turnout.sheets.characters import narrow
from turnout.sheets.copies import column_words
from turnout.sheets.layout import fold

SENTENCES = staff_list.SENTENCES | unit_list.SENTENCES | places.SENTENCES
"""What can be wrong with a list of people, units or places, beside what `sheets` knows."""
SAMPLED = 20
"""People shown of each kind: enough to see that a column has slipped."""

_SAMPLE = """
SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY act ORDER BY row) AS nth FROM list_plan
                WHERE act IN ('new', 'changed', 'elsewhere')) p WHERE nth <= %s ORDER BY row
"""
_LEFT = (
    "SELECT name, number, phone_last4 AS last4, unit_id, booked FROM list_left ORDER BY booked, number, name LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything wrong, everything to mention, and samples by what would happen: new, changed, elsewhere, left.

    `sheets`: of a list with several sheets, how many rows of each come to what."""

    faults: list[Fault]
    notes: list[Fault]
    samples: Mapping[str, list[dict[str, Any]]]
    sheets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def said(self, language: str) -> list[dict[str, Any]]:
        """Each fault as row, column, letter, what is wrong and what would be right, in 'zh' or 'en'."""
        return [_said(fault, language) for fault in self.faults]

    def noted(self, language: str) -> list[dict[str, Any]]:
        return [_said(fault, language) for fault in self.notes]


def dump(found: Findings) -> bytes:
    content = {
        "faults": [asdict(fault) for fault in found.faults],
        "notes": [asdict(fault) for fault in found.notes],
        "samples": found.samples,
        "sheets": found.sheets,
    }
    return json.dumps(content, ensure_ascii=False, default=str).encode()


def load(content: bytes) -> Findings:
    kept = json.loads(content)
    return Findings(
        faults=[Fault(**fault) for fault in kept["faults"]],
        notes=[Fault(**fault) for fault in kept["notes"]],
        samples=kept["samples"],
        sheets=kept.get("sheets", {}),
    )


def name_the_only_sheet(book: Book, expected: Layout, language: str) -> None:
    """An office's only sheet is its list, whatever it is called: Sheet1, 表1, the name of the office.

    In a copy with its bad rows it is no longer alone, so it takes a name by which it is known there.
    """
    filled = [grid for grid in book.grids if grid.rows]
    if len(filled) == 1 and fold(filled[0].name) not in expected.names:
        filled[0].name = expected.name if language == "en" else expected.aliases[0]


def judged_faults(table: Table) -> list[Fault]:
    """What comparing found wrong with rows that read well."""
    place = {row: index for index, row in enumerate(table.rows)}
    return [
        table.fault(place[line["row"]], _COLUMN_OF.get(line["fault"], ""), line["fault"], **_params(line))
        for line in select("SELECT row, fault, given_number FROM list_plan WHERE act = 'bad' ORDER BY row")
    ]


_COLUMN_OF = {"category_missing": "categories", "number_of_other": "number", "phone_of_other": "phone"}


def _params(line: Mapping[str, Any]) -> dict[str, object]:
    return {"value": line["given_number"] or ""}


def assumptions(table: Table) -> list[Fault]:
    """Words of the list that were read as one of the two things they can mean, with how many rows say so."""
    place = table.places.get("categories")
    if place is None:
        return []
    said = Counter(
        narrow(cell) for row in table.rows if place < len(table.grid.rows[row - 1])
        and isinstance(cell := table.grid.rows[row - 1][place], str)
    )  # fmt: skip
    return [
        Fault(
            table.layout.name,
            0,
            "categories",
            "category_assumed",
            {"count": str(said[word]), "value": word, "read": read},
        )
        for word, read in staff_list.ASSUMED.items()
        if said[word]
    ]


def samples(rows: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """The first few people of each kind, with what would change. Reads the temporary tables of the comparison."""
    lines = select(_SAMPLE, [SAMPLED])
    left = select(_LEFT, [SAMPLED])
    last4 = {row.row: row.phone[-4:] if row.phone else "" for row in rows}
    words = _Words(lines, left)
    found: dict[str, list[dict[str, Any]]] = {"new": [], "changed": [], "elsewhere": [], "left": [], "left_booked": []}
    for line in lines:
        shown = {"row": line["row"], "name": line["name"], "number": line["number"], "last4": last4[line["row"]]}
        shown["unit"] = words.unit(line["unit_id"])
        if line["act"] == "changed":
            shown["differences"] = _differences(line, shown["last4"], words)
        found[line["act"]].append(shown)
    for line in left:
        line["unit"] = words.unit(line.pop("unit_id"))
        found["left_booked" if line.pop("booked") else "left"].append(line)
    return found


class _Words:
    """Names of the units and communities that appear in samples; two queries."""

    def __init__(self, lines: Sequence[Mapping[str, Any]], left: Sequence[Mapping[str, Any]]) -> None:
        units = {line[key] for line in [*lines, *left] for key in ("unit_id", "old_unit_id") if line.get(key)}
        homes = {line[key] for line in lines for key in ("home_key", "old_home_key") if line[key]}
        self._units = {unit.pk: f"{unit.code} {unit.name}" for unit in Unit.objects.filter(pk__in=units)}
        self._homes = dict(Area.objects.filter(area_key__in=homes).values_list("area_key", "name"))

    def unit(self, pk: Any) -> str:
        return self._units.get(pk, "")

    def home(self, key: int | None) -> str:
        return self._homes.get(key, str(key)) if key else ""


def _differences(line: Mapping[str, Any], last4: str, words: _Words) -> list[dict[str, Any]]:
    """Each field that would change, with its values before and after as a person reads them."""
    old = {name: line.get(f"old_{name}") for name in ("number", "name", "tier", "tier_until", "not_ready_until")}
    before = old | {
        "unit": words.unit(line["old_unit_id"]),
        "phone": line["old_last4"],
        "categories": line["old_categories"],
        "work_limits": line["old_work_limits"],
        "home": words.home(line["old_home_key"]),
        "skills": line["old_skills"],
        "availability": line["old_periods"],
        "state": line["old_state"],
    }
    after = {name: line.get(name) for name in old} | {
        "unit": words.unit(line["unit_id"]),
        "phone": last4 if line["phone_hash"] != line["old_phone_hash"] else line["old_last4"],
        "categories": line["categories"],
        "work_limits": line["work_limits"],
        "home": words.home(line["home_key"]),
        "skills": line["skills"],
        "availability": line["periods"],
        "state": "active",
    }
    changed = [name for name in FIELDS if before[name] != after[name]]
    if line["phone_hash"] != line["old_phone_hash"] and "phone" not in changed:
        changed.append("phone")  # another number that ends in the same four digits
    return [{"field": name, "before": _plain(before[name]), "after": _plain(after[name])} for name in changed]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _said(fault: Fault, language: str) -> dict[str, Any]:
    wrong, right = say(fault, language, SENTENCES)
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": column_words(fault, language),
        "wrong": wrong,
        "right": right,
    }
