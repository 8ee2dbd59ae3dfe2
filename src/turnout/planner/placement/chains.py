"""Chains of moves: who comes to a place, who takes hers, and so on, at least cost to the city.

A chain is a shortest path in the graph of posts: from post a to post b for what it costs to send one of a's people to
b. It starts or ends at home, or at a place that is left empty or was empty. With the dual prices as potentials no
step of an optimal plan costs less than nothing, so that Dijkstra's search looks at a neighbourhood and not at the
city; prices are moved along after a chain is carried out and stay prices of the new plan (successive shortest paths).
Where a plan is not optimal, or teams make the cost of a step depend on the others, a chain found is still a chain,
with a cost that is recounted exactly, but perhaps not the cheapest.
"""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np

from turnout.planner.placement import standing as st
from turnout.planner.placement.arcs import Arcs
from turnout.planner.placement.city import Array, City
from turnout.planner.placement.jit import inline, jit
from turnout.planner.placement.standing import Standing

FAR = 1e15
MOST = 4_000
"""Posts that one search settles at most; usual ones settle some hundreds."""
HOME = -1


class Network(NamedTuple):
    """Listed pairs by person, and the same by post."""

    start: Array
    post: Array
    tenths: Array
    into_start: Array
    into_person: Array
    into_tenths: Array


class Chain(NamedTuple):
    """Moves that belong together, in the order in which they can be carried out; `cost` as the search saw it."""

    person: Array
    post: Array  # where each goes, HOME to stay at home
    cost: float


def network(arcs: Arcs, posts: int) -> Network:
    """The list, and the list turned round."""
    order = np.argsort(arcs.post, kind="stable")
    into_start = np.searchsorted(arcs.post[order], np.arange(posts + 1))
    return Network(arcs.start, arcs.post, arcs.tenths, into_start, arcs.person[order], arcs.tenths[order])


@inline
def _empty() -> list[Any]:
    """An empty list of int64, as a compiled loop must be told."""
    return [np.int64(0) for _ in range(0)]


@jit
def into(
    city: City, standing: Standing, net: Network, released: Array, price: Array, q: int, barred: int, step: float,
    worth: float, learn: bool,
) -> tuple[Array, Array, float]:  # fmt: skip
    """The cheapest way to send one more person to q: somebody from home, or a place elsewhere left empty.

    Returns who moves and where, in the order in which they can be carried out, and the cost, FAR if there is nobody.
    `barred` is not sent. Every move costs `step` besides, in the search alone. `learn` moves the prices along, as
    far as the place is worth it. No chain is looked for that costs more than `worth`.
    """
    people, posts, quota = city.people, city.posts, city.quota
    many, term = len(city.communities), city.terms[0].team
    plan, own, _, _, _, _, filled, size, where = standing
    _, _, _, into_start, into_person, into_tenths = net
    cost, key_of = np.full(len(posts), FAR), np.full(len(posts), FAR)
    to, mover = np.full(len(posts), -1, dtype=np.int64), np.full(len(posts), -1, dtype=np.int64)
    settled = np.zeros(len(posts), dtype=np.bool_)
    touched = [q]
    cost[q], key_of[q] = 0.0, 0.0
    heap = [(0.0, q)]
    enough = worth - price[q]
    best, best_key, best_post, best_person = FAR, FAR, -1, -1
    pops = 0
    while len(heap):
        key, k = heapq.heappop(heap)
        if settled[k]:
            continue
        if key >= min(best_key, enough) or pops >= MOST:
            break
        settled[k] = True
        pops += 1
        there = posts[k].community
        if k != q and filled[k] > 0:
            worth = st.vacancy(posts[k], filled[k] - 1)
            if cost[k] + worth < best:
                best, best_post, best_person = cost[k] + worth, k, -1
                best_key = max(key, best - price[q])
        for m in range(into_start[k], into_start[k + 1]):
            i = into_person[m]
            if i == barred or people[i].frozen == 1:
                continue
            a, u = plan[i], people[i].unit
            if a == k or (a < 0 and released[u] >= quota[u]):
                continue
            now = cost[k] + step + into_tenths[m] - own[i] + st.team_change(size, u * many, where[i], there, term)
            if a < 0:
                if now < best:
                    best, best_post, best_person = now, k, i
                    best_key = max(key, now - price[q])
            elif not settled[a]:
                key_a = max(key, now + price[a] - price[q])
                if key_a < key_of[a]:
                    if key_of[a] == FAR:
                        touched.append(a)
                    cost[a], key_of[a], to[a], mover[a] = now, key_a, k, i
                    heapq.heappush(heap, (key_a, a))
    persons, goals = _empty(), _empty()
    if best < FAR:
        if best_person >= 0:
            persons.append(best_person)
            goals.append(best_post)
        k = best_post
        while k != q:
            persons.append(mover[k])
            goals.append(to[k])
            k = to[k]
    if learn and min(best_key, enough) < FAR / 2:
        for k in touched:
            price[k] += max(0.0, min(best_key, enough) - key_of[k])
    # the one who comes to q moves first, into the vacancy; each of the others into the place just left
    n = len(persons)
    person, goal = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for m in range(n):
        person[m], goal[m] = persons[n - 1 - m], goals[n - 1 - m]
    return person, goal, best


