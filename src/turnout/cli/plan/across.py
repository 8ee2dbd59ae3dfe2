"""Checks that need more than one cell: repeated ids, references, coordinates, minima and periods."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping

from turnout.cli.plan.layouts import CATEGORIES, COMMUNITIES, POSTS, STAFF, UNITS
from turnout.cli.plan.settings import Settings
from turnout.sheets import Fault, Table
from turnout.sheets.kinds import plain

# Mainland, islands and Taiwan with room to spare: lon and lat of such a place can never be taken for each other.
_LON, _LAT = (73.0, 136.0), (3.0, 54.0)
# Looking for the code that was meant costs a walk over all codes, so only the first few wrong ones get one.
_NEAR = 50


def check(tables: Mapping[str, Table], settings: Settings, faults: list[Fault], notes: list[Fault]) -> None:
    """Add everything wrong across the sheets to `faults`, and to `notes` what is only worth mentioning.

    Rows that repeat another word for word are taken out of their table; posts that do not say when they begin or end
    get the settings' answer.
    """
    for layout in (COMMUNITIES, UNITS, STAFF, POSTS):
        table = tables.get(layout.name)
        if table is not None:
            if not len(table) and not any(fault.sheet == layout.name for fault in faults):
                faults.append(Fault(layout.name, 0, "", "no_rows"))
            _unique(table, layout.columns[0].name, faults, notes)
            if "lon" in table.columns:
                _points(table, faults)
    _references(tables, faults)
    if UNITS.name in tables:
        _pairing(tables[UNITS.name], faults)
    if POSTS.name in tables:
        _places(tables[POSTS.name], faults)
        _fill_periods(tables[POSTS.name], settings)
        _period(tables[POSTS.name], "starts", "ends", faults)
    if STAFF.name in tables:
        _period(tables[STAFF.name], "available_from", "available_until", faults)


def _unique(table: Table, key: str, faults: list[Fault], notes: list[Fault]) -> None:
    ids = table.columns[key]
    if len(set(ids)) == len(ids) and None not in ids:
        return
    first: dict[object, int] = {}
    repeated = set()
    for index, code in enumerate(ids):
        if code is None:
            continue
        before = first.setdefault(code, index)
        if before == index:
            continue
        if all(column[before] == column[index] for column in table.columns.values()):
            repeated.add(index)
            notes.append(table.fault(index, key, "id_repeated", code=code, first=table.rows[before]))
        else:
            faults.append(table.fault(index, key, "id_differs", code=code, first=table.rows[before]))
    if repeated:
        keep = [index for index in range(len(ids)) if index not in repeated]
        table.rows = [table.rows[index] for index in keep]
        table.columns = {name: [column[index] for index in keep] for name, column in table.columns.items()}


def _points(table: Table, faults: list[Fault]) -> None:
    for index, (lon, lat) in enumerate(zip(table.columns["lon"], table.columns["lat"], strict=True)):
        if not isinstance(lon, float) or not isinstance(lat, float):
            continue
        if _LAT[0] < lon < _LAT[1] and _LON[0] < lat < _LON[1]:
            code = "swapped"
        elif abs(lon) > 180 or abs(lat) > 90:
            code = "outside"
        elif lon == 0 and lat == 0:
            code = "zero_point"
        else:
            continue
        faults.append(table.fault(index, "lon", code, lon=plain(lon), lat=plain(lat)))


def _references(tables: Mapping[str, Table], faults: list[Fault]) -> None:
    for sheet, column, target, key, code in (
        ("staff", "unit_code", "units", "unit_code", "unknown_unit"),
        ("posts", "community_code", "communities", "community_code", "unknown_community"),
    ):
        if sheet not in tables or target not in tables:
            continue
        if None in tables[target].columns[key]:
            # A bad code there is one fault; every row that refers to it would only repeat it.
            continue
        known = {str(value) for value in tables[target].columns[key]}
        nearest: dict[str, str] = {}
        for index, value in enumerate(tables[sheet].columns[column]):
            if value is not None and value not in known:
                name = str(value)
                if name not in nearest:
                    nearest[name] = _near(name, known) if len(nearest) < _NEAR else ""
                faults.append(tables[sheet].fault(index, column, code, code=name, near=nearest[name]))


def _near(code: str, known: set[str]) -> str:
    close = difflib.get_close_matches(code, sorted(known), 1, 0.8)
    return f" ({close[0]}?)" if close else ""


def _pairing(units: Table, faults: list[Fault]) -> None:
    for index, (code, streets) in enumerate(
        zip(units.columns["unit_code"], units.columns["paired_streets"], strict=True)
    ):
        if isinstance(streets, tuple) and code in streets:
            faults.append(units.fault(index, "paired_streets", "pairs_itself", code=code))


def _places(posts: Table, faults: list[Fault]) -> None:
    for index, (least, places) in enumerate(zip(posts.columns["places_min"], posts.columns["places"], strict=True)):
        if isinstance(least, int) and isinstance(places, int) and least > places:
            faults.append(posts.fault(index, "places_min", "min_above_places", least=least, places=places))


def _fill_periods(posts: Table, settings: Settings) -> None:
    starts = [start or settings.plan_start for start in posts.columns["starts"]]
    horizon = dt.timedelta(days=settings.horizon_days)
    ends = [
        end or (_later(start, horizon) if isinstance(start, dt.datetime) else None)
        for start, end in zip(starts, posts.columns["ends"], strict=True)
    ]
    posts.columns["starts"], posts.columns["ends"] = list(starts), list(ends)


def _later(start: dt.datetime, horizon: dt.timedelta) -> dt.datetime | None:
    # 9999-12-31 is how some programs write "for ever".
    return start + horizon if start.year < 9900 else None


def _period(table: Table, starts: str, ends: str, faults: list[Fault]) -> None:
    for index, (start, end) in enumerate(zip(table.columns[starts], table.columns[ends], strict=True)):
        if isinstance(start, dt.datetime) and isinstance(end, dt.datetime) and end <= start:
            faults.append(table.fault(index, ends, "ends_before_start", starts=plain(start), ends=plain(end)))


def unused_categories(held: set[str], asked: set[str], notes: list[Fault]) -> None:
    """Note categories of people that no post asks for and nobody has heard of: most likely a slip of the pen."""
    notes.extend(
        Fault("staff", 0, "categories", "unused_category", {"word": word, "near": _near(word, asked)})
        for word in sorted(held - asked - set(CATEGORIES))
    )
