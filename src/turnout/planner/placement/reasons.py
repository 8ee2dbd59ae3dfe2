"""Why a plan is as it is: one code for every placement, gap and person left out, by rules in a fixed order.

The code of a gap or of a person left out is the first rule after which no candidate is left. With candidates left it
is `dearer_than_gap` if the cheapest costs more than the place is worth, else the last code of the list.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from turnout.planner.placement import costs, pricing
from turnout.planner.placement.arcs import tenths_of
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.jit import jit, spread
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import GAP_REASONS, LEFT_OUT_REASONS, Change, Gap, Reasons, Team

LEADERS = ("district_cadre", "street_cadre")
"""Who leads a team: who lives in the community, then these categories in this order, then the smallest id."""

NEVER = 2**60
FIXES = {
    "skill_missing": "add_skill",
    "work_limit": "lift_limit",
    "not_available": "extend_availability",
    "quota_used": "raise_quota",
    "travel_cap": "raise_cap",
}
"""What would let the nearest person in who fails this rule and no other."""


def reasons(problem: Problem, city: City, index: pricing.Index, plan: Array, *, workers: int = 2) -> Reasons:
    """The codes of everything in a plan, its gaps with the nearest fix, its teams and its changes."""
    groups = _groups(city, plan)
    people = _people(problem, city, index, plan, groups, workers)
    return Reasons(
        people=people,
        gaps=tuple(_gaps(problem, city, plan, workers)),
        teams=tuple(_teams(problem, plan, groups)),
        changes=tuple(_changes(problem, plan, people)),
    )


def _groups(city: City, plan: Array) -> Array:
    """Number of unit x communities + community of everybody placed, -1 otherwise."""
    group = city.people["unit"].astype(np.int64) * len(city.communities)
    placed = plan >= 0
    group[placed] += city.posts["community"][plan[placed]]
    return np.where(placed, group, -1)


def _people(
    problem: Problem, city: City, index: pricing.Index, plan: Array, groups: Array, workers: int
) -> tuple[str, ...]:
    people = city.people
    placed = plan >= 0
    community = np.where(placed, city.posts["community"][plan] if len(city.posts) else -1, -1)
    _, group_at, size = np.unique(groups, return_inverse=True, return_counts=True)
    with_mates = placed & (size[group_at] > 1) & bool(problem.params.team)
    own = costs_of(city, plan)
    # a post with strictly less travel and street than the own one: found below the own cost at prices of 0
    nothing = np.zeros(len(city.quota))
    limits = np.where(placed & (people["frozen"] == 0), own.astype(np.float64), -pricing.NO_ARC)
    nearer = np.diff(pricing.scan(city, index, np.zeros(len(city.posts)), nothing, limits, 1, workers).start) > 0
    codes = np.select(
        [
            people["frozen"] == 1,
            (people["current"] >= 0) & (people["current"] == plan),
            people["home"] == community,
            with_mates,
            _paired(city, community),
            ~nearer,
        ],
        ["frozen", "kept", "home", "team", "paired_street", "nearest"],
        "next_nearest",
    )
    codes = np.where(placed, codes, "")
    left = np.flatnonzero(~placed)
    if len(left):
        codes = codes.astype("<U20")
        codes[left] = _left_out(city, plan, left, workers)
    return tuple(codes.tolist())


def costs_of(city: City, plan: Array) -> Array:
    """Whole cost of each placement without the team term; 0 of those left out."""
    placed = np.flatnonzero(plan >= 0)
    own = np.zeros(len(plan), dtype=np.int64)
    own[placed] = tenths_of(city, placed, plan[placed])
    return own


def _paired(city: City, community: Array) -> Array:
    """Whether everybody's community lies in a street that the unit is paired with."""
    streets = np.int64(city.terms["streets"][0])
    people = city.people
    unit_first = np.unique(np.stack([people["unit"], people["pair_first"], people["pair_last"]], axis=1), axis=0)
    known = [u * streets + s for u, first, last in unit_first for s in city.pairing[first:last]]
    street = city.communities["street"][community] if len(city.communities) else community
    return (community >= 0) & np.isin(people["unit"] * streets + street, np.array(known, dtype=np.int64))


