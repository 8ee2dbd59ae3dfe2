"""Leaving a post in order: what is passed on and to whom; and the unit has its people back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from turnout.core import audit, clock
from turnout.core.actors import NOT_FOUND, Actor
from turnout.core.area_keys import LOCAL
from turnout.staffing import refusals
from turnout.staffing.domain import callouts, telling
from turnout.staffing.models import CallOut, HandOver


@transaction.atomic
def hand_over(*, callout: CallOut, note: str, by: Actor, successor: CallOut | None = None) -> HandOver:
    """Record what somebody on post passes on, to a successor of the same community if there is one already.

    Said again, it takes the place of what was said before, until they are released.
    """
    leaving = _locked(callout)
    by.require("arrival.mark", leaving.area_key)
    if leaving.state != "on_post":
        raise refusals.CALLOUT_OVER.refuse()
    if not note.strip():
        raise refusals.HAND_OVER_EMPTY.refuse()
    if successor is not None:
        successor = _locked(successor)
        same = successor.area_key // LOCAL == leaving.area_key // LOCAL
        if not same or successor.pk == leaving.pk or successor.state not in ("yes", "on_post"):
            raise refusals.HAND_OVER_TO_NOBODY.refuse()
    made, _ = HandOver.objects.update_or_create(
        callout=leaving,
        defaults={
            "successor": successor, "area_key": leaving.area_key, "note": note.strip(), "made_at": clock.now(),
            "made_by_id": by.id,
        },
    )  # fmt: skip
    details = {"to": successor.pk if successor else None}
    audit.record("callout.hand_over", by=by, of=leaving, area_key=leaving.area_key, details=details)
    return made


@transaction.atomic
def note_return(*, callouts_: Iterable[CallOut], by: Actor) -> int:
    """Note that a unit has its people back. Those who are noted already stay as they are. Returns how many were new."""
    ids = {callout.pk for callout in callouts_}
    locked = list(CallOut.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    if len(locked) != len(ids):
        raise NOT_FOUND.refuse()
    for callout in locked:
        callouts.require_answerable(callout, by)
        if callout.state != "released":
            raise refusals.NOT_RELEASED.refuse()
    new = [callout for callout in locked if callout.returned_at is None]
    CallOut.objects.filter(pk__in=[callout.pk for callout in new]).update(returned_at=clock.now())
    audit.record_all("callout.return", [(telling.ABOUT, c.pk, c.area_key) for c in new], by=by)
    return len(new)


def _locked(callout: CallOut) -> CallOut:
    fresh = CallOut.objects.select_for_update(of=("self",)).filter(pk=callout.pk).first()
    if fresh is None:
        raise NOT_FOUND.refuse()
    return fresh
