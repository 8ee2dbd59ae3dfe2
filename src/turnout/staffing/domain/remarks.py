"""Complaints and suggestions to the command post: from communities and from those who were called, each answered.

No marks, no counts by person or place: words, and an answer to them. Said after stand-down as well.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from turnout.access.scope import acting_as
from turnout.core import audit, clock, keys
from turnout.core.actors import NOT_ALLOWED, NOT_FOUND, SYSTEM, Actor
from turnout.core.area_keys import range_of_key, street_of
from turnout.incidents.models import Incident
from turnout.staffing import refusals
from turnout.staffing.models import CallOut, Remark
from turnout.staffing.states import REMARKS

LONGEST = 500
MOST_WAITING = 10
"""As many remarks of one community or one person wait for an answer; more would bury those of others."""
SAME_AGAIN = timedelta(minutes=2)
"""Within this time the same words are a second tap on the button."""


@transaction.atomic
def send_as_community(*, incident: Incident, area_key: int, kind: str, words: str, by: Actor) -> Remark:
    """Say something as a community: whoever runs its desk."""
    _lock(incident)
    by.require("post.edit", area_key)
    low, high = range_of_key(incident.area_key)
    if not low <= area_key < high:
        raise NOT_FOUND.refuse()
    return _keep({"incident": incident, "side": "community", "area_key": area_key}, kind, words, by)


@transaction.atomic
def send_as_responder(*, callout: CallOut, kind: str, words: str, by: Actor) -> Remark:
    """Say something behind one's own bound link; the street is kept, and nobody's name."""
    mine = CallOut.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=callout.pk).first()
    if mine is None:
        raise NOT_FOUND.refuse()
    if by.kind != "link" or mine.bound_hash is None:
        raise NOT_ALLOWED.refuse(permission="remark")
    street = max(street_of(mine.area_key), mine.incident.area_key)
    whose = {"incident": mine.incident, "side": "responder", "area_key": street, "voice": voice(mine)}
    return _keep(whose, kind, words, SYSTEM)  # the log must not undo what `voice` keeps apart


@transaction.atomic
def answer(*, remark: Remark, words: str, by: Actor) -> Remark:
    """Answer a remark; another answer takes the place of the first. Who sent it reads it where they wrote."""
    fresh = Remark.objects.select_for_update(of=("self",)).select_related("incident").filter(pk=remark.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    by.require("plan.make", fresh.incident.area_key)
    if not words.strip() or len(words.strip()) > LONGEST:
        raise refusals.REMARK_BAD.refuse()
    if fresh.answer == words.strip():
        return fresh
    fresh.answer, fresh.answered_at, fresh.answered_by_id = words.strip(), clock.now(), by.id
    fresh.save(update_fields=["answer", "answered_at", "answered_by_id"])
    audit.record("remark.answer", by=by, of=fresh, area_key=fresh.area_key)
    return fresh


def voice(callout: CallOut) -> bytes:
    """Return what keeps one responder's remarks together without saying whose they are."""
    return keys.lookup_hash("remark", str(callout.pk))


def _lock(incident: Incident) -> None:
    if not Incident.objects.select_for_update(of=("self",)).filter(pk=incident.pk).exists():
        raise NOT_FOUND.refuse()


def _keep(whose: dict[str, Any], kind: str, words: str, by: Actor) -> Remark:
    words = words.strip()
    if kind not in REMARKS or not words or len(words) > LONGEST:
        raise refusals.REMARK_BAD.refuse()
    now = clock.now()
    with acting_as(SYSTEM):
        waiting = Remark.objects.filter(**whose, answered_at=None)
        again = waiting.filter(kind=kind, words=words, sent_at__gt=now - SAME_AGAIN).first()
        if again:
            return again
        if waiting.count() >= MOST_WAITING:
            raise refusals.REMARK_TOO_MANY.refuse(most=MOST_WAITING)
        made = Remark.objects.create(**whose, kind=kind, words=words, sent_at=now)
    audit.record("remark.send", by=by, of=made, area_key=made.area_key, details={"kind": kind, "side": made.side})
    return made
