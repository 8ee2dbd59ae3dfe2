"""Reads for whoever reviews a plan before it is published: gaps by reason, what changes, why somebody stands there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Max

from turnout.core.area_keys import range_of_key
from turnout.staffing.models import Placement, Plan

STREET = 10**9
"""Width of a street in area keys."""


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Empty places of one category for one reason, the fix named most often, and how many of them it would fill."""

    category: str
    reason: str
    missing: int
    places: int
    fix: str
    fixable: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class GapPlace:
    """Empty places of one community; `reasons` are (category, missing, reason, nearest fix), most first."""

    area_key: int
    missing: int
    reasons: list[tuple[str, int, str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One person whose post differs between two versions. Keys and duties are empty where there is no post."""

    person_id: UUID
    name: str
    unit: str
    before_key: int | None
    before: str
    after_key: int | None
    after: str
    reason: str
    answer: str

    @property
    def kind(self) -> str:
        if self.before_key is None:
            return "added"
        return "off" if self.after_key is None else "moved"


@dataclass(frozen=True, slots=True)
class Changes:
    """A version against the one in force: people added, moved, taken off and kept; the first of them by name."""

    against: Plan
    added: int
    moved: int
    off: int
    same: int
    listed: list[Change]

    @property
    def total(self) -> int:
        return self.added + self.moved + self.off


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one person's placement: each is a reason, none is a mark for the person."""

    placement: Placement
    average_minutes: float | None
    mates: int
    paired: bool
    lives_here: bool
    limits: list[str]
    skills: list[str]
    rested_since: datetime | None


_GROUPS = """
SELECT post.category, gap.reason, sum(gap.missing)::int, count(DISTINCT gap.area_key / 1000000)::int,
       mode() WITHIN GROUP (ORDER BY split_part(gap.nearest_fix, ':', 1)),
       sum(gap.missing) FILTER (WHERE gap.nearest_fix <> '')::int,
       avg(CASE WHEN split_part(gap.nearest_fix, ':', 1) <> 'call_more'
                THEN nullif(split_part(gap.nearest_fix, ':', 3), '')::numeric END)::int
  FROM staffing_gap gap JOIN staffing_post post ON post.id = gap.post_id
 WHERE gap.plan_id = %s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_PLACES = """
SELECT gap.area_key / 1000000 * 1000000 AS at, sum(gap.missing)::int,
       json_agg(json_build_array(post.category, gap.missing, gap.reason, gap.nearest_fix)
                ORDER BY gap.missing_min DESC, gap.missing DESC, post.category)
  FROM staffing_gap gap JOIN staffing_post post ON post.id = gap.post_id
 WHERE gap.plan_id = %s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s
"""
_PLACES_COUNT = "SELECT count(DISTINCT area_key / 1000000)::int FROM staffing_gap WHERE plan_id = %s"
_COMPARED = """
FROM (SELECT person_id, post_id, reason FROM staffing_placement WHERE plan_id = %(old)s) old
FULL JOIN (SELECT person_id, post_id, reason FROM staffing_placement WHERE plan_id = %(new)s) new USING (person_id)
"""
_COUNTS = f"""
SELECT count(*) FILTER (WHERE old.post_id IS NULL)::int,
       count(*) FILTER (WHERE old.post_id <> new.post_id)::int,
       count(*) FILTER (WHERE new.post_id IS NULL)::int,
       count(*) FILTER (WHERE old.post_id = new.post_id)::int {_COMPARED}
"""
_CHANGES = f"""
SELECT p.id, p.name, u.name, before.area_key, coalesce(before.duties, ''), after.area_key, coalesce(after.duties, ''),
       coalesce(new.reason, left_out.reason, ''),
       coalesce((SELECT c.state FROM staffing_callout c WHERE c.person_id = p.id AND c.incident_id = %(incident)s
                  ORDER BY c.id DESC LIMIT 1), '')
{_COMPARED}
  JOIN people_person p ON p.id = person_id JOIN people_unit u ON u.id = p.unit_id
  LEFT JOIN staffing_post before ON before.id = old.post_id LEFT JOIN staffing_post after ON after.id = new.post_id
  LEFT JOIN staffing_leftout left_out ON left_out.plan_id = %(new)s AND left_out.person_id = p.id
 WHERE old.post_id IS DISTINCT FROM new.post_id
 ORDER BY coalesce(after.area_key, before.area_key), p.sort_key, p.id LIMIT %(most)s
"""


def gap_groups(plan: Plan) -> list[GapGroup]:
    """Return the empty places of a plan by category and reason, most first. One query."""
    return [GapGroup(*row[:5], row[5] or 0, row[6]) for row in _rows(_GROUPS, [plan.pk])]


def gap_places(plan: Plan, most: int) -> tuple[list[GapPlace], int]:
    """Return the communities with most empty places, and how many there are at all. Two queries."""
    places = [
        GapPlace(key, missing, [tuple(one) for one in found]) for key, missing, found in _rows(_PLACES, [plan.pk, most])
    ]
    return places, _rows(_PLACES_COUNT, [plan.pk])[0][0]


def way_there(plan: Plan) -> tuple[float, float]:
    """Return the average and the longest way of the people of the present scope, in minutes."""
    found = Placement.objects.filter(plan=plan).aggregate(mean=Avg("travel_minutes"), most=Max("travel_minutes"))
    return found["mean"] or 0.0, found["most"] or 0.0


def in_force(plan: Plan) -> Plan | None:
    """Return the other version that is published for the plan's area, whole or in parts; the latest one."""
    low, high = range_of_key(plan.area_key)
    found = Plan.objects.filter(
        incident_id=plan.incident_id, parts__area_key__gte=low, parts__area_key__lt=high, number__lt=plan.number
    ).exclude(pk=plan.pk)
    return found.order_by("-number").distinct().first()


def changes(plan: Plan, most: int) -> Changes | None:
    """Compare a plan with the version before it that was published; None where there is none. Three queries."""
    old = in_force(plan)
    if old is None:
        return None
    params = {"old": old.pk, "new": plan.pk, "incident": plan.incident_id, "most": most}
    counts = _rows(_COUNTS, params)[0]
    return Changes(old, *counts, listed=[Change(*row) for row in _rows(_CHANGES, params)])


def facts(plan: Plan, person_id: UUID) -> Facts | None:
    """Return what is known about one person's placement in a plan, if the present scope sees it."""
    found = Placement.objects.filter(plan=plan, person_id=person_id)
    placement = found.select_related("person__unit", "post").first()
    if placement is None:
        return None
    person, post = placement.person, placement.post
    same = Placement.objects.filter(plan=plan, post__category=post.category)
    community = range_of_key(post.area_key // 10**6 * 10**6)
    mates = Placement.objects.filter(plan=plan, unit_key=placement.unit_key)
    mates = mates.filter(area_key__gte=community[0], area_key__lt=community[1])
    rested = person.bookings.filter(ends_at__lte=post.starts_at).exclude(state="cancelled")
    return Facts(
        placement=placement,
        average_minutes=same.aggregate(mean=Avg("travel_minutes"))["mean"],
        mates=mates.count() - 1,
        paired=post.area_key // STREET * STREET in person.unit.paired_streets,
        lives_here=person.home_key == community[0],
        limits=list(person.work_limits),
        skills=list(post.skills),
        rested_since=rested.aggregate(last=Max("ends_at"))["last"],
    )


def streets_of(plan: Plan) -> list[int]:
    """Return the keys of the streets in which a plan places anybody of the present scope."""
    sql = "SELECT DISTINCT area_key / 1000000000 * 1000000000 FROM staffing_placement WHERE plan_id = %s ORDER BY 1"
    return [row[0] for row in _rows(sql, [plan.pk])]


def _rows(sql: str, params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
