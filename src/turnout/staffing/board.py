"""The board: what each community needs, who is planned, who accepted, who is there, and why somebody is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection

from turnout.core.actors import Actor
from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident
from turnout.staffing.states import ACCEPTED, LIVE

# One pass over posts and call-outs, each folded to its community; row security narrows the call-outs.
_BOARD = """
WITH need AS (
  SELECT area_key / 1000000 * 1000000 AS at, sum(places) AS needed FROM staffing_post
   WHERE incident_id = %(incident)s AND state = 'open' AND area_key >= %(low)s AND area_key < %(high)s
     AND (%(category)s = '' OR category = %(category)s)
   GROUP BY 1),
called AS (
  SELECT area_key / 1000000 * 1000000 AS at,
         count(*) FILTER (WHERE state = ANY(%(live)s)) AS planned,
         count(*) FILTER (WHERE state = ANY(%(accepted)s)) AS accepted,
         count(*) FILTER (WHERE state = 'on_post') AS on_post
    FROM staffing_callout
   WHERE incident_id = %(incident)s AND area_key >= %(low)s AND area_key < %(high)s
     AND (%(category)s = '' OR category = %(category)s)
   GROUP BY 1),
why AS (
  SELECT DISTINCT ON (1) gap.area_key / 1000000 * 1000000 AS at, gap.reason, gap.nearest_fix
    FROM staffing_gap gap JOIN staffing_plan plan ON plan.id = gap.plan_id
    JOIN staffing_post post ON post.id = gap.post_id
    JOIN staffing_planpart part ON part.plan_id = plan.id
     AND gap.area_key >= part.area_key AND gap.area_key < part.key_end
   WHERE plan.incident_id = %(incident)s
     AND NOT EXISTS (SELECT 1 FROM staffing_planpart later JOIN staffing_plan p ON p.id = later.plan_id
                      WHERE p.incident_id = %(incident)s
                        AND (later.published_at, later.id) > (part.published_at, part.id)
                        AND gap.area_key >= later.area_key AND gap.area_key < later.key_end)
     AND gap.area_key >= %(low)s AND gap.area_key < %(high)s AND (%(category)s = '' OR post.category = %(category)s)
   ORDER BY 1, gap.missing_min DESC, gap.missing DESC)
SELECT area.code, area.name, street.code, street.name, need.needed, coalesce(called.planned, 0),
       coalesce(called.accepted, 0), coalesce(called.on_post, 0), coalesce(why.reason, ''),
       coalesce(why.nearest_fix, '')
  FROM need JOIN places_area area ON area.area_key = need.at JOIN places_area street ON street.id = area.parent_id
  LEFT JOIN called USING (at) LEFT JOIN why USING (at)
 ORDER BY street.area_key, area.area_key
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One community of the board. `gap` = needed - accepted; `reason` and `fix` are the planner's codes."""

    code: str
    name: str
    street_code: str
    street_name: str
    needed: int
    planned: int
    accepted: int
    on_post: int
    reason: str
    fix: str

    @property
    def gap(self) -> int:
        return max(0, self.needed - self.accepted)


@dataclass(frozen=True, slots=True)
class Sum:
    """Figures of several communities. A community with too many does not fill the gap of another."""

    needed: int
    planned: int
    accepted: int
    on_post: int
    gap: int
    places: int
    places_short: int

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Sum:
        listed = list(rows)
        return cls(
            needed=sum(row.needed for row in listed),
            planned=sum(row.planned for row in listed),
            accepted=sum(row.accepted for row in listed),
            on_post=sum(row.on_post for row in listed),
            gap=sum(row.gap for row in listed),
            places=len(listed),
            places_short=sum(row.gap > 0 for row in listed),
        )


@dataclass(frozen=True, slots=True)
class Street:
    code: str
    name: str
    sum: Sum
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Board:
    sum: Sum
    streets: list[Street]
    version: str
    """Changes when a figure does: what a watcher asks with."""


def board(incident: Incident, within: KeyRange, by: Actor, category: str = "") -> Board:
    """Return the board of an incident within a key range, streets with the largest gap first. One query."""
    by.require("area.view", within[0])
    low, high = within
    params: dict[str, Any] = {
        "incident": incident.pk,
        "low": low,
        "high": high,
        "category": category,
        "live": list(LIVE),
        "accepted": list(ACCEPTED),
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, params)
        rows = [Row(*row) for row in cursor.fetchall()]
    streets = [
        Street(code, name, Sum.of(group), sorted(group, key=lambda row: (-row.gap, row.code)))
        for (code, name), grouped in groupby(rows, key=lambda row: (row.street_code, row.street_name))
        for group in [list(grouped)]
    ]
    streets.sort(key=lambda street: (-street.sum.gap, street.code))
    return Board(Sum.of(rows), streets, hashlib.sha256(repr(rows).encode()).hexdigest()[:16])
