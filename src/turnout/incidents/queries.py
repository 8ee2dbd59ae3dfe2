"""Reads of incidents. They are no secret: everybody who is signed in sees those that touch the own area."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from turnout.core import clock
from turnout.core.actors import Actor
from turnout.core.area_keys import ancestors, range_of_key
from turnout.incidents import states
from turnout.incidents.models import Incident, LevelMark


def touching(actor: Actor) -> QuerySet[Incident]:
    """Return the incidents whose area lies above, at or below the actor's scope, newest first."""
    if actor.all_permissions:
        return Incident.objects.order_by("-opened_at")
    near = Q(pk__in=[])
    for low, high in actor.scope:
        near |= Q(area_key__gte=low, area_key__lt=high) | Q(area_key__in=ancestors(low))
    return Incident.objects.filter(near).order_by("-opened_at")


def active(actor: Actor) -> QuerySet[Incident]:
    return touching(actor).filter(status=states.ACTIVE)


def live_marks(incident: Incident) -> QuerySet[LevelMark]:
    """Return the marks that hold now, the most local last."""
    now = clock.now()
    return incident.marks.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now).order_by("area_key")


def level_at(marks: list[LevelMark], key: int) -> str:
    """Return the level that holds at a key: the one of the smallest marked area around it; "" if none does."""
    around = [
        (high - low, mark.level) for mark in marks for low, high in [range_of_key(mark.area_key)] if low <= key < high
    ]
    return min(around)[1] if around else ""
