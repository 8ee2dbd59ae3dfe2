"""One row of a list of places, checked by itself: what it says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import translation

from turnout.core.refusals import Refusal
from turnout.places import codes
from turnout.places.given import Counts, Point, clean_name, today
from turnout.places.states import LABELS_OF_COUNTS, LABELS_OF_POINT
from turnout.sheets import Fault, Reading, Table

Key = tuple[str, ...]

SOURCE = "list"


@dataclass
class Row:
    """A row of a list: where it stands, what place it is about, and the columns it sets (empty cells set nothing)."""

    table: Table
    index: int
    key: Key
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.table.rows[self.index]

    def cell(self, column: str) -> Any:
        return self.table.columns[column][self.index]

    def fault(self, column: str, code: str, **params: object) -> Fault:
        return self.table.fault(self.index, column, code, **params)

    def refused(self, refusal: Refusal, column: str = "") -> Fault:
        """The refusal of a verb as a fault of this row, in both languages."""
        return self.fault(column, "refused", **said(refusal))


def said(refusal: Refusal) -> dict[str, str]:
    """A refusal's two sentences in both languages, as params of the fault `refused`."""
    params: dict[str, str] = {}
    for short, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            params |= {f"wrong_{short}": refusal.sentence, f"right_{short}": refusal.next_step}
    return params


def rows(reading: Reading, sheet: str, key: Callable[[Row], Key], facts: tuple[str, ...] = ()) -> Iterator[Row]:
    """The good rows of a sheet, each place once; what is wrong goes into the reading's faults and notes."""
    table = reading.tables.get(sheet)
    if table is None:
        return
    bad = {fault.row for fault in reading.faults if fault.sheet == sheet}
    seen: dict[Key, Row] = {}
    for index in range(len(table)):
        row = Row(table, index, ())
        if row.number in bad:
            continue
        try:
            row.key = key(row)
            row.columns = _columns(row)
        except _BadRow as bad_row:
            reading.faults.append(bad_row.fault)
            continue
        row.facts = {name: row.cell(name) for name in facts if row.cell(name) is not None}
        first = seen.setdefault(row.key, row)
        if first is row:
            yield row
        elif _cells(first) == _cells(row):
            reading.notes.append(row.fault("", "listed_again", first=first.number))
        else:
            reading.faults.append(row.fault("", "listed_twice", first=first.number))


class _BadRow(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def area_key(row: Row) -> Key:
    """The code of an official area."""
    code = str(row.cell("code"))
    try:
        if codes.level(code) not in codes.OFFICIAL:
            raise _BadRow(row.fault("code", "local_by_name", value=code))
    except ValueError:
        raise _BadRow(row.fault("code", "area_code", value=code)) from None
    return (code,)


def compound_key(row: Row) -> Key:
    """Community and name of a compound."""
    return _community(row), str(row.cell("name"))


def building_key(row: Row) -> Key:
    """Community, compound ('' = none) and name of a building."""
    return _community(row), str(row.cell("compound") or ""), str(row.cell("name"))


def site_key(row: Row) -> Key:
    """Area, kind and name of a site."""
    code = str(row.cell("area_code"))
    try:
        codes.level(code)
    except ValueError:
        raise _BadRow(row.fault("area_code", "area_code", value=code)) from None
    return code, str(row.cell("kind")), str(row.cell("name"))


def _community(row: Row) -> str:
    code = str(row.cell("community_code"))
    if codes.level(code) != "community":
        raise _BadRow(row.fault("community_code", "area_code", value=code))
    return code


def _columns(row: Row) -> dict[str, Any]:
    try:
        return {"name": clean_name(str(row.cell("name")))} | _counts(row) | _point(row)
    except Refusal as refusal:
        raise _BadRow(row.refused(refusal)) from None


def _counts(row: Row) -> dict[str, Any]:
    if "residents" not in row.table.columns:
        return {}
    residents, households = row.cell("residents"), row.cell("households")
    if residents is None and households is None:
        return {}
    as_of: date | None = row.cell("counts_as_of")
    source = row.cell("counts_source") or SOURCE
    columns = Counts(residents, households, source, as_of or today(), source in LABELS_OF_COUNTS).columns()
    if as_of is None:
        # the date of an undated list is the day it came; the same figures coming again are no news
        columns["counts_as_of"] = Undated(columns["counts_as_of"])
    return columns


def _point(row: Row) -> dict[str, Any]:
    lon, lat = row.cell("lon"), row.cell("lat")
    if lon is None and lat is None:
        return {}
    if lon is None or lat is None:
        raise _BadRow(row.fault("lat" if lat is None else "lon", "point_half"))
    source = row.cell("point_source") or SOURCE
    return Point(lon, lat, row.cell("coordinate_system") or "wgs84", source, source in LABELS_OF_POINT).columns()


class Undated(date):
    """A date that nobody wrote: it is stored, and it never differs from what is stored."""

    def __new__(cls, day: date) -> Undated:
        return super().__new__(cls, day.year, day.month, day.day)


def differs(record: Any, columns: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Columns that a row would change: name -> (before, after). The same point from another source is no change."""
    changed = {}
    same_point = "lon" in columns and (record.lon, record.lat) == (columns["lon"], columns["lat"])
    for name, value in columns.items():
        if same_point and name.startswith("point_"):
            continue
        before = getattr(record, name)
        if before != value and not (isinstance(value, Undated) and before is not None):
            changed[name] = (before, value)
    if any(name in changed for name in ("residents", "households", "counts_source")):
        undated = columns.get("counts_as_of")
        if isinstance(undated, Undated):
            changed["counts_as_of"] = (record.counts_as_of, date(undated.year, undated.month, undated.day))
    return changed


def _cells(row: Row) -> list[Any]:
    return [values[row.index] for values in row.table.columns.values()]
