"""What is asked against what people can bear, said before anything is solved.

One place round the clock is 21 shifts of eight hours a week: 4.2 people at five shifts each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from turnout.planner.rostering.problem import Flags, Problem
from turnout.planner.rostering.search.bounds import bearable


@dataclass(frozen=True, slots=True)
class Need:
    """One site, or several that share their nights."""

    sites: tuple[int, ...]
    people: int
    asked: int
    """Shifts over the whole roster, wants included."""
    bearable: int
    """Shifts that the people there can work at most, each alone; together it may be fewer."""
    one: int
    """Shifts that one person who is always there can work at most."""

    @property
    def people_needed(self) -> int:
        """Fewest people who could work what is asked; 0 where one person cannot work at all."""
        return -(-self.asked // self.one) if self.one else 0

    @property
    def short(self) -> int:
        """Shifts that must stay empty whatever is done."""
        return max(self.asked - self.bearable, 0)


def needs(problem: Problem) -> list[Need]:
    """Per site, sites that share their nights together, by the first site."""
    groups, asked = problem.sites.night_group, problem.asked
    shifts = np.maximum(asked.want, asked.least).sum(axis=(1, 2, 3))
    always = np.ones((1, problem.days), np.bool_)
    one = int(bearable(problem, always)[0])
    can: Flags = np.any(problem.allowed, axis=2)
    own = bearable(problem, can)
    if problem.rule("minutes"):
        own = np.minimum(own, problem.people.most_minutes // int(problem.shifts.minutes.min()))
        one = int(own.max(initial=0))
    by_site = np.bincount(problem.people.site, own, len(groups)).astype(np.int64)
    people = np.bincount(problem.people.site, minlength=len(groups))
    told = []
    for group in np.unique(groups).tolist():
        sites = np.flatnonzero(groups == group)
        there, wanted, most = (int(column[sites].sum()) for column in (people, shifts, by_site))
        told.append(Need(tuple(sites.tolist()), there, wanted, most, one))
    return told
