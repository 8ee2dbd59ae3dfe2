"""What is deleted of a night when the time of its personal data is over, and the figures that stay.

Runs inside the purge of incidents, as the product itself. Set-based: a city of 74,000 goes in a dozen statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import connection

from turnout.core import audit
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import range_of_key
from turnout.incidents.models import Incident
from turnout.staffing import clocks, queries
from turnout.staffing.domain.holds import POSTING
from turnout.staffing.models import CallOut, Plan, SignUp, Team

_CALLED = "(SELECT id FROM staffing_callout WHERE incident_id = %(incident)s)"
_PLANS = "(SELECT id FROM staffing_plan WHERE incident_id = %(incident)s)"
_TEAMS = "(SELECT id FROM staffing_team WHERE incident_id = %(incident)s)"
_BOOKINGS = f"(SELECT id FROM people_booking WHERE source_kind = %(posting)s AND source_id IN {_CALLED})"
# Children before parents; what only names somebody is emptied and its history deleted, because the row itself stays.
STEPS = (
    ("notices_message", f"DELETE FROM notices_message WHERE about_kind = %(posting)s AND about_id IN {_CALLED}"),
    ("people_bookingevent", f"DELETE FROM people_bookingevent WHERE pgh_obj_id IN {_BOOKINGS}"),
    ("people_booking", f"DELETE FROM people_booking WHERE id IN {_BOOKINGS}"),
    ("people_reach", f"DELETE FROM people_reach WHERE basis = 'placement' AND source_id IN {_CALLED}"),
    (
        "staffing_feedback",
        "DELETE FROM staffing_feedback WHERE post_id IN"
        " (SELECT id FROM staffing_post WHERE incident_id = %(incident)s)",
    ),
    ("staffing_remark", "DELETE FROM staffing_remark WHERE incident_id = %(incident)s"),
    ("staffing_handover", f"DELETE FROM staffing_handover WHERE callout_id IN {_CALLED}"),
    (
        "staffing_signup",
        "DELETE FROM staffing_signup WHERE opening_id IN (SELECT o.id FROM staffing_opening o"
        " JOIN staffing_wave w ON w.id = o.wave_id WHERE w.incident_id = %(incident)s)",
    ),
    ("staffing_callout", "DELETE FROM staffing_callout WHERE incident_id = %(incident)s"),
    ("staffing_placement", f"DELETE FROM staffing_placement WHERE plan_id IN {_PLANS}"),
    ("staffing_plannight", f"DELETE FROM staffing_plannight WHERE plan_id IN {_PLANS}"),
    ("staffing_leftout", f"DELETE FROM staffing_leftout WHERE plan_id IN {_PLANS}"),
    (
        "staffing_plan",
        "UPDATE staffing_plan SET prices = NULL WHERE incident_id = %(incident)s AND prices IS NOT NULL",
    ),
    ("staffing_gap", f"UPDATE staffing_gap SET nearest_fix = '' WHERE plan_id IN {_PLANS} AND nearest_fix <> ''"),
    (
        "staffing_team",
        "UPDATE staffing_team SET leader_id = NULL, deputy_id = NULL WHERE incident_id = %(incident)s"
        " AND (leader_id IS NOT NULL OR deputy_id IS NOT NULL)",
    ),
    ("staffing_teamevent", f"DELETE FROM staffing_teamevent WHERE pgh_obj_id IN {_TEAMS}"),
)


def forget(incident_id: UUID) -> Mapping[str, int]:
    """Delete every row of an incident that speaks of a person; returns rows deleted or emptied, by table."""
    for named in (
        CallOut.objects.filter(incident=incident_id),
        SignUp.objects.filter(opening__wave__incident=incident_id),
        Plan.objects.filter(incident=incident_id),  # the log names whom a hand put on a post, or made a leader
        Team.objects.filter(incident=incident_id),
    ):
        audit.forget(named.values_list("pk", flat=True))
    gone = {}
    with connection.cursor() as cursor:
        for table, statement in STEPS:
            cursor.execute(statement, {"incident": incident_id, "posting": POSTING})
            gone[table] = cursor.rowcount
    return gone


def kept(incident_id: UUID) -> Mapping[str, int | None]:
    """Return what stays of the people: how many were called, came and went, and the clock of the steps in minutes."""
    incident = Incident.objects.get(pk=incident_id)
    pace = clocks.clock_of(incident, range_of_key(incident.area_key), SYSTEM)
    figures: dict[str, int | None] = {"called": sum(queries.called_by_state(incident).values())}
    for name, step in (("named", pace.named), ("accepted", pace.accepted), ("on_post", pace.on_post)):
        figures |= {
            name: step.people,
            f"{name}_median_minutes": _minutes(step.median),
            f"{name}_p95_minutes": _minutes(step.p95),
        }
    return figures


def _minutes(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds() / 60)