def _left_out(city: City, plan: Array, left: Array, workers: int) -> Array:
    filled = np.bincount(plan[plan >= 0], minlength=len(city.posts))
    full = _quota_full(city, plan)
    blocks = spread(_why_left_out, (city, filled, full, left), len(left), workers=workers, block=256)
    return np.array(LEFT_OUT_REASONS)[np.concatenate(blocks)]


def _quota_full(city: City, plan: Array) -> Array:
    return np.bincount(city.people["unit"][plan >= 0], minlength=len(city.quota)) >= city.quota


@jit
def _place_worth(posts: Array, filled: Array, q: int, vacant: bool) -> int:
    """What the next place of a post is worth, or its last one if it has no vacancy (`vacant` False)."""
    post = posts[q]
    at = filled[q] if vacant else min(filled[q], post.places - 1)
    return post.penalty_min if at < post.places_min else post.penalty_more


@jit
def _why_left_out(city: City, filled: Array, quota_full: Array, those: Array, first: int, last: int) -> Array:
    """Index into LEFT_OUT_REASONS for each person of `those[first:last]`."""
    left = those[first:last]
    people, posts, communities, all_terms, _, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    codes = np.zeros(len(left), dtype=np.int64)
    for k in range(len(left)):
        person = people[left[k]]
        if person.frozen == 1:
            continue
        # how far the luckiest post gets: 1 category, 2 skill, 3 limit, 4 available, then quota, cap and cost
        reached, best = 1, NEVER
        for q in range(len(posts)):
            post = posts[q]
            if post.places == 0 or not costs.in_category(person, post):
                continue
            reached = max(reached, 2)
            if not costs.has_skills(skill, skill_until, person, post):
                continue
            reached = max(reached, 3)
            if not costs.within_limits(person, post):
                continue
            reached = max(reached, 4)
            if not costs.available(person, post):
                continue
            reached = max(reached, 5)
            if quota_full[person.unit]:
                continue
            reached = max(reached, 6)
            c = post.community
            travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, c)
            base = costs.community_tenths(terms, pairing, person, c, communities[c].street, travel)
            if base == costs.FORBIDDEN:
                continue
            reached = 7
            worth = _place_worth(posts, filled, q, filled[q] < post.places)
            best = min(best, base + costs.extra_tenths(terms, person, post, q) - person.out - worth)
        if reached == 7 and best <= 0:
            reached = 8
        codes[k] = reached
    return codes


def _gaps(problem: Problem, city: City, plan: Array, workers: int) -> Iterator[Gap]:
    posts = city.posts
    filled = np.bincount(plan[plan >= 0], minlength=len(posts))
    short = np.flatnonzero(filled < posts["places"])
    full = _quota_full(city, plan)
    blocks = spread(_why_gap, (city, plan, full, short), len(short), workers=workers, block=32)
    found = np.concatenate(blocks) if blocks else np.zeros((0, 3), dtype=np.int64)
    for q, (reached, who, tenths) in zip(short.tolist(), found.tolist(), strict=True):
        below = max(0, int(posts["places_min"][q] - filled[q]))
        missing = int(posts["places"][q] - filled[q])
        worth = int(posts["penalty_min"][q] if below else posts["penalty_more"][q])
        code = GAP_REASONS[reached]
        if reached == len(GAP_REASONS) - 2 and tenths <= worth:
            code = GAP_REASONS[-1]
        fix, sentence = _fix(problem, city, q, code, who, tenths, missing)
        yield Gap(q, below, missing, code, fix, sentence)


