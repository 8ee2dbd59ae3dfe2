"""The board: what each community needs, who is planned, who accepted, who is there, and why somebody is missing.

A gap is counted by community and category, so that one place or category with too many never fills the gap of another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident
from turnout.staffing.states import ACCEPTED, LIVE

CURVE_STEPS = 60
"""Points of the curve of a night; more are not seen on a screen."""

# One pass over posts and one over call-outs, each folded to community and category; row security narrows the
# call-outs. Everything a page draws is folded here: of a city only its streets come out, and its communities as three
# lines of dots.
_BOARD = """
WITH need AS (
  SELECT area_key / 1000000 * 1000000 AS at, category, sum(places) AS needed FROM staffing_post
   WHERE incident_id = %(incident)s AND state = 'open' AND area_key >= %(low)s AND area_key < %(high)s
   GROUP BY 1, 2),
came AS MATERIALIZED (
  SELECT area_key / 1000000 * 1000000 AS at, category, state,
         CASE WHEN state = ANY(%(accepted)s) THEN width_bucket(
           extract(epoch FROM least(answered_at, arrived_at)), %(from)s, %(until)s, %(steps)s) END AS said,
         CASE WHEN state = 'on_post' THEN width_bucket(
           extract(epoch FROM arrived_at), %(from)s, %(until)s, %(steps)s) END AS arrived
    FROM staffing_callout
   WHERE incident_id = %(incident)s AND area_key >= %(low)s AND area_key < %(high)s AND state = ANY(%(live)s)),
called AS (
  SELECT at, category, count(*) AS planned, count(*) FILTER (WHERE state = ANY(%(accepted)s)) AS accepted,
         count(*) FILTER (WHERE state = 'on_post') AS on_post
    FROM came GROUP BY 1, 2),
cell AS MATERIALIZED (
  SELECT at, category, coalesce(needed, 0) AS needed, coalesce(planned, 0) AS planned,
         coalesce(accepted, 0) AS accepted, coalesce(on_post, 0) AS on_post,
         greatest(0, coalesce(needed, 0) - coalesce(accepted, 0)) AS gap
    FROM need FULL JOIN called USING (at, category)),
place AS MATERIALIZED (
  SELECT area.area_key, area.code, area.name, area.lon, area.lat,
         CASE area.level WHEN 'community' THEN area.parent_id ELSE area.id END AS street,
         coalesce(sum(needed), 0) AS needed, coalesce(sum(planned), 0) AS planned,
         coalesce(sum(accepted), 0) AS accepted, coalesce(sum(on_post), 0) AS on_post, coalesce(sum(gap), 0) AS gap
    FROM places_area area
    LEFT JOIN cell ON cell.at = area.area_key AND (%(category)s = '' OR cell.category = %(category)s)
   WHERE area.area_key >= %(low)s AND area.area_key < %(high)s
     AND (area.level = 'community' AND area.closed_at IS NULL OR area.area_key IN (SELECT at FROM cell))
   GROUP BY area.id),
street AS (
  SELECT street, sum(needed) AS needed, sum(planned) AS planned, sum(accepted) AS accepted, sum(on_post) AS on_post,
         sum(gap) AS gap, count(*) AS places, count(*) FILTER (WHERE gap > 0) AS short,
         count(*) FILTER (WHERE gap >= %(many)s) AS very_short, count(*) FILTER (WHERE needed = 0) AS silent
    FROM place GROUP BY street),
