"""The placement problem as arrays: what a planner is given, nothing of where it came from.

Every table is sorted by its id in code point order, so that the order of rows in somebody's list cannot change a plan.
Times are whole seconds since 1970-01-01 UTC, ranges are half-open. Where a reference is absent it is -1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from turnout.planner.placement.params import Params

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NONE = -1
"""No home community, no current post, no row."""
NO_QUOTA = -1
"""`Units.quota` of a unit that may release everybody."""
ALWAYS_FROM = -(2**62)
ALWAYS_UNTIL = 2**62
"""Ends of time: an availability without bounds, a skill without expiry, the period of a post that names none."""
MOST_WORDS = 62
"""Categories, skills and limits are bits of one int64; 62 leaves the sign alone."""
GENERAL = "general"
"""The category everybody may fill."""
TRAITS = ("experienced", "local", "woman", "man")
"""What rules about people taken together ask: bits of `People.traits`. `local` knows the street she lives in."""


class ProblemRefused(ValueError):
    """Arrays that are no problem: a programming error of whoever built them. `faults` lists all of them."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Communities:
    ids: tuple[str, ...]
    lon: Floats
    """Degrees, WGS-84, (communities,)."""
    lat: Floats
    street: Ints
    """Index into Problem.streets."""
    risk: Ints
    """1, 2 or 3."""


@dataclass(frozen=True, slots=True)
class Units:
    ids: tuple[str, ...]
    pairing_start: Ints
    """(units + 1,): unit u is paired with pairing[pairing_start[u]:pairing_start[u + 1]], its first street first."""
    pairing: Ints
    """Indices into Problem.streets."""
    quota: Ints
    """Most people the unit releases; NO_QUOTA for no limit."""


@dataclass(frozen=True, slots=True)
class People:
    ids: tuple[str, ...]
    unit: Ints
    lon: Floats
    lat: Floats
    home: Ints
    """Index of the home community, NONE if unknown."""
    categories: Ints
    """Bits over Problem.categories. The bit of `general` may be set or not: everybody may fill it."""
    limits: Ints
    """Bits over Problem.limits."""
    skill_start: Ints
    """(people + 1,): person p has skill[skill_start[p]:skill_start[p + 1]]."""
    skill: Ints
    """Indices into Problem.skills. Only skills that some post requires need to be here."""
    skill_until: Ints
    """First moment at which the skill is no longer valid; ALWAYS_UNTIL without expiry."""
    available_from: Ints
    available_until: Ints
    current_post: Ints
    """Index of the present post, NONE without."""
    frozen: Flags
    """Stays on current_post, or at home if that is NONE."""
    traits: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Bits over TRAITS; empty where nobody's are known."""


@dataclass(frozen=True, slots=True)
class Posts:
    ids: tuple[str, ...]
    community: Ints
    category: Ints
    """Index into Problem.categories."""
    places_min: Ints
    places: Ints
    required: Ints
    """Bits over Problem.skills: all of them are required, valid to the end of the period."""
    excludes: Ints
    """Bits over Problem.limits: who has one of them is ruled out."""
    starts: Ints
    """ALWAYS_FROM / ALWAYS_UNTIL where a post names no period: only people without availability bounds cover that."""
    ends: Ints


@dataclass(frozen=True, slots=True)
class TravelTable:
    """Door-to-door minutes between communities that replace the formula, sparse.

    Row h covers people whose home community is h. A person without a home community and a pair without an entry
    use the formula.
    """

    start: Ints
    """(communities + 1,): entries of home community h are [start[h], start[h + 1])."""
    community: Ints
    """Community of the post, strictly increasing inside a row."""
    tenths: Ints
    """Tenths of a minute, rounded once, half to even."""


@dataclass(frozen=True, slots=True)
class Problem:
    categories: tuple[str, ...]
    skills: tuple[str, ...]
    limits: tuple[str, ...]
    streets: tuple[str, ...]
    """Every street that a community or a pairing names, sorted."""
    communities: Communities
    units: Units
    people: People
    posts: Posts
    params: Params = field(default_factory=Params)
    travel: TravelTable | None = None

    @property
    def general(self) -> int:
        """Index of the category everybody may fill, NONE if no list mentions it."""
        return self.categories.index(GENERAL) if GENERAL in self.categories else NONE

    def without_teams(self) -> Problem:
        """The same problem where a team is worth nothing."""
        return self.with_params(self.params.without_teams())

    def with_params(self, params: Params) -> Problem:
        """The same problem at other cost terms."""
        return replace(self, params=params)

    def validated(self) -> Problem:
        """The problem itself, or ProblemRefused with every broken invariant of shape, range and order.

        What a list may rightly be refused for, such as a frozen person on a post she may not fill, is told by
        `check.refused`; the engine refuses those too.
        """
        faults = tuple(_faults(self))
        if faults:
            raise ProblemRefused(faults)
        return self


