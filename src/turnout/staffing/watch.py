"""What the watch of a night looks at first: the hours that matter, and what waits for a decision. One query each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.core import clock
from turnout.core.area_keys import KeyRange
from turnout.incidents.models import Incident

_WATCH = """
SELECT
  (SELECT min(raised_at) FROM staffing_whistle WHERE incident_id = %(incident)s),
  (SELECT min(published_at) FROM staffing_plan WHERE incident_id = %(incident)s),
  (SELECT min(opened_at) FROM staffing_wave WHERE incident_id = %(incident)s),
  (SELECT max(arrive_by) FROM staffing_wave WHERE incident_id = %(incident)s AND state <> 'draft'),
  w.waiting, w.overdue, w.first_id, w.answer_by, late.people, late.since,
  (SELECT count(*) FROM notices_message WHERE state IN ('unknown', 'failed') AND about_kind = 'staffing.callout'
     AND area_key >= %(low)s AND area_key < %(high)s AND EXISTS (
       SELECT 1 FROM staffing_callout c WHERE c.id = about_id AND c.incident_id = %(incident)s)),
  draft.id, draft.number, draft.placed, draft.needed, standing.id
  FROM (SELECT count(*) AS waiting, count(*) FILTER (WHERE answer_by < %(now)s) AS overdue,
               (array_agg(id ORDER BY answer_by))[1] AS first_id, min(answer_by) AS answer_by
          FROM staffing_whistle WHERE incident_id = %(incident)s AND state = 'waiting'
           AND area_key >= %(low)s AND area_key < %(high)s) w
  CROSS JOIN (SELECT count(*) AS people, min(wave.arrive_by) AS since
                FROM staffing_callout c JOIN staffing_wave wave ON wave.id = c.wave_id
               WHERE c.incident_id = %(incident)s AND c.state = 'yes' AND wave.arrive_by < %(now)s
                 AND c.area_key >= %(low)s AND c.area_key < %(high)s) late
  LEFT JOIN LATERAL (SELECT id, number, placed, needed FROM staffing_plan
                      WHERE incident_id = %(incident)s AND state = 'draft' AND number > coalesce(
                        (SELECT max(number) FROM staffing_plan
                          WHERE incident_id = %(incident)s AND state = 'published'), 0)
                      ORDER BY number DESC LIMIT 1) draft ON true
  LEFT JOIN LATERAL (SELECT id FROM staffing_plan WHERE incident_id = %(incident)s AND state = 'published'
                      ORDER BY number DESC LIMIT 1) standing ON true
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """Hours of the night, whistles that wait, people who are late, messages that did not arrive, and a draft."""

    whistled_at: datetime | None
    published_at: datetime | None
    called_at: datetime | None
    arrive_by: datetime | None
    waiting: int
    overdue: int
    first_whistle: UUID | None
    answer_by: datetime | None
    late: int
    late_since: datetime | None
    undelivered: int
    draft_id: UUID | None
    draft_number: int | None
    draft_placed: int | None
    draft_needed: int | None
    published_id: UUID | None


def watch(incident: Incident, within: KeyRange) -> Watch:
    """Return what the watch of an incident looks at within a key range, from the rows of the present scope."""
    low, high = within
    params: dict[str, Any] = {"incident": incident.pk, "low": low, "high": high, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_WATCH, params)
        return Watch(*cursor.fetchone())
