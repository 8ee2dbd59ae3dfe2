"""Plans: published as a whole or street by street, superseded by the next, discarded.

Publishing is set-based and one transaction: bookings, reach, teams and call-outs of everybody in the part stand
together or not at all. Whoever keeps the post of the plan before keeps the call-out and the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock, statistics
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import KeyRange, contains, range_of_key
from turnout.core.ids import new_id
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.staffing import refusals
from turnout.staffing.domain import holds, telling
from turnout.staffing.models import Plan, PlanPart, Wave
from turnout.staffing.states import LIVE


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did to people: called anew, kept as they were, called off."""

    called: int
    kept: int
    called_off: int


# People who are on post stay there: a new plan never pulls anybody off a door they stand at. Nor does it call off who
# signed up, or whose name was put down after the draft was made: the draft could not know them.
_OFF = """
UPDATE staffing_callout c SET state = 'withdrawn'
 WHERE c.incident_id = %(incident)s AND c.state = ANY(%(live)s) AND c.state <> 'on_post'
   AND (EXISTS (SELECT 1 FROM staffing_placement pl
                 WHERE pl.plan_id = %(plan)s AND pl.person_id = c.person_id AND pl.post_id <> c.post_id
                   AND pl.area_key >= %(low)s AND pl.area_key < %(high)s)
        OR c.area_key >= %(low)s AND c.area_key < %(high)s AND c.source <> 'signup'
           AND coalesce(c.named_at <= %(made)s, true)
           AND NOT EXISTS (SELECT 1 FROM staffing_placement pl WHERE pl.plan_id = %(plan)s
                              AND pl.person_id = c.person_id AND pl.post_id = c.post_id))
RETURNING c.id
"""
# Whoever said no, or nothing, in a wave that still runs is not called again by a draft that did not know it.
_NEW = """
CREATE TEMPORARY TABLE new_callout ON COMMIT DROP AS
SELECT pl.person_id, pl.post_id, pl.area_key, pl.unit_key, pl.sender_key, po.category, po.starts_at, po.ends_at,
       CASE WHEN pl.area_key / 1000000000 * 1000000000 = ANY(u.paired_streets) THEN 'paired'
            WHEN pl.sender_key >= %(all_low)s AND pl.sender_key < %(all_high)s THEN 'district'
            ELSE 'reserve' END AS tier
  FROM staffing_placement pl JOIN staffing_post po ON po.id = pl.post_id
  JOIN people_person p ON p.id = pl.person_id JOIN people_unit u ON u.id = p.unit_id
 WHERE pl.plan_id = %(plan)s AND pl.area_key >= %(low)s AND pl.area_key < %(high)s AND po.state = 'open'
   AND NOT EXISTS (SELECT 1 FROM staffing_callout c WHERE c.person_id = pl.person_id AND c.post_id = pl.post_id
                      AND c.incident_id = %(incident)s AND c.state = ANY(%(live)s))
   AND NOT EXISTS (SELECT 1 FROM staffing_callout n JOIN staffing_wave w ON w.id = n.wave_id
                    WHERE n.person_id = pl.person_id AND n.incident_id = %(incident)s AND n.state IN ('no', 'silent')
                      AND w.closes_at > %(now)s)
"""
_BUSY = """
SELECT count(*) FROM new_callout n
 WHERE EXISTS (SELECT 1 FROM people_booking b
                WHERE b.person_id = n.person_id AND b.layer = 'posting' AND b.state = 'live'
                  AND b.starts_at < n.ends_at AND b.ends_at > n.starts_at)
"""
_CALL = """
WITH ids AS (SELECT * FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS i (id, place)),
     rows AS (SELECT *, row_number() OVER (ORDER BY person_id) AS place FROM new_callout)
INSERT INTO staffing_callout (id, incident_id, wave_id, person_id, post_id, area_key, unit_key, sender_key, category,
                              tier, state, tries, decline_reason, answered_by, source, named_at)
SELECT ids.id, %(incident)s, %(wave)s, person_id, post_id, area_key, unit_key, sender_key, category,
       tier, 'waiting', 0, '', '', 'plan', %(now)s
  FROM rows JOIN ids USING (place)
RETURNING id, person_id, area_key
"""
_KEPT = """
SELECT count(*) FROM staffing_placement pl JOIN staffing_callout c ON c.person_id = pl.person_id
   AND c.post_id = pl.post_id AND c.incident_id = %(incident)s AND c.state = ANY(%(live)s)
 WHERE pl.plan_id = %(plan)s AND pl.area_key >= %(low)s AND pl.area_key < %(high)s
"""


