"""What if: somebody is gone, people are added, a street needs nobody, a risk rises; answered as a difference.

A change makes another problem out of the one that was planned: everybody's present post is the plan's, so that moving
costs what it costs. The plan is then mended, not made anew, and moving somebody counts for more than its cost while
that is done (`RELUCTANCE`): who is told to go elsewhere in the middle of an operation should gain the city something.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from turnout.planner.placement import check, pricing, repair, teamwork
from turnout.planner.placement.arcs import Arcs, joined
from turnout.planner.placement.city import pack
from turnout.planner.placement.problem import NO_QUOTA, NONE, Floats, People, Problem
from turnout.planner.placement.result import Plan, Score
from turnout.planner.placement.state import Moved, State, how_far
from turnout.planner.placement.stop import Stop, never

CURVE = (0, 50, 100, 200, 600)
"""Moving costs, tenths, at which the curve is taken."""
RELUCTANCE = 75
"""Tenths by which moving a person counts for more while a plan is mended; what is told is counted without."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is different. Indices into the problem's tables; people added are a unit of their own, without pairing."""

    gone: tuple[int, ...] = ()
    """People who can no longer come."""
    units: tuple[int, ...] = ()
    """Units none of whose people can."""
    added: tuple[tuple[int, int], ...] = ()
    """(category, people): they live where people of that category live now."""
    closed: tuple[int, ...] = ()
    """Streets that need nobody any more."""
    risks: tuple[tuple[int, int], ...] = ()
    """(community, risk 1 to 3)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A mended plan and what is different in it."""

    problem: Problem
    """The changed problem; people added come last."""
    plan: Plan
    before: Score
    """Of the plan as it was, without the change."""
    after: Score
    moved: tuple[Moved, ...]
    """Everybody who was placed or is: from where, to where; who can no longer come is not among them."""
    vacated: int
    """Places that the change itself left empty."""
    opened: tuple[tuple[int, int], ...]
    """(post, people missing more than before, or fewer)."""

    @property
    def people_moved(self) -> int:
        """People who were placed and are, on another post; not who is newly placed, placed no more, or cannot come."""
        return sum(move.before >= 0 and move.after >= 0 for move in self.moved)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve of people moved against cost."""

    moving: int
    """Tenths that moving a person was made to cost."""
    moved: int
    cost: int
    """Of the plan, moving not counted."""
    missing: int


def whatif(
    state: State, change: Change, *, reluctance: int = RELUCTANCE, stop: Stop = never, workers: int = 2
) -> Answer:
    """The plan mended after a change, and the difference; in the time of the change, not of the city.

    From a proven plan without teams the mended one is a cheapest one, were moving dearer by `reluctance` tenths.
    """
    problem = changed(state, change)
    city = pack(dearer_to_move(problem, reluctance))
    listed = _listed(state, problem, workers)
    people, posts = problem.people, problem.posts
    current = np.concatenate([state.plan, np.full(len(people.ids) - len(state.plan), NONE)])
    plan = np.where(people.frozen & (people.current_post < 0), NONE, current)
    closed = posts.places == 0
    plan[(plan >= 0) & closed[plan]] = NONE
    board = repair.board(city, listed, plan, _prices(state, problem))
    idle = np.flatnonzero((plan < 0) & ~people.frozen & ((current >= 0) | (np.arange(len(plan)) >= len(state.plan))))
    vacated = int((((current >= 0) & (plan < 0)) & ~closed[current]).sum())
    repair.mend(board, idle, stop=stop)
    after = board.standing.plan.copy()
    away = people.frozen & (after < 0)
    moved = np.flatnonzero((after != current) & ~away)
    lacking = posts.places - board.standing.filled
    before = state.problem.posts.places - state.board.standing.filled
    return Answer(
        problem=problem,
        plan=Plan(after),
        before=check.score(state.problem, state.city, state.plan),
        after=check.score(problem, pack(problem), after),
        moved=tuple(Moved(int(p), int(current[p]), int(after[p])) for p in moved),
        vacated=vacated,
        opened=tuple((int(q), int(lacking[q] - before[q])) for q in np.flatnonzero(lacking != before)),
    )


def curve(state: State, change: Change, moving: Iterable[int] = CURVE, *, workers: int = 2) -> tuple[Point, ...]:
    """How many people move, and what the plan then costs, at several prices of moving one; one flow for each.

    Pairs of a unit and a community that the plan has are free, others cost the team term for every head.
    """
    problem = changed(state, change)
    listed = _listed(state, problem, workers)
    people = problem.people
    current = np.where(people.current_post >= 0, people.current_post, NONE)
    points = []
    for price in moving:
        priced = dearer_to_move(problem, price - problem.params.moving)
        city = pack(priced)
        arcs = repair.costed(city, listed)
        charge = teamwork.for_open_pairs(city, arcs, current)
        plan = teamwork.charged_flow(city, arcs, charge)
        mark = check.score(priced, city, plan)
        filled = np.bincount(plan[plan >= 0], minlength=len(problem.posts.ids))
        points.append(
            Point(
                moving=price,
                moved=int(((current >= 0) & (plan >= 0) & (plan != current)).sum()),
                cost=mark.objective - mark.moving,
                missing=int((problem.posts.places - filled).sum()),
            )
        )
    return tuple(points)


def changed(state: State, change: Change) -> Problem:
    """The problem after a change, everybody's present post being the plan's."""
    problem = state.problem
    people = replace(problem.people, current_post=state.plan.copy())
    away = np.isin(people.unit, np.array(change.units, dtype=np.int64))
    away[list(change.gone)] = True
    # who is gone is frozen at home
    people = replace(people, frozen=people.frozen | away, current_post=np.where(away, NONE, people.current_post))
    problem = replace(problem, people=people)
    if change.closed:
        problem = _closed(problem, change.closed)
    if change.risks:
        risk = problem.communities.risk.copy()
        for community, level in change.risks:
            risk[community] = level
        problem = replace(problem, communities=replace(problem.communities, risk=risk))
    for category, count in change.added:
        problem = _added(problem, category, count)
    return problem


def dearer_to_move(problem: Problem, tenths: int) -> Problem:
    """The problem with another cost of moving."""
    return replace(problem, params=replace(problem.params, moving=problem.params.moving + tenths))


def held(problem: Problem, plan: Plan, streets: Iterable[int]) -> Problem:
    """The problem with everybody's present post as in a plan, and those in some streets frozen: published in part."""
    post = plan.post
    street = problem.communities.street[problem.posts.community[post]] if len(problem.posts.ids) else post
    frozen = problem.people.frozen | ((post >= 0) & np.isin(street, list(streets)))
    return replace(problem, people=replace(problem.people, current_post=post.copy(), frozen=frozen))


