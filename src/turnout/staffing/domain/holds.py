"""What a live call-out holds: the person's time, the area's sight of them, a place in a team.

Everything here runs as the product: homes and units lie outside the area of whoever acts, and the verb that calls it
has asked whether they may. Set-based: a city of 74,000 is taken or freed in a few statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.ids import new_id
from turnout.people.domain import reach
from turnout.staffing.domain import forming

POSTING = "staffing.callout"
"""`source_kind` of the bookings that call-outs make."""

_BOOK = """
INSERT INTO people_booking (id, person_id, layer, starts_at, ends_at, state, outside, source_kind, source_id)
SELECT b.id, c.person_id, 'posting', po.starts_at, po.ends_at, 'live', '', %(kind)s, c.id
  FROM unnest(%(callouts)s::uuid[], %(bookings)s::uuid[]) AS b (callout, id)
  JOIN staffing_callout c ON c.id = b.callout JOIN staffing_post po ON po.id = c.post_id
"""
_UNBOOK = "UPDATE people_booking SET state = 'cancelled' WHERE source_id = ANY(%(callouts)s) AND state = 'live'"


def take(called: Sequence[tuple[UUID, UUID, int]]) -> None:
    """Take the time of these call-outs, given as (call-out, person, area key), and put them into teams."""
    if not called:
        return
    ids = [row[0] for row in called]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_BOOK, {"kind": POSTING, "callouts": ids, "bookings": [new_id() for _ in ids]})
        reach.place_all([(person, area, callout) for callout, person, area in called])
        forming.form(ids)


def free(callout_ids: Sequence[Any]) -> None:
    """Free the time of these call-outs, take their areas out of reach, and let their teams be led by others."""
    if not callout_ids:
        return
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_UNBOOK, {"callouts": list(callout_ids)})
        reach.unplace(source_ids=callout_ids)
        forming.settle(callout_ids)
