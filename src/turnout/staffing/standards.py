"""What a playbook's standards ask for at each community, and how many people keep a seat. Pure: no database."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from turnout.core.area_keys import street_of
from turnout.incidents.playbook import Playbook, Shifts, Standard

NIGHTS_A_WEEK = 7
LONGEST_SHARED = 12
"""With longer shifts a day has no night shift of its own, and there is nothing to share."""


@dataclass(frozen=True, slots=True)
class Place:
    """A community as the standards see it. `sites` are (kind, id)."""

    area_key: int
    residents: int
    level: str
    compounds: int
    sites: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One post that the standards ask for: people there at one time, and how many of them at least."""

    area_key: int
    standard: Standard
    seats: int
    seats_min: int
    site_id: str | None


@dataclass(frozen=True, slots=True)
class Keeping:
    """How posts are kept day and night: hours of a shift, and how many neighbours share one night shift.

    `first_shift` mans the first shift alone: one person a seat, whoever comes after them is for the next wave.
    """

    shifts: Shifts
    hours: int
    neighbours: int = 1
    first_shift: bool = False

    @property
    def per_seat(self) -> int:
        """People that one seat takes round the clock when nobody shares."""
        return 1 if self.first_shift else self.shifts.people_per_post(self.hours)

    @property
    def hours_a_week(self) -> int:
        """Hours that one person works in a week."""
        return self.hours * self.shifts.per_week

    def people(self, seats: Sequence[int]) -> list[int]:
        """Return how many people each of some neighbouring round-the-clock posts takes, given their seats.

        Each has its own shifts by day; the nights of all are kept by as many as the largest has seats. Together they
        take ceil(shifts a week / shifts a person / (1 - absence)), handed out so that each mans its own seats.
        """
        if self.first_shift or len(seats) < 2:
            return [count * self.per_seat for count in seats]
        by_day = 7 * 24 / self.hours - NIGHTS_A_WEEK
        shifts = sum(seats) * by_day + max(seats) * NIGHTS_A_WEEK
        return _shared_out(self.shifts.people_for(shifts), seats)


def keeping(
    playbook: Playbook, hours: int | None = None, neighbours: int = 1, *, round_the_clock: bool = True
) -> Keeping:
    """Return how posts are kept; without `hours` by the playbook's shifts."""
    hours = hours or playbook.shifts.hours
    return Keeping(playbook.shifts, hours, neighbours if hours <= LONGEST_SHARED else 1, not round_the_clock)


def posts_of(playbook: Playbook, places: Iterable[Place]) -> Iterator[Wanted]:
    """Yield what the standards ask for at each community, in its present level, by area key."""
    for place in places:
        for standard in playbook.standards:
            if standard.applies(place.level):
                for seats, site_id in _seats(standard, place):
                    yield Wanted(place.area_key, standard, seats, min(standard.places_min, seats), site_id)


def manned(posts: Iterable[Wanted], how: Keeping) -> list[tuple[Wanted, int]]:
    """Return (post, people to be posted there) for posts of one incident. Neighbours that share lie in one street."""
    listed = list(posts)
    if how.neighbours == 1:
        return [(post, post.seats * (how.per_seat if post.standard.round_the_clock else 1)) for post in listed]
    made = [(post, post.seats) for post in listed if not post.standard.round_the_clock]
    kept = sorted((post for post in listed if post.standard.round_the_clock), key=_neighbourhood)
    for _, street in groupby(kept, key=lambda post: _neighbourhood(post)[:2]):
        together = list(street)
        for start in range(0, len(together), how.neighbours):
            group = together[start : start + how.neighbours]
            made += zip(group, how.people([post.seats for post in group]), strict=True)
    return made


def _neighbourhood(post: Wanted) -> tuple[str, int, int, str]:
    return post.standard.code, street_of(post.area_key), post.area_key, post.site_id or ""


def _seats(standard: Standard, place: Place) -> Iterator[tuple[int, str | None]]:
    """Yield (seats, site) for one standard at one community; nothing where it asks for nobody."""
    if standard.per == "site":
        for kind, site_id in place.sites:
            if kind == standard.site:
                yield standard.places, site_id
    elif standard.per == "compound":
        if place.compounds:
            yield standard.places * place.compounds, None
    elif seats := standard.places_for(place.residents):
        yield seats, None


def _shared_out(people: int, seats: Sequence[int]) -> list[int]:
    """Hand out people over posts in proportion to their seats, the first ones get what does not divide."""
    total, given, before = sum(seats), [], 0
    for index in range(len(seats)):
        upto = math.ceil(people * sum(seats[: index + 1]) / total - 1e-9)
        given.append(upto - before)
        before = upto
    return given
