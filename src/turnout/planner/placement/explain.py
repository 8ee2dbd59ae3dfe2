"""Why this person, this post, this gap: questions to a `state.State`, each answered from its stored prices.

Costs to the city are exact: the moves that an answer names are carried out, counted and undone. They were found at
the prices, which in a plan proven optimal makes them the cheapest ones; elsewhere there may be cheaper ones, so say "at
most". All amounts are tenths of a minute.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from turnout.planner.placement import costs
from turnout.planner.placement.chains import FAR, HOME
from turnout.planner.placement.city import Array, City, Record
from turnout.planner.placement.jit import jit
from turnout.planner.placement.result import Gap
from turnout.planner.placement.standing import Standing
from turnout.planner.placement.state import FEWER, Moved, State

BANDS = (300, 600, 900)
"""Travel within which eligible people are counted."""
BARRING = ("category", "skill_missing", "work_limit", "not_available", "quota_used", "travel_cap")
"""Rules that keep a person from a post, in the order in which they are tested; codes are 1 + their place."""
FINE = 0
ALTERNATIVES = 3
TRIED = 8
"""Posts, best at the prices, that are tried as alternatives; the three cheapest for the city are told."""
MOST_WHERE = 5
STEP = 10.0
"""Tenths that every further person who moves counts for when moves are looked for: in a city the cheapest chain may
have a hundred steps, which nobody would carry out to save a minute."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What one placement costs; `home` is the bonus really granted and is negative or 0."""

    travel: int
    street: int
    home: int
    other_category: int
    moving: int

    @property
    def total(self) -> int:
        return self.travel + self.street + self.home + self.other_category + self.moving


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another post for a person, HOME to stay at home: what she would pay, and what the city would with these moves."""

    post: int
    parts: Parts
    city: int
    moves: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """How many posts (or people) one rule keeps away, and the nearest of them."""

    rule: str
    count: int
    nearest: int
    travel: int


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a plan."""

    person: int
    post: int
    reason: str
    parts: Parts
    mates: int
    """Others of her unit in the same community."""
    price: float
    """What having her is worth to the city, at least, in the plan's prices."""
    alternatives: tuple[Alternative, ...]
    barred: tuple[Barred, ...]
    """Of the posts nearer than her own (all posts, if she has none): those a rule keeps her from."""
    open_to: int
    """Of the same posts: those she could fill; they went to others because that costs the city less."""


@dataclass(frozen=True, slots=True)
class Band:
    """Eligible people within so much travel: on this post, on another one, at home; and where most of them are."""

    travel: int
    here: int
    elsewhere: int
    at_home: int
    where: tuple[tuple[int, int], ...]
    """(community, people) of the five communities where most of those elsewhere stand."""


