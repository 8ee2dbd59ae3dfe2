"""Improve a plan under the team term by annealing: swaps, moves of a whole squad, cycles of three.

Two searches run at once on two halves of the city, cut by a fresh line in each round. A search touches only people,
places and counters of its own half, so the plan is the same whether two threads run them or one. Budgets are counts
of moves. Every compound move is a row of swaps, undone if it is not accepted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from turnout.planner.placement import costs, standing, together
from turnout.planner.placement.arcs import Arcs, pair_tenths
from turnout.planner.placement.city import UNLIMITED, Array, City, Record
from turnout.planner.placement.jit import inline, jit, over_blocks
from turnout.planner.placement.params import TOGETHER
from turnout.planner.placement.standing import Standing
from turnout.planner.placement.stop import Stop, never
from turnout.planner.placement.together import Together

NOT_POSSIBLE = 2**40
PARTNERS = 6
"""Occupants of a target post that are looked at as partners."""
FEW = 8
"""Communities below which rules are kept without a cut: two communities would never be on the same side of it."""
SQUADS, CYCLES = 0.1, 0.3
"""Shares of the moves; the rest are swaps."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """Temperatures in tenths, geometric from `hot` to `cold` over `rounds`; `moves` proposals in all."""

    hot: float
    cold: float
    moves: int
    rounds: int = 40


def anneal(
    city: City,
    plan: Array,
    near: Arcs,
    post_price: Array,
    cooling: Cooling,
    *,
    seed: int,
    workers: int,
    stop: Stop = never,
    rules: Together | None = None,
) -> Array:
    """A plan that keeps every hard rule, from one that does; `near` are the targets a person tries."""
    if not standing.fits(city):
        return plan
    state = standing.at(city, plan)
    rules = rules or together.none(city)
    paid = _paid(city, state, rules)
    members_start = np.searchsorted(np.sort(city.people["unit"]), np.arange(len(city.quota) + 1))
    members = np.argsort(city.people["unit"], kind="stable")
    random = np.random.default_rng(seed)
    middle = np.stack([city.communities[axis] for axis in "xyz"], axis=1)
    for number in range(cooling.rounds):
        if stop() is not None:
            break
        warm = number / max(cooling.rounds - 1, 1)
        temperature = cooling.hot * (cooling.cold / cooling.hot) ** warm
        along = middle @ random.normal(size=3)
        half = (along > np.median(along)).astype(np.int8)
        if rules.on and len(half) < FEW:
            half[:] = 0
        # people left out belong to the half their number says
        side = np.where(state.plan >= 0, half[city.posts["community"][state.plan]], np.arange(len(plan)) % 2)
        side[city.people["frozen"] == 1] = -1
        seeds = random.integers(1, 2**62, size=2)
        moves = cooling.moves // cooling.rounds
        people_of = [np.flatnonzero(side == which) for which in (0, 1)]
        shares = [moves * len(people) // max(len(plan), 1) for people in people_of]

        def search(which: int, _: int) -> None:
            if len(people_of[which]):  # noqa: B023  (runs to its end inside this round)
                _search(
                    city, state, rules, paid, near.start, near.post, near.tenths, members_start, members, post_price,
                    half, side.astype(np.int8), which, people_of[which], temperature, shares[which], seeds[which],  # noqa: B023
                )  # fmt: skip

        over_blocks(search, 2, workers=workers, block=1)
    return state.plan


@inline
def _random(state: Array) -> float:
    """Uniform in [0, 1), xorshift64*."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inline
def _partner_change(
    posts: Array, plan: Array, own: Array, size: Array, filled: Array, people: Array, quota: Array, communities: int,
    term: int, i: int, a: int, b: int, j: int, j_cost: int, i_team: int,
) -> int:  # fmt: skip
    """What the city pays beyond i's own change when i goes from a to b and j (-1: a vacancy) makes room for her."""
    if j < 0:
        if a < 0 and quota[people[i].unit] < UNLIMITED:
            return NOT_POSSIBLE
        back = standing.vacancy(posts[a], filled[a] - 1) if a >= 0 else 0
        return back - standing.vacancy(posts[b], filled[b])
    if people[i].unit == people[j].unit:
        return j_cost - own[j] - i_team
    if a < 0 and (quota[people[i].unit] < UNLIMITED or quota[people[j].unit] < UNLIMITED):
        return NOT_POSSIBLE
    before, after = posts[b].community, posts[a].community if a >= 0 else -1
    return j_cost - own[j] + standing.team_change(size, people[j].unit * communities, before, after, term)


