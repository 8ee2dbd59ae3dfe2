"""Waves: one call for people, with its times and the quota matrix of units and districts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.people.models import Unit
from turnout.staffing import refusals
from turnout.staffing.domain import callouts
from turnout.staffing.models import Quota, Wave

_NO_QUOTA = """
DELETE FROM staffing_quota q USING unnest(%s::uuid[], %s::bigint[]) AS gone (unit, district)
 WHERE q.wave_id = %s AND q.unit_id = gone.unit AND q.district_key = gone.district
"""
_NEXT = {"draft": ("open",), "open": ("locked",), "locked": ("closed", "open"), "closed": ("open",)}


@transaction.atomic
def create(
    *, incident: Incident, arrive_by: datetime, lock_at: datetime, closes_at: datetime, by: Actor, tier: str = ""
) -> Wave:
    """Make a wave in draft; its number follows the last one of the incident. `tier` says from whom it draws first."""
    incident = Incident.objects.select_for_update(of=("self",)).select_related("playbook").get(pk=incident.pk)
    by.require("plan.make", incident.area_key)
    require_active(incident)
    known = [one.code for one in incident.playbook.playbook.tiers]
    if tier and tier not in known:
        raise refusals.TIER_UNKNOWN.refuse(tier=tier, known=", ".join(known))
    if not (clock.now() <= lock_at <= min(closes_at, arrive_by)):
        raise refusals.WAVE_TIMES.refuse()
    last = Wave.objects.filter(incident=incident).aggregate(last=Max("number"))["last"] or 0
    wave = Wave.objects.create(
        incident=incident, number=last + 1, arrive_by=arrive_by, lock_at=lock_at, closes_at=closes_at,
        made_at=clock.now(), tier=tier, tier_at=clock.now() if tier else None,
    )  # fmt: skip
    audit.record("wave.create", by=by, of=wave, area_key=incident.area_key, details={"number": wave.number})
    return wave


@transaction.atomic
def set_quota(*, wave: Wave, quotas: Mapping[tuple[Unit, int], int], by: Actor) -> int:
    """Set how many people units give to districts, as {(unit, district key): places}; 0 takes a row out."""
    wave = _locked(wave, by)
    if wave.state == "closed":
        raise refusals.WAVE_OVER.refuse(number=wave.number)
    rows = [
        Quota(wave=wave, unit=unit, district_key=district, places=places)
        for (unit, district), places in quotas.items()
        if places
    ]
    Quota.objects.bulk_create(
        rows, batch_size=2_000, update_conflicts=True, unique_fields=["wave", "unit", "district_key"],
        update_fields=["places"],
    )  # fmt: skip
    gone = [(unit.pk, district) for (unit, district), places in quotas.items() if not places]
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(_NO_QUOTA, [[unit for unit, _ in gone], [district for _, district in gone], wave.pk])
    audit.record(
        "wave.quota", by=by, of=wave, area_key=wave.incident.area_key,
        details={"rows": len(quotas), "places": sum(quotas.values())},
    )  # fmt: skip
    return len(quotas)


@transaction.atomic
def advance(*, wave: Wave, to: str, by: Actor) -> Wave:
    """Open, lock or close a wave, in that order; one that ended before its time, by a hand or a clock, opens again.

    Who was counted as silent may then answer as long as there is room; nobody is asked a second time by it.
    """
    wave = _locked(wave, by)
    if wave.state == to:
        return wave
    again = to == "open" and wave.state != "draft"
    if to not in _NEXT.get(wave.state, ()) or (again and not may_open_again(wave)):
        raise refusals.WAVE_ORDER.refuse(number=wave.number)
    wave.state = to
    if to == "open" and not again:
        wave.opened_at = clock.now()
    wave.save(update_fields=["state", "opened_at"])
    audit.record(f"wave.{to}", by=by, of=wave, area_key=wave.incident.area_key)
    return wave


def may_open_again(wave: Wave) -> bool:
    """Say whether a wave was locked or closed although its answers are not due yet."""
    return wave.state in ("locked", "closed") and clock.now() < wave.lock_at


@transaction.atomic
def keep_time(*, by: Actor) -> tuple[int, int]:
    """Lock the waves whose answers are due and close those whose time is over: (locked, closed). A job's verb.

    Locking counts everybody who has not answered as silent and frees their time.
    """
    now = clock.now()
    running = Wave.objects.select_for_update(skip_locked=True, of=("self",)).select_related("incident")
    locked = list(running.filter(state="open", lock_at__lte=now))
    for wave in locked:
        callouts.mark_silent(wave=wave, by=by)
        advance(wave=wave, to="locked", by=by)
    closed = list(running.filter(state="locked", closes_at__lte=now))
    for wave in closed:
        advance(wave=wave, to="closed", by=by)
    return len(locked), len(closed)


def _locked(wave: Wave, by: Actor) -> Wave:
    fresh = Wave.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=wave.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("plan.make", fresh.incident.area_key)
    require_active(fresh.incident)
    return fresh
