"""What staffing does when an area is closed or merged: open whistles and posts follow to its successor."""

from __future__ import annotations

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.registries import AREA_MOVED

_TABLES = (
    "staffing_whistle",
    "staffing_post",
    "staffing_placement",
    "staffing_gap",
    "staffing_team",
    "staffing_callout",
)


def follow_area(old_key: int, new_key: int) -> None:
    """Move rows of a closed area to its successor. Runs as the product: the verb that closed it was allowed to."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"UPDATE {table} SET area_key = %s WHERE area_key = %s", [new_key, old_key])


def register() -> None:
    AREA_MOVED.add("staffing.rows", follow_area)
