"""What staffing does when an area is closed or merged, and when two records of a person become one.

Rows of the whole city may be concerned, whoever acts, so this runs as the product: the verb was allowed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.registries import AREA_MOVED
from turnout.incidents.registries import FORGOTTEN, KEPT, STOOD_DOWN
from turnout.people.refusals import MERGE_BOOKED
from turnout.people.registries import FOLLOWERS
from turnout.staffing.domain import ending, forgetting
from turnout.staffing.models import CallOut, LeftOut, Placement, SignUp, Team
from turnout.staffing.states import LIVE

_TABLES = (
    "staffing_whistle",
    "staffing_post",
    "staffing_placement",
    "staffing_gap",
    "staffing_team",
    "staffing_callout",
    "staffing_opening",
    "staffing_signup",
    "staffing_handover",
    "staffing_feedback",
    "staffing_remark",
)
_SENT = ("staffing_placement", "staffing_leftout", "staffing_callout", "staffing_signup")

# The successor may have a post of the same standard already. Its number follows from its residents when posts are made
# again; the closed one stays, outside the standards, as long as people are called to it.
_TWINS = """
UPDATE staffing_post p SET standard = '',
       state = CASE WHEN EXISTS (SELECT 1 FROM staffing_callout c WHERE c.post_id = p.id AND c.state = ANY(%(live)s))
                    THEN p.state ELSE 'cancelled' END
 WHERE p.area_key = %(old)s AND p.standard <> '' AND p.state = 'open'
   AND EXISTS (SELECT 1 FROM staffing_post q WHERE q.area_key = %(new)s AND q.state = 'open'
                  AND q.incident_id = p.incident_id AND q.standard = p.standard
                  AND q.site_id IS NOT DISTINCT FROM p.site_id)
"""
# A unit that has teams at both places has one from now on: the successor's.
_JOIN_TEAMS = """
UPDATE staffing_callout c SET team_id = t.id FROM staffing_team old, staffing_team t
 WHERE c.team_id = old.id AND old.area_key = %(old)s AND t.area_key = %(new)s AND t.unit_id = old.unit_id
   AND t.incident_id = old.incident_id
"""
_DROP_TEAMS = """
DELETE FROM staffing_team old USING staffing_team t
 WHERE old.area_key = %(old)s AND t.area_key = %(new)s AND t.unit_id = old.unit_id AND t.incident_id = old.incident_id
"""
_DESK = "DELETE FROM staffing_desk WHERE area_key = %(old)s"


def follow_area(old_key: int, new_key: int) -> None:
    """Let everything at a closed area, and everybody sent from it, name its successor. Its office line is dead."""
    keys: dict[str, Any] = {"old": old_key, "new": new_key, "live": list(LIVE)}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for statement in (_TWINS, _JOIN_TEAMS, _DROP_TEAMS, _DESK):
            cursor.execute(statement, keys)
        for table in _TABLES:
            cursor.execute(f"UPDATE {table} SET area_key = %(new)s WHERE area_key = %(old)s", keys)
        for table in _SENT:
            cursor.execute(f"UPDATE {table} SET sender_key = %(new)s WHERE sender_key = %(old)s", keys)


def follow_callouts(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    """Move call-outs, with the lead of a team. Refused while both records are called in one incident."""
    rows = CallOut.objects.filter(person_id=source)
    if only is not None:
        rows = rows.filter(pk__in=only)
    live = rows.filter(state__in=LIVE).values("incident")
    if CallOut.objects.filter(person_id=target, state__in=LIVE, incident__in=live).exists():
        raise MERGE_BOOKED.refuse()
    ids = [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)]
    teams = list(rows.filter(team__isnull=False).values_list("team", flat=True))
    rows.update(person_id=target)
    Team.objects.filter(pk__in=teams, leader_id=source).update(leader_id=target)
    Team.objects.filter(pk__in=teams, deputy_id=source).update(deputy_id=target)
    return ids


def follow_placements(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    """Move placements; where both records are in one version of the plan, the kept one's stays."""
    return _moved(Placement.objects, "plan", source, target, only)


def follow_left_out(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    return _moved(LeftOut.objects, "plan", source, target, only)


def follow_signups(source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    return _moved(SignUp.objects, "opening", source, target, only)


def _moved(rows: Any, once_per: str, source: UUID, target: UUID, only: Sequence[str] | None) -> list[str]:
    moving = rows.filter(person_id=source)
    if only is None:
        held = list(rows.filter(person_id=target).values_list(once_per, flat=True))
        moving = moving.exclude(**{f"{once_per}__in": held})
    else:
        moving = moving.filter(pk__in=only)
    ids = [str(pk) for pk in moving.order_by("pk").values_list("pk", flat=True)]
    rows.filter(pk__in=ids).update(person_id=target)
    return ids


def register() -> None:
    STOOD_DOWN.add("staffing.running", ending.end)
    KEPT.add("staffing.night", forgetting.kept)
    FORGOTTEN.add("staffing.people", forgetting.forget)
    AREA_MOVED.add("staffing.rows", follow_area)
    FOLLOWERS.add("staffing.callouts", follow_callouts)
    FOLLOWERS.add("staffing.placements", follow_placements)
    FOLLOWERS.add("staffing.left_out", follow_left_out)
    FOLLOWERS.add("staffing.signups", follow_signups)
