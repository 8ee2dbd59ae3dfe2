"""The other bridge to the planner: why somebody is where they are, and what anything else would cost the city.

A plan keeps the night it was made with (`PlanNight`), because the night itself goes on: people say no, posts end. A
process keeps the last plans it was asked about set up, so that a question costs milliseconds; the first one about a
plan waits for the setting up.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.planner.placement import explain
from turnout.planner.placement.params import Params
from turnout.planner.placement.problem import Communities, People, Posts, Problem, Units
from turnout.planner.placement.result import Gap as Missing
from turnout.planner.placement.result import Plan as Planned
from turnout.planner.placement.result import Reasons
from turnout.planner.placement.state import Moved, PlanRefused, State
from turnout.staffing.models import Gap, LeftOut, Placement, Plan, PlanNight
from turnout.staffing.planning import Input, unpacked

TABLES: dict[str, Any] = {"communities": Communities, "units": Units, "people": People, "posts": Posts}
LISTS = ("categories", "skills", "limits", "streets")
KEPT = 2
"""Plans that a process keeps set up; a city of 74,000 takes some 300 MB."""


@dataclass(frozen=True, slots=True)
class Step:
    """One person of a chain of moves, from one post to another; None is at home."""

    person: UUID
    before: UUID | None
    after: UUID | None


@dataclass(frozen=True, slots=True)
class Way:
    """Moves that can be carried out one after the other, and what the city would pay more for them, in minutes."""

    city: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another post for somebody (None: at home): the own cost by part, and the way to it."""

    post: UUID | None
    parts: dict[str, float]
    way: Way


@dataclass(frozen=True, slots=True)
class Barred:
    """How many posts (or people) one rule keeps away, the nearest of them and how far it is, in minutes."""

    rule: str
    count: int
    nearest: UUID
    minutes: float


@dataclass(frozen=True, slots=True)
class AboutPerson:
    """Why somebody is where the plan has them; all amounts in minutes."""

    post: UUID | None
    parts: dict[str, float]
    alternatives: tuple[Alternative, ...]
    barred: tuple[Barred, ...]
    open_to: int


@dataclass(frozen=True, slots=True)
class Band:
    """People who could stand on a post within so many minutes, and where most of those elsewhere are, as (code, n)."""

    minutes: int
    here: int
    elsewhere: int
    at_home: int
    where: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AboutPost:
    """Why a post is as the plan has it. `fill` is the cheapest way found to fill a place, `few` one with few moves."""

    people: int
    parts: dict[str, float]
    missing_min: int
    missing: int
    worth: float
    within: tuple[Band, ...]
    barred: tuple[Barred, ...]
    fill: Way | None
    few: Way | None


def packed_night(found: Input) -> bytes:
    """Return what a plan is made with as bytes for a row; ids are kept as 16 bytes each."""
    problem = found.problem
    columns: dict[str, Any] = {}
    for table in TABLES:
        part = getattr(problem, table)
        columns |= {f"{table}.{name}": _column(getattr(part, name)) for name in part.__slots__}
    columns |= {name: np.array(getattr(problem, name), dtype=np.str_) for name in LISTS}
    terms = asdict(problem.params)
    columns |= {"terms": np.array(list(terms), dtype=np.str_), "tenths": np.array(list(terms.values()), dtype=np.int64)}
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **columns)
    return stream.getvalue()


def unpacked_night(content: bytes) -> Problem:
    """Return the problem of `packed_night`."""
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        tables: dict[str, Any] = {}
        for table, kind in TABLES.items():
            columns = {name: stored[f"{table}.{name}"] for name in kind.__slots__}
            columns["ids"] = _ids(columns["ids"])
            tables[table] = kind(**columns)
        lists: dict[str, Any] = {name: tuple(stored[name].tolist()) for name in LISTS}
        terms = Params(**dict(zip(stored["terms"].tolist(), map(int, stored["tenths"]), strict=True)))
        return Problem(**lists, **tables, params=terms)


def person(plan: Plan, who: UUID) -> AboutPerson | None:
    """Explain one person of a plan; None where the plan cannot say (see `Ready`) or does not know them."""
    ready = _ready(plan)
    if ready is None or str(who) not in ready.person_at:
        return None
    with ready.lock:
        told = explain.person(ready.state, ready.person_at[str(who)])
    return AboutPerson(
        post=ready.post(told.post),
        parts=_minutes(told.parts),
        alternatives=tuple(
            Alternative(ready.post(other.post), _minutes(other.parts), ready.way(other.city, other.moves))
            for other in told.alternatives
        ),
        barred=tuple(
            Barred(one.rule, one.count, UUID(ready.problem.posts.ids[one.nearest]), one.travel / 10)
            for one in told.barred
        ),
        open_to=told.open_to,
    )


