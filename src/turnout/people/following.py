"""What people does when an area is closed or merged: homes, units, pairings and reach follow to the successor.

Rows of the whole city may be concerned, whoever closes the area, so this runs as the product itself.
"""

from __future__ import annotations

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.registries import AREA_MOVED

# A street's successor takes its place in the list of a unit. Kept are distinct streets other than the unit's own area.
_UNITS = """
UPDATE people_unit u SET area_key = f.area_key, paired_streets = f.streets
  FROM (
    SELECT id, a.area_key, coalesce((
             SELECT array_agg(key ORDER BY place) FROM (
               SELECT key, min(place) AS place FROM (
                 SELECT CASE WHEN key = %(old)s THEN %(new)s ELSE key END AS key, place
                   FROM unnest(paired_streets) WITH ORDINALITY AS p (key, place)
               ) moved
               WHERE key <> a.area_key AND key %% 1000000000 = 0 AND key %% 1000000000000 <> 0 GROUP BY key
             ) once), '{}') AS streets
      FROM people_unit, LATERAL (
        SELECT CASE WHEN people_unit.area_key = %(old)s THEN %(new)s ELSE people_unit.area_key END AS area_key) a
     WHERE people_unit.area_key = %(old)s OR %(old)s = ANY(paired_streets)
  ) f WHERE u.id = f.id
"""
_HOMES = """
UPDATE people_person SET home_key = CASE WHEN %(community)s THEN %(new)s::bigint END WHERE home_key = %(old)s
"""
_REACH = "UPDATE people_reach SET area_key = %(new)s WHERE area_key = %(old)s"
_HOMELESS = """
DELETE FROM people_reach r USING people_person p WHERE p.id = r.person_id AND r.basis = 'home' AND p.home_key IS NULL
"""
_CLAIMS = "UPDATE people_mergeproposal SET claim_key = %(new)s WHERE claim_key = %(old)s"


def follow_area(old_key: int, new_key: int) -> None:
    """Let everything that names the old area name its successor. A home goes only to a community."""
    keys = {"old": old_key, "new": new_key, "community": new_key % 10**6 == 0 and new_key % 10**9 != 0}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for statement in (_UNITS, _HOMES, _REACH, _CLAIMS):
            cursor.execute(statement, keys)
        if not keys["community"]:
            cursor.execute(_HOMELESS)


def register() -> None:
    AREA_MOVED.add("people", follow_area)