def _faults(problem: Problem) -> Iterator[str]:
    c, u, p, q = problem.communities, problem.units, problem.people, problem.posts
    for name, words in (("categories", problem.categories), ("skills", problem.skills), ("limits", problem.limits)):
        if len(words) > MOST_WORDS:
            yield f"{name}: more than {MOST_WORDS} different words"
        if len(set(words)) != len(words):
            yield f"{name}: a word twice"
    for name, ids in (
        ("streets", problem.streets),
        ("communities", c.ids),
        ("units", u.ids),
        ("people", p.ids),
        ("posts", q.ids),
    ):
        if any(a >= b for a, b in pairwise(ids)):
            yield f"{name}: ids are not sorted and unique"
    wrong = list(_shape_faults(problem))
    if wrong:
        yield from wrong
        return
    yield from _range_faults(problem)
    yield from _csr_faults("units.pairing", u.pairing_start, u.pairing)
    yield from _csr_faults("people.skill", p.skill_start, p.skill)
    if problem.travel is not None:
        table = problem.travel
        wrong = list(_csr_faults("travel", table.start, table.community))
        if wrong:
            yield from wrong
            return
        row = np.repeat(np.arange(len(c.ids)), np.diff(table.start))
        if (np.diff(row * (len(c.ids) + 1) + table.community) <= 0).any():
            yield "travel: communities of a row do not rise"


def _shape_faults(problem: Problem) -> Iterator[str]:
    for name, table, rows in (
        ("communities", problem.communities, len(problem.communities.ids)),
        ("units", problem.units, len(problem.units.ids)),
        ("people", problem.people, len(problem.people.ids)),
        ("posts", problem.posts, len(problem.posts.ids)),
        ("travel", problem.travel, len(problem.communities.ids)),
    ):
        if table is None:
            continue
        for column in table.__slots__:
            if column == "ids":
                continue
            array = getattr(table, column)
            wanted = np.bool_ if column == "frozen" else np.float64 if column in ("lon", "lat") else np.int64
            if array.dtype != wanted or array.ndim != 1 or not array.flags.c_contiguous:
                yield f"{name}.{column}: not a plain array of {np.dtype(wanted)}"
            elif column in ("pairing_start", "skill_start", "start"):
                if len(array) != rows + 1:
                    yield f"{name}.{column}: {len(array)} entries for {rows} rows, wanted one more than rows"
            elif f"{name}.{column}" not in _RAGGED and len(array) != rows:
                yield f"{name}.{column}: {len(array)} entries for {rows} rows"
    people, travel = problem.people, problem.travel
    if len(people.traits) not in (0, len(people.ids)):
        yield f"people.traits: {len(people.traits)} entries for {len(people.ids)} rows"
    if len(people.skill) != len(people.skill_until):
        yield "people.skill and people.skill_until differ in length"
    if travel is not None and len(travel.community) != len(travel.tenths):
        yield "travel.community and travel.tenths differ in length"


_RAGGED = {"units.pairing", "people.skill", "people.skill_until", "people.traits", "travel.community", "travel.tenths"}


def _range_faults(problem: Problem) -> Iterator[str]:
    c, u, p, q = problem.communities, problem.units, problem.people, problem.posts
    one = len(problem.communities.ids)
    words = len(problem.categories)
    ranges: list[tuple[str, NDArray[np.int64] | NDArray[np.float64], float, float]] = [
        ("communities.lon", c.lon, -180, 180),
        ("communities.lat", c.lat, -90, 90),
        ("communities.street", c.street, 0, len(problem.streets) - 1),
        ("communities.risk", c.risk, 1, 3),
        ("units.pairing", u.pairing, 0, len(problem.streets) - 1),
        ("units.quota", u.quota, NO_QUOTA, 2**31),
        ("people.unit", p.unit, 0, len(u.ids) - 1),
        ("people.lon", p.lon, -180, 180),
        ("people.lat", p.lat, -90, 90),
        ("people.home", p.home, NONE, one - 1),
        ("people.categories", p.categories, 0, 2**words - 1),
        ("people.limits", p.limits, 0, 2 ** len(problem.limits) - 1),
        ("people.skill", p.skill, 0, len(problem.skills) - 1),
        ("people.traits", p.traits, 0, 2 ** len(TRAITS) - 1),
        ("people.current_post", p.current_post, NONE, len(q.ids) - 1),
        ("posts.community", q.community, 0, one - 1),
        ("posts.category", q.category, 0, words - 1),
        ("posts.places_min", q.places_min, 0, 2**31),
        ("posts.places", q.places, 0, 2**31),
        ("posts.required", q.required, 0, 2 ** len(problem.skills) - 1),
        ("posts.excludes", q.excludes, 0, 2 ** len(problem.limits) - 1),
    ]
    if problem.travel is not None:
        ranges.append(("travel.community", problem.travel.community, 0, one - 1))
        ranges.append(("travel.tenths", problem.travel.tenths, 0, 10**7))
    for name, array, low, high in ranges:
        if array.size and not bool(((array >= low) & (array <= high)).all()):
            yield f"{name}: outside {low} to {high}"
    if (q.places_min > q.places).any():
        yield "posts: places_min above places"
    if (q.starts >= q.ends).any():
        yield "posts: a period that ends before it starts"
    if (p.available_from >= p.available_until).any():
        yield "people: an availability that ends before it starts"


def _csr_faults(name: str, start: Ints, values: Ints) -> Iterator[str]:
    if start[0] != 0 or start[-1] != len(values) or (np.diff(start) < 0).any():
        yield f"{name}: row starts do not cover the values"
