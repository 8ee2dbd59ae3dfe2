"""Checked tables as the arrays of a placement problem: rows sorted by id, words as bits, moments as seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from turnout.cli.plan import across
from turnout.cli.plan.layouts import LIMITS, ZONE
from turnout.cli.plan.settings import Settings
from turnout.planner.placement.problem import (
    ALWAYS_FROM,
    ALWAYS_UNTIL,
    MOST_WORDS,
    NO_QUOTA,
    NONE,
    TRAITS,
    Communities,
    People,
    Posts,
    Problem,
    TravelTable,
    Units,
)
from turnout.sheets import Fault, Table

Ints = NDArray[np.int64]
# Beyond this from all communities a home is more likely a slip than a home.
_FAR_KM = 100
_KM_PER_DEGREE = 111.2


def build(
    tables: Mapping[str, Table],
    settings: Settings,
    *,
    teams: bool,
    travel: Table | None,
    faults: list[Fault],
    notes: list[Fault],
) -> Problem | None:
    """The problem of tables without faults. Words beyond what the planner can hold are added to `faults` (then None);
    references that count as none, and people who are far away, to `notes`."""
    communities, units, staff, posts = (_sorted(tables[name]) for name in ("communities", "units", "staff", "posts"))
    categories = sorted({word for row in staff["categories"] for word in row} | set(posts["category"]))
    skills = sorted({word for row in posts["skills"] if row for word in row})
    for what, words in (("categories", categories), ("skills", skills)):
        if len(words) > MOST_WORDS:
            faults.append(Fault("posts", 0, what, "too_many_words", {"what": what, "count": str(len(words))}))
    if faults:
        return None
    across.unused_categories({word for row in staff["categories"] for word in row}, set(posts["category"]), notes)
    streets = sorted(set(communities["street_code"]) | {word for row in units["paired_streets"] if row for word in row})
    limits = sorted(LIMITS)
    community_at = _index(communities["community_code"])
    post_at = _index(posts["post_id"])
    notes += _loose_ends(tables, community_at, post_at, set(communities["street_code"]))
    problem = Problem(
        tuple(categories),
        tuple(skills),
        tuple(limits),
        tuple(streets),
        _communities(communities, _index(streets)),
        _units(units, _index(streets)),
        _people(staff, _index(units["unit_code"]), community_at, post_at, (categories, skills, limits)),
        _posts(posts, community_at, (categories, skills, limits)),
        settings.params if teams else settings.params.without_teams(),
        None if travel is None else _travel(travel, community_at, notes),
    )
    notes += _far_away(problem) + _no_period(problem)
    return problem.validated()


def _sorted(table: Table) -> dict[str, list[Any]]:
    """The columns with their rows in the order of ids, by code point."""
    key = table.columns[table.layout.columns[0].name]
    order = sorted(range(len(key)), key=lambda index: str(key[index]))
    return {name: [column[index] for index in order] for name, column in table.columns.items()}


def _index(ids: Iterable[str]) -> dict[str, int]:
    return {code: index for index, code in enumerate(ids)}


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _bits(rows: Sequence[Sequence[str] | None], words: Sequence[str]) -> Ints:
    bit = {word: 1 << index for index, word in enumerate(words)}
    known: dict[Sequence[str] | None, int] = {None: 0}
    for row in set(rows):
        known[row] = sum(bit[word] for word in row or ())
    return _ints(known[row] for row in rows)


def _seconds(moments: Iterable[dt.datetime | None], absent: int) -> Ints:
    return _ints(absent if moment is None else int(moment.timestamp()) for moment in moments)


def _ragged(rows: Iterable[Sequence[int]]) -> tuple[Ints, Ints]:
    listed = list(rows)
    start = np.zeros(len(listed) + 1, np.int64)
    np.cumsum([len(row) for row in listed], out=start[1:])
    return start, _ints(value for row in listed for value in row)


def _communities(rows: Mapping[str, list[Any]], street_at: Mapping[str, int]) -> Communities:
    return Communities(
        tuple(rows["community_code"]),
        np.array(rows["lon"], np.float64),
        np.array(rows["lat"], np.float64),
        _ints(street_at[code] for code in rows["street_code"]),
        _ints(risk or 1 for risk in rows["risk"]),
    )


def _units(rows: Mapping[str, list[Any]], street_at: Mapping[str, int]) -> Units:
    start, pairing = _ragged([street_at[code] for code in row or ()] for row in rows["paired_streets"])
    quota = _ints(NO_QUOTA if quota is None else quota for quota in rows["quota"])
    return Units(tuple(rows["unit_code"]), start, pairing, quota)


def _people(
    rows: Mapping[str, list[Any]],
    unit_at: Mapping[str, int],
    community_at: Mapping[str, int],
    post_at: Mapping[str, int],
    words: tuple[Sequence[str], Sequence[str], Sequence[str]],
) -> People:
    categories, skills, limits = words
    skill_at = _index(skills)
    held = [[(skill_at[name], day) for name, day in row or () if name in skill_at] for row in rows["skills"]]
    start, skill = _ragged([name for name, _ in row] for row in held)
    return People(
        tuple(rows["staff_id"]),
        _ints(unit_at[code] for code in rows["unit_code"]),
        np.array(rows["lon"], np.float64),
        np.array(rows["lat"], np.float64),
        _ints(community_at.get(code, NONE) for code in rows["home_community"]),
        _bits(rows["categories"], categories),
        _bits(rows["work_limits"], limits),
        start,
        skill,
        _ints(ALWAYS_UNTIL if day is None else _day_after(day) for row in held for _, day in row),
        _seconds(rows["available_from"], ALWAYS_FROM),
        _seconds(rows["available_until"], ALWAYS_UNTIL),
        _ints(post_at.get(code, NONE) for code in rows["current_post"]),
        np.array([bool(frozen) for frozen in rows["frozen"]], np.bool_),
        _bits(rows["traits"], TRAITS),
    )


def _day_after(day: dt.date) -> int:
    """A skill is valid through its last day: until the midnight after it, in the city's zone."""
    if day.year == dt.MAXYEAR:
        return ALWAYS_UNTIL
    return int(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZONE).timestamp())


