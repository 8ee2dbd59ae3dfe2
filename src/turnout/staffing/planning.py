"""The bridge to the planner: a night's posts and people as arrays, and a plan back into rows.

The only file of staffing that knows the planner. Reading and writing are each one short transaction; solving happens
between them, so that nobody waits for a lock while minutes are counted.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from django.conf import settings
from django.db import connection

from turnout.core import clock
from turnout.core.area_keys import LOCAL, STREET, range_of_key, street_of
from turnout.incidents.models import Incident
from turnout.incidents.playbook import Playbook
from turnout.people.states import WORK_LIMITS
from turnout.planner.placement import amounts
from turnout.planner.placement import check as checking
from turnout.planner.placement.city import pack
from turnout.planner.placement.effort import Effort
from turnout.planner.placement.params import Params
from turnout.planner.placement.problem import (
    ALWAYS_FROM,
    ALWAYS_UNTIL,
    NO_QUOTA,
    NONE,
    Communities,
    Ints,
    People,
    Posts,
    Problem,
    Units,
)
from turnout.planner.placement.result import Plan as Planned
from turnout.planner.placement.result import Prices, Result
from turnout.planner.placement.solve import solve
from turnout.planner.placement.stop import Progress, Stop, after, first
from turnout.staffing.models import Wave
from turnout.staffing.states import LIVE

__all__ = [
    "Effort", "Input", "Progress", "Result", "Scored", "Stop",
    "gaps", "left_out", "packed", "placements", "read", "scored", "solved", "unpacked",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """What was planned with: the problem, and a hash of it by which an unchanged night is known again.

    `apart` are (person, post) who stay where they are although a rule speaks against it: somebody on post whose skill
    has run out since, or whom a person placed by hand. The planner would refuse them; their places are taken.
    """

    problem: Problem
    input_hash: str
    apart: tuple[tuple[str, str], ...] = ()

    @property
    def needed(self) -> int:
        return int(self.problem.posts.places.sum()) + len(self.apart)


# A person is asked only where they can go: active, ready, not posted by anybody else in that time, and not when they
# said no or nothing in a wave that still runs.
_PEOPLE = """
SELECT p.id::text, p.unit_id::text, p.home_key, home.lon, home.lat, area.lon, area.lat, p.categories, p.work_limits,
       c.post_id::text, c.id IS NOT NULL AND (c.state = 'on_post' OR %(still)s), av.starts_at, av.ends_at,
       (SELECT array_agg(s.name || '@' || coalesce(s.valid_through::text, '') ORDER BY s.name)
          FROM people_skill s WHERE s.person_id = p.id AND s.name = ANY(%(skills)s))
  FROM people_person p
  JOIN people_unit u ON u.id = p.unit_id
  LEFT JOIN places_area home ON home.area_key = p.home_key
  LEFT JOIN places_area area ON area.area_key = coalesce(u.paired_streets[1], u.area_key)
  LEFT JOIN staffing_callout c ON c.person_id = p.id AND c.incident_id = %(incident)s AND c.state = ANY(%(live)s)
  LEFT JOIN LATERAL (
    SELECT a.starts_at, a.ends_at FROM people_availability a
     WHERE a.person_id = p.id AND coalesce(a.ends_at, 'infinity') > %(starts)s
       AND coalesce(a.starts_at, '-infinity') < %(ends)s
     ORDER BY least(coalesce(a.ends_at, 'infinity'), %(ends)s)
            - greatest(coalesce(a.starts_at, '-infinity'), %(starts)s) DESC
     LIMIT 1) av ON true
 WHERE p.state = 'active' AND coalesce(c.area_key >= %(low)s AND c.area_key < %(high)s, true)
   AND (c.id IS NOT NULL
        OR u.area_key >= %(all_low)s AND u.area_key < %(all_high)s
           AND (%(tier)s <> 'paired' OR u.paired_streets && %(short)s::bigint[])
        OR %(tier)s = 'reserve' AND p.home_key >= %(all_low)s AND p.home_key < %(all_high)s)
   AND (p.not_ready_until IS NULL OR p.not_ready_until < %(day)s)
   AND NOT (p.tier = 'off' AND (p.tier_until IS NULL OR p.tier_until >= %(day)s))
   AND (av.starts_at IS NOT NULL OR av.ends_at IS NOT NULL
        OR NOT EXISTS (SELECT 1 FROM people_availability a WHERE a.person_id = p.id))
   AND NOT EXISTS (SELECT 1 FROM people_booking b WHERE b.person_id = p.id AND b.layer = 'posting' AND b.state = 'live'
                      AND b.starts_at < %(ends)s AND b.ends_at > %(starts)s
                      AND (c.id IS NULL OR b.source_id IS DISTINCT FROM c.id))
   AND NOT EXISTS (SELECT 1 FROM staffing_callout n JOIN staffing_wave w ON w.id = n.wave_id
                    WHERE n.person_id = p.id AND n.incident_id = %(incident)s AND n.state IN ('no', 'silent')
                      AND w.closes_at > %(now)s)
 ORDER BY p.id::text COLLATE "C"
