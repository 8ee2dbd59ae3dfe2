"""The cost of a placement and the hard rules: the only place that knows them.

Arcs, pricing, improver, explanations and checker all call these functions, so they cannot disagree. They take single
records of `city.City`; amounts are tenths of a minute. The formula is in docs/planning.md.
"""

from __future__ import annotations

import math

import numpy as np

from turnout.planner.placement.city import Array, Record
from turnout.planner.placement.jit import inline

EARTH_KM = 6371.0
ROUNDING = 0.5001
"""Rounding to whole tenths takes off at most half of one; the rest is for floating point."""
FORBIDDEN = -1
"""A cost that does not exist: the person may not stand on the post."""


@inline
def street_tenths(terms: Record, pairing: Array, person: Record, street: int) -> int:
    """Street term of a unit in a street: first paired, otherwise paired, elsewhere; one value without pairing."""
    if person.pair_first == person.pair_last:
        return terms.street_unpaired
    for k in range(person.pair_first, person.pair_last):
        if pairing[k] == street:
            return terms.street_first if k == person.pair_first else terms.street_other
    return terms.street_elsewhere


@inline
def formula_tenths(terms: Record, km: float) -> float:
    """Travel by the formula, not yet rounded; never falls with distance."""
    if km <= terms.walk_km:
        return terms.walk * km
    return terms.walk * terms.walk_km + terms.ride * (km - terms.walk_km)


@inline
def haversine_km(here: Record, there: Record) -> float:
    """Great-circle km between two records with lon and lat in radians."""
    north, east = math.sin((there.lat - here.lat) / 2), math.sin((there.lon - here.lon) / 2)
    a = north * north + here.cos_lat * there.cos_lat * (east * east)
    return 2 * EARTH_KM * math.asin(math.sqrt(min(a, 1.0)))


@inline
def least_tenths(terms: Record, pairing: Array, person: Record, c: int, community: Record) -> float:
    """At most what `community_tenths` will say, found without trigonometry: the chord is never longer than the arc."""
    if person.table_first < person.table_last:
        return 0.0
    x, y, z = person.x - community.x, person.y - community.y, person.z - community.z
    tenths = formula_tenths(terms, EARTH_KM * math.sqrt(x * x + y * y + z * z)) - ROUNDING
    tenths += street_tenths(terms, pairing, person, community.street)
    return tenths - terms.home_bonus if person.home == c else tenths


@inline
def by_formula(terms: Record, person: Record, community: Record) -> int:
    """Door to door by the formula, rounded once, half to even."""
    return int(np.rint(formula_tenths(terms, haversine_km(person, community))))


@inline
def table_entry(table_community: Array, person: Record, community: int) -> int:
    """Index of the pair in the travel table, or -1."""
    low, high = person.table_first, person.table_last
    while low < high:
        middle = (low + high) // 2
        if table_community[middle] < community:
            low = middle + 1
        else:
            high = middle
    if low < person.table_last and table_community[low] == community:
        return low
    return -1


@inline
def travel_tenths(
    terms: Record, communities: Array, table_community: Array, table_tenths: Array, person: Record, c: int
) -> int:
    """Door to door: by the travel table where it has the pair, else by the formula."""
    entry = table_entry(table_community, person, c)
    return table_tenths[entry] if entry >= 0 else by_formula(terms, person, communities[c])


@inline
def parts(
    terms: Record, pairing: Array, person: Record, street: int, post: Record, q: int, travel: int
) -> tuple[int, int, int, int, int]:
    """Travel, street, home bonus (not positive), other category and moving of one placement; rules are not asked."""
    by_street = street_tenths(terms, pairing, person, street)
    # the bonus really granted: travel and street never fall below 0
    bonus = min(terms.home_bonus, travel + by_street) if person.home == post.community else 0
    other = terms.other_category if person.other == 1 and post.general == 1 else 0
    moving = terms.moving if person.current >= 0 and person.current != q else 0
    return travel, by_street, -bonus, other, moving


@inline
def uncapped_tenths(terms: Record, pairing: Array, person: Record, c: int, street: int, travel: int) -> int:
    """What `community_tenths` would say without a travel cap."""
    tenths = travel + street_tenths(terms, pairing, person, street)
    if person.home == c:
        tenths -= terms.home_bonus
    return max(tenths, 0)


@inline
def community_tenths(terms: Record, pairing: Array, person: Record, c: int, street: int, travel: int) -> int:
    """Travel, street and home bonus together, not below 0; FORBIDDEN above the travel cap."""
    if travel > terms.cap:
        return FORBIDDEN
    return uncapped_tenths(terms, pairing, person, c, street, travel)


@inline
def extra_tenths(terms: Record, person: Record, post: Record, q: int) -> int:
    """What a post adds to its community's cost: another category in a general post, moving there."""
    tenths = 0
    if person.other == 1 and post.general == 1:
        tenths += terms.other_category
    if person.current >= 0 and person.current != q:
        tenths += terms.moving
    return tenths


@inline
def in_category(person: Record, post: Record) -> bool:
    return post.general == 1 or (person.categories >> post.category) & 1 == 1


@inline
def has_skills(skill: Array, skill_until: Array, person: Record, post: Record) -> bool:
    """Every required skill, valid to the end of the period."""
    missing = post.required
    if missing == 0:
        return True
    for k in range(person.skill_first, person.skill_last):
        if skill_until[k] >= post.ends:
            missing &= ~(np.int64(1) << np.int64(skill[k]))
    return missing == 0


@inline
def within_limits(person: Record, post: Record) -> bool:
    return person.limits & post.excludes == 0


@inline
def available(person: Record, post: Record) -> bool:
    """The availability covers the whole period."""
    return person.available_from <= post.starts and person.available_until >= post.ends


@inline
def may_stand(skill: Array, skill_until: Array, person: Record, post: Record, q: int) -> bool:
    """All hard rules of one person and one post but the travel cap, which belongs to the community's cost."""
    if person.frozen == 1 and person.current != q:
        return False
    return (
        in_category(person, post)
        and within_limits(person, post)
        and available(person, post)
        and has_skills(skill, skill_until, person, post)
    )


@inline
def stays_out_tenths(person: Record) -> int:
    """Cost of leaving a person out, or FORBIDDEN if she is frozen on a post."""
    if person.frozen == 1 and person.current >= 0:
        return FORBIDDEN
    return person.out
