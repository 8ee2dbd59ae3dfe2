"""Asking units before their people: whoever answers for a unit lets them go, and silence for long enough is consent.

On where the playbook's `[consent] minutes` is above 0. A unit is asked once for a wave; who is drawn in later goes by
the same word.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.incidents.domain.incidents import require_active
from turnout.incidents.models import Incident
from turnout.people.models import Unit
from turnout.people.permissions import require_at_unit
from turnout.staffing.models import CallOut, Consent, Wave


def request(wave: Wave) -> None:
    """Ask the units that have people waiting in a wave and were not asked yet. Part of asking people."""
    minutes = wave.incident.playbook.playbook.consent.minutes
    if not minutes:
        return
    now = clock.now()
    with acting_as(SYSTEM):
        waiting = CallOut.objects.filter(wave=wave, state="waiting").order_by().values("person__unit").distinct()
        units = Unit.objects.filter(pk__in=waiting).exclude(pk__in=Consent.objects.filter(wave=wave).values("unit"))
        asked = [Consent(wave=wave, unit=unit, asked_at=now, due_at=now + timedelta(minutes=minutes)) for unit in units]
        Consent.objects.bulk_create(asked, ignore_conflicts=True)


@transaction.atomic
def give(*, wave: Wave, unit: Unit, by: Actor) -> Consent:
    """Let a unit's people of a wave go; they are asked with the next look of the job. Again changes nothing."""
    require_at_unit(by, "callout.answer", unit)
    consent = Consent.objects.select_for_update(of=("self",)).filter(wave=wave, unit=unit).first()
    if consent is None:
        raise NOT_FOUND.refuse()
    require_active(Incident.objects.get(pk=wave.incident_id))
    if consent.state != "asked":
        return consent
    consent.state, consent.decided_at, consent.decided_by_id = "given", clock.now(), by.id
    consent.save(update_fields=["state", "decided_at", "decided_by_id"])
    audit.record("consent.give", by=by, of=consent, area_key=unit.area_key)
    return consent


@transaction.atomic
def take_silence(*, by: Actor) -> int:
    """Take the silence of units whose time is over as consent; returns how many units. A job's verb."""
    now = clock.now()
    over = Consent.objects.select_for_update(skip_locked=True, of=("self",)).filter(state="asked", due_at__lte=now)
    silent = list(over.select_related("unit"))
    for consent in silent:
        consent.state, consent.decided_at = "silent", now
    Consent.objects.bulk_update(silent, ["state", "decided_at"])
    audit.record_all("consent.silence", [("staffing.consent", c.pk, c.unit.area_key) for c in silent], by=by)
    return len(silent)