"""
# In the reserve tier whoever lives here may come, whatever the unit. A wave's quota matrix bounds what a unit gives.
_UNITS = """
SELECT u.id::text, u.paired_streets, least(u.quota, (
         SELECT sum(q.places)::int FROM staffing_quota q
          WHERE q.wave_id = %(wave)s AND q.unit_id = u.id AND q.district_key >= %(all_low)s
            AND q.district_key < %(all_high)s))
  FROM people_unit u
 WHERE u.closed_at IS NULL
   AND (u.area_key >= %(all_low)s AND u.area_key < %(all_high)s
        OR EXISTS (SELECT 1 FROM staffing_callout c WHERE c.unit_key = u.scope_key
                      AND c.incident_id = %(incident)s AND c.state = ANY(%(live)s))
        OR %(tier)s = 'reserve' AND EXISTS (SELECT 1 FROM people_person p WHERE p.unit_id = u.id
                      AND p.home_key >= %(all_low)s AND p.home_key < %(all_high)s))
 ORDER BY u.id::text COLLATE "C"
"""
# Places kept for people who sign up by themselves are left alone as long as they are empty.
_POSTS = """
SELECT * FROM (
  SELECT po.id::text AS id, po.area_key, po.category, least(po.places_min, po.places - kept.free) AS places_min,
         po.places - kept.free AS places, po.skills, po.excludes, po.starts_at, po.ends_at
    FROM staffing_post po, LATERAL (
      SELECT coalesce(sum(greatest(0, o.places - (
               SELECT count(*) FROM staffing_signup s
                WHERE s.opening_id = o.id AND s.state = 'placed'))), 0)::int AS free
        FROM staffing_opening o WHERE o.post_id = po.id AND o.closed_at IS NULL AND o.closes_at > %(now)s) kept
   WHERE po.incident_id = %(incident)s AND po.state = 'open' AND po.ends_at > %(now)s
     AND po.area_key >= %(low)s AND po.area_key < %(high)s) post
 WHERE places > 0 ORDER BY id COLLATE "C"
"""
_COMMUNITIES = """
SELECT a.code, a.area_key, a.lon, a.lat, coalesce(m.level, '') FROM places_area a
  LEFT JOIN LATERAL (
    SELECT mark.level FROM incidents_levelmark mark JOIN places_area around ON around.area_key = mark.area_key
     WHERE mark.incident_id = %(incident)s AND mark.starts_at <= %(now)s
       AND coalesce(mark.ends_at, 'infinity') > %(now)s
       AND around.area_key <= a.area_key AND a.area_key < around.key_end
     ORDER BY around.key_end - around.area_key LIMIT 1) m ON true
 WHERE a.level = 'community' AND a.lon IS NOT NULL AND a.area_key >= %(low)s AND a.area_key < %(high)s
 ORDER BY a.code COLLATE "C"