def _posts(
    rows: Mapping[str, list[Any]],
    community_at: Mapping[str, int],
    words: tuple[Sequence[str], Sequence[str], Sequence[str]],
) -> Posts:
    categories, skills, limits = words
    category_at = _index(categories)
    return Posts(
        tuple(rows["post_id"]),
        _ints(community_at[code] for code in rows["community_code"]),
        _ints(category_at[word] for word in rows["category"]),
        _ints(rows["places_min"]),
        _ints(rows["places"]),
        _bits(rows["skills"], skills),
        _bits(rows["excludes"], limits),
        _seconds(rows["starts"], ALWAYS_FROM),
        _seconds(rows["ends"], ALWAYS_UNTIL),
    )


def _travel(table: Table, community_at: Mapping[str, int], notes: list[Fault]) -> TravelTable:
    columns: Any = table.columns
    rows = list(zip(columns["from_community"], columns["community_code"], columns["minutes"], strict=True))
    unknown = [
        origin if origin not in community_at else target
        for origin, target, _ in rows
        if not {origin, target} <= community_at.keys()
    ]
    if unknown:
        notes.append(Fault("travel", 0, "", "unknown_pair", {"count": str(len(unknown)), "code": unknown[0]}))
    known = sorted(
        {(community_at[o], community_at[t], m) for o, t, m in rows if o in community_at and t in community_at}
    )
    origins = _ints(origin for origin, _, _ in known)
    start = np.searchsorted(origins, np.arange(len(community_at) + 1)).astype(np.int64)
    tenths = np.rint(10 * np.array([minutes for _, _, minutes in known], np.float64)).astype(np.int64)
    return TravelTable(start, _ints(target for _, target, _ in known), tenths)


def travel_faults(table: Table, faults: list[Fault]) -> None:
    """Add a fault for every pair of communities that stands twice with different minutes."""
    columns: Any = table.columns
    first: dict[tuple[str, str], float] = {}
    for index, (origin, target, minutes) in enumerate(
        zip(columns["from_community"], columns["community_code"], columns["minutes"], strict=True)
    ):
        if None not in (origin, target, minutes) and first.setdefault((origin, target), minutes) != minutes:
            faults.append(table.fault(index, "minutes", "travel_twice", origin=origin, target=target))


def _loose_ends(
    tables: Mapping[str, Table], community_at: Mapping[str, int], post_at: Mapping[str, int], streets: set[str]
) -> list[Fault]:
    """References that may be missing and count as none: said once each, with a count and an example."""
    columns: Any = tables["staff"].columns
    pairing: Any = tables["units"].columns["paired_streets"]
    loose: list[tuple[str, str, str, list[str], Callable[[str], bool]]] = [
        ("staff", "home_community", "unknown_home", columns["home_community"], community_at.__contains__),
        ("staff", "current_post", "unknown_post", columns["current_post"], post_at.__contains__),
        ("units", "paired_streets", "unknown_street", [s for row in pairing for s in row or ()], streets.__contains__),
    ]
    notes = []
    for sheet, column, code, values, known in loose:
        missing = [value for value in values if value is not None and not known(value)]
        if missing:
            notes.append(Fault(sheet, 0, column, code, {"count": str(len(missing)), "code": missing[0]}))
    return notes


def _far_away(problem: Problem) -> list[Fault]:
    c, p = problem.communities, problem.people
    middle = np.array([np.median(c.lon), np.median(c.lat)])
    scale = np.array([_KM_PER_DEGREE * np.cos(np.radians(middle[1])), _KM_PER_DEGREE])
    reach = np.linalg.norm((np.stack([c.lon, c.lat], 1) - middle) * scale, axis=1).max()
    away = np.linalg.norm((np.stack([p.lon, p.lat], 1) - middle) * scale, axis=1)
    far = np.flatnonzero(away > reach + _FAR_KM)
    if not far.size:
        return []
    return [Fault("staff", 0, "lon", "far_away", {"count": str(far.size), "km": str(_FAR_KM), "code": p.ids[far[0]]})]


def _no_period(problem: Problem) -> list[Fault]:
    p, q = problem.people, problem.posts
    dated = np.zeros(len(p.ids), np.bool_)
    dated[np.repeat(np.arange(len(p.ids)), np.diff(p.skill_start))[p.skill_until < ALWAYS_UNTIL]] = True
    bounded = int(((p.available_from > ALWAYS_FROM) | (p.available_until < ALWAYS_UNTIL) | dated).sum())
    timeless = int((q.starts == ALWAYS_FROM).sum())
    if not bounded or not timeless:
        return []
    return [Fault("posts", 0, "starts", "no_period", {"count": str(timeless), "people": str(bounded)})]
