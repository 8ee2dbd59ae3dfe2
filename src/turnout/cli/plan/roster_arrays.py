"""Checked tables as the arrays of a rostering problem: rows sorted by id, words as bits, dates as days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turnout.cli.plan.roster_settings import RosterSettings
from turnout.planner.rostering.problem import DAY, LIMITS, OFF, Cover, People, Problem, Shifts, Sites
from turnout.sheets import Fault, Table

Ints = NDArray[np.int64]
PAST_DAYS = 14
"""How far before the roster worked shifts are looked at: beyond the longest rule."""
_NIGHT_UNTIL = 5 * 60
"""A shift that does not say whether it is a night is one if it touches the hours before five."""


def build(tables: Mapping[str, Table], settings: RosterSettings, first: dt.date, notes: list[Fault]) -> Problem:
    """The problem of tables without faults; dates that lie outside the roster are counted in `notes`."""
    rows: dict[str, dict[str, list[Any]]] = {name: _sorted(tables[name]) for name in ("shifts", "people")}
    cover: Any = tables["cover"].columns
    people = rows["people"]
    sites = sorted({*cover["community_code"], *people["community_code"]})
    categories = sorted({*cover["category"], *(word for row in people["categories"] for word in row)})
    shifts = _shifts(rows["shifts"])
    without = sorted(set(people["community_code"]) - set(cover["community_code"]))
    if without:
        notes.append(Fault("people", 0, "", "no_cover", {"count": str(len(without)), "code": without[0]}))
    return Problem(
        first_day=first,
        days=settings.days,
        shifts=shifts,
        sites=_sites(sites, settings),
        categories=tuple(categories),
        people=_people(people, (sites, categories, shifts.ids), first, settings.days, notes),
        cover=_cover(cover, (sites, categories, shifts.ids), first, settings),
        rules=settings.rules.rules(),
    ).validated()


def _sorted(table: Table) -> dict[str, list[Any]]:
    key = table.columns[table.layout.columns[0].name]
    order = sorted(range(len(key)), key=lambda index: str(key[index]))
    return {name: [column[index] for index in order] for name, column in table.columns.items()}


def _index(words: Iterable[str]) -> dict[str, int]:
    return {word: index for index, word in enumerate(words)}


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _shifts(rows: Mapping[str, list[Any]]) -> Shifts:
    starts = _ints(start % DAY for start in rows["starts"])
    minutes = _ints((end - start) % DAY or DAY for start, end in zip(rows["starts"], rows["ends"], strict=True))
    ends = starts + minutes
    early = (starts < _NIGHT_UNTIL) | (ends > DAY)
    night = [bool(early[at]) if given is None else bool(given) for at, given in enumerate(rows["night"])]
    heavy = [bool(given) for given in rows["heavy"]]
    count = len(starts)
    return Shifts(
        tuple(rows["shift_id"]),
        starts,
        minutes,
        np.array(night, np.bool_),
        np.array(heavy, np.bool_),
        np.zeros((count, count), np.bool_),
    )


def _sites(ids: Sequence[str], settings: RosterSettings) -> Sites:
    at = _index(ids)
    groups = np.arange(len(ids))
    for shared in settings.shared:
        members = [at[code] for code in shared]
        groups[members] = min(members)
    closed = np.zeros(len(ids), np.bool_)
    closed[[at[code] for code in settings.closed]] = True
    return Sites(tuple(ids), closed, groups)


def _people(
    rows: Mapping[str, list[Any]],
    words: tuple[Sequence[str], Sequence[str], Sequence[str]],
    first: dt.date,
    days: int,
    notes: list[Fault],
) -> People:
    sites, categories, shifts = words
    site_at, shift_at, count = _index(sites), _index(shifts), len(rows["staff_id"])
    off = np.zeros((count, days), np.bool_)
    on, against = (np.zeros((count, days, len(shifts)), np.int64) for _ in range(2))
    past = np.full((count, PAST_DAYS if any(rows["past"]) else 0), OFF, np.int64)
    outside, forgotten = 0, 0
    for person in range(count):
        for day in rows["fixed_off"][person] or ():
            at = (day - first).days
            outside += not 0 <= at < days
            if 0 <= at < days:
                off[person, at] = True
        for wish in rows["wishes"][person] or ():
            at = (wish.day - first).days
            outside += not 0 <= at < days
            if 0 <= at < days:
                table = on if wish.shift and not wish.against else against
                table[person, at, shift_at[wish.shift] if wish.shift else slice(None)] = wish.weight
        for shift, day in rows["past"][person] or ():
            at = (day - first).days + past.shape[1]
            forgotten += not 0 <= at < past.shape[1]
            if 0 <= at < past.shape[1]:
                past[person, at] = shift_at[shift]
    if outside:
        notes.append(Fault("people", 0, "", "wish_outside", {"count": str(outside)}))
    if forgotten:
        notes.append(Fault("people", 0, "past", "past_outside", {"count": str(forgotten), "days": str(PAST_DAYS)}))
    plain = People.plain(
        tuple(rows["staff_id"]),
        site=_ints(site_at[code] for code in rows["community_code"]),
        categories=_bits(rows["categories"], categories),
        days=days,
        shifts=len(shifts),
    )
    own = {name: getattr(plain, name) for name in People.__slots__}
    own |= {"off": off, "wish_on": on, "wish_off": against, "past": past, "limits": _bits(rows["work_limits"], LIMITS)}
    own["load_before"] = _ints(load or 0 for load in rows["load_before"])
    own["arrives"] = _ints(min(max((day - first).days, 0), days) if day else 0 for day in rows["arrives"])
    own["leaves"] = _ints(min(max((day - first).days, 0), days) if day else days for day in rows["leaves"])
    return People(**own)


def _bits(rows: Sequence[Sequence[str] | None], words: Sequence[str]) -> Ints:
    bit = {word: 1 << index for index, word in enumerate(words)}
    return _ints(sum(bit[word] for word in row or ()) for row in rows)


def _cover(
    columns: Mapping[str, list[Any]],
    words: tuple[Sequence[str], Sequence[str], Sequence[str]],
    first: dt.date,
    settings: RosterSettings,
) -> Cover:
    at = [_index(own) for own in words]
    whole = (*(len(own) for own in words), settings.days)
    least, want = np.zeros(whole, np.int64), np.zeros(whole, np.int64)
    names = ("community_code", "category", "shift_id", "date", "min", "want")
    # Rows without a date first: a row with one is the exception to them.
    rows = sorted(zip(*(columns[name] for name in names), strict=True), key=lambda row: row[3] is not None)
    for site, category, shift, day, low, high in rows:
        cell = at[0][site], at[1][category], at[2][shift], slice(None) if day is None else (day - first).days
        least[cell], want[cell] = low, low if high is None else high
    prices = settings.rules.prices
    return Cover(
        least,
        want,
        np.full(whole, prices.missing_min),
        np.full(whole, prices.missing_more),
        np.full(whole, prices.surplus),
        (least > 0) | (want > 0),
    )