@jit
def out_of(
    city: City, standing: Standing, net: Network, price: Array, p: int, starts: Array, labels: Array, step: float,
    most: float, learn: bool,
) -> tuple[Array, Array, float]:  # fmt: skip
    """The cheapest way to seat p, who stands nowhere, on one of the posts `starts`, which cost her `labels`: there is a
    vacancy, or one of its people makes room and goes on, or home.

    Returns who moves and where, in the order in which they can be carried out, p last, and the cost of all. Every move
    but p's costs `step` besides, in the search alone. `learn` moves the prices along. No chain is looked for that costs
    more than `most`.
    """
    people, posts = city.people, city.posts
    many, term = len(city.communities), city.terms[0].team
    _, own, slot, _, _, first_slot, filled, size, where = standing
    start, post, tenths, _, _, _ = net
    cost, key_of = np.full(len(posts), FAR), np.full(len(posts), FAR)
    came, mover = np.full(len(posts), -1, dtype=np.int64), np.full(len(posts), -1, dtype=np.int64)
    settled = np.zeros(len(posts), dtype=np.bool_)
    touched = _empty()
    heap = [(0.0, np.int64(0)) for _ in range(0)]
    for s in range(len(starts)):
        k = starts[s]
        if labels[s] < cost[k]:
            if cost[k] == FAR:
                touched.append(k)
            cost[k], key_of[k], mover[k] = labels[s], labels[s] - price[k], p
            heapq.heappush(heap, (key_of[k], k))
    best, best_key, best_post, best_person = FAR, FAR, np.int64(-1), np.int64(-1)
    pops = 0
    while len(heap):
        key, k = heapq.heappop(heap)
        if settled[k]:
            continue
        if key >= min(best_key, most) or pops >= MOST:
            break
        settled[k] = True
        pops += 1
        if filled[k] < posts[k].places:
            now = cost[k] - st.vacancy(posts[k], filled[k])
            if now < best:
                best, best_post, best_person = now, k, np.int64(-1)
                best_key = max(key, now)
        for s in range(first_slot[k], first_slot[k + 1]):
            i = slot[s]
            if i < 0 or people[i].frozen == 1:
                continue
            row, here = people[i].unit * many, where[i]
            now = cost[k] + step + people[i].out - own[i] + st.team_change(size, row, here, -1, term)
            if now < best:
                best, best_post, best_person = now, k, i
                best_key = max(key, now)
            for m in range(start[i], start[i + 1]):
                b = np.int64(post[m])
                if settled[b]:
                    continue
                now = cost[k] + step + tenths[m] - own[i]
                key_b = max(key, now - price[b])
                if key_b >= key_of[b]:
                    continue
                now += st.team_change(size, row, here, posts[b].community, term)
                key_b = max(key, now - price[b])
                if key_b < key_of[b]:
                    if key_of[b] == FAR:
                        touched.append(b)
                    cost[b], key_of[b], came[b], mover[b] = now, key_b, k, i
                    heapq.heappush(heap, (key_b, b))
    moved, goals = _empty(), _empty()
    if best < FAR:
        if best_person >= 0:
            moved.append(best_person)
            goals.append(HOME)
        k = best_post
        while k >= 0:
            moved.append(mover[k])
            goals.append(k)
            k = came[k]
    if learn and min(best_key, most) < FAR / 2:
        for k in touched:
            price[k] -= max(0.0, min(best_key, most) - key_of[k])
    person, goal = np.empty(len(moved), dtype=np.int64), np.empty(len(moved), dtype=np.int64)
    for m in range(len(moved)):
        person[m], goal[m] = moved[m], goals[m]
    return person, goal, best


@jit
def carry_out(city: City, standing: Standing, released: Array, person: Array, goal: Array, tenths: Array) -> int:
    """Move people one after the other, each into a vacancy or home; `tenths` is what each then costs on the post.

    Returns by how much the cost of the plan changes, all parts of it.
    """
    people, posts, many, term = city.people, city.posts, len(city.communities), city.terms[0].team
    plan, own, slot, slot_of, slot_post, first_slot, filled, size, where = standing
    change = 0
    for m in range(len(person)):
        i, q = person[m], goal[m]
        a, row = plan[i], people[i].unit * many
        if a == q:
            continue
        if a >= 0:
            change += st.vacancy(posts[a], filled[a] - 1)
        if q < 0:
            change += people[i].out - own[i] + st.team_change(size, row, where[i], -1, term)
            released[people[i].unit] -= 1
            st.leave(posts, people, plan, own, slot, slot_of, filled, size, where, many, i)
            continue
        change += tenths[m] - own[i] + st.team_change(size, row, where[i], posts[q].community, term)
        change -= st.vacancy(posts[q], filled[q])
        if a < 0:
            released[people[i].unit] += 1
        s = first_slot[q]
        while slot[s] >= 0:
            s += 1
        st.exchange(posts, people, plan, own, slot, slot_of, slot_post, filled, size, where, many, i, s, tenths[m], 0)
    return change
