"""The arithmetic of cover, said before anything is planned: seats, people they take, people there are, ways out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from turnout.core import clock
from turnout.core.area_keys import range_of_key
from turnout.incidents.models import Incident
from turnout.incidents.playbook import Playbook
from turnout.people.models import Person
from turnout.staffing.standards import Keeping, Place, Wanted, keeping, manned, posts_of

_PLACES = """
SELECT a.area_key, coalesce(a.residents, 0), coalesce(m.level, ''),
       (SELECT count(*) FROM places_area c WHERE c.parent_id = a.id AND c.level = 'compound' AND c.closed_at IS NULL),
       coalesce(s.sites, '{}')
  FROM places_area a
  LEFT JOIN LATERAL (
    SELECT mark.level FROM incidents_levelmark mark JOIN places_area around ON around.area_key = mark.area_key
     WHERE mark.incident_id = %(incident)s AND mark.starts_at <= %(now)s
       AND (mark.ends_at IS NULL OR mark.ends_at > %(now)s)
       AND around.area_key <= a.area_key AND a.area_key < around.key_end
     ORDER BY around.key_end - around.area_key LIMIT 1) m ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(site.kind || '|' || site.id ORDER BY site.id) AS sites FROM places_site site
     WHERE site.area_key >= a.area_key AND site.area_key < a.key_end AND site.closed_at IS NULL) s ON true
 WHERE a.level = 'community' AND a.closed_at IS NULL AND a.area_key >= %(low)s AND a.area_key < %(high)s
 ORDER BY a.area_key
"""

WAYS = ((12, 1), (None, 2), (12, 2), (12, 3))
"""Ways out as (hours of a shift or as before, neighbours that share a night), the mildest first."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One standard in figures: communities, compounds or sites with a post, seats in all, people they take."""

    standard: str
    category: str
    round_the_clock: bool
    posts: int
    seats: int
    needed: int


@dataclass(frozen=True, slots=True)
class Way:
    """Another way of keeping the same seats, and whether the people there are would do."""

    how: Keeping
    needed: int
    missing: int

    @property
    def does(self) -> bool:
        return self.missing == 0


@dataclass(frozen=True, slots=True)
class Cover:
    """One category: seats kept round the clock and by day, people they take, people there are, ways out if short."""

    category: str
    seats_round_the_clock: int
    seats_by_day: int
    people_per_seat: int
    needed: int
    available: int
    ways: tuple[Way, ...] = ()

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.available)

    @property
    def first_that_does(self) -> Way | None:
        """The mildest way out with which nobody is missing."""
        return next((way for way in self.ways if way.does), None)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What an incident's standards take, by rule and by category, if the posts are kept in one way."""

    how: Keeping
    rules: tuple[Rule, ...]
    categories: tuple[Cover, ...]

    @property
    def needed(self) -> int:
        return sum(line.needed for line in self.categories)

    @property
    def available(self) -> int:
        return sum(line.available for line in self.categories)

    @property
    def missing(self) -> int:
        """People missing in all; too many of one category do not stand in for another."""
        return sum(line.missing for line in self.categories)


def arithmetic(playbook: Playbook, places: Iterable[Place], available: Mapping[str, int], how: Keeping) -> Arithmetic:
    """Work out what the standards of a playbook take at these places, against people by category. Pure."""
    wanted = list(posts_of(playbook, places))
    people = manned(wanted, how)
    needed = _by_category(people)
    night, day = Counter[str](), Counter[str]()
    for post in wanted:
        (night if post.standard.round_the_clock else day)[post.standard.category] += post.seats
    others = [(other, _by_category(manned(wanted, other))) for other in _others(playbook, how)]
    return Arithmetic(
        how=how,
        rules=tuple(_rules(playbook, people)),
        categories=tuple(
            Cover(
                category=category,
                seats_round_the_clock=night[category],
                seats_by_day=day[category],
                people_per_seat=how.per_seat,
                needed=needed[category],
                available=available.get(category, 0),
                ways=_ways(category, needed, available, others) if night[category] else (),
            )
            for category in sorted(needed)
        ),
    )


def cover(
    incident: Incident, hours: int | None = None, neighbours: int = 1, *, round_the_clock: bool = True
) -> Arithmetic:
    """Return the arithmetic of an incident against the people of the present scope, by unit. Two queries.

    A person with several categories counts in the first that is not `general`, once.
    """
    playbook = incident.playbook.playbook
    how = keeping(playbook, hours, neighbours, round_the_clock=round_the_clock)
    return arithmetic(playbook, places_of(incident), available(incident), how)


def available(incident: Incident) -> dict[str, int]:
    """Return the active people of units inside the incident, by first category; `general` counts everybody else's."""
    low, high = range_of_key(incident.area_key)
    rows = (
        Person.objects.filter(state="active", unit__area_key__gte=low, unit__area_key__lt=high)
        .values("categories")
        .annotate(people=Count("id"))
    )
    counts: dict[str, int] = {}
    for row in rows:
        category = next((name for name in row["categories"] if name != "general"), "general")
        counts[category] = counts.get(category, 0) + row["people"]
    return counts


def places_of(incident: Incident) -> list[Place]:
    """Return the open communities of an incident with the level that holds there now. One query."""
    low, high = range_of_key(incident.area_key)
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, {"incident": incident.pk, "now": clock.now(), "low": low, "high": high})
        return [
            Place(key, residents, level, compounds, tuple(_site(text) for text in sites))
            for key, residents, level, compounds, sites in cursor.fetchall()
        ]


def _site(text: str) -> tuple[str, str]:
    kind, site_id = text.split("|")
    return kind, site_id


def _others(playbook: Playbook, how: Keeping) -> list[Keeping]:
    """Return the ways of `WAYS` that take fewer people than the present one, each once; last the first shift alone."""
    others = [keeping(playbook, hours or how.hours, neighbours) for hours, neighbours in WAYS]
    milder = [
        other for other in dict.fromkeys(others) if other.hours >= how.hours and other.neighbours >= how.neighbours
    ]
    first = keeping(playbook, how.hours, round_the_clock=False)
    return [other for other in [*milder, first] if other != how]


def _ways(
    category: str,
    needed: Mapping[str, int],
    available: Mapping[str, int],
    others: Sequence[tuple[Keeping, Counter[str]]],
) -> tuple[Way, ...]:
    there = available.get(category, 0)
    if needed[category] <= there:
        return ()
    return tuple(Way(how, counts[category], max(0, counts[category] - there)) for how, counts in others)


def _by_category(people: Iterable[tuple[Wanted, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for post, number in people:
        counts[post.standard.category] += number
    return counts


def _rules(playbook: Playbook, people: Sequence[tuple[Wanted, int]]) -> Iterable[Rule]:
    """Yield each standard that asks for anybody, in the playbook's order."""
    posts, seats, needed = Counter[str](), Counter[str](), Counter[str]()
    for post, number in people:
        code = post.standard.code
        posts[code] += 1
        seats[code] += post.seats
        needed[code] += number
    for rule in playbook.standards:
        if posts[rule.code]:
            yield Rule(
                rule.code, rule.category, rule.round_the_clock, posts[rule.code], seats[rule.code], needed[rule.code]
            )
