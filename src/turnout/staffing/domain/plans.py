"""Plans: published as a whole, superseded by the next, discarded.

Publishing is set-based and one transaction: bookings, reach and call-outs of everybody in the plan stand together or
not at all. Whoever keeps the post of the plan before keeps the call-out and the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.ids import new_id
from turnout.incidents import states as incident_states
from turnout.incidents.refusals import INCIDENT_OVER
from turnout.people.domain import reach
from turnout.staffing import refusals
from turnout.staffing.models import CallOut, Plan, Wave
from turnout.staffing.states import LIVE

POSTING = "staffing.callout"
"""`source_kind` of the bookings that call-outs make."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did to people: called anew, kept as they were, called off."""

    called: int
    kept: int
    called_off: int


_NEW = """
CREATE TEMPORARY TABLE new_callout ON COMMIT DROP AS
SELECT pl.person_id, pl.post_id, pl.area_key, pl.unit_key, pl.sender_key, po.category, po.starts_at, po.ends_at
  FROM staffing_placement pl JOIN staffing_post po ON po.id = pl.post_id
 WHERE pl.plan_id = %(plan)s
   AND NOT EXISTS (SELECT 1 FROM staffing_callout c WHERE c.person_id = pl.person_id AND c.post_id = pl.post_id
                      AND c.incident_id = %(incident)s AND c.state = ANY(%(live)s))
"""
# People who are on post stay there: a new plan never pulls anybody off a door they stand at.
_OFF = """
UPDATE staffing_callout c SET state = 'withdrawn'
 WHERE c.incident_id = %(incident)s AND c.state = ANY(%(live)s) AND c.state <> 'on_post'
   AND c.area_key >= %(low)s AND c.area_key < %(high)s
   AND NOT EXISTS (SELECT 1 FROM staffing_placement pl
                    WHERE pl.plan_id = %(plan)s AND pl.person_id = c.person_id AND pl.post_id = c.post_id)
RETURNING c.id
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
                              tier, state, tries, decline_reason, answered_by)
SELECT ids.id, %(incident)s, %(wave)s, person_id, post_id, area_key, unit_key, sender_key, category,
       '', 'waiting', 0, '', ''
  FROM rows JOIN ids USING (place)
RETURNING id, person_id, area_key
"""
_BOOK = """
INSERT INTO people_booking (id, person_id, layer, starts_at, ends_at, state, outside, source_kind, source_id)
SELECT b.id, c.person_id, 'posting', po.starts_at, po.ends_at, 'live', '', %(kind)s, c.id
  FROM unnest(%(callouts)s::uuid[], %(bookings)s::uuid[]) AS b (callout, id)
  JOIN staffing_callout c ON c.id = b.callout JOIN staffing_post po ON po.id = c.post_id
"""
_UNBOOK = "UPDATE people_booking SET state = 'cancelled' WHERE source_id = ANY(%(callouts)s) AND state = 'live'"


@transaction.atomic
def publish(*, plan: Plan, wave: Wave, by: Actor) -> Published:
    """Publish a draft: it takes the place of the plan before, and everybody new in it is to be called in this wave."""
    plan = _locked(plan, by)
    if plan.state != "draft":
        raise refusals.PLAN_NOT_DRAFT.refuse(number=plan.number)
    Plan.objects.filter(incident=plan.incident, area_key=plan.area_key, state="published").update(state="superseded")
    plan.state, plan.published_at = "published", clock.now()
    plan.save(update_fields=["state", "published_at"])
    published = _call(plan, wave)
    audit.record(
        "plan.publish", by=by, of=plan, area_key=plan.area_key,
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


def book_again(callout: CallOut) -> None:
    """Take the time of somebody who had said no and comes after all; refused if it went to somebody else by then."""
    try:
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_BOOK, {"kind": POSTING, "callouts": [callout.pk], "bookings": [new_id()]})
    except IntegrityError:
        raise refusals.ANSWER_TOO_LATE.refuse() from None
    reach.place(person_id=callout.person_id, area_key=callout.area_key, source_id=callout.pk)


def release_bookings(callout_ids: list[Any]) -> None:
    """Free the time of these call-outs and take their areas out of reach. Runs as the product: the verb was allowed."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_UNBOOK, {"callouts": callout_ids})
    reach.unplace(source_ids=callout_ids)


def _call(plan: Plan, wave: Wave) -> Published:
    """Bring call-outs, bookings and reach to what the plan says. As the product: homes lie outside the district."""
    from turnout.core.area_keys import range_of_key

    low, high = range_of_key(plan.area_key)
    params: dict[str, Any] = {
        "plan": plan.pk, "incident": plan.incident_id, "wave": wave.pk, "live": list(LIVE), "low": low, "high": high,
        "kind": POSTING,
    }  # fmt: skip
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OFF, params)
        off = [row[0] for row in cursor.fetchall()]
        release_bookings(off)
        cursor.execute(_NEW, params)
        new = cursor.rowcount
        cursor.execute(_BUSY)
        busy = cursor.fetchone()[0]
        if busy:
            raise refusals.PLAN_PEOPLE_BUSY.refuse(people=busy)
        cursor.execute(_CALL, params | {"ids": [new_id() for _ in range(new)]})
        called = cursor.fetchall()
        callouts = [row[0] for row in called]
        cursor.execute(_BOOK, params | {"callouts": callouts, "bookings": [new_id() for _ in called]})
        cursor.execute("DROP TABLE new_callout")
    reach.place_all([(person, area, callout) for callout, person, area in called])
    return Published(called=new, kept=plan.placed - new, called_off=len(off))


def _locked(plan: Plan, by: Actor) -> Plan:
    fresh = Plan.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=plan.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("plan.make", fresh.area_key)
    if fresh.incident.status != incident_states.ACTIVE:
        raise INCIDENT_OVER.refuse()
    return fresh
