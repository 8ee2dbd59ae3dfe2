"""Reads of complaints and suggestions: the command post's list, and one's own with the answers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, QuerySet

from turnout.access.scope import acting_as
from turnout.core.actors import NOT_FOUND, SYSTEM, Actor
from turnout.incidents.models import Incident
from turnout.staffing.domain.remarks import voice
from turnout.staffing.models import CallOut, Remark

MOST = 20


def of_incident(incident: Incident) -> QuerySet[Remark]:
    """Return the remarks of the present scope: those without an answer first, the longest waiting on top."""
    return incident.remarks.order_by(F("answered_at").desc(nulls_first=True), "sent_at", "id")


def unanswered(incident: Incident) -> int:
    return incident.remarks.filter(answered_at=None).count()


def of_community(incident: Incident, area_key: int) -> list[Remark]:
    """Return what a community has sent, newest first."""
    return list(incident.remarks.filter(side="community", area_key=area_key).order_by("-sent_at", "-id")[:MOST])


def own(callout: CallOut) -> list[Remark]:
    """Return what the person called has sent, newest first; only they are known by their voice."""
    with acting_as(SYSTEM):
        found = Remark.objects.filter(incident_id=callout.incident_id, voice=voice(callout))
        return list(found.order_by("-sent_at", "-id")[:MOST])


def remark(remark_id: UUID, by: Actor) -> Remark:
    """Return a remark for whoever answers it; any other is not there."""
    found = Remark.objects.select_related("incident").filter(pk=remark_id).first()
    if found is None or not by.can("area.view", found.incident.area_key):
        raise NOT_FOUND.refuse()
    return found