"""


def read(
    incident: Incident, area_key: int, *, tier: str = "district", still: bool = False, wave: Wave | None = None
) -> Input:
    """Return the problem of an incident within an area, from the rows of the present scope. Four queries.

    `tier` says from whom people are drawn (incidents.playbook.TIERS); whoever is called already is in it anyway, and
    with `still` keeps the post. The quota matrix of `wave` bounds what each unit gives.
    """
    low, high = range_of_key(area_key)
    all_low, all_high = range_of_key(incident.area_key)
    now = clock.now()
    playbook = incident.playbook.playbook
    span: dict[str, Any] = {
        "incident": incident.pk, "low": low, "high": high, "all_low": all_low, "all_high": all_high, "now": now,
        "tier": tier, "still": still, "wave": wave and wave.pk, "live": list(LIVE),
    }  # fmt: skip
    posts = _rows(_POSTS, span)
    starts = min((row[7] for row in posts), default=now)
    ends = max((row[8] for row in posts), default=now + timedelta(days=1))
    skills = sorted({skill for row in posts for skill in row[5]})
    short = sorted({street_of(row[1]) for row in posts})
    communities = _rows(_COMMUNITIES, span)
    units = _rows(_UNITS, span)
    people = _rows(
        _PEOPLE, span | {"starts": starts, "ends": ends, "day": _day(starts), "skills": skills, "short": short}
    )
    posts, units = _roomy(posts, units, people)
    problem = _problem(playbook, communities, units, people, posts, skills)
    apart = _apart(problem)
    if apart:
        taken = Counter(post for _, post in apart)
        out = {person for person, _ in apart}
        posts = [_less(row, taken[row[0]]) for row in posts if row[4] > taken[row[0]]]
        problem = _problem(playbook, communities, units, [r for r in people if r[0] not in out], posts, skills)
    return Input(problem, _hash(problem), apart)


def _roomy(posts: list[Any], units: list[Any], people: list[Any]) -> tuple[list[Any], list[Any]]:
    """Let nobody who is held on a post break its number or the unit's quota: there is room for those at least."""
    held = Counter(row[9] for row in people if row[10])
    given = Counter(row[1] for row in people if row[10])
    roomy = [(*row[:4], max(row[4], held[row[0]]), *row[5:]) for row in posts]
    return roomy, [(*row[:2], None if row[2] is None else max(row[2], given[row[0]])) for row in units]


def _less(row: Any, taken: int) -> Any:
    return (*row[:3], max(0, row[3] - taken), row[4] - taken, *row[5:])


def _apart(problem: Problem) -> tuple[tuple[str, str], ...]:
    """Return (person, post) of those held where a hard rule of their own speaks against it."""
    people, posts = problem.people, problem.posts
    broken = {one.subject for one in checking.refused(problem, pack(problem)) if one.rule not in ("places", "quota")}
    return tuple(
        (people.ids[index], posts.ids[people.current_post[index]])
        for index in np.flatnonzero(people.frozen)
        if people.ids[index] in broken
    )


def solved(
    found: Input,
    *,
    seed: int,
    stop: Stop | None,
    seconds: float | None,
    effort: Effort | None,
    progress: Callable[[Progress], None],
) -> Result:
    """Let the planner work until it is done, until `stop` says so, or for so many seconds. Touches no database."""
    stops = [*([stop] if stop else []), *([after(seconds)] if seconds else [])]
    return solve(found.problem, seed=seed, stop=first(*stops), effort=effort or Effort(), progress=progress)


def placements(found: Input, result: Result) -> Iterable[tuple[str, str, float, float, str]]:
    """Yield (person id, post id, travel minutes, cost minutes, reason) of everybody placed; 0 minutes if set apart."""
    travel, cost = amounts.of_people(found.problem, result.plan)
    for index in np.flatnonzero(result.plan.post >= 0):
        yield (
            found.problem.people.ids[index],
            found.problem.posts.ids[result.plan.post[index]],
            float(travel[index]) / 10,
            float(cost[index]) / 10,
            result.reasons.people[index],
        )
    for person, post in found.apart:
        yield person, post, 0.0, 0.0, "frozen"


@dataclass(frozen=True, slots=True)
class Scored:
    """What the solver-free checker says of a plan that a person made or changed: minutes by part, rules broken as
    (rule, person or post or unit, detail), and (travel, cost) in minutes of the people asked about."""

    objective_minutes: float
    parts: dict[str, float]
    broken: tuple[tuple[str, str, str], ...]
    minutes: dict[str, tuple[float, float]]


