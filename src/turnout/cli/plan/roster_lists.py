"""INPUT of `turnout roster` read, checked across its sheets, and made into a rostering problem; or refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turnout.cli.plan import roster_arrays
from turnout.cli.plan.roster_layouts import COVER, INPUT, PEOPLE, SHIFTS
from turnout.cli.plan.roster_settings import RosterSettings, read_rules
from turnout.planner.rostering import public
from turnout.planner.rostering.problem import Problem
from turnout.sheets import Fault, Reading, Refused, Table, open_book, read

_PUBLIC = "SECTION_HORIZON"


class RosterRefused(Refused):
    """The lists cannot be rostered: the faults, and what was read, so that the rows can be given back."""

    def __init__(self, reading: Reading, faults: list[Fault]) -> None:
        super().__init__(sorted(faults, key=_place))
        self.reading = reading


@dataclass(frozen=True)
class RosterLists:
    """What was read: the problem, its settings, a hash of the content, and notes to mention."""

    path: Path
    problem: Problem
    settings: dict[str, object]
    input_hash: str
    notes: list[Fault]


def read_lists(path: Path) -> RosterLists:
    """Read and check INPUT; raises RosterRefused with every fault of every sheet."""
    if path.suffix.lower() == ".txt" and path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace")
        if _PUBLIC in text:
            return _public(path, text)
    try:
        reading = read(open_book(path), INPUT)
    except Refused as refused:
        raise RosterRefused(Reading({}), refused.faults) from refused
    faults, notes, tables = list(reading.faults), list(reading.notes), reading.tables
    settings = read_rules(tables.get("rules"), faults)
    for layout in (SHIFTS, COVER, PEOPLE):
        table = tables.get(layout.name)
        if table is not None and not len(table) and not any(fault.sheet == layout.name for fault in faults):
            faults.append(Fault(layout.name, 0, "", "no_rows"))
    first = _first_day(tables.get("cover"), settings, faults)
    faults += _across(tables, settings, first)
    if faults:
        raise RosterRefused(reading, faults)
    assert first is not None
    problem = roster_arrays.build(tables, settings, first, notes)
    return RosterLists(path, problem, settings.shown(), _hash(tables, settings), notes)


def _public(path: Path, text: str) -> RosterLists:
    try:
        problem = public.read(text)
    except public.Unreadable as error:
        fault = Fault(path.name, error.line, "", "text_format", {"line": str(error.line), "what": error.what})
        raise RosterRefused(Reading({}), [fault]) from error
    return RosterLists(path, problem, {}, hashlib.sha256(text.encode()).hexdigest(), [])


def _first_day(cover: Table | None, settings: RosterSettings, faults: list[Fault]) -> dt.date | None:
    if settings.plan_start is not None:
        return settings.plan_start
    columns: Any = cover.columns if cover is not None else {"date": []}
    dates = [day for day in columns["date"] if day is not None]
    if not dates:
        faults.append(Fault("rules", 0, "", "no_start"))
    return min(dates, default=None)


def _across(tables: Mapping[str, Table], settings: RosterSettings, first: dt.date | None) -> Iterator[Fault]:
    shifts = {str(code) for code in tables["shifts"].columns["shift_id"]} if "shifts" in tables else None
    if "shifts" in tables:
        yield from _twice(tables["shifts"], "shift_id")
    if "people" in tables:
        yield from _twice(tables["people"], "staff_id")
        yield from _people(tables["people"], shifts)
    if "cover" in tables:
        yield from _cover(tables["cover"], shifts, first, settings.days)
    if "cover" in tables and "people" in tables:
        known = set(tables["cover"].columns["community_code"]) | set(tables["people"].columns["community_code"])
        yield from _groups(settings, known)


def _twice(table: Table, key: str) -> Iterator[Fault]:
    seen: dict[object, int] = {}
    for index, code in enumerate(table.columns[key]):
        if code is not None and seen.setdefault(code, index) != index:
            yield table.fault(index, key, "id_differs", code=code, first=table.rows[seen[code]])


def _people(table: Table, shifts: set[str] | None) -> Iterator[Fault]:
    columns: Any = table.columns
    for name, shift_of in (("wishes", lambda wish: wish.shift), ("past", lambda worked: worked[0])):
        for index, cell in enumerate(columns[name]):
            for code in dict.fromkeys(shift_of(one) for one in cell or ()):
                if shifts is not None and code and code not in shifts:
                    yield table.fault(index, name, "unknown_shift", code=code)
    for index, (arrives, leaves) in enumerate(zip(columns["arrives"], columns["leaves"], strict=True)):
        if arrives is not None and leaves is not None and leaves <= arrives:
            yield table.fault(index, "leaves", "leaves_first", arrives=arrives, leaves=leaves)


def _cover(table: Table, shifts: set[str] | None, first: dt.date | None, days: int) -> Iterator[Fault]:
    columns: Any = table.columns
    seen: set[tuple[object, ...]] = set()
    names = ("community_code", "category", "shift_id", "date", "min", "want")
    for index, row in enumerate(zip(*(columns[name] for name in names), strict=True)):
        _, _, shift, day, least, want = row
        if shift is not None and shifts is not None and shift not in shifts:
            yield table.fault(index, "shift_id", "unknown_shift", code=shift)
        if day is not None and first is not None and not 0 <= (day - first).days < days:
            last = first + dt.timedelta(days=days - 1)
            yield table.fault(index, "date", "outside_horizon", date=day, first=first, last=last)
        if least is not None and want is not None and least > want:
            yield table.fault(index, "min", "min_above_want", least=least, want=want)
        if row[:4] in seen:
            yield table.fault(index, "", "cover_twice")
        seen.add(row[:4])


def _groups(settings: RosterSettings, known: set[object]) -> Iterator[Fault]:
    taken: set[str] = set()
    for name, codes in (("closed_loop", settings.closed), *(("shared_nights", group) for group in settings.shared)):
        for code in codes:
            if code not in known:
                yield Fault("rules", 0, "value", "share_unknown", {"code": code, "name": name})
            if name == "shared_nights" and code in taken:
                yield Fault("rules", 0, "value", "share_twice", {"code": code})
        taken |= set(codes) if name == "shared_nights" else set()


def _place(fault: Fault) -> tuple[int, str, int, str]:
    names = [layout.name for layout in INPUT]
    return (names.index(fault.sheet) if fault.sheet in names else len(names), fault.sheet, fault.row, fault.column)


def _hash(tables: Mapping[str, Table], settings: RosterSettings) -> str:
    """SHA-256 over the content, the same for any order of rows or columns and any kind of file."""
    digest = hashlib.sha256()
    for layout in INPUT[:3]:
        columns: Sequence[Sequence[object]] = [tables[layout.name].columns[column.name] for column in layout.columns]
        lines = sorted(repr(row) for row in zip(*columns, strict=True))
        digest.update("\n".join([layout.name, *lines, ""]).encode())
    digest.update(json.dumps(settings.shown(), sort_keys=True).encode())
    return digest.hexdigest()
