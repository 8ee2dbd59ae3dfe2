"""The team term taken apart into squads: the people whom one unit sends to one community.

For post prices v, person prices pi >= 0 and unit prices mu >= 0 no plan costs less than

  B = sum over posts and tiers of places x min(penalty, v) + sum of out - sum of pi - sum of quota x mu
      - sum over units u and communities c of max(0, G_uc - F),
  G_uc = sum over posts q of c of the `places` largest positive (v_q - w_pq - pi_p) over people p of u,
  w_pq = c_pq + mu_u - out_p, F = the team term.

Proof: move "everybody at most one post", "a post is filled or short" and the quotas into the objective; what is left
falls apart into pairs (u, c), each closed for 0 or open for F minus at most G. A squad can hold no more of its people
in a post than the post has places; without that cap the bound is 4 % weaker. Who is frozen on a post must have it, so
that pi of hers may be below 0.

Lists made at a centre (v0, pi0) with margin d hold every pair with value + d > 0 of every squad whose G, each value
raised by d, exceeds F. While v <= v0 + d/2 and pi >= pi0 - d/2, nothing unlisted counts: B over the lists is B over
all pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from turnout.planner.placement import costs, pricing
from turnout.planner.placement.city import UNLIMITED, Array, City
from turnout.planner.placement.jit import jit, over_blocks, spread

BLOCK = 4096
"""Squads per block of work; fixed, so that sums do not depend on the number of workers."""


class Squads(NamedTuple):
    """Listed squads; rows of squad s are [start[s], start[s + 1]), posts of a squad stand together."""

    key: Array  # unit x communities + community, rising
    start: Array
    person: Array
    post: Array
    worth: Array  # w, tenths as float


class Values(NamedTuple):
    """What the squads come to at given prices."""

    excess: float  # sum of max(0, G - F)
    filled: Array  # places of each post that open squads take
    times: Array  # posts that open squads give each person
    open: Array  # people in each listed squad if it is open, else 0


def lists(
    city: City,
    ix: pricing.Index,
    post_price: Array,
    unit_price: Array,
    person_price: Array,
    margin: float,
    workers: int,
) -> Squads:
    """Every squad that can count while prices stay inside the box of half the margin; over all pairs."""
    people = city.people
    found = pricing.scan(city, ix, post_price, unit_price, people["out"] - person_price + margin, 0, workers)
    members = np.argsort(people["unit"], kind="stable")
    ends = np.searchsorted(people["unit"][members], np.arange(len(city.quota) + 1))
    shared = (
        city, found.start, found.post, found.tenths, members, ends, post_price, unit_price, person_price, margin,
    )  # fmt: skip
    parts = spread(_listed, shared, len(city.quota), workers=workers, block=64)
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Squads(nothing, np.zeros(1, dtype=np.int64), nothing, nothing, np.zeros(0))
    key, size, person, post, worth = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Squads(key, np.concatenate([[0], np.cumsum(size)]), person, post, worth)


@jit
def _listed(
    city: City, start: Array, found: Array, tenths: Array, members: Array, ends: Array, post_price: Array,
    unit_price: Array, person_price: Array, margin: float, first: int, last: int,
) -> tuple[Array, Array, Array, Array, Array]:  # fmt: skip
    """Squads of units first..last that can open within the margin: keys, sizes, and their rows by post and person."""
    people, posts, term = city.people, city.posts, float(city.terms[0].team)
    communities, many_posts = len(city.communities), len(posts)
    most = 0
    for m in range(ends[first], ends[last]):
        most += start[members[m] + 1] - start[members[m]]
    keys, sizes = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    person_of, post_of = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.int32)
    worth_of = np.empty(most)
    squads, rows = 0, 0
    for u in range(first, last):
        many = 0
        for m in range(ends[u], ends[u + 1]):
            many += start[members[m] + 1] - start[members[m]]
        order, who, row = np.empty(many, dtype=np.int64), np.empty(many, dtype=np.int64), np.empty(many, dtype=np.int64)
        many = 0
        for m in range(ends[u], ends[u + 1]):
            for k in range(start[members[m]], start[members[m] + 1]):
                order[many] = np.int64(posts[found[k]].community) * many_posts + found[k]
                who[many], row[many] = members[m], k
                many += 1
        by_post = np.argsort(order, kind="mergesort")
        k = 0
        while k < many:
            c = order[by_post[k]] // many_posts
            begin, total = rows, 0.0
            while k < many and order[by_post[k]] // many_posts == c:
                # of one post, as many of the best as it has places can count; here all rows of it are added up first
                q = order[by_post[k]] % many_posts
                head = rows
                room, count, sum_all = posts[q].places, 0, 0.0
                while k < many and order[by_post[k]] == c * many_posts + q:
                    p = who[by_post[k]]
                    worth = tenths[row[by_post[k]]] + unit_price[u] - people[p].out
                    person_of[rows], post_of[rows], worth_of[rows] = p, q, worth
                    sum_all += post_price[q] + margin - worth - person_price[p]
                    count += 1
                    rows += 1
                    k += 1
                if count > room:
                    gains = np.empty(count)
                    for m in range(count):
                        gains[m] = post_price[q] + margin - worth_of[head + m] - person_price[person_of[head + m]]
                    gains.sort()
                    sum_all = gains[count - room :].sum()
                total += sum_all
            if total > term:
                keys[squads], sizes[squads] = np.int64(u) * communities + c, rows - begin
                squads += 1
            else:
                rows = begin
    return (
        keys[:squads].copy(), sizes[:squads].copy(), person_of[:rows].copy(), post_of[:rows].copy(),
        worth_of[:rows].copy(),
    )  # fmt: skip


def values(city: City, squads: Squads, post_price: Array, person_price: Array, workers: int) -> Values:
    """G of every listed squad, and what the squads above F take."""
    term = float(city.terms["team"][0])
    filled, times = np.zeros(len(city.posts), dtype=np.int64), np.zeros(len(city.people), dtype=np.int64)
    size = np.zeros(len(squads.key), dtype=np.int32)
    places = city.posts["places"].copy()
    share = -(-len(squads.key) // max(workers, 1))

    def part(first: int, last: int) -> tuple[Array, Array, Array]:
        own_filled, own_times = np.zeros_like(filled), np.zeros_like(times)
        excess = _values(
            squads.start, squads.person, squads.post, squads.worth, places, post_price, person_price, term,
            first, last, BLOCK, own_filled, own_times, size,
        )  # fmt: skip
        return excess, own_filled, own_times

    # each worker takes a whole number of blocks, so that the blocks' sums add up in one order
    share = -(-share // BLOCK) * BLOCK
    parts = over_blocks(part, len(squads.key), workers=workers, block=max(share, BLOCK))
    for _, own_filled, own_times in parts:
        filled += own_filled
        times += own_times
    excess = float(np.concatenate([part[0] for part in parts]).sum()) if parts else 0.0
    return Values(excess, filled, times, size)


@jit
def _values(
    start: Array, persons: Array, posts: Array, worth: Array, places: Array, post_price: Array, person_price: Array,
    term: float, first: int, last: int, block: int, filled: Array, times: Array, size: Array,
) -> Array:  # fmt: skip
    excess = np.zeros((last - first + block - 1) // block)
    longest = 0
    for s in range(first, last):
        longest = max(longest, start[s + 1] - start[s])
    value = np.empty(longest)
    chosen = np.empty(longest, dtype=np.int64)
    for s in range(first, last):
        total, positive = 0.0, 0
        low, high = start[s], start[s + 1]
        for k in range(low, high):
            gain = post_price[posts[k]] - worth[k] - person_price[persons[k]]
            value[k - low] = gain
            if gain > 0:
                total += gain
                positive += 1
        if total <= term:
            size[s] = 0
            continue
        # inside a post only as many as it has places, the best ones; rows of a post stand together
        total, n = 0.0, 0
        k = low
        while k < high:
            post = posts[k]
            begin, room = n, places[post]
            while k < high and posts[k] == post:
                gain = value[k - low]
                if gain > 0 and (n - begin < room or (room > 0 and gain > value[chosen[n - 1] - low])):
                    at = n if n - begin < room else n - 1
                    while at > begin and value[chosen[at - 1] - low] < gain:
                        chosen[at] = chosen[at - 1]
                        at -= 1
                    chosen[at] = k
                    n = max(n, at + 1) if n - begin >= room else n + 1
                k += 1
            for m in range(begin, n):
                total += value[chosen[m] - low]
        if total <= term:
            size[s] = 0
            continue
        excess[(s - first) // block] += total - term
        size[s] = n
        for m in range(n):
            filled[posts[chosen[m]]] += 1
            times[persons[chosen[m]]] += 1
    return excess


def bound(
    city: City, squads: Squads, post_price: Array, unit_price: Array, person_price: Array, workers: int
) -> tuple[float, Values]:
    """B of the listed squads: of all pairs, while the prices lie in the box of the lists."""
    now = values(city, squads, post_price, person_price, workers)
    return without_squads(city, post_price, unit_price, person_price) - now.excess, now


def without_squads(city: City, post_price: Array, unit_price: Array, person_price: Array) -> float:
    """B but for the squads' term."""
    limited = city.quota < UNLIMITED
    posts = city.posts
    tiers = posts["places_min"] * np.minimum(posts["penalty_min"], post_price)
    tiers = tiers + (posts["places"] - posts["places_min"]) * np.minimum(posts["penalty_more"], post_price)
    quotas = (city.quota[limited] * unit_price[limited]).sum()
    return float(tiers.sum() + city.people["out"].sum() - person_price.sum() - quotas)