def _fix(problem: Problem, city: City, q: int, code: str, who: int, tenths: int, missing: int) -> tuple[str, str]:
    if code in ("none_in_category", "needed_more_elsewhere"):
        return f"call_more:{problem.categories[city.posts['category'][q]]}:{missing}", ""
    if code == "dearer_than_gap":
        return "", f"The cheapest person would cost {tenths / 10:.1f} minutes, more than the place is worth."
    if who < 0:
        return "", "Everybody of the category fails more than one rule here."
    unit = city.people["unit"][who]
    subject = problem.units.ids[unit] if code == "quota_used" else problem.people.ids[who]
    return f"{FIXES[code]}:{subject}:{tenths / 10:.1f}", ""


@jit
def _why_gap(city: City, plan: Array, quota_full: Array, those: Array, first: int, last: int) -> Array:
    """For each post of `those[first:last]`: how far the luckiest gets; the cheapest who fails only the rule after
    that, and her cost.

    Rules: 0 category, 1 skill, 2 limit, 3 available, 4 quota, 5 cap; 6 when somebody passes all, then with the least
    cost beyond staying out. Frozen people are not available; who stands there already is no candidate.
    """
    short = those[first:last]
    people, posts, communities, all_terms, _, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    answer = np.zeros((len(short), 3), dtype=np.int64)
    for k in range(len(short)):
        q = short[k]
        post = posts[q]
        c = post.community
        reached = 0
        who = np.full(7, -1, dtype=np.int64)
        least = np.full(7, NEVER, dtype=np.int64)
        for p in range(len(people)):
            person = people[p]
            if plan[p] == q or not costs.in_category(person, post):
                continue
            failed, first = 0, 6
            if not costs.has_skills(skill, skill_until, person, post):
                failed, first = failed + 1, min(first, 1)
            if not costs.within_limits(person, post):
                failed, first = failed + 1, min(first, 2)
            if person.frozen == 1:
                failed, first = failed + 2, min(first, 3)
            elif not costs.available(person, post):
                failed, first = failed + 1, min(first, 3)
            if plan[p] < 0 and quota_full[person.unit]:
                failed, first = failed + 1, min(first, 4)
            reached = max(reached, min(first, 5))
            if failed > 1 or first < reached:
                continue
            travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, c)
            if travel > terms.cap:
                failed, first = failed + 1, min(first, 5)
                if failed > 1:
                    continue
            reached = max(reached, first)
            tenths = costs.uncapped_tenths(terms, pairing, person, c, communities[c].street, travel)
            tenths += costs.extra_tenths(terms, person, post, q)
            tenths -= person.out if first == 6 else 0
            if tenths < least[first]:
                least[first], who[first] = tenths, p
        answer[k, 0], answer[k, 1], answer[k, 2] = reached, who[reached], least[reached]
    return answer


def _teams(problem: Problem, plan: Array, groups: Array) -> Iterator[Team]:
    """Everybody of one unit in one community, where they are at least two; by unit and community."""
    order = np.argsort(groups, kind="stable")
    order = order[groups[order] >= 0]
    ends = np.flatnonzero(np.diff(groups[order])) + 1
    for members in np.split(order, ends):
        if len(members) > 1:
            unit, community = divmod(int(groups[members[0]]), len(problem.communities.ids))
            leader, deputy = _heads(problem, members, community)
            yield Team(unit, community, leader, deputy, tuple(members.tolist()))


def _heads(problem: Problem, members: Array, community: int) -> list[int]:
    """Who leads and who is deputy: of the own community first, then by LEADERS, then the smallest id."""
    ranks = [problem.categories.index(word) for word in LEADERS if word in problem.categories]

    def rank(p: int) -> tuple[bool, int, int]:
        own = int(problem.people.categories[p])
        grade = next((k for k, bit in enumerate(ranks) if own >> bit & 1), len(ranks))
        return int(problem.people.home[p]) != community, grade, p

    return sorted(members.tolist(), key=rank)[:2]


def _changes(problem: Problem, plan: Array, codes: tuple[str, ...]) -> Iterator[Change]:
    """Everybody whose post is not the present one, if anybody's present post was given."""
    before = problem.people.current_post
    if not (before >= 0).any():
        return
    for p in np.flatnonzero(before != plan).tolist():
        yield Change(p, int(before[p]), int(plan[p]), codes[p])
