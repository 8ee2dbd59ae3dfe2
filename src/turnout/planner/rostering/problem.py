"""The rostering problem as arrays: days, shifts, sites, people, what has to be covered, and the rules that hold.

A person works at most one shift that starts on a day, for one category, at the own site. Everything is whole numbers:
days count from the first day of the roster, clock times are minutes, amounts are points (see `prices.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from turnout.planner.rostering.rules import shared_nights

if TYPE_CHECKING:
    from turnout.planner.rostering.rules.rule import Rule

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

OFF = -1
"""No shift: a day off in `People.past` and in a plan."""
DAY = 24 * 60
"""Minutes of a day."""
UNLIMITED = 2**31
"""A contract that sets no upper limit."""
GENERAL = "general"
"""The category everybody may fill."""
LIMITS = ("light", "no_closed", "no_night", "no_stairs", "no_suit")
"""Work limits, bit by bit in this order."""


class ProblemRefused(ValueError):
    """Arrays that are no problem: a programming error of whoever built them. `faults` lists all of them."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Shifts:
    ids: tuple[str, ...]
    starts: Ints
    """Minute of the day, 0 to 1439."""
    minutes: Ints
    """Length; a shift may end on the next day."""
    night: Flags
    heavy: Flags
    """Worked in a protective suit or otherwise heavy."""
    cannot_follow: Flags
    """(shifts, shifts): [a, b] says that b may not be worked on the day after a."""


@dataclass(frozen=True, slots=True)
class Sites:
    """Places with a roster of their own: communities, checkpoints, hotels."""

    ids: tuple[str, ...]
    closed: Flags
    """People stay inside for a whole stay (closed loop)."""
    night_group: Ints
    """Smallest index among the sites that share their nights; the own index where nights are not shared."""


@dataclass(frozen=True, slots=True)
class People:
    ids: tuple[str, ...]
    site: Ints
    categories: Ints
    """Bits over Problem.categories."""
    limits: Ints
    """Bits over LIMITS."""
    off: Flags
    """(people, days): fixed days off."""
    arrives: Ints
    """First day present."""
    leaves: Ints
    """First day not present any more."""
    wish_on: Ints
    """(people, days, shifts): weight of the wish to work that shift, 0 for none."""
    wish_off: Ints
    """(people, days, shifts): weight of the wish not to."""
    load_before: Ints
    """Load already carried, in load points (half-hours, nights counted more)."""
    past: Ints
    """(people, past days): shift worked on the last days before the roster, OFF for none."""
    most_in_row: Ints
    """Most days worked in a row."""
    least_in_row: Ints
    """Fewest days worked in a row; days beyond either edge of the roster count as worked."""
    least_off_in_row: Ints
    """Fewest days off in a row; days beyond either edge count as off."""
    most_weekends: Ints
    """Most weekends with any shift."""
    most_minutes: Ints
    least_minutes: Ints
    """Total over the roster."""
    most_of_shift: Ints
    """(people, shifts)."""

    @classmethod
    def plain(cls, ids: tuple[str, ...], *, site: Ints, categories: Ints, days: int, shifts: int) -> People:
        """People without limits, wishes, past or contract."""
        n = len(ids)
        zeros, most = np.zeros(n, np.int64), np.full(n, UNLIMITED, np.int64)
        return cls(
            ids=ids,
            site=site,
            categories=categories,
            limits=zeros,
            off=np.zeros((n, days), np.bool_),
            arrives=zeros,
            leaves=np.full(n, days, np.int64),
            wish_on=np.zeros((n, days, shifts), np.int64),
            wish_off=np.zeros((n, days, shifts), np.int64),
            load_before=zeros,
            past=np.full((n, 0), OFF, np.int64),
            most_in_row=most,
            least_in_row=zeros + 1,
            least_off_in_row=zeros + 1,
            most_weekends=most,
            most_minutes=most,
            least_minutes=zeros,
            most_of_shift=np.full((n, shifts), UNLIMITED, np.int64),
        )

    def take(self, rows: Ints) -> People:
        """Some of the people, in the order of `rows`."""
        columns = {name: getattr(self, name)[rows] for name in self.__slots__ if name != "ids"}
        return People(ids=tuple(self.ids[row] for row in rows), **columns)


@dataclass(frozen=True, slots=True)
class Cover:
    """What is needed, each (sites, categories, shifts, days): people on duty and points for each one missing or over.

    `below_least` is paid for each missing up to `least`, `below_want` for each further one up to `want`, `above` for
    each beyond both.
    """

    least: Ints
    want: Ints
    below_least: Ints
    below_want: Ints
    above: Ints
    open: Flags
    """People may stand here at all."""

    def take(self, sites: Ints) -> Cover:
        return Cover(**{name: getattr(self, name)[sites] for name in self.__slots__})


