"""Handing a version of the plan out as a list: names leave the screen, so that it is a row of the log."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from turnout.core import audit
from turnout.core.actors import Actor
from turnout.core.area_keys import range_of_key
from turnout.staffing import refusals
from turnout.staffing.models import Placement, Plan

MOST = 20_000
"""People in one list: a workbook of more takes longer than a page may."""

_LIST = """
SELECT area.name, po.area_key / 1000000 * 1000000, po.duties, po.category, po.starts_at, po.ends_at, p.name, u.name,
       pl.travel_minutes, pl.reason
  FROM staffing_placement pl JOIN staffing_post po ON po.id = pl.post_id JOIN people_person p ON p.id = pl.person_id
  JOIN people_unit u ON u.id = p.unit_id
  LEFT JOIN places_area area ON area.area_key = po.area_key / 1000000 * 1000000
 WHERE pl.plan_id = %s AND pl.area_key >= %s AND pl.area_key < %s
 ORDER BY po.area_key, po.starts_at, po.category, p.sort_key, p.id
"""


@transaction.atomic
def hand_out(*, plan: Plan, by: Actor, within: int | None = None) -> list[tuple[Any, ...]]:
    """Return who goes where in a version, or in one street of it, without phone numbers; one row of the log."""
    key = plan.area_key if within is None else within
    by.require("plan.make", plan.area_key)
    by.require("person.export", key)
    low, high = range_of_key(key)
    count = Placement.objects.filter(plan=plan, area_key__gte=low, area_key__lt=high).count()
    if count > MOST:
        raise refusals.PLAN_TOO_LONG.refuse(people=count, most=MOST)
    with connection.cursor() as cursor:
        cursor.execute(_LIST, [plan.pk, low, high])
        rows = list(cursor.fetchall())
    details = {"number": plan.number, "people": len(rows)}
    audit.record("plan.hand_out", by=by, of=plan, area_key=key, details=details)
    return rows
