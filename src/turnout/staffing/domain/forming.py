"""Teams come by themselves: everybody of one unit at one community, led by whoever the rule says (docs/planning.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import LOCAL
from turnout.core.ids import new_id
from turnout.staffing.states import LIVE

_MISSING = """
SELECT DISTINCT c.incident_id, p.unit_id, c.area_key / %(local)s * %(local)s
  FROM staffing_callout c JOIN people_person p ON p.id = c.person_id
 WHERE c.id = ANY(%(callouts)s)
   AND NOT EXISTS (SELECT 1 FROM staffing_team t WHERE t.incident_id = c.incident_id AND t.unit_id = p.unit_id
                      AND t.area_key = c.area_key / %(local)s * %(local)s)
"""
_MAKE = """
INSERT INTO staffing_team (id, incident_id, unit_id, area_key, meet_at, party_branch, made_at)
SELECT id, incident, unit, area, '', false, %(now)s
  FROM unnest(%(ids)s::uuid[], %(incidents)s::uuid[], %(units)s::uuid[], %(areas)s::bigint[])
       AS t (id, incident, unit, area)
    ON CONFLICT ON CONSTRAINT team_once DO NOTHING
"""
# The community's key is worked out before the join: under row security an expression on a protected table is no index.
_JOIN = """
WITH called AS MATERIALIZED (
  SELECT c.id, c.incident_id, p.unit_id, c.area_key / %(local)s * %(local)s AS community
    FROM staffing_callout c JOIN people_person p ON p.id = c.person_id WHERE c.id = ANY(%(callouts)s)),
found AS MATERIALIZED (
  SELECT called.id, t.id AS team FROM called
    JOIN staffing_team t ON t.incident_id = called.incident_id AND t.unit_id = called.unit_id
     AND t.area_key = called.community)
UPDATE staffing_callout c SET team_id = found.team FROM found
 WHERE c.id = found.id AND c.team_id IS DISTINCT FROM found.team
"""
# Whoever leads goes on leading, then the deputy steps up; a new head is chosen by home, category and id.
_SETTLE = """
WITH teams AS (
  SELECT DISTINCT team_id AS id FROM staffing_callout WHERE id = ANY(%(callouts)s) AND team_id IS NOT NULL),
ranked AS (
  SELECT t.id, c.person_id, row_number() OVER (
           PARTITION BY t.id
               ORDER BY c.person_id IS DISTINCT FROM t.leader_id, c.person_id IS DISTINCT FROM t.deputy_id,
                    p.home_key IS DISTINCT FROM t.area_key,
                    CASE WHEN 'district_cadre' = ANY(p.categories) THEN 0
                         WHEN 'street_cadre' = ANY(p.categories) THEN 1 ELSE 2 END, c.person_id) AS place
    FROM teams JOIN staffing_team t USING (id) JOIN staffing_callout c ON c.team_id = t.id AND c.state = ANY(%(live)s)
    JOIN people_person p ON p.id = c.person_id),
heads AS (
  SELECT teams.id, (array_agg(person_id) FILTER (WHERE place = 1))[1] AS leader,
         (array_agg(person_id) FILTER (WHERE place = 2))[1] AS deputy
    FROM teams LEFT JOIN ranked USING (id) GROUP BY teams.id)
UPDATE staffing_team t SET leader_id = heads.leader, deputy_id = heads.deputy FROM heads
 WHERE t.id = heads.id AND (t.leader_id, t.deputy_id) IS DISTINCT FROM (heads.leader, heads.deputy)
"""


def form(callout_ids: Sequence[Any]) -> None:
    """Put these call-outs into the teams of their units at their communities, and see that each team is led."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        params: dict[str, Any] = {"callouts": list(callout_ids), "local": LOCAL, "now": clock.now()}
        cursor.execute(_MISSING, params)
        columns = list(zip(*cursor.fetchall(), strict=True)) or [(), (), ()]
        incidents, units, areas = map(list, columns)
        ids = [new_id() for _ in units]
        cursor.execute(_MAKE, params | {"ids": ids, "incidents": incidents, "units": units, "areas": areas})
        cursor.execute(_JOIN, params)
        cursor.execute(_SETTLE, params | {"live": list(LIVE)})


def settle(callout_ids: Sequence[Any]) -> None:
    """Let the teams of these call-outs be led by people who are called: leader and deputy stay where they still are."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"callouts": list(callout_ids), "live": list(LIVE)})
