"""What people does when an area is closed or merged: units, pairings, homes and reach follow to its successor."""

from __future__ import annotations

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.registries import AREA_MOVED
from turnout.people.domain import reach

# A unit is paired with each street once and never with its own area, so a pairing that would become one of these goes.
_UNITS = """
UPDATE people_unit
   SET area_key = CASE WHEN area_key = %(old)s THEN %(new)s ELSE area_key END,
       paired_streets = array_remove(
         CASE WHEN %(new)s = ANY(paired_streets) THEN array_remove(paired_streets, %(old)s)
              ELSE array_replace(paired_streets, %(old)s, %(new)s) END,
         CASE WHEN area_key = %(old)s THEN %(new)s ELSE area_key END)
 WHERE area_key = %(old)s OR %(old)s = ANY(paired_streets)
"""
_HOMES = "UPDATE people_person SET home_key = %(new)s WHERE home_key = %(old)s"
_CLAIMS = "UPDATE people_mergeproposal SET claim_key = %(new)s WHERE claim_key = %(old)s"


def follow_area(old_key: int, new_key: int) -> None:
    """Move whoever belongs to a closed area to its successor. Runs as the product: the verb that closed it was
    allowed to.

    An area and its successor are of one level, so a home stays a community and a pairing a street.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for statement in (_UNITS, _HOMES, _CLAIMS):
            cursor.execute(statement, {"old": old_key, "new": new_key})
        reach.follow_area(old_key, new_key)


def register() -> None:
    AREA_MOVED.add("people.reach", follow_area)
