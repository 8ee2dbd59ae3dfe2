"""Reads for whoever reviews a plan before it is published: gaps by reason, what changes, why somebody stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Count, Max, Q, QuerySet

from turnout.core.area_keys import STREET, range_of_key, street_of
from turnout.staffing.models import LeftOut, Placement, Plan, Post


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
    """Empty places of one community; `reasons` are (category, missing, reason, nearest fix, post), most first."""

    area_key: int
    missing: int
    reasons: list[tuple[str, int, str, str, str]]


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
       json_agg(json_build_array(post.category, gap.missing, gap.reason, gap.nearest_fix, gap.post_id)
                ORDER BY gap.missing_min DESC, gap.missing DESC, post.category)
  FROM staffing_gap gap JOIN staffing_post post ON post.id = gap.post_id
 WHERE gap.plan_id = %s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s
"""
_PLACES_COUNT = "SELECT count(DISTINCT area_key / 1000000)::int FROM staffing_gap WHERE plan_id = %s"
_WHY = """
SELECT p.id, coalesce(pl.reason, left_out.reason, ''), coalesce((
         SELECT c.state FROM staffing_callout c WHERE c.person_id = p.id AND c.incident_id = %(incident)s
          ORDER BY c.id DESC LIMIT 1), '')
  FROM people_person p
  LEFT JOIN staffing_placement pl ON pl.plan_id = %(plan)s AND pl.person_id = p.id
  LEFT JOIN staffing_leftout left_out ON left_out.plan_id = %(plan)s AND left_out.person_id = p.id
 WHERE p.id = ANY(%(people)s)
"""


def gap_groups(plan: Plan) -> list[GapGroup]:
    """Return the empty places of a plan by category and reason, most first. One query."""
    return [
        GapGroup(category, reason, missing, places, fix, fixable or 0, minutes)
        for category, reason, missing, places, fix, fixable, minutes in _rows(_GROUPS, [plan.pk])
    ]


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


def why_changed(plan: Plan, people: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return what a plan says of these people, in the planner's codes, and where their call-out stands. One query."""
    params = {"plan": plan.pk, "incident": plan.incident_id, "people": list(people)}
    return {person: (reason, state) for person, reason, state in _rows(_WHY, params)}


def free_posts(plan: Plan, placement: Placement, most: int) -> list[tuple[Post, int]]:
    """Return posts of the same category and street with a place left in a plan, with how many, nearest keys first."""
    street = street_of(placement.area_key)
    posts = Post.objects.filter(
        incident_id=plan.incident_id, state="open", category=placement.post.category, area_key__gte=street,
        area_key__lt=street + STREET,
    ).exclude(pk=placement.post_id)  # fmt: skip
    posts = posts.annotate(taken=Count("placements", filter=Q(placements__plan=plan)))
    free: list[tuple[Post, int]] = [
        (post, post.places - post.taken) for post in posts.order_by("area_key", "starts_at", "id")
    ]
    return [(post, places) for post, places in free if places > 0][:most]


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
        paired=street_of(post.area_key) in person.unit.paired_streets,
        lives_here=person.home_key == community[0],
        limits=list(person.work_limits),
        skills=list(post.skills),
        rested_since=rested.aggregate(last=Max("ends_at"))["last"],
    )


def reason_of(plan: Plan, person_id: UUID) -> tuple[str, str] | None:
    """Return ("placed" or "out", the plan's code) of somebody in the present scope; None if the plan has no word."""
    placed = Placement.objects.filter(plan=plan, person_id=person_id).values_list("reason", flat=True).first()
    if placed is not None:
        return "placed", placed
    out = LeftOut.objects.filter(plan=plan, person_id=person_id).values_list("reason", flat=True).first()
    return None if out is None else ("out", out)


def left_out(plan: Plan, reason: str = "") -> QuerySet[LeftOut]:
    """Return whom a plan leaves at home, of the present scope, by unit and name; of one reason if one is named."""
    found = LeftOut.objects.filter(plan=plan).select_related("person__unit")
    if reason:
        found = found.filter(reason=reason)
    return found.order_by("person__unit__name", "person__name", "person_id")


def streets_of(plan: Plan) -> list[int]:
    """Return the keys of the streets in which a plan places anybody of the present scope."""
    sql = "SELECT DISTINCT area_key / 1000000000 * 1000000000 FROM staffing_placement WHERE plan_id = %s ORDER BY 1"
    return [row[0] for row in _rows(sql, [plan.pk])]


def _rows(sql: str, params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