@dataclass(frozen=True)
class Problem:
    first_day: date
    days: int
    shifts: Shifts
    sites: Sites
    categories: tuple[str, ...]
    people: People
    cover: Cover
    rules: tuple[Rule, ...] = field(default=())

    @cached_property
    def duties(self) -> int:
        """A duty is shift * categories + category; a plan holds duties."""
        return len(self.shifts.ids) * len(self.categories)

    @cached_property
    def past_days(self) -> int:
        return int(self.people.past.shape[1])

    @cached_property
    def fills(self) -> Flags:
        """(people, categories): may stand in for that category; everybody may for `general`."""
        bits = (self.people.categories[:, None] >> np.arange(len(self.categories))) & 1
        held: Flags = bits == 1
        if GENERAL in self.categories:
            held[:, self.categories.index(GENERAL)] = True
        return held

    @cached_property
    def asked(self) -> Cover:
        """What is needed where it is counted: at night at the first site of each group, as the most any member asks."""
        groups = self.sites.night_group
        if (groups == np.arange(len(groups))).all():
            return self.cover
        night = self.shifts.night
        summed: dict[str, Any] = {
            n: shared_nights.joint(getattr(self.cover, n), groups, night) for n in Cover.__slots__
        }
        return Cover(**summed)

    @cached_property
    def counted_at(self) -> Ints:
        """(people, shifts): the site at which a shift of a person counts."""
        return shared_nights.counted_at(self.people.site, self.sites.night_group, self.shifts.night)

    @cached_property
    def allowed(self) -> Flags:
        """(people, days, shifts): no rule about a single day forbids the shift."""
        free: Flags = np.ones((len(self.people.ids), self.days, len(self.shifts.ids)), np.bool_)
        for rule in self.rules:
            free &= rule.allows(self)
        return free

    def rule(self, name: str) -> Rule | None:
        """The rule of that name, if it holds here."""
        return next((rule for rule in self.rules if rule.name == name), None)

    def block(self, sites: Ints, people: Ints) -> Problem:
        """The part of the problem about some sites, which share nights with no other, and their people."""
        at = {int(site): index for index, site in enumerate(sites)}
        own = self.people.take(people)
        groups = np.array([at[int(g)] for g in self.sites.night_group[sites]], np.int64)
        part = Sites(tuple(self.sites.ids[s] for s in sites), self.sites.closed[sites], groups)
        moved = np.array([at[int(s)] for s in own.site], np.int64)
        return replace(self, sites=part, people=replace(own, site=moved), cover=self.cover.take(sites))

    def validated(self) -> Problem:
        """The problem itself, or ProblemRefused with every broken invariant of shape, range and order."""
        faults = tuple(_faults(self))
        if faults:
            raise ProblemRefused(faults)
        return self


def _faults(problem: Problem) -> Iterator[str]:
    s, p, c = problem.shifts, problem.people, problem.cover
    shifts, sites, people = len(s.ids), len(problem.sites.ids), len(p.ids)
    shapes = {
        "shifts.starts": (s.starts, (shifts,)),
        "shifts.minutes": (s.minutes, (shifts,)),
        "shifts.night": (s.night, (shifts,)),
        "shifts.heavy": (s.heavy, (shifts,)),
        "shifts.cannot_follow": (s.cannot_follow, (shifts, shifts)),
        "sites.closed": (problem.sites.closed, (sites,)),
        "sites.night_group": (problem.sites.night_group, (sites,)),
        "people.off": (p.off, (people, problem.days)),
        "people.wish_on": (p.wish_on, (people, problem.days, shifts)),
        "people.wish_off": (p.wish_off, (people, problem.days, shifts)),
        "people.past": (p.past, (people, problem.past_days)),
        "people.most_of_shift": (p.most_of_shift, (people, shifts)),
    }
    shapes |= {
        f"people.{n}": (getattr(p, n), (people,))
        for n in People.__slots__
        if f"people.{n}" not in shapes and n != "ids"
    }
    whole = (sites, len(problem.categories), shifts, problem.days)
    shapes |= {f"cover.{n}": (getattr(c, n), whole) for n in Cover.__slots__}
    wrong = [f"{n}: shape {a.shape}, wanted {shape}" for n, (a, shape) in shapes.items() if a.shape != shape]
    yield from wrong
    if problem.days < 1 or wrong:
        yield from ["no days"] if problem.days < 1 else []
        return
    yield from _range_faults(problem)


def _range_faults(problem: Problem) -> Iterator[str]:
    s, p, c = problem.shifts, problem.people, problem.cover
    groups = problem.sites.night_group
    checks = (
        ("shifts.starts", s.starts, 0, DAY - 1),
        ("shifts.minutes", s.minutes, 1, 2 * DAY),
        ("sites.night_group", groups, 0, len(groups) - 1),
        ("people.site", p.site, 0, len(groups) - 1),
        ("people.categories", p.categories, 0, 2 ** len(problem.categories) - 1),
        ("people.limits", p.limits, 0, 2 ** len(LIMITS) - 1),
        ("people.past", p.past, OFF, len(s.ids) - 1),
        ("people.arrives", p.arrives, 0, problem.days),
        ("people.leaves", p.leaves, 0, problem.days),
        ("people.wish_on", p.wish_on, 0, 10**6),
        ("people.wish_off", p.wish_off, 0, 10**6),
        ("cover.least", c.least, 0, 10**6),
        ("cover.want", c.want, 0, 10**6),
        ("cover.below_want", c.below_want, 0, 10**9),
        ("cover.above", c.above, 0, 10**9),
    )
    for name, array, low, high in checks:
        if array.size and not bool(((array >= low) & (array <= high)).all()):
            yield f"{name}: outside {low} to {high}"
    if (c.below_least < c.below_want).any():
        # A further place dearer than one below the minimum would fill the wrong places first.
        yield "cover: below_want above below_least"
    if (groups[groups] != groups).any() or (groups > np.arange(len(groups))).any():
        yield "sites.night_group: not the smallest index of its group"
