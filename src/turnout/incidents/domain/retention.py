"""Deleting an incident's personal data when its time is over: who was where, what they answered, what they were told.

What stays is what speaks of nobody: posts, whistles, waves, plans with their figures, and a certificate.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import SYSTEM, Actor
from turnout.incidents import refusals, states
from turnout.incidents.models import Certificate, Incident
from turnout.incidents.registries import FORGOTTEN, KEPT


def ends_at(incident: Incident) -> datetime | None:
    """Return when an incident's personal data is deleted; None while it runs."""
    if incident.stood_down_at is None:
        return None
    return incident.stood_down_at + timedelta(days=incident.playbook.playbook.retention.days)


@transaction.atomic
def purge(*, incident: Incident, by: Actor) -> Certificate:
    """Delete the personal data of an incident and certify it; asking again returns the certificate.

    Refused while the incident runs or its time is not over. Figures are taken first; all of it is one transaction.
    """
    incident = Incident.objects.select_for_update(of=("self",)).select_related("playbook").get(pk=incident.pk)
    by.require("incident.manage", incident.area_key)
    made = Certificate.objects.filter(incident=incident).first()
    if made is not None:
        return made
    end = ends_at(incident)
    if end is None:
        raise refusals.PURGE_RUNNING.refuse()
    if clock.now() < end:
        raise refusals.PURGE_EARLY.refuse(day=localdate(end))
    with acting_as(SYSTEM):
        figures = {name: figure for entry in KEPT for name, figure in entry(incident.pk).items()}
        rows = {table: count for entry in FORGOTTEN for table, count in entry(incident.pk).items()}
    now = clock.now()
    made = Certificate.objects.create(
        incident=incident, made_at=now, rows=rows, figures=figures, signature=_sign(incident, now, rows, figures)
    )
    audit.record("incident.purge", by=by, of=incident, area_key=incident.area_key, details={"rows": sum(rows.values())})
    return made


def purge_due(*, by: Actor) -> int:
    """Purge every incident whose time is over, each in a transaction of its own; returns how many. A job's verb."""
    over = Incident.objects.filter(status=states.STOOD_DOWN, certificate=None).select_related("playbook")
    due = [incident for incident in over if (end := ends_at(incident)) and end <= clock.now()]
    for incident in due:
        purge(incident=incident, by=by)
    return len(due)


def holds(certificate: Certificate) -> bool:
    """Say whether a certificate is still as it was signed."""
    signed = _sign(certificate.incident, certificate.made_at, certificate.rows, certificate.figures)
    return hmac.compare_digest(bytes(certificate.signature), signed)


def _sign(incident: Incident, at: datetime, rows: dict[str, Any], figures: dict[str, Any]) -> bytes:
    said = {"incident": str(incident.pk), "at": round(at.timestamp() * 1e6), "rows": rows, "figures": figures}
    return keys.lookup_hash("certificate", json.dumps(said, sort_keys=True, separators=(",", ":")))
