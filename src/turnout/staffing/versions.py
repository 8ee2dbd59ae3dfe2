"""Two versions of a plan side by side: who is added, moved, taken off, kept. A city is counted in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.core.actors import Actor
from turnout.core.area_keys import KeyRange, range_of_key
from turnout.staffing.models import Plan, PlanPart


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing a plan would change against another version: people added, moved, taken off, and kept."""

    against: int
    added: int
    moved: int
    off: int
    same: int


@dataclass(frozen=True, slots=True)
class Change:
    """One person of a difference. `what` is added, moved or off; the posts and areas (keys) before and after."""

    person_id: UUID
    name: str
    unit: str
    what: str
    old_post: UUID | None
    old_key: int | None
    new_post: UUID | None
    new_key: int | None


_BOTH = """
  FROM (SELECT person_id, post_id, area_key FROM staffing_placement
         WHERE plan_id = %(old)s AND area_key >= %(low)s AND area_key < %(high)s) o
  FULL JOIN (SELECT person_id, post_id, area_key FROM staffing_placement
              WHERE plan_id = %(new)s AND area_key >= %(low)s AND area_key < %(high)s) n USING (person_id)
"""
_WHAT = """CASE WHEN o.post_id IS NULL THEN 'added' WHEN n.post_id IS NULL THEN 'off'
            WHEN o.post_id <> n.post_id THEN 'moved' ELSE 'same' END"""
_COUNT = f"SELECT {_WHAT} AS what, count(*) {_BOTH} GROUP BY 1"
_LIST = f"""
SELECT d.person_id, p.name, u.name, d.what, d.old_post, d.old_key, d.new_post, d.new_key FROM (
  SELECT person_id, {_WHAT} AS what, o.post_id AS old_post, o.area_key AS old_key, n.post_id AS new_post,
         n.area_key AS new_key {_BOTH}) d
  JOIN people_person p ON p.id = d.person_id JOIN people_unit u ON u.id = p.unit_id
 WHERE d.what <> 'same'
 ORDER BY coalesce(d.new_key, d.old_key), p.sort_key, d.person_id LIMIT %(limit)s OFFSET %(offset)s
"""


def in_force(plan: Plan, key: int | None = None) -> Plan | None:
    """Return the version that is in force where a plan would be published; None where nothing is, or it is itself."""
    low, high = range_of_key(plan.area_key if key is None else key)
    part = (
        PlanPart.objects.filter(plan__incident_id=plan.incident_id, area_key__lte=low, key_end__gte=high)
        .select_related("plan")
        .order_by("-published_at", "-id")
        .first()
    )
    return part.plan if part and part.plan_id != plan.pk else None


def count(old: Plan, new: Plan, by: Actor, within: KeyRange | None = None) -> Changes:
    """Count what changes from one version to another, as far as the reader sees the people. One query."""
    by.require("area.view", new.area_key)
    found = dict(_rows(_COUNT, old, new, within))
    return Changes(old.number, found.get("added", 0), found.get("moved", 0), found.get("off", 0), found.get("same", 0))


def listed(
    old: Plan, new: Plan, by: Actor, within: KeyRange | None = None, *, limit: int = 200, offset: int = 0
) -> list[Change]:
    """Return who changes, by place and name, a page at a time; for who sees people there. One query."""
    by.require("person.view", new.area_key)
    return [Change(*row) for row in _rows(_LIST, old, new, within, limit=limit, offset=offset)]


def _rows(sql: str, old: Plan, new: Plan, within: KeyRange | None, **more: Any) -> list[Any]:
    low, high = within or (0, 2**63 - 1)
    params: dict[str, Any] = {"old": old.pk, "new": new.pk, "low": low, "high": high}
    with connection.cursor() as cursor:
        cursor.execute(sql, params | more)
        return list(cursor.fetchall())
