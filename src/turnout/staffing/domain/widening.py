"""Widening a wave: who has not answered in time is counted, and their places go to people of the next tier.

The playbook's tiers say from whom and after how many minutes. Nobody who is called moves; the planner fills the empty
places only. A wave whose places are all accepted is filled, and draws in nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import range_of_key
from turnout.incidents import states as incident_states
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.playbook import TIERS, Playbook, Tier
from turnout.staffing import refusals
from turnout.staffing.domain import callouts, drafts, plans
from turnout.staffing.models import Wave
from turnout.staffing.planning import Effort, Stop
from turnout.staffing.states import LIVE

QUICK = Effort(teams=False, proof_gap=0.01)
"""Filling what is empty cannot wait for the last per cent."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would be asked next, in figures: never a name. `units` are (unit id, name, people free), most first."""

    tier: str
    due_at: datetime | None
    empty: dict[str, int]
    unanswered: int
    units: list[tuple[UUID, str, int]]

    @property
    def people(self) -> int:
        return sum(people for _, _, people in self.units)


@dataclass(frozen=True, slots=True)
class Widened:
    """What widening did: the tier drawn from now, who is counted as silent, places empty, people called anew."""

    tier: str
    silent: int
    empty: int
    called: int


# Places nobody has accepted and nobody is asked for, by category; what is kept for sign-ups is not counted.
_EMPTY = """
SELECT po.category, sum(greatest(0, po.places - kept.free - called.live))::int
  FROM staffing_post po, LATERAL (
    SELECT count(*)::int AS live FROM staffing_callout c WHERE c.post_id = po.id AND c.state = ANY(%(live)s)
       AND NOT (c.wave_id = %(wave)s AND c.state = 'asked' AND c.asked_at <= %(over)s)) called,
  LATERAL (
    SELECT coalesce(sum(greatest(0, o.places - (
             SELECT count(*) FROM staffing_signup s
              WHERE s.opening_id = o.id AND s.state = 'placed'))), 0)::int AS free
      FROM staffing_opening o WHERE o.post_id = po.id AND o.closed_at IS NULL AND o.closes_at > %(now)s) kept
 WHERE po.incident_id = %(incident)s AND po.state = 'open' AND po.ends_at > %(now)s
 GROUP BY 1 HAVING sum(greatest(0, po.places - kept.free - called.live)) > 0 ORDER BY 1
"""
# Free people by unit who could be drawn in: the coarse rules only; the planner asks the fine ones for each post.
_FREE = """
SELECT u.id, u.name, count(*)::int FROM people_person p JOIN people_unit u ON u.id = p.unit_id
 WHERE p.state = 'active' AND u.closed_at IS NULL
   AND (u.area_key >= %(low)s AND u.area_key < %(high)s
           AND (%(tier)s <> 'paired' OR u.paired_streets && %(short)s::bigint[])
        OR %(tier)s = 'reserve' AND p.home_key >= %(low)s AND p.home_key < %(high)s)
   AND ('general' = ANY(%(wanted)s) OR p.categories && %(wanted)s)
   AND (p.not_ready_until IS NULL OR p.not_ready_until < %(day)s)
   AND NOT (p.tier = 'off' AND (p.tier_until IS NULL OR p.tier_until >= %(day)s))
   AND NOT EXISTS (SELECT 1 FROM people_booking b WHERE b.person_id = p.id AND b.layer = 'posting' AND b.state = 'live'
                      AND b.ends_at > %(now)s)
   AND NOT EXISTS (SELECT 1 FROM staffing_callout n JOIN staffing_wave w ON w.id = n.wave_id
                    WHERE n.person_id = p.id AND n.incident_id = %(incident)s AND n.state IN ('no', 'silent')
                      AND w.closes_at > %(now)s)
 GROUP BY 1, 2 ORDER BY 3 DESC, u.code
"""
_SHORT = """
SELECT array_agg(DISTINCT area_key / 1000000000 * 1000000000) FROM staffing_post po
 WHERE po.incident_id = %(incident)s AND po.state = 'open' AND po.ends_at > %(now)s
   AND po.places > (SELECT count(*) FROM staffing_callout c WHERE c.post_id = po.id AND c.state = ANY(%(live)s))
"""


def due_at(wave: Wave, playbook: Playbook) -> datetime | None:
    """Return when the time of the present tier is over; None before anybody was asked, and once filled or locked."""
    if wave.state != "open" or wave.filled_at or not wave.channel or wave.tier_at is None:
        return None
    return wave.tier_at + timedelta(minutes=_tier(wave, playbook).wait_minutes)


