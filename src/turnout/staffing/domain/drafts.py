"""Drafting a plan: read the night, let the planner work, keep what it found as the next version."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from procrastinate.contrib.django import app

from turnout.access.scope import acting_as
from turnout.core import audit, clock, statistics
from turnout.core.actors import Actor
from turnout.core.ids import new_id
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.staffing import explaining, planning, queries, refusals
from turnout.staffing.models import Plan, PlanNight, Wave
from turnout.staffing.planning import Effort, Input, Progress, Result, Stop

_KEYS = "JOIN people_person p ON p.id = t.person JOIN people_unit u ON u.id = p.unit_id"
_PLACE = f"""
INSERT INTO staffing_placement (id, plan_id, person_id, post_id, area_key, unit_key, sender_key, travel_minutes,
                                cost_minutes, reason, by_hand)
SELECT t.id, %(plan)s, t.person, t.post, po.area_key, u.scope_key, u.area_key, t.travel, t.cost, t.reason, false
  FROM drafted t {_KEYS} JOIN staffing_post po ON po.id = t.post
"""
_LEAVE = f"""
INSERT INTO staffing_leftout (id, plan_id, person_id, unit_key, sender_key, reason)
SELECT t.id, %(plan)s, t.person, u.scope_key, u.area_key, t.reason FROM drafted t {_KEYS}
"""
_MISS = """
INSERT INTO staffing_gap (id, plan_id, post_id, area_key, missing_min, missing, reason, nearest_fix)
SELECT t.id, %(plan)s, t.post, po.area_key, t.missing_min, t.missing, t.reason, t.fix
  FROM drafted t JOIN staffing_post po ON po.id = t.post
"""


def draft(
    *,
    incident: Incident,
    by: Actor,
    area_key: int | None = None,
    seed: int = 0,
    stop: Stop | None = None,
    seconds: float | None = None,
    effort: Effort | None = None,
    progress: Callable[[Progress], None] = lambda step: None,
    tier: str = "district",
    still: bool = False,
    wave: Wave | None = None,
) -> Plan:
    """Make the next version of the plan of an incident, or of one area of it.

    `tier` says from whom people are drawn; with `still` nobody who is called moves, and only empty places are filled;
    the quota matrix of `wave` bounds what each unit gives.
    `seconds` ends the search after so long; `stop` when it says so. Not one transaction: the night is read, the
    planner works without holding anything, and the draft is kept. What changed in between shows when it is published.
    """
    key = incident.area_key if area_key is None else area_key
    with acting_as(by):
        incident = Incident.objects.select_related("playbook").get(pk=incident.pk)
        by.require("plan.make", key)
        require_active(incident)
        found = planning.read(incident, key, tier=tier, still=still, wave=wave)
    if not len(found.problem.posts.ids):
        raise refusals.NOTHING_TO_PLAN.refuse()
    start = time.monotonic()
    result = planning.solved(found, seed=seed, stop=stop, seconds=seconds, effort=effort, progress=progress)
    took = time.monotonic() - start
    with acting_as(by):
        return keep(incident=incident, area_key=key, found=found, result=result, seconds=took, by=by)


@transaction.atomic
def order(*, incident: Incident, by: Actor) -> bool:
    """Queue the drafting of a plan; asked while one is at work, nothing is queued. Returns whether it was."""
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    by.require("plan.make", incident.area_key)
    require_active(incident)
    if not queries.needed(incident):
        raise refusals.NOTHING_TO_PLAN.refuse()
    if queries.drafting(incident) in ("todo", "doing"):
        return False
    job = app.configure_task("staffing.draft_plan", queue="plans", lock=f"draft:{incident.pk}")
    job.defer(incident_id=str(incident.pk), actor_id=str(by.id))
    return True


@transaction.atomic
def keep(*, incident: Incident, area_key: int, found: Input, result: Result, seconds: float, by: Actor) -> Plan:
    """Keep a plan as a draft with everything it says: placements, gaps, who is left out, prices."""
    require_active(Incident.objects.select_for_update().get(pk=incident.pk))
    by.require("plan.make", area_key)
    last = Plan.objects.filter(incident=incident).aggregate(last=Max("number"))["last"] or 0
    placed = list(planning.placements(found, result))
    plan = Plan.objects.create(
        incident=incident,
        number=last + 1,
        area_key=area_key,
        made_at=clock.now(),
        made_by_id=by.id,
        seconds=round(seconds, 2),
        objective_minutes=result.score.objective / 10,
        bound_minutes=result.bound.tenths / 10,
        proof_gap=result.proof_gap if result.proof_gap != float("inf") else None,
        bound_teams=result.bound.teams,
        needed=found.needed,
        placed=len(placed),
        input_hash=found.input_hash,
        stopped_by=result.stopped_by,
        prices=planning.packed(result.prices),
    )
    PlanNight.objects.create(
        plan=plan,
        area_key=area_key,
        apart=[person for person, _ in found.apart],
        content=explaining.packed_night(found),
    )
    with connection.cursor() as cursor:
        _copy(cursor, "person uuid, post uuid, travel real, cost real, reason text", placed, _PLACE, plan.pk)
        _copy(cursor, "person uuid, reason text", planning.left_out(found, result), _LEAVE, plan.pk)
        _copy(
            cursor, "post uuid, missing_min int, missing int, reason text, fix text", planning.gaps(found, result),
            _MISS, plan.pk,
        )  # fmt: skip
    # Publishing looks each person up: a server that does not know the plan's rows yet reads all of them each time.
    statistics.renew("staffing_placement", "staffing_leftout", "staffing_gap", rows=len(placed))
    audit.record(
        "plan.draft", by=by, of=plan, area_key=area_key,
        details={"number": plan.number, "needed": plan.needed, "placed": plan.placed, "gap": plan.proof_gap},
    )  # fmt: skip
    return plan


def _copy(cursor: Any, columns: str, rows: Iterable[Sequence[object]], insert: str, plan_id: UUID) -> None:
    """Bring rows in through a temporary table: COPY cannot write into a table under row security."""
    cursor.execute(f"CREATE TEMPORARY TABLE drafted (id uuid, {columns}) ON COMMIT DROP")
    names = ", ".join(["id", *(column.split()[0] for column in columns.split(", "))])
    with cursor.copy(f"COPY drafted ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((new_id(), *row))
    cursor.execute(insert, {"plan": plan_id})
    cursor.execute("DROP TABLE drafted")
