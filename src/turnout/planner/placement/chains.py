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
    return Network(arcs.start, arcs.post, arcs.tenths, *_turned(arcs.start, arcs.post, arcs.tenths, posts))


@jit
def _turned(start: Array, post: Array, tenths: Array, posts: int) -> tuple[Array, Array, Array]:
    """The pairs by post, the people of each in their order."""
    first = np.zeros(posts + 1, dtype=np.int64)
    for q in post:
        first[q + 1] += 1
    first = np.cumsum(first)
    at = first.copy()
    person, cost = np.empty(len(post), dtype=np.int32), np.empty(len(post), dtype=tenths.dtype)
    for p in range(len(start) - 1):
        for m in range(start[p], start[p + 1]):
            person[at[post[m]]], cost[at[post[m]]] = p, tenths[m]
            at[post[m]] += 1
    return first, person, cost


@inline
def _empty() -> list[Any]:
    """An empty list of int64, as a compiled loop must be told."""
    return [np.int64(0) for _ in range(0)]


@inline
def _reach(
    post: Any, now: float, key: float, beyond: Any, person: Any, cost: Array, key_of: Array, other: Array,
    mover: Array, touched: list[Any], heap: list[Any],
) -> None:  # fmt: skip
    """A post is reached at less than before: what it costs, which post comes next to it in the chain, who moves."""
    if key_of[post] == FAR:
        touched.append(post)
    cost[post], key_of[post], other[post], mover[post] = now, key, beyond, person
    heapq.heappush(heap, (key, post))


@inline
def _learn(price: Array, touched: list[Any], key_of: Array, bound: float, sign: float) -> None:
    """Move the prices of the posts reached by what they were below the end of the search."""
    if bound < FAR / 2:
        for k in touched:
            price[k] += sign * max(0.0, bound - key_of[k])


@inline
def _steps(persons: list[Any], goals: list[Any], turned: bool) -> tuple[Array, Array]:
    """Who moves and where, as arrays, from the first or from the last."""
    n = len(persons)
    person, goal = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for m in range(n):
        at = n - 1 - m if turned else m
        person[m], goal[m] = persons[at], goals[at]
    return person, goal


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
            a = plan[i]
            now = cost[k] + step + into_tenths[m] - own[i]
            if a >= 0:
                # at least, whatever her unit-mates do; this rules most people out
                key_a = now - term + price[a] - price[q]
                if key_a >= min(best_key, enough) or key_a >= key_of[a] or settled[a]:
                    continue
            u = people[i].unit
            if i == barred or people[i].frozen == 1 or (a < 0 and released[u] >= quota[u]):
                continue
            if term > 0:
                now += st.team_change(size, u * many, where[i], there, term)
            if a < 0:
                if now < best:
                    best, best_post, best_person = now, k, i
                    best_key = max(key, now - price[q])
                continue
            key_a = max(key, now + price[a] - price[q])
            if key_a < min(key_of[a], best_key, enough):
                _reach(a, now, key_a, k, i, cost, key_of, to, mover, touched, heap)
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
    if learn:
        _learn(price, touched, key_of, min(best_key, enough), 1.0)
    # the one who comes to q moves first, into the vacancy; each of the others into the place just left
    person, goal = _steps(persons, goals, True)
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
            _reach(k, labels[s], labels[s] - price[k], HOME, p, cost, key_of, came, mover, touched, heap)
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
                now = cost[k] + step + tenths[m] - own[i]
                key_b = now - term - price[b]
                if key_b >= min(best_key, most) or key_b >= key_of[b] or settled[b]:
                    continue
                if term > 0:
                    now += st.team_change(size, row, here, posts[b].community, term)
                key_b = max(key, now - price[b])
                if key_b < min(key_of[b], best_key, most):
                    _reach(b, now, key_b, k, i, cost, key_of, came, mover, touched, heap)
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
    if learn:
        _learn(price, touched, key_of, min(best_key, most), -1.0)
    person, goal = _steps(moved, goals, False)
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
