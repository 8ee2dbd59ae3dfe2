"""INPUT read, checked across its sheets, and made into a placement problem; or refused with every bad row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from turnout.cli.plan import across, arrays, frozen
from turnout.cli.plan.layouts import INPUT, TRAVEL
from turnout.cli.plan.settings import Settings, read_settings
from turnout.planner.placement.problem import Problem
from turnout.sheets import Fault, Reading, Refused, Table, open_book, read
from turnout.sheets.layout import fold

# A sheet that explains the others is no list that was forgotten.
_ABOUT = frozenset(("说明", "填表说明", "about", "readme"))


class ListsRefused(Refused):
    """The lists cannot be planned: the faults, and what was read, so that the rows can be given back."""

    def __init__(self, reading: Reading, faults: list[Fault]) -> None:
        super().__init__(sorted(faults, key=_place))
        self.reading = reading


@dataclass(frozen=True)
class Lists:
    """What was read: the problem, its settings, a hash of the content, and notes to mention."""

    path: Path
    problem: Problem
    settings: Settings
    input_hash: str
    notes: list[Fault]


def read_lists(path: Path, *, teams: bool, travel: Path | None = None) -> Lists:
    """Read and check INPUT (and a travel table); raises ListsRefused with every fault of every sheet."""
    try:
        reading = read(open_book(path), INPUT)
    except Refused as refused:
        raise ListsRefused(Reading({}), refused.faults) from refused
    notes = [note for note in reading.notes if fold(note.sheet) not in _ABOUT]
    faults = list(reading.faults)
    settings = read_settings(reading.tables.get("params"), faults)
    across.check(reading.tables, settings, faults, notes)
    table = _travel(travel, reading, faults, notes)
    if table is not None:
        arrays.travel_faults(table, faults)
    problem = None
    if not faults:
        problem = arrays.build(reading.tables, settings, teams=teams, travel=table, faults=faults, notes=notes)
    if problem is not None and problem.people.frozen.any():
        faults += frozen.faults(problem, reading.tables)
    if problem is None or faults:
        raise ListsRefused(reading, faults)
    return Lists(path, problem, settings, _hash(reading.tables, settings, table), notes)


def _travel(path: Path | None, reading: Reading, faults: list[Fault], notes: list[Fault]) -> Table | None:
    if path is None:
        return None
    try:
        book = open_book(path)
    except Refused as refused:
        faults += refused.faults
        return None
    if len(book.grids) == 1:
        # The file may have any name; there is only one sheet it can be.
        book.grids[0].name = TRAVEL.name
    found = read(book, [TRAVEL])
    faults += found.faults
    notes += found.notes
    reading.tables |= found.tables
    return found.tables.get(TRAVEL.name)


def _place(fault: Fault) -> tuple[int, str, int, str]:
    names = [layout.name for layout in INPUT]
    return (names.index(fault.sheet) if fault.sheet in names else len(names), fault.sheet, fault.row, fault.column)


def _hash(tables: Mapping[str, Table], settings: Settings, travel: Table | None) -> str:
    """SHA-256 over the content, whatever the order of rows or columns, the kind of file or the way a cell is typed."""
    digest = hashlib.sha256()
    for layout in INPUT[:4]:
        columns = tables[layout.name].columns
        # a list that says nothing of traits has the hash it had before there were any
        names = [column.name for column in layout.columns if column.name != "traits" or any(columns["traits"])]
        digest.update(_lines(layout.name, tables[layout.name], names))
    digest.update(json.dumps(settings.shown(), sort_keys=True).encode())
    if travel is not None:
        digest.update(_lines(TRAVEL.name, travel, [column.name for column in TRAVEL.columns]))
    return digest.hexdigest()


def _lines(name: str, table: Table, columns: Iterable[str]) -> bytes:
    rows = zip(*(table.columns[column] for column in columns), strict=True)
    # A set, because a row that is repeated word for word counts once.
    lines = sorted({repr(tuple(map(_canonical, row))) for row in rows})
    return "\n".join([name, *lines, ""]).encode()


def _canonical(value: object) -> object:
    stamp: Callable[[], float] | None = getattr(value, "timestamp", None)
    return stamp() if stamp else value