why AS (
  SELECT at, json_agg(json_build_array(category, missing, reason, nearest_fix)
                      ORDER BY missing_min DESC, missing DESC, category, reason) AS reasons
    FROM (SELECT gap.area_key / 1000000 * 1000000 AS at, post.category, gap.reason, min(gap.nearest_fix) AS nearest_fix,
                 sum(gap.missing) AS missing, sum(gap.missing_min) AS missing_min
            FROM staffing_gap gap JOIN staffing_plan plan ON plan.id = gap.plan_id
            JOIN staffing_post post ON post.id = gap.post_id
            JOIN staffing_planpart part ON part.plan_id = plan.id
             AND gap.area_key >= part.area_key AND gap.area_key < part.key_end
           WHERE %(listed)s AND plan.incident_id = %(incident)s
             AND NOT EXISTS (SELECT 1 FROM staffing_planpart later JOIN staffing_plan p ON p.id = later.plan_id
                              WHERE p.incident_id = %(incident)s
                                AND (later.published_at, later.id) > (part.published_at, part.id)
                                AND gap.area_key >= later.area_key AND gap.area_key < later.key_end)
             AND gap.area_key >= %(low)s AND gap.area_key < %(high)s
             AND (%(category)s = '' OR post.category = %(category)s)
           GROUP BY 1, 2, 3) found
   GROUP BY at),
dots AS (
  SELECT CASE WHEN needed = 0 THEN 'unk' WHEN gap >= %(many)s THEN 'crit' WHEN gap > 0 THEN 'short'
              WHEN on_post >= needed THEN 'ok' ELSE 'way' END AS mark,
         string_agg('M' || round(%(left)s + lon * %(across)s) || ' ' || round(%(top)s - lat * %(down)s) || 'h0', ''
                    ORDER BY area_key) AS path
    FROM place WHERE NOT %(listed)s AND lon IS NOT NULL GROUP BY 1)
SELECT json_build_object(
  'streets', (SELECT json_agg(json_build_array(
      area.code, area.name, above.code, above.name, s.needed, s.planned, s.accepted, s.on_post, s.gap, s.places,
      s.short, s.very_short, s.silent) ORDER BY s.gap DESC, area.area_key)
    FROM street s JOIN places_area area ON area.id = s.street LEFT JOIN places_area above ON above.id = area.parent_id),
  'places', (SELECT json_agg(json_build_array(
      p.code, p.name, area.code, p.needed, p.planned, p.accepted, p.on_post, p.gap, coalesce(why.reasons, '[]'))
      ORDER BY p.gap DESC, p.area_key)
    FROM place p JOIN places_area area ON area.id = p.street LEFT JOIN why ON why.at = p.area_key WHERE %(listed)s),
  'categories', (SELECT json_object_agg(category, gap) FROM (
      SELECT category, sum(gap) AS gap FROM cell GROUP BY category ORDER BY category) found),
  'accepted', (SELECT json_object_agg(said, people) FROM (
      SELECT said, count(*) AS people FROM came
       WHERE said IS NOT NULL AND (%(category)s = '' OR category = %(category)s) GROUP BY said) found),
  'on_post', (SELECT json_object_agg(arrived, people) FROM (
      SELECT arrived, count(*) AS people FROM came
       WHERE arrived IS NOT NULL AND (%(category)s = '' OR category = %(category)s) GROUP BY arrived) found),
  'dots', (SELECT json_object_agg(mark, path) FROM dots))::text
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One community. `reasons` are (category, missing, reason, nearest fix) in the planner's codes, most first."""

    code: str
    name: str
    street_code: str
    needed: int
    planned: int
    accepted: int
    on_post: int
    gap: int
    reasons: list[tuple[str, int, str, str]]

    @property
    def mark(self) -> str:
        """How the community stands: unk, crit, short, ok or way."""
        if not self.needed:
            return "unk"
        if self.gap:
            return "crit" if self.gap >= settings.TURNOUT_MANY_MISSING else "short"
        return "ok" if self.on_post >= self.needed else "way"


@dataclass(frozen=True, slots=True)
class Sum:
    """Figures of several communities: `short` of them miss somebody, `very_short` many, `silent` named no need."""

    needed: int = 0
    planned: int = 0
    accepted: int = 0
    on_post: int = 0
    gap: int = 0
    places: int = 0
    short: int = 0
    very_short: int = 0
    silent: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Street:
    code: str
    name: str
    above_code: str
    above_name: str
    sum: Sum


