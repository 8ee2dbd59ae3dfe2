"""How the page behind a call-out link reads: masked for whoever opens it, whole for the person it was sent to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from turnout.console import queries
from turnout.core import clock
from turnout.people.models import Person
from turnout.staffing import queries as staffing
from turnout.staffing.domain.callouts import Opened
from turnout.staffing.models import CallOut
from turnout.staffing.states import CALLED, DECLINE_REASONS, OWN_REASONS

MOST_NAMES = 12


def masked(name: str) -> str:
    """The family name, and a star for every other character: enough to know oneself, too little to know another."""
    return name[:1] + "*" * max(1, len(name) - 1)


def page(opened: Opened) -> dict[str, Any]:
    """Everything the page shows: of an unknown browser nothing but the masked name."""
    if not opened.known:
        bound = opened.callout.bound_hash is not None
        return {"known": False, "masked": masked(opened.callout.person.name), "bound": bound, "drill": _drill(opened)}
    callout = opened.callout
    areas = queries.areas_by_key([callout.area_key, callout.area_key // 10**9 * 10**9])
    names = staffing.beside(callout)
    now = clock.now()
    return {
        "known": True,
        "callout": callout,
        "area": areas.get(callout.area_key),
        "street": areas.get(callout.area_key // 10**9 * 10**9),
        "state": str(CALLED[callout.state]),
        "answered": callout.state in ("yes", "no", "later"),
        "open": callout.state in ("asked", "yes", "no", "later") and callout.wave.lock_at > now,
        "minutes": int((callout.wave.lock_at - now).total_seconds() // 60),
        "names": names[:MOST_NAMES],
        "more": max(0, len(names) - MOST_NAMES),
        "leader": _leader(callout),
        "reasons": [(code, DECLINE_REASONS[code]) for code in OWN_REASONS],
        "bring": [_("work card, phone, power bank"), _("warm clothes, shoes to walk in"), _("your own medicine")],
        "drill": _drill(opened),
    }


def _leader(callout: CallOut) -> Person | None:
    team = callout.team
    return Person.objects.filter(pk=team.leader_id).first() if team and team.leader_id else None


def _drill(opened: Opened) -> bool:
    return bool(opened.callout.wave.incident.drill)