def preview(wave: Wave, by: Actor) -> Preview:
    """Say who would be asked next and when, in figures by unit, as far as the reader sees the people. Three queries."""
    by.require("plan.make", wave.incident.area_key)
    playbook = wave.incident.playbook.playbook
    tier = _next(wave, playbook)
    params = _params(wave, playbook)
    empty = dict(_rows(_EMPTY, params))
    short = _rows(_SHORT, params)[0][0] or []
    units = _rows(_FREE, params | {"tier": tier.code, "wanted": list(empty), "short": short}) if empty else []
    return Preview(
        tier=tier.code, due_at=due_at(wave, playbook), empty=empty,
        unanswered=wave.callouts.filter(state="asked").count(), units=[(row[0], row[1], row[2]) for row in units],
    )  # fmt: skip


def widen(
    *, wave: Wave, by: Actor, link: Callable[[str], str], seconds: float | None = 60, stop: Stop | None = None
) -> Widened:
    """Count who was silent in this tier, draw in people of the next one for the empty places, and ask them.

    Not one transaction, as drafting is not. At the last tier it goes on with whoever is free by now.
    """
    with acting_as(by), transaction.atomic():
        wave = _locked(wave, by)
        playbook = wave.incident.playbook.playbook
        silent = callouts.mark_silent(wave=wave, by=by, asked_before=_params(wave, playbook)["over"])
        empty = sum(places for _, places in _rows(_EMPTY, _params(wave, playbook)))
        if not empty:
            _note_filled(wave)
            return Widened(wave.tier, silent, 0, 0)
        wave.tier, wave.tier_at = _next(wave, playbook).code, clock.now()
        wave.save(update_fields=["tier", "tier_at"])
        audit.record(
            "wave.widen", by=by, of=wave, area_key=wave.incident.area_key,
            details={"tier": wave.tier, "silent": silent, "empty": empty},
        )  # fmt: skip
    plan = drafts.draft(
        incident=wave.incident, by=by, tier=wave.tier, still=True, wave=wave, seconds=seconds, stop=stop, effort=QUICK
    )
    with acting_as(by):
        called = plans.publish(plan=plan, wave=wave, by=by).called
    callouts.ask(wave=wave, by=by, channel=wave.channel, link=link, address=wave.address)
    return Widened(wave.tier, silent, empty, called)


def due(at: datetime | None = None) -> list[Wave]:
    """Return the open waves whose tier's time is over and which are not filled, those due longest first."""
    now = at or clock.now()
    waves = Wave.objects.filter(
        state="open", filled_at=None, tier_at__isnull=False, lock_at__gt=now, incident__status=incident_states.ACTIVE
    ).exclude(channel="").select_related("incident__playbook")  # fmt: skip
    over = [(moment, wave) for wave in waves if (moment := due_at(wave, wave.incident.playbook.playbook))]
    return [wave for moment, wave in sorted(over, key=lambda pair: pair[0]) if moment <= now]


def _note_filled(wave: Wave) -> None:
    """Note that nothing is empty and nobody is asked any more: no further tier is drawn in."""
    with acting_as(SYSTEM):
        if wave.callouts.filter(state__in=["waiting", "asked", "later"]).exists():
            Wave.objects.filter(pk=wave.pk).update(tier_at=clock.now())
        else:
            Wave.objects.filter(pk=wave.pk).update(filled_at=clock.now())


def _tier(wave: Wave, playbook: Playbook) -> Tier:
    return next((tier for tier in playbook.tiers if tier.code == wave.tier), playbook.tiers[0])


def _next(wave: Wave, playbook: Playbook) -> Tier:
    """Return the tier after the present one; the last one stays."""
    rank = TIERS.index(wave.tier) if wave.tier in TIERS else -1
    wider = [tier for tier in playbook.tiers if TIERS.index(tier.code) > rank]
    return wider[0] if wider else playbook.tiers[-1]


def _params(wave: Wave, playbook: Playbook) -> dict[str, Any]:
    now = clock.now()
    low, high = range_of_key(wave.incident.area_key)
    return {
        "incident": wave.incident_id, "wave": wave.pk, "live": list(LIVE), "now": now, "low": low, "high": high,
        "day": localdate(now), "over": now - timedelta(minutes=_tier(wave, playbook).wait_minutes),
    }  # fmt: skip


def _rows(sql: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _locked(wave: Wave, by: Actor) -> Wave:
    fresh = Wave.objects.select_for_update(of=("self",)).select_related("incident__playbook").filter(pk=wave.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("plan.make", fresh.incident.area_key)
    require_active(fresh.incident)
    if fresh.state != "open" or not fresh.channel:
        raise refusals.WAVE_NOT_OPEN.refuse(number=fresh.number)
    return fresh