@dataclass(frozen=True, slots=True)
class Curve:
    """How many had accepted and how many were on post at the end of each step, of those who count now."""

    starts_at: datetime
    ends_at: datetime
    accepted: list[int]
    on_post: list[int]

    def at(self, step: int) -> datetime:
        """When a step ends."""
        return self.starts_at + (self.ends_at - self.starts_at) * (step + 1) / CURVE_STEPS


@dataclass(frozen=True, slots=True)
class Dots:
    """How degrees become places on a sheet, for a board that draws its communities as dots."""

    left: float
    top: float
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Board:
    """Streets with the largest gap first; communities where they were asked for, else as dots by mark."""

    sum: Sum
    streets: list[Street]
    rows: list[Row]
    categories: dict[str, int]
    curve: Curve
    dots: dict[str, str] = field(default_factory=dict)
    version: str = ""
    """Changes when a figure does: what a watcher asks with."""

    def rows_of(self, street_code: str) -> list[Row]:
        return [row for row in self.rows if row.street_code == street_code]


def board(
    incident: Incident,
    within: KeyRange,
    by: Actor,
    category: str = "",
    *,
    ends_at: datetime | None = None,
    dots: Dots | None = None,
) -> Board:
    """Return the board of an incident within a key range. One query.

    `dots` asks for the communities as dots on a sheet instead of rows, for areas with very many.
    """
    by.require("area.view", within[0])
    # Whole minutes: figures that stand still have one version for a minute, and a watcher is answered shortly.
    minute = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    starts_at, until = incident.opened_at, max(ends_at or minute, minute)
    low, high = within
    params: dict[str, Any] = {
        "incident": incident.pk, "low": low, "high": high, "category": category, "live": list(LIVE),
        "accepted": list(ACCEPTED), "many": settings.TURNOUT_MANY_MISSING, "listed": dots is None,
        "from": starts_at.timestamp(), "until": max(until.timestamp(), starts_at.timestamp() + 1), "steps": CURVE_STEPS,
    }  # fmt: skip
    sheet = dots or Dots(0, 0, 0, 0)
    params |= {"left": sheet.left, "top": sheet.top, "across": sheet.across, "down": sheet.down}
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, params)
        text: str = cursor.fetchone()[0]
    found = json.loads(text)
    streets = [_street(row) for row in found["streets"] or []]
    return Board(
        sum=sum((street.sum for street in streets), Sum()),
        streets=streets,
        rows=[_row(row) for row in found["places"] or []],
        categories={name: int(gap) for name, gap in (found["categories"] or {}).items()},
        curve=Curve(starts_at, until, running(found["accepted"]), running(found["on_post"])),
        dots=found["dots"] or {},
        version=hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def _street(row: list[Any]) -> Street:
    code, name, above_code, above_name, *figures = row
    return Street(code, name, above_code or "", above_name or "", Sum(*map(int, figures)))


def _row(row: list[Any]) -> Row:
    code, name, street_code, needed, planned, accepted, on_post, gap, found = row
    reasons = [(category, int(missing), reason, fix) for category, missing, reason, fix in found]
    figures = (int(needed), int(planned), int(accepted), int(on_post), int(gap))
    return Row(code, name, street_code, *figures, reasons=reasons)


def running(steps: dict[str, int] | None) -> list[int]:
    """Add up what happened by the end of each step; before the first step counts as the first, after the last too."""
    counts = [0] * CURVE_STEPS
    for step, people in (steps or {}).items():
        counts[min(CURVE_STEPS, max(1, int(step))) - 1] += people
    return _added(counts)


def _added(counts: Iterable[int]) -> list[int]:
    total, running = 0, []
    for count in counts:
        total += count
        running.append(total)
    return running