@dataclass(frozen=True, slots=True)
class Fill:
    """The cheapest chain of moves found that fills one place, and by how much the plan's cost would change."""

    moves: tuple[Moved, ...]
    city: int


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a plan."""

    post: int
    people: tuple[int, ...]
    parts: Parts
    """Sums over the people on it."""
    missing_min: int
    missing: int
    worth: int
    """Penalty of the next missing place, or of the last filled one."""
    price: float
    within: tuple[Band, ...]
    barred: tuple[Barred, ...]
    """Everybody whom a rule keeps from the post."""
    gap: Gap | None
    fill: Fill | None
    """How one of its missing places could be filled; None without gap, or if nobody can come."""
    few: Fill | None
    """The same where each move counts as moving a person does, so that few move."""


def person(state: State, who: int, *, step: float = STEP) -> Person:
    """Everything about one person's placement, or about why she has none.

    `step` is what a further mover counts for in the search; at state.FEWER the alternatives of a proven plan are exact.
    """
    city, standing = state.city, state.board.standing
    post = int(standing.plan[who])
    rules, travel, tenths = _posts_for(city, who, _full_quotas(state, who))
    places = city.posts["places"] > 0
    near = places & (travel < travel[post]) if post >= 0 else places
    frozen = bool(city.people["frozen"][who])
    return Person(
        person=who,
        post=post,
        reason=state.reasons.people[who],
        parts=parts_of(city, who, post),
        mates=_mates(city, standing, who),
        price=float(state.prices.person[who]),
        alternatives=() if frozen else _alternatives(state, who, post, rules, tenths, step),
        barred=_barred(rules, travel, near),
        open_to=int((near & (rules == FINE)).sum()),
    )


def post(state: State, which: int) -> Post:
    """Everything about one post: who stands there, who could, and how a missing place could be filled."""
    city, standing = state.city, state.board.standing
    row = city.posts[which]
    people = np.flatnonzero(standing.plan == which)
    rules, travel = _people_for(city, standing, which, _full(state))
    gap = next((gap for gap in state.reasons.gaps if gap.post == which), None)
    filled = len(people)
    parts = [parts_of(city, int(p), which) for p in people]
    at = min(filled, int(row["places"]) - 1)
    return Post(
        post=which,
        people=tuple(people.tolist()),
        parts=Parts(*(sum(getattr(part, name) for part in parts) for name in Parts.__slots__)),
        missing_min=max(0, int(row["places_min"]) - filled),
        missing=max(0, int(row["places"]) - filled),
        worth=0 if at < 0 else int(row["penalty_min"] if at < row["places_min"] else row["penalty_more"]),
        price=float(state.prices.post[which]),
        within=tuple(_band(state, which, rules, travel, most) for most in BANDS),
        barred=_barred(rules, travel, np.ones(len(rules), dtype=np.bool_)),
        gap=gap,
        fill=_fill(state, which, FEWER) if gap is not None else None,
        few=_fill(state, which, float(max(state.problem.params.moving, FEWER))) if gap is not None else None,
    )


def gap(state: State, which: int) -> Post:
    """A post with missing places: the same as `post`, refused if nothing is missing there."""
    told = post(state, which)
    if told.gap is None:
        raise ValueError(f"post {state.problem.posts.ids[which]} has no gap")
    return told


def parts_of(city: City, who: int, which: int) -> Parts:
    """What a person costs on a post, rules not asked; at home only what leaving her present post costs."""
    if which < 0:
        return Parts(0, 0, 0, 0, int(city.people["out"][who]))
    return Parts(*map(int, _parts(city, who, which)))


def _fill(state: State, which: int, step: float) -> Fill | None:
    moves, city = state.board.fill(which, learn=False, step=step, at_any_cost=True)
    if not moves:
        return None
    state.board.back(moves)
    return Fill(moves, city)


def _alternatives(
    state: State, who: int, post: int, rules: Array, tenths: Array, step: float
) -> tuple[Alternative, ...]:
    """The three other posts (or home) that would cost the city least, the rest of the plan adapting to each.

    One after the other as they stand at the prices; none is looked for longer than it could still be one of the three.
    """
    city, board = state.city, state.board
    found = []
    without: tuple[Moved, ...] = ()
    saved = 0
    if post >= 0:
        here = np.array([who])
        without = board.moves(here, np.array([HOME]))
        saved = board.vacate(here)
        refill, change = board.fill(post, learn=False, barred=who, step=step)
        without, saved = without + refill, saved + change
        found.append(Alternative(HOME, parts_of(city, who, HOME), saved, without))
    for other in _best_at_prices(state, post, rules, tenths):
        third = float(found[ALTERNATIVES - 1].city - saved) if len(found) >= ALTERNATIVES else FAR
        moves, change = board.seat(
            who, np.array([other]), tenths[other : other + 1], learn=False, step=step, at_most=third
        )
        if moves:
            board.back(moves)
            found.append(Alternative(other, parts_of(city, who, other), saved + change, _joined(without + moves)))
            found.sort(key=lambda one: (one.city, one.post))
    board.back(without)
    return tuple(found[:ALTERNATIVES])


def _best_at_prices(state: State, post: int, rules: Array, tenths: Array) -> list[int]:
    """The posts to try for somebody, but her own, cheapest at the prices first."""
    allowed = (rules == FINE) & (state.city.posts["places"] > 0)
    if post >= 0:
        allowed[post] = False
    posts = np.flatnonzero(allowed)
    reduced = tenths[posts] - state.prices.post[posts]
    if len(posts) > TRIED:
        few = np.sort(np.argpartition(reduced, TRIED - 1)[:TRIED])
        posts, reduced = posts[few], reduced[few]
    best: list[int] = posts[np.argsort(reduced, kind="stable")].tolist()
    return best


def _joined(moves: tuple[Moved, ...]) -> tuple[Moved, ...]:
    """The same with every person once: from where she was to where she ends."""
    first: dict[int, Moved] = {}
    for move in moves:
        known = first.get(move.person)
        first[move.person] = Moved(move.person, known.before if known else move.before, move.after)
    return tuple(move for move in first.values() if move.before != move.after)


def _full(state: State) -> Array:
    return state.board.released >= state.city.quota


def _full_quotas(state: State, who: int) -> bool:
    unit = state.city.people["unit"][who]
    return bool(state.board.standing.plan[who] < 0 and state.board.released[unit] >= state.city.quota[unit])


def _mates(city: City, standing: Standing, who: int) -> int:
    place = standing.where[who]
    if place < 0:
        return 0
    return int(standing.size[int(city.people["unit"][who]) * len(city.communities) + int(place)]) - 1


def _barred(rules: Array, travel: Array, among: Array) -> tuple[Barred, ...]:
    """Counts by rule with the nearest one, rules in their order; ties by the smallest index."""
    told = []
    for code, rule in enumerate(BARRING, start=1):
        which = np.flatnonzero(among & (rules == code))
        if len(which):
            nearest = which[np.argmin(travel[which])]
            told.append(Barred(rule, len(which), int(nearest), int(travel[nearest])))
    return tuple(told)


def _band(state: State, which: int, rules: Array, travel: Array, most: int) -> Band:
    standing = state.board.standing
    near = (rules == FINE) & (travel <= most)
    here, at_home = near & (standing.plan == which), near & (standing.plan < 0)
    away = near & ~here & ~at_home
    communities, people = np.unique(standing.where[away], return_counts=True)
    order = np.lexsort((communities, -people))[:MOST_WHERE]
    return Band(
        most, int(here.sum()), int(away.sum()), int(at_home.sum()),
        tuple((int(communities[k]), int(people[k])) for k in order),
    )  # fmt: skip


@jit
def _parts(city: City, p: int, q: int) -> tuple[int, int, int, int, int]:
    people, posts, communities, all_terms, _, pairing, _, _, table_community, table_tenths, _ = city
    terms, person, post = all_terms[0], people[p], posts[q]
    travel = costs.travel_tenths(terms, communities, table_community, table_tenths, person, post.community)
    return costs.parts(terms, pairing, person, communities[post.community].street, post, q, travel)


@jit
def _posts_for(city: City, p: int, quota_full: bool) -> tuple[Array, Array, Array]:
    """For every post: the first rule that keeps p away, her travel there, and what she would cost."""
    people, posts, communities, all_terms, _, pairing, skill, skill_until, table_community, table_tenths, _ = city
    terms, person = all_terms[0], people[p]
    far, base = np.empty(len(communities), dtype=np.int64), np.empty(len(communities), dtype=np.int64)
    for c in range(len(communities)):
        far[c] = costs.travel_tenths(terms, communities, table_community, table_tenths, person, c)
        base[c] = costs.uncapped_tenths(terms, pairing, person, c, communities[c].street, far[c])
    rules = np.zeros(len(posts), dtype=np.int8)
    travel, tenths = np.empty(len(posts), dtype=np.int64), np.empty(len(posts), dtype=np.int64)
    for q in range(len(posts)):
        post = posts[q]
        travel[q] = far[post.community]
        tenths[q] = base[post.community] + costs.extra_tenths(terms, person, post, q)
        rules[q] = _rule(terms, skill, skill_until, person, post, quota_full, travel[q])
    return rules, travel, tenths


@jit
def _people_for(city: City, standing: Standing, q: int, quota_full: Array) -> tuple[Array, Array]:
    """For everybody: the first rule that keeps her from q, and her travel there. Frozen people are not available."""
    people, posts, communities, all_terms, _, _, skill, skill_until, table_community, table_tenths, _ = city
    terms, post, plan = all_terms[0], posts[q], standing.plan
    rules, travel = np.zeros(len(people), dtype=np.int8), np.empty(len(people), dtype=np.int64)
    for p in range(len(people)):
        person = people[p]
        travel[p] = costs.travel_tenths(terms, communities, table_community, table_tenths, person, post.community)
        full = plan[p] < 0 and quota_full[person.unit]
        rules[p] = _rule(terms, skill, skill_until, person, post, full, travel[p])
        if person.frozen == 1 and plan[p] != q and (rules[p] == 0 or rules[p] > 4):
            rules[p] = 4
    return rules, travel


@jit
def _rule(
    terms: Record, skill: Array, skill_until: Array, person: Record, post: Record, quota_full: bool,
    travel: int,
) -> int:  # fmt: skip
    if not costs.in_category(person, post):
        return 1
    if not costs.has_skills(skill, skill_until, person, post):
        return 2
    if not costs.within_limits(person, post):
        return 3
    if not costs.available(person, post):
        return 4
    if quota_full:
        return 5
    return 6 if travel > terms.cap else 0
