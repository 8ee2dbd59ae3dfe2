"""Rules about the people of one community taken together. Each has one name and a price; a plan may break it and pays.

    team_most      for each person of a unit beyond so many in one community
    team_least     for each person that a unit with somebody in a community lacks there
    night_pair     for a community whose night posts have people, no two of them of one unit (asked from two places on)
    experienced    for each experienced person that a community lacks for its share
    local          for a community with people none of whom lives there, or knows the street and lives in it
    night_mixed    for a community with two or more people at night, not both a woman and a man among them

A post is at night if it excludes who has the limit `no_night`. The improver and the checker both count with `tally`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from turnout.planner.placement.city import Array, City, Record
from turnout.planner.placement.jit import inline, jit
from turnout.planner.placement.params import TOGETHER
from turnout.planner.placement.problem import TRAITS, Problem
from turnout.planner.placement.result import Broken

EXPERIENCED, LOCAL, WOMAN, MAN = (1 << TRAITS.index(word) for word in ("experienced", "local", "woman", "man"))
NO_NIGHT = "no_night"

RULE = np.dtype(
    [("most", "i8"), ("least", "i8"), ("share", "i8"), *((name, "i8") for name in TOGETHER)],
    align=True,
)
"""The limits in people and percent, and the price of each rule in tenths, 0 where it is not asked."""


class Together(NamedTuple):
    rule: Array  # one record
    traits: Array  # bits of each person
    night: Array  # 1 for a post at night
    room: Array  # places on the night posts of each community
    most: int  # places of the community that has most
    on: bool


def of(problem: Problem, city: City) -> Together:
    """The rules of a problem that are on, with what they ask about people and posts."""
    params, posts = problem.params, problem.posts
    rule = np.zeros(1, dtype=RULE)
    prices = params.rules()
    for name, price in prices.items():
        rule[name] = price
    rule["most"], rule["least"] = params.team_most // 10, params.team_least // 10
    rule["share"] = params.experienced_share // 10
    traits = problem.people.traits if len(problem.people.traits) else np.zeros(len(city.people), dtype=np.int64)
    bit = 1 << problem.limits.index(NO_NIGHT) if NO_NIGHT in problem.limits else 0
    night = ((posts.excludes & bit) != 0).astype(np.int64)
    places = np.zeros((2, len(city.communities)), dtype=np.int64)
    np.add.at(places[0], posts.community, posts.places)
    np.add.at(places[1], posts.community, posts.places * night)
    return Together(rule, traits, night, places[1], int(places[0].max(initial=0)), bool(prices))


def none(city: City) -> Together:
    """No rule at all."""
    nothing = np.zeros(0, dtype=np.int64)
    return Together(np.zeros(1, dtype=RULE), nothing, nothing, nothing, 0, False)


def only(problem: Problem, name: str) -> Problem:
    """The problem with one of its rules and no other."""
    return problem.with_params(problem.params.with_rules([name]))


@inline
def tally(
    rule: Record, people: Array, traits: Array, who: Array, at_night: Array, unit: Array, many: int, c: int,
    street: int, room: int, counts: Array,
) -> None:  # fmt: skip
    """How often each rule is broken by the first `many` of `who` standing in community c, in the order of TOGETHER.

    `unit` is room to work.
    """
    counts[:] = 0
    experienced, knowing, nights, seen, paired = 0, 0, 0, 0, False
    by_unit = rule.team_most > 0 or rule.team_least > 0 or rule.night_pair > 0
    for k in range(many):
        person, own = people[who[k]], traits[who[k]]
        unit[k] = person.unit
        experienced += 1 if own & EXPERIENCED != 0 else 0
        knowing += 1 if person.home == c or (own & LOCAL != 0 and person.home_street == street) else 0
        if at_night[k]:
            nights += 1
            seen |= own
    for k in range(many if by_unit else 0):
        first, size, size_at_night = True, 0, 0
        for m in range(many):
            if unit[m] == unit[k]:
                first = first and m >= k
                size += 1
                size_at_night += at_night[m]
        paired = paired or (at_night[k] == 1 and size_at_night >= 2)
        if first and rule.team_most > 0:
            counts[0] += max(0, size - rule.most)
        if first and rule.team_least > 0:
            counts[1] += max(0, rule.least - size)
    if rule.night_pair > 0 and room >= 2 and nights > 0 and not paired:
        counts[2] = 1
    if rule.experienced > 0:
        counts[3] = max(0, (rule.share * many + 99) // 100 - experienced)
    if rule.local > 0 and many > 0 and knowing == 0:
        counts[4] = 1
    if rule.night_mixed > 0 and nights >= 2 and (seen & WOMAN == 0 or seen & MAN == 0):
        counts[5] = 1


@inline
def priced(rule: Record, counts: Array) -> int:
    """What the rules broken so often cost."""
    return (
        counts[0] * rule.team_most
        + counts[1] * rule.team_least
        + counts[2] * rule.night_pair
        + counts[3] * rule.experienced
        + counts[4] * rule.local
        + counts[5] * rule.night_mixed
    )


@inline
def standing_tenths(
    rule: Record, people: Array, traits: Array, night: Array, at: Array, community: Record, c: int, room: int,
    first_slot: Array, slot: Array, who: Array, at_night: Array, unit: Array, counts: Array,
) -> int:  # fmt: skip
    """What the rules cost in community c as people stand there now; the last four arrays are room to work."""
    many = 0
    for k in range(community.post_first, community.post_last):
        q = at[k]
        for s in range(first_slot[q], first_slot[q + 1]):
            if slot[s] >= 0:
                who[many], at_night[many] = slot[s], night[q]
                many += 1
    tally(rule, people, traits, who, at_night, unit, many, c, community.street, room, counts)
    return priced(rule, counts)


@jit
def _counts(
    rules: Array, people: Array, communities: Array, traits: Array, room: Array, first: Array, who: Array,
    at_night: Array,
) -> Array:  # fmt: skip
    """(communities, rules): how often each is broken; those of community c are who[first[c]:first[c + 1]]."""
    found, unit = np.zeros((len(communities), 6), dtype=np.int64), np.zeros(len(who), dtype=np.int64)
    for c in range(len(communities)):
        low, high = first[c], first[c + 1]
        tally(
            rules[0], people, traits, who[low:high], at_night[low:high], unit, high - low, c, communities[c].street,
            room[c], found[c],
        )  # fmt: skip
    return found


def counts(city: City, together: Together, plan: Array) -> Array:
    """(communities, rules): how often a plan breaks each rule, in the order of TOGETHER."""
    placed = np.flatnonzero(plan >= 0)
    community = city.posts["community"][plan[placed]]
    order = np.argsort(community, kind="stable")
    first = np.searchsorted(community[order], np.arange(len(city.communities) + 1))
    who = placed[order]
    found: Array = _counts(
        together.rule, city.people, city.communities, together.traits, together.room, first, who,
        together.night[plan[who]],
    )  # fmt: skip
    return found


def tenths(city: City, together: Together, plan: Array) -> int:
    """What a plan pays for the rules it breaks."""
    if not together.on:
        return 0
    prices = [int(together.rule[name][0]) for name in TOGETHER]
    return int(counts(city, together, plan).sum(axis=0) @ np.array(prices))


def broken(problem: Problem, city: City, plan: Array) -> tuple[Broken, ...]:
    """Each rule with a price and each community where a plan breaks it, with how often."""
    rules = of(problem, city)
    if not rules.on:
        return ()
    found = counts(city, rules, plan)
    return tuple(
        Broken(TOGETHER[k], problem.communities.ids[c], f"{found[c, k]} x {rules.rule[TOGETHER[k]][0] / 10:.1f} min")
        for c, k in np.argwhere(found > 0)
    )
