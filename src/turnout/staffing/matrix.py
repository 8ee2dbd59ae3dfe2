"""The quota matrix of a wave, unit by district, with how far it is filled at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.core.actors import Actor
from turnout.staffing.models import Wave
from turnout.staffing.states import ACCEPTED, LIVE


@dataclass(frozen=True, slots=True)
class Cell:
    """What one unit gives to one district: places asked of it (0 where nobody set any), people named and accepted."""

    unit_id: UUID
    unit_code: str
    unit_name: str
    district_key: int
    places: int
    named: int
    accepted: int
    on_post: int

    @property
    def open(self) -> int:
        return max(0, self.places - self.named)


# A unit that sends people without a quota stands in the matrix too: its cell says 0 places.
_MATRIX = """
WITH sent AS (
  SELECT unit_key, area_key / 1000000000000 * 1000000000000 AS district,
         count(*) FILTER (WHERE state = ANY(%(live)s)) AS named,
         count(*) FILTER (WHERE state = ANY(%(accepted)s)) AS accepted,
         count(*) FILTER (WHERE state = 'on_post') AS on_post
    FROM staffing_callout WHERE wave_id = %(wave)s GROUP BY 1, 2),
asked AS (
  SELECT u.scope_key AS unit_key, q.district_key AS district, q.places
    FROM staffing_quota q JOIN people_unit u ON u.id = q.unit_id WHERE q.wave_id = %(wave)s)
SELECT u.id, u.code, u.name, district, coalesce(asked.places, 0), coalesce(sent.named, 0), coalesce(sent.accepted, 0),
       coalesce(sent.on_post, 0)
  FROM asked FULL JOIN sent USING (unit_key, district) JOIN people_unit u ON u.scope_key = unit_key
 WHERE asked.places IS NOT NULL OR sent.named > 0
 ORDER BY u.code, district
"""


def matrix(wave: Wave, by: Actor) -> list[Cell]:
    """Return the cells of a wave by unit and district, from the call-outs of the present scope. One query."""
    by.require("area.view", wave.incident.area_key)
    params: dict[str, Any] = {"wave": wave.pk, "live": list(LIVE), "accepted": list(ACCEPTED)}
    with connection.cursor() as cursor:
        cursor.execute(_MATRIX, params)
        return [Cell(*row) for row in cursor.fetchall()]
