"""Score any plan and recompute any certificate, with no solver and no short cut: every pair is looked at."""

from __future__ import annotations

import numpy as np

from turnout.planner.placement import costs, squads, together
from turnout.planner.placement.city import UNLIMITED, Array, City, pack
from turnout.planner.placement.jit import jit, spread
from turnout.planner.placement.problem import Problem
from turnout.planner.placement.result import RULES, Bound, Broken, Checked, Plan, Prices, Score, proof_gap

FINE = 0
"""No rule broken; otherwise 1 + the rule's place in RULES."""


def check(
    problem: Problem, plan: Plan, prices: Prices | None = None, *, teams: bool = True, workers: int = 2
) -> Checked:
    """Cost by part, broken hard rules and, given prices, the bound they prove over all pairs.

    `teams=False` leaves the team term out of the score. A plan that breaks a rule is scored all the same.
    """
    city = pack(problem if teams else problem.without_teams())
    marked = score(problem, city, plan.post)
    unmet = together.broken(problem, city, plan.post)
    if prices is None:
        return Checked(marked, None, None, unmet)
    bound = certificate(city, prices.post, prices.unit, workers=workers)
    with_teams = -np.inf
    if problem.params.team and teams:
        with_teams = squads.certificate(city, prices.post, prices.unit, prices.person, workers=workers)
    # at prices without teams the squads are worth nothing and both are equal
    best = max(bound, with_teams)
    return Checked(marked, Bound(best, teams=with_teams > bound), proof_gap(marked.objective, best), unmet)


def score(problem: Problem, city: City, post: Array) -> Score:
    """Cost of a plan by part and every hard rule it breaks; (people,) post indices, -1 for nobody's."""
    parts, codes = _people_parts(city, post)
    filled = np.bincount(post[post >= 0], minlength=len(city.posts))
    missing_min, missing_more = missing_tenths(city, filled)
    travel, street, home, other_category, moving = (int(part) for part in parts)
    return Score(
        travel=travel,
        street=street,
        home=home,
        other_category=other_category,
        moving=moving,
        team=int(city.terms["team"][0]) * pairs(city, post),
        missing_min=missing_min,
        missing_more=missing_more,
        broken=(*_broken_people(problem, post, codes), *_broken_totals(problem, city, post, filled)),
        rules=together.tenths(city, together.of(problem, city), post) if problem.params.rules() else 0,
    )


def missing_tenths(city: City, filled: Array) -> tuple[int, int]:
    """Penalties of the places left empty: below the minimum, and further ones."""
    posts = city.posts
    below = np.maximum(posts["places_min"] - filled, 0)
    further = np.maximum(posts["places"] - np.maximum(filled, posts["places_min"]), 0)
    return int((posts["penalty_min"] * below).sum()), int((posts["penalty_more"] * further).sum())


def pairs(city: City, post: Array) -> int:
    """Distinct (unit, community) pairs of a plan."""
    placed = post >= 0
    communities = len(city.communities)
    return len(
        np.unique(city.people["unit"][placed].astype(np.int64) * communities + city.posts["community"][post[placed]])
    )


@jit
def _people_parts(city: City, plan: Array) -> tuple[Array, Array]:
    """Sums of travel, street, home, other category, moving; and per person the first broken rule."""
    people, posts, communities, all_terms, _, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    parts = np.zeros(5, dtype=np.int64)
    codes = np.zeros(len(plan), dtype=np.int64)
    for p in range(len(plan)):
        person, q = people[p], plan[p]
        if q < 0:
            parts[4] += person.out
            if person.frozen == 1 and person.current >= 0:
                codes[p] = 9
            continue
        post = posts[q]
        c = post.community
        travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, c)
        paid = costs.parts(terms, pairing, person, communities[c].street, post, q, travel)
        for k in range(5):
            parts[k] += paid[k]
        if not costs.in_category(person, post):
            codes[p] = 2
        elif not costs.has_skills(skill, skill_until, person, post):
            codes[p] = 3
        elif not costs.within_limits(person, post):
            codes[p] = 4
        elif not costs.available(person, post):
            codes[p] = 5
        elif travel > terms.cap:
            codes[p] = 6
        elif person.frozen == 1 and person.current != q:
            codes[p] = 9
    return parts, codes