def certificate(city: City, post_price: Array, unit_price: Array, person_price: Array, *, workers: int) -> float:
    """B by brute force: every unit, every community, every member; no lists, no pruning.

    Prices are taken to thousandths of a tenth and summed as integers, so that the sum has no order.
    """
    held = (city.people["frozen"] == 1) & (city.people["current"] >= 0)
    post = _thousandths(post_price)
    unit = _thousandths(np.where(city.quota < UNLIMITED, np.maximum(unit_price, 0.0), 0.0))
    person = _thousandths(np.where(held, person_price, np.maximum(person_price, 0.0)))
    order = np.argsort(city.people["unit"], kind="stable")
    ends = np.searchsorted(city.people["unit"][order], np.arange(len(city.quota) + 1))
    places = int(city.posts["places"].max(initial=0))
    shared = (city, order, ends, post, unit, person, places)
    blocks = spread(_brute_excess, shared, len(city.quota), workers=workers, block=8)
    return round(without_squads(city, post / 1000, unit / 1000, person / 1000) - sum(blocks) / 1000, 3)


def _thousandths(price: Array) -> Array:
    return np.rint(price * 1000).astype(np.int64)


@jit
def _brute_excess(
    city: City, order: Array, ends: Array, post_price: Array, unit_price: Array, person_price: Array, most_places: int,
    first: int, last: int,
) -> int:  # fmt: skip
    people, posts, communities, all_terms, at, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms = all_terms[0]
    excess = 0
    largest = 0
    for u in range(first, last):
        largest = max(largest, ends[u + 1] - ends[u])
    base = np.zeros(largest, dtype=np.int64)
    best = np.zeros(most_places + 1, dtype=np.int64)
    for u in range(first, last):
        for c in range(len(communities)):
            community = communities[c]
            if community.post_first == community.post_last:
                continue
            for k in range(ends[u], ends[u + 1]):
                person = people[order[k]]
                travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, c)
                base[k - ends[u]] = costs.community_tenths(terms, pairing, person, c, community.street, travel)
            total = 0
            for m in range(community.post_first, community.post_last):
                q = at[m]
                room, n = posts[q].places, 0
                for k in range(ends[u], ends[u + 1]):
                    p = order[k]
                    if base[k - ends[u]] == costs.FORBIDDEN:
                        continue
                    tenths = base[k - ends[u]] + costs.extra_tenths(terms, people[p], posts[q], q) - people[p].out
                    gain = post_price[q] - 1000 * tenths - unit_price[u] - person_price[p]
                    if gain <= 0 or not costs.may_stand(skill, skill_until, people[p], posts[q], q):
                        continue
                    if n == room and (room == 0 or best[n - 1] >= gain):
                        continue
                    slot = n if n < room else n - 1
                    while slot > 0 and best[slot - 1] < gain:
                        best[slot] = best[slot - 1]
                        slot -= 1
                    best[slot] = gain
                    n = min(n + 1, room)
                for k in range(n):
                    total += best[k]
            excess += max(0, total - 1000 * terms.team)
    return excess