def _closed(problem: Problem, streets: tuple[int, ...]) -> Problem:
    posts = problem.posts
    shut = np.isin(problem.communities.street[posts.community], np.array(streets))
    nothing = np.where(shut, 0, posts.places)
    posts = replace(posts, places=nothing, places_min=np.minimum(posts.places_min, nothing))
    # a post that is no more is nobody's present post: leaving it costs nothing
    people = problem.people
    there = (people.current_post >= 0) & shut[people.current_post]
    people = replace(people, current_post=np.where(there, NONE, people.current_post), frozen=people.frozen & ~there)
    return replace(problem, posts=posts, people=people)


def _added(problem: Problem, category: int, count: int) -> Problem:
    """People of one category more, in a unit of their own, living where every n-th of that category lives."""
    people, units = problem.people, problem.units
    alike = np.flatnonzero((people.categories >> category) & 1)
    alike = alike if len(alike) else np.arange(len(people.ids))
    if not len(alike):
        return problem
    like = alike[np.arange(count) * len(alike) // count % len(alike)]
    own = len(units.ids)
    last_unit, last = units.ids[-1] if own else "U", people.ids[-1]
    units = replace(
        units,
        ids=(*units.ids, f"{last_unit}+"),
        pairing_start=np.append(units.pairing_start, units.pairing_start[-1]),
        quota=np.append(units.quota, NO_QUOTA),
    )
    many = len(str(count))
    grown = People(
        ids=(*people.ids, *(f"{last}+{n:0{many}d}" for n in range(1, count + 1))),
        unit=np.append(people.unit, np.full(count, own)),
        lon=np.append(people.lon, people.lon[like]),
        lat=np.append(people.lat, people.lat[like]),
        home=np.append(people.home, people.home[like]),
        categories=np.append(people.categories, np.full(count, np.int64(1) << category)),
        limits=np.append(people.limits, np.zeros(count, dtype=np.int64)),
        skill_start=np.append(people.skill_start, np.full(count, people.skill_start[-1])),
        skill=people.skill,
        skill_until=people.skill_until,
        available_from=np.append(people.available_from, np.full(count, people.available_from.min())),
        available_until=np.append(people.available_until, np.full(count, people.available_until.max())),
        current_post=np.append(people.current_post, np.full(count, NONE)),
        frozen=np.append(people.frozen, np.zeros(count, dtype=np.bool_)),
        traits=np.append(people.traits, np.zeros(count, dtype=np.int64)) if len(people.traits) else people.traits,
    )
    return replace(problem, units=units, people=grown)


def _prices(state: State, problem: Problem) -> Floats:
    """The plan's prices of posts; a post that needs nobody is worth nothing."""
    return np.where(problem.posts.places > 0, state.board.price, 0.0)


def _listed(state: State, problem: Problem, workers: int) -> Arcs:
    """The state's pairs, and the cheapest ones of people added; costs are to be taken anew."""
    old = state.board.network
    listed = Arcs(old.start, old.post, old.tenths)
    many = len(problem.people.ids)
    city = pack(problem)
    new = np.arange(many) >= len(state.plan)
    limits = np.where(new, pricing.NO_ARC / 2, -pricing.NO_ARC)
    if not new.any():
        return listed
    found = pricing.scan(
        city, pricing.index(city), _prices(state, problem), np.zeros(len(city.quota)), limits, how_far(city)[1], workers
    )
    return joined(city, listed, found)