@inline
def _goal(
    rng: Array, posts: Array, near_start: Array, near_post: Array, near_tenths: Array, members_start: Array,
    members: Array, where: Array, half: Array, side: Array, which: int, i: int, unit: int, a: int, whole: bool,
) -> tuple[int, int, int]:  # fmt: skip
    """Where i might go: to a unit-mate's community, or to a post near her; community, post and cost, -1 if unknown."""
    if _random(rng) < 0.5:
        m = members[members_start[unit] + int(_random(rng) * (members_start[unit + 1] - members_start[unit]))]
        if side[m] != which or where[m] == where[i]:
            return -1, -1, -1
        return where[m], -1, -1
    low, high = near_start[i], near_start[i + 1]
    if low == high:
        return -1, -1, -1
    k = low + int(_random(rng) * (high - low))
    b = near_post[k]
    c = posts[b].community
    if b == a or half[c] != which or (whole and c == where[i]):
        return -1, -1, -1
    if whole:
        return c, -1, -1
    return c, b, near_tenths[k]


@inline
def _post_in(rng: Array, posts: Array, at: Array, community: Record, a: int, whole: bool) -> int:
    """A post of a community, mostly of the category of the present one; -1 if there is none."""
    same = a >= 0 and (whole or _random(rng) < 0.85)
    first, many = community.post_first, community.post_last - community.post_first
    if many == 0:
        return -1
    offset = int(_random(rng) * many)
    for m in range(many):
        q = at[first + (offset + m) % many]
        if not same or posts[q].category == posts[a].category:
            return q
    return -1