def scored(found: Input, placed: Mapping[str, str], about: Iterable[str] = ()) -> Scored:
    """Score who is placed where, given as {person id: post id}; no solver works. Touches no database.

    Whoever is not among the people read (gone since, said no, booked elsewhere) breaks the rule `not_available`.
    """
    problem = found.problem
    person_at = {person: index for index, person in enumerate(problem.people.ids)}
    post_at = {post: index for index, post in enumerate(problem.posts.ids)}
    apart = dict(found.apart)
    post = np.full(len(person_at), NONE, np.int64)
    strangers = []
    for person, at in placed.items():
        if person in person_at and at in post_at:
            post[person_at[person]] = post_at[at]
        elif apart.get(person) != at:
            strangers.append(("not_available", person, at))
    score = checking.check(problem, Planned(post)).score
    travel, cost = amounts.of_people(problem, Planned(post))
    return Scored(
        objective_minutes=score.objective / 10,
        parts={name: tenths / 10 for name, tenths in score.parts().items()},
        broken=(*((one.rule, one.subject, one.detail) for one in score.broken), *strangers),
        minutes={
            person: (float(travel[person_at[person]]) / 10, float(cost[person_at[person]]) / 10)
            for person in about
            if person in person_at
        },
    )


def left_out(found: Input, result: Result) -> Iterable[tuple[str, str]]:
    """Yield (person id, reason) of everybody who stays at home."""
    for index in np.flatnonzero(result.plan.post < 0):
        yield found.problem.people.ids[index], result.reasons.people[index]


def gaps(found: Input, result: Result) -> Iterable[tuple[str, int, int, str, str]]:
    """Yield (post id, missing of the minimum, missing, reason, nearest fix) of every post with empty places."""
    for gap in result.reasons.gaps:
        yield found.problem.posts.ids[gap.post], gap.missing_min, gap.missing, gap.reason, gap.nearest_fix


def packed(prices: Prices) -> bytes:
    """Return prices as bytes for a row; `unpacked` is the way back."""
    stream = io.BytesIO()
    np.savez_compressed(stream, post=prices.post, unit=prices.unit, person=prices.person)
    return stream.getvalue()


def unpacked(content: bytes) -> Prices:
    with np.load(io.BytesIO(bytes(content)), allow_pickle=False) as stored:
        return Prices(post=stored["post"], unit=stored["unit"], person=stored["person"])