def post(plan: Plan, which: UUID) -> AboutPost | None:
    """Explain one post of a plan and its missing places; None as for `person`."""
    ready = _ready(plan)
    if ready is None or str(which) not in ready.post_at:
        return None
    with ready.lock:
        told = explain.post(ready.state, ready.post_at[str(which)])
    codes = ready.problem.communities.ids
    return AboutPost(
        people=len(told.people),
        parts=_minutes(told.parts),
        missing_min=told.missing_min,
        missing=told.missing,
        worth=told.worth / 10,
        within=tuple(
            Band(one.travel // 10, one.here, one.elsewhere, one.at_home, tuple((codes[c], n) for c, n in one.where))
            for one in told.within
        ),
        barred=tuple(
            Barred(one.rule, one.count, UUID(ready.problem.people.ids[one.nearest]), one.travel / 10)
            for one in told.barred
        ),
        fill=ready.way(told.fill.city, told.fill.moves) if told.fill else None,
        few=ready.way(told.few.city, told.few.moves) if told.few else None,
    )


class Ready:
    """A plan set up for questions. Questions change it and change it back, so one at a time."""

    def __init__(self, problem: Problem, state: State) -> None:
        self.problem, self.state, self.lock = problem, state, Lock()
        self.person_at = {code: index for index, code in enumerate(problem.people.ids)}
        self.post_at = {code: index for index, code in enumerate(problem.posts.ids)}

    def post(self, at: int) -> UUID | None:
        return UUID(self.problem.posts.ids[at]) if at >= 0 else None

    def way(self, tenths: int, moves: Iterable[Moved]) -> Way:
        people = self.problem.people.ids
        return Way(
            tenths / 10,
            tuple(Step(UUID(people[one.person]), self.post(one.before), self.post(one.after)) for one in moves),
        )


_STAMP = """
SELECT count(*), coalesce(sum(hashtextextended(person_id::text || post_id::text, 0)::numeric), 0)::text
  FROM staffing_placement WHERE plan_id = %s
"""
_set_up: OrderedDict[tuple[UUID, int, str], Ready | None] = OrderedDict()
_setting_up = Lock()


def _ready(plan: Plan) -> Ready | None:
    """Return the plan as it stands now, set up; None if its night was not kept or a hand placed against a rule.

    Read as the product: an answer counts over everybody, and the pages show of it what the reader may see.
    """
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(_STAMP, [plan.pk])
            key = (plan.pk, *cursor.fetchone())
        with _setting_up:
            if key not in _set_up:
                _set_up[key] = _prepared(plan)
            _set_up.move_to_end(key)
            while len(_set_up) > KEPT:
                _set_up.popitem(last=False)
            return _set_up[key]


def _prepared(plan: Plan) -> Ready | None:
    night = PlanNight.objects.filter(plan=plan).first()
    if night is None or plan.prices is None:
        return None
    problem = unpacked_night(bytes(night.content))
    person_at = {code: index for index, code in enumerate(problem.people.ids)}
    post_at = {code: index for index, code in enumerate(problem.posts.ids)}
    apart = {str(one) for one in night.apart}
    at, why = np.full(len(person_at), -1, np.int64), [""] * len(person_at)
    placed = Placement.objects.filter(plan=plan).values_list("person_id", "post_id", "reason")
    for who, where, reason in placed.iterator():
        if str(who) in apart:
            continue
        if str(who) not in person_at or str(where) not in post_at:
            return None
        at[person_at[str(who)]], why[person_at[str(who)]] = post_at[str(where)], reason
    for who, reason in LeftOut.objects.filter(plan=plan).values_list("person_id", "reason").iterator():
        if str(who) in person_at:
            why[person_at[str(who)]] = reason
    gaps = Gap.objects.filter(plan=plan).values_list("post_id", "missing_min", "missing", "reason", "nearest_fix")
    missing = tuple(Missing(post_at[str(row[0])], *row[1:]) for row in gaps if str(row[0]) in post_at)
    try:
        state = State.of(problem, Planned(at), unpacked(bytes(plan.prices)), why=Reasons(tuple(why), missing, (), ()))
    except PlanRefused:
        return None
    return Ready(problem, state)


def _minutes(parts: explain.Parts) -> dict[str, float]:
    return {name: tenths / 10 for name, tenths in asdict(parts).items()}


def _column(values: Any) -> Any:
    if not isinstance(values, tuple):
        return values
    try:
        return np.frombuffer(b"".join(UUID(one).bytes for one in values), dtype=np.uint8).reshape(-1, 16)
    except ValueError:  # codes of areas
        return np.array(values, dtype=np.str_)


def _ids(column: Any) -> tuple[str, ...]:
    if column.dtype == np.uint8:
        return tuple(str(UUID(bytes=row.tobytes())) for row in column)
    return tuple(column.tolist())