def _broken_people(problem: Problem, post: Array, codes: Array) -> list[Broken]:
    return [
        Broken(RULES[codes[p] - 1], problem.people.ids[p], problem.posts.ids[post[p]] if post[p] >= 0 else "left out")
        for p in np.flatnonzero(codes != FINE)
    ]


def _broken_totals(problem: Problem, city: City, post: Array, filled: Array) -> list[Broken]:
    released = np.bincount(city.people["unit"][post >= 0], minlength=len(city.quota))
    over_places, over_quota = filled > city.posts["places"], released > city.quota
    return [
        *(
            Broken("places", problem.posts.ids[q], f"{filled[q]} people on {city.posts['places'][q]} places")
            for q in np.flatnonzero(over_places)
        ),
        *(
            Broken("quota", problem.units.ids[u], f"{released[u]} people of {city.quota[u]} released")
            for u in np.flatnonzero(over_quota)
        ),
    ]


def certificate(city: City, post_price: Array, unit_price: Array, *, workers: int) -> float:
    """No plan costs less than this, for any post prices and unit prices >= 0 (without the team term); all pairs.

    sum over posts and tiers of places x min(penalty, p)  +  sum over people of min(out, min over allowed posts of
    (c + q - p))  -  sum over units of quota x q. A place is filled or missing, so p may have either sign: below 0
    where leaving a person out costs more than the place is worth. Unit prices below 0 count as 0, and so does the
    price of a unit without a quota: it proves nothing.
    """
    unit_price = np.where(city.quota < UNLIMITED, np.maximum(unit_price, 0.0), 0.0)
    blocks = spread(least_reduced, (city, post_price, unit_price), len(city.people), workers=workers, block=512)
    least = np.concatenate(blocks) if blocks else np.zeros(0)
    return assembled(city, post_price, unit_price, least)


def assembled(city: City, post_price: Array, unit_price: Array, least: Array) -> float:
    """The bound from prices and each person's least reduced cost."""
    posts = city.posts
    tiers = posts["places_min"] * np.minimum(posts["penalty_min"], post_price)
    tiers += (posts["places"] - posts["places_min"]) * np.minimum(posts["penalty_more"], post_price)
    limited = city.quota < UNLIMITED
    return float(tiers.sum() + least.sum() - (city.quota[limited] * unit_price[limited]).sum())


@jit
def least_reduced(city: City, post_price: Array, unit_price: Array, first: int, last: int) -> Array:
    """min(out, min over allowed posts of c + q - p) of people first..last, over all posts."""
    people, posts, communities, all_terms, _, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    least = np.zeros(last - first)
    travel = np.zeros(len(communities), dtype=np.int64)
    for p in range(first, last):
        person = people[p]
        for c in range(len(communities)):
            travel[c] = costs.by_formula(terms, person, communities[c])
        for entry in range(person.table_first, person.table_last):
            travel[table_community[entry]] = table_tenths[entry]
        out = costs.stays_out_tenths(person)
        best = 1e18 if out == costs.FORBIDDEN else float(out)
        for q in range(len(posts)):
            post = posts[q]
            if not costs.may_stand(skill, skill_until, person, post, q):
                continue
            c = post.community
            base = costs.community_tenths(terms, pairing, person, c, communities[c].street, travel[c])
            if base != costs.FORBIDDEN:
                reduced = base + costs.extra_tenths(terms, person, post, q) + unit_price[person.unit] - post_price[q]
                best = min(best, reduced)
        least[p - first] = best
    return least


def refused(problem: Problem, city: City) -> tuple[Broken, ...]:
    """Frozen people whose row must be refused: a hard rule, the places or the quota forbid what is frozen."""
    frozen = np.where(city.people["frozen"] == 1, city.people["current"], -1).astype(np.int64)
    _, codes = _people_parts(city, frozen)
    codes[city.people["frozen"] == 0] = FINE
    filled = np.bincount(frozen[frozen >= 0], minlength=len(city.posts))
    return (*_broken_people(problem, frozen, codes), *_broken_totals(problem, city, frozen, filled))