@jit
def _search(
    city: City, state: Standing, rules: Together, paid: Array, near_start: Array, near_post: Array, near_tenths: Array,
    members_start: Array, members: Array, post_price: Array, half: Array, side: Array, which: int, mine: Array,
    temperature: float, moves: int, seed: int,
) -> None:  # fmt: skip
    """`moves` proposals inside one half of the city."""
    people, posts, communities, all_terms, at, pairing, skill, skill_until, table_community, table_tenths, quota = city
    plan, own, slot, slot_of, slot_post, first_slot, filled, size, where = state
    all_rules, traits, night, room_at_night, largest, ruled = rules
    terms, rule = all_terms[0], all_rules[0]
    who, at_night, counts = np.zeros(largest, dtype=np.int64), np.zeros(largest, dtype=np.int64), np.zeros(6, np.int64)
    units = np.zeros(largest, dtype=np.int64)
    term, many, slack = terms.team, len(communities), terms.team + 4 * temperature
    rng = np.zeros(1, dtype=np.uint64)
    rng[0] = np.uint64(seed)
    squad, done_i, done_s = (np.zeros(64, dtype=np.int64), np.zeros(64, dtype=np.int64), np.zeros(64, dtype=np.int64))
    done_i_cost, done_j_cost = np.zeros(64, dtype=np.int64), np.zeros(64, dtype=np.int64)
    done_here, done_goal = np.zeros((64, 2), dtype=np.int64), np.zeros((64, 2), dtype=np.int64)
    back_j, back_s = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    touched: Array = np.zeros(2, dtype=np.int64)
    ease = 0
    for _ in range(moves):
        i = mine[int(_random(rng) * len(mine))]
        kind = _random(rng)
        # a whole squad goes to one community, each to a post of her present category; a cycle is two swaps
        whole = kind < SQUADS
        if whole and (plan[i] < 0 or size[people[i].unit * many + where[i]] < 2):
            continue
        steps = 2 if kind >= 1 - CYCLES else 1
        # drawn first: what the move may cost to be accepted, so that a hopeless one is dropped before its distances
        at_most = -temperature * math.log(1.0 - _random(rng))
        total, done, step, goal, possible = 0, 0, 0, -1, True
        while step < steps:
            possible = False
            if step > 0 and whole:
                i = squad[step]
            a, here, unit = plan[i], where[i], people[i].unit
            b, b_cost = -1, -1
            if step == 0 or not whole:
                goal, b, b_cost = _goal(
                    rng, posts, near_start, near_post, near_tenths, members_start, members, where, half, side, which,
                    i, unit, a, whole,
                )  # fmt: skip
                if goal < 0:
                    break
            if b < 0:
                b = _post_in(rng, posts, at, communities[goal], a, whole)
                if b < 0:
                    break
            if ruled:
                # no move of one person between two communities gains more than their rules cost now
                ease = paid[goal] + (paid[here] if here >= 0 else 0)
            i_team = standing.team_change(size, unit * many, here, goal, term)
            gain = ease + own[i] - i_team + post_price[b] - (post_price[a] if a >= 0 else 0.0) - total
            if b_cost < 0:
                if costs.least_tenths(terms, pairing, people[i], goal, communities[goal]) - gain > slack:
                    break
                b_cost = pair_tenths(
                    terms, communities, pairing, skill, skill_until, table_community, table_tenths,
                    people[i], posts[b], b,
                )  # fmt: skip
            if b_cost == costs.FORBIDDEN or b_cost - gain > slack:
                break
            change = b_cost - own[i] + i_team
            if whole and step == 0:
                # only now that the first one's way looks possible: who else goes
                squad[0] = i
                for k in range(members_start[unit], members_start[unit + 1]):
                    m = members[k]
                    if m != i and where[m] == here and side[m] == which and steps < len(squad):
                        squad[steps] = m
                        steps += 1
            # the best of some occupants, or a vacancy, with noise; for one swap only what would be accepted
            room = first_slot[b + 1] - first_slot[b]
            offset = int(_random(rng) * room)
            best, best_s, best_change, best_j_cost = 1e18, -1, 0, 0
            for m in range(min(room, PARTNERS)):
                s = first_slot[b] + (offset + m) % room
                j = slot[s]
                if j == i or (j >= 0 and people[j].frozen == 1):
                    continue
                j_cost = people[j].out if j >= 0 else 0
                if j >= 0 and a >= 0:
                    least = costs.least_tenths(terms, pairing, people[j], here, communities[here])
                    if steps == 1 and total + change + least - own[j] - term > at_most + ease:
                        continue
                    j_cost = pair_tenths(
                        terms, communities, pairing, skill, skill_until, table_community, table_tenths,
                        people[j], posts[a], a,
                    )  # fmt: skip
                    if j_cost == costs.FORBIDDEN:
                        continue
                other = _partner_change(
                    posts, plan, own, size, filled, people, quota, many, term, i, a, b, j, j_cost, i_team
                )
                noisy = other + 3 * temperature * _random(rng)
                if other < NOT_POSSIBLE and noisy < best and (steps > 1 or change + other <= at_most + ease):
                    best, best_s, best_change, best_j_cost = noisy, s, other, j_cost
            # undoing needs a place to go back to, and a cycle somebody to go on
            if best_s < 0 or (steps > 1 and (a < 0 or (slot[best_s] < 0 and not whole))):
                break
            j = slot[best_s]
            total += change + best_change
            done_i[done], done_s[done] = i, slot_of[i]
            back_j[0], back_s[0] = j, best_s
            done_i_cost[done], done_j_cost[done] = own[i], own[j] if j >= 0 else 0
            done += 1
            standing.exchange(
                posts, people, plan, own, slot, slot_of, slot_post, filled, size, where, many, i, best_s, b_cost,
                best_j_cost,
            )  # fmt: skip
            if ruled:
                done_goal[done - 1, 0], done_goal[done - 1, 1] = goal, paid[goal]
                done_here[done - 1, 0], done_here[done - 1, 1] = here, paid[here] if here >= 0 else 0
                total -= paid[goal] + (paid[here] if here >= 0 and here != goal else 0)
                touched[0], touched[1] = goal, here
                for c in touched:
                    if c >= 0 and (c == goal or here != goal):
                        paid[c] = together.standing_tenths(
                            rule, people, traits, night, at, communities[c], c, room_at_night[c], first_slot, slot,
                            who, at_night, units, counts,
                        )  # fmt: skip
                total += paid[goal] + (paid[here] if here >= 0 and here != goal else 0)
            i, possible = j, True
            step += 1
        if (steps == 1 and (not ruled or total <= at_most)) or (possible and total <= at_most):
            continue
        for k in range(done - 1, -1, -1):
            if ruled:
                paid[done_goal[k, 0]] = done_goal[k, 1]
                if done_here[k, 0] >= 0:
                    paid[done_here[k, 0]] = done_here[k, 1]
                if done_s[k] < 0:
                    # she came from home: who made room comes back, or the place is empty again
                    j, s = back_j[0], back_s[0]
                    if j >= 0:
                        standing.exchange(
                            posts, people, plan, own, slot, slot_of, slot_post, filled, size, where, many, j, s,
                            done_j_cost[k], done_i_cost[k],
                        )  # fmt: skip
                    else:
                        standing.leave(posts, people, plan, own, slot, slot_of, filled, size, where, many, done_i[k])
                    continue
            standing.exchange(
                posts, people, plan, own, slot, slot_of, slot_post, filled, size, where, many, done_i[k], done_s[k],
                done_i_cost[k], done_j_cost[k],
            )  # fmt: skip


def _paid(city: City, state: Standing, rules: Together) -> Array:
    """What the rules about people taken together cost in each community; nothing is counted where none is asked."""
    if not rules.on:
        return np.zeros(len(city.communities), dtype=np.int64)
    prices = np.array([rules.rule[name][0] for name in TOGETHER])
    return together.counts(city, rules, state.plan) @ prices