@transaction.atomic
def publish(*, plan: Plan, wave: Wave, by: Actor, within: int | None = None, anyway: bool = False) -> Published:
    """Publish a draft, or the part of it inside one area: everybody new in it is to be called in this wave.

    The rest of the draft can follow, in parts or at once. A draft made before somebody else published here is refused,
    unless `anyway`: it does not know what they did.
    """
    plan = _locked(plan, by, at=within)
    if plan.state not in ("draft", "partly"):
        raise refusals.PLAN_NOT_DRAFT.refuse(number=plan.number)
    key = plan.area_key if within is None else within
    inside = range_of_key(key)
    if not contains((range_of_key(plan.area_key),), inside):
        raise refusals.PLAN_NOT_THERE.refuse(number=plan.number)
    if not anyway:
        _refuse_stale(plan, inside)
    if key == plan.area_key:
        _supersede(plan, inside)
    plan.state = "published" if key == plan.area_key else "partly"
    plan.published_at = now = clock.now()
    plan.save(update_fields=["state", "published_at"])
    part = {"wave": wave, "key_end": inside[1], "published_at": now, "published_by_id": by.id}
    PlanPart.objects.update_or_create(plan=plan, area_key=key, defaults=part)
    published = _call(plan, wave, inside, by)
    audit.record(
        "plan.publish", by=by, of=plan, area_key=key,
        details={"number": plan.number, "called": published.called, "called_off": published.called_off},
    )  # fmt: skip
    return published


@transaction.atomic
def discard(*, plan: Plan, by: Actor) -> Plan:
    """Throw a draft away."""
    plan = _locked(plan, by)
    if plan.state != "draft":
        raise refusals.PLAN_NOT_DRAFT.refuse(number=plan.number)
    plan.state = "discarded"
    plan.save(update_fields=["state"])
    audit.record("plan.discard", by=by, of=plan, area_key=plan.area_key, details={"number": plan.number})
    return plan


def _refuse_stale(plan: Plan, inside: KeyRange) -> None:
    """Refuse a draft that is older than what somebody else has published for the same places."""
    low, high = inside
    since = PlanPart.objects.filter(plan__incident_id=plan.incident_id, published_at__gt=plan.made_at)
    for part in since.exclude(plan=plan).select_related("plan"):
        first, last = range_of_key(part.area_key)
        if first < high and low < last:
            raise refusals.PLAN_STALE.refuse(number=plan.number, other=part.plan.number)


def _supersede(plan: Plan, inside: KeyRange) -> None:
    """Let a plan published as a whole take the place of every plan for the area or a part of it."""
    low, high = inside
    standing = Plan.objects.filter(incident_id=plan.incident_id, state__in=["published", "partly"])
    standing.filter(area_key__gte=low, area_key__lt=high).exclude(pk=plan.pk).update(state="superseded")


def _call(plan: Plan, wave: Wave, inside: KeyRange, by: Actor) -> Published:
    """Bring call-outs, bookings and reach to what the plan says. As the product: homes lie outside the district."""
    low, high = inside
    all_low, all_high = range_of_key(plan.incident.area_key)
    params: dict[str, Any] = {
        "plan": plan.pk, "incident": plan.incident_id, "wave": wave.pk, "live": list(LIVE), "low": low, "high": high,
        "all_low": all_low, "all_high": all_high, "made": plan.made_at, "now": clock.now(),
    }  # fmt: skip
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OFF, params)
        off = [row[0] for row in cursor.fetchall()]
        holds.free(off)
        cursor.execute(_NEW, params)
        new = cursor.rowcount
        cursor.execute(_BUSY)
        busy = cursor.fetchone()[0]
        if busy:
            raise refusals.PLAN_PEOPLE_BUSY.refuse(people=busy)
        cursor.execute(_KEPT, params)
        kept = cursor.fetchone()[0]
        cursor.execute(_CALL, params | {"ids": [new_id() for _ in range(new)]})
        called = cursor.fetchall()
        cursor.execute("DROP TABLE new_callout")
    holds.take(called)
    statistics.renew("staffing_callout", "staffing_placement", "people_booking", "people_reach", rows=new)
    telling.tell(off, telling.CALLED_OFF, by=by)
    return Published(called=new, kept=kept, called_off=len(off))


def _locked(plan: Plan, by: Actor, at: int | None = None) -> Plan:
    """Return the plan locked, behind its incident: two who publish at once go one after the other."""
    incident = Incident.objects.select_for_update().filter(plans__pk=plan.pk).first()
    fresh = Plan.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=plan.pk).first()
    if fresh is None or incident is None:
        raise NOT_FOUND.refuse()
    by.require("plan.make", fresh.area_key if at is None else at)
    require_active(incident)
    return fresh