def _problem(
    playbook: Playbook, communities: list[Any], units: list[Any], people: list[Any], posts: list[Any], skills: list[str]
) -> Problem:
    community_at = {row[1]: index for index, row in enumerate(communities)}
    unit_at = {row[0]: index for index, row in enumerate(units)}
    post_at = {row[0]: index for index, row in enumerate(posts)}
    known = [row for row in posts if row[1] in community_at]
    if len(known) < len(posts):  # a post at a street or a compound: its community's point stands for it
        posts = [row for row in posts if _community_key(row[1], community_at) is not None]
        post_at = {row[0]: index for index, row in enumerate(posts)}
    street_keys = sorted({row[1] // STREET for row in communities} | {key // STREET for row in units for key in row[1]})
    streets = {key: index for index, key in enumerate(street_keys)}
    categories = sorted({row[2] for row in posts} | {word for row in people for word in row[7]} | {"general"})
    limits = sorted(WORK_LIMITS)
    return Problem(
        categories=tuple(categories),
        skills=tuple(skills),
        limits=tuple(limits),
        streets=tuple(f"{key:09d}" for key in street_keys),
        communities=Communities(
            ids=tuple(row[0] for row in communities),
            lon=_floats(row[2] for row in communities),
            lat=_floats(row[3] for row in communities),
            street=_ints(streets[row[1] // STREET] for row in communities),
            risk=_ints(playbook.risk_of(row[4]) for row in communities),
        ),
        units=_units(units, streets),
        people=_people(people, unit_at, community_at, post_at, categories, limits, skills, _middle(communities)),
        posts=Posts(
            ids=tuple(row[0] for row in posts),
            community=_ints(community_at[_community_key(row[1], community_at)] for row in posts),
            category=_ints(categories.index(row[2]) for row in posts),
            places_min=_ints(row[3] for row in posts),
            places=_ints(row[4] for row in posts),
            required=_bits((row[5] for row in posts), skills),
            excludes=_bits((row[6] for row in posts), limits),
            starts=_ints(int(row[7].timestamp()) for row in posts),
            ends=_ints(int(row[8].timestamp()) for row in posts),
        ),
        params=Params.of(**msgspec.structs.asdict(playbook.costs)),
    ).validated()


def _community_key(key: int, known: dict[int, int]) -> Any:
    """Return the key of the community that a key lies in, or None where no community with a point is known."""
    community = key // LOCAL * LOCAL
    return community if community in known else None


def _units(rows: list[Any], streets: dict[int, int]) -> Units:
    pairing = [[streets[key // STREET] for key in row[1]] for row in rows]
    start = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in pairing], out=start[1:])
    return Units(
        ids=tuple(row[0] for row in rows),
        pairing_start=start,
        pairing=_ints(street for row in pairing for street in row),
        quota=_ints(NO_QUOTA if row[2] is None else row[2] for row in rows),
    )


def _people(
    rows: list[Any], unit_at: dict[str, int], community_at: dict[int, int], post_at: dict[str, int],
    categories: Sequence[str], limits: Sequence[str], skills: Sequence[str], middle: tuple[float, float],
) -> People:  # fmt: skip
    """Return the people as arrays. Whose home and office are both without a point stands in the middle of the area."""
    rows = [row for row in rows if row[1] in unit_at]
    held = [[_skill(text, skills) for text in row[13] or ()] for row in rows]
    start = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in held], out=start[1:])
    current = _ints(post_at.get(row[9], NONE) for row in rows)
    return People(
        ids=tuple(row[0] for row in rows),
        unit=_ints(unit_at[row[1]] for row in rows),
        lon=_floats(_known(row[3], row[5], middle[0]) for row in rows),
        lat=_floats(_known(row[4], row[6], middle[1]) for row in rows),
        home=_ints(community_at.get(row[2], NONE) for row in rows),
        categories=_bits((row[7] for row in rows), categories),
        limits=_bits((row[8] for row in rows), limits),
        skill_start=start,
        skill=_ints(index for row in held for index, _ in row),
        skill_until=_ints(until for row in held for _, until in row),
        available_from=_ints(ALWAYS_FROM if row[11] is None else int(row[11].timestamp()) for row in rows),
        available_until=_ints(ALWAYS_UNTIL if row[12] is None else int(row[12].timestamp()) for row in rows),
        current_post=current,
        frozen=np.fromiter((bool(row[10]) and row[9] in post_at for row in rows), np.bool_, len(rows)),
    )


def _middle(communities: list[Any]) -> tuple[float, float]:
    points = [(row[2], row[3]) for row in communities] or [(0.0, 0.0)]
    return fmean(lon for lon, _ in points), fmean(lat for _, lat in points)


def _known(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _skill(text: str, skills: Sequence[str]) -> tuple[int, int]:
    name, _, through = text.rpartition("@")
    if not through:
        return skills.index(name), ALWAYS_UNTIL
    after = datetime.combine(date.fromisoformat(through) + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))
    return skills.index(name), int(after.timestamp())


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _floats(values: Iterable[float]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.fromiter(values, np.float64)


def _bits(rows: Iterable[Sequence[str]], words: Sequence[str]) -> Ints:
    bit = {word: 1 << index for index, word in enumerate(words)}
    return _ints(sum(bit[word] for word in set(row) if word in bit) for row in rows)


def _hash(problem: Problem) -> str:
    digest = hashlib.sha256(repr(problem.params).encode())
    for part in (problem.communities, problem.units, problem.people, problem.posts):
        for column in part.__slots__:
            value = getattr(part, column)
            digest.update(
                "|".join(value).encode() if isinstance(value, tuple) else np.ascontiguousarray(value).tobytes()
            )
    return digest.hexdigest()[:16]
