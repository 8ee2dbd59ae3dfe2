"""How the page behind a call-out link reads: masked for whoever opens it, whole for the person it was sent to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from turnout.console import queries
from turnout.console.presenters.remarks import lines as remark_lines
from turnout.console.words import in_chinese
from turnout.core import clock
from turnout.core.area_keys import street_of
from turnout.people.states import WORK_LIMITS
from turnout.staffing import cards, remarks
from turnout.staffing import queries as staffing
from turnout.staffing.domain.callouts import Opened
from turnout.staffing.models import CallOut, Placement
from turnout.staffing.states import CALLED, DECLINE_REASONS, MARKS, OWN_REASONS, PLACEMENT_REASONS, REMARKS

MOST_NAMES = 12


def masked(name: str) -> str:
    """The family name, and a star for every other character: enough to know oneself, too little to know another."""
    return name[:1] + "*" * max(1, len(name) - 1)


def page(opened: Opened, phones: dict[UUID, str] | None = None) -> dict[str, Any]:
    """Everything the page shows: of an unknown browser nothing but the masked name.

    `phones` of leader and deputy, once they were asked for: that is a row of the log, so that opening shows none.
    """
    if not opened.known:
        bound = opened.callout.bound_hash is not None
        return {"known": False, "masked": masked(opened.callout.person.name), "bound": bound, "drill": _drill(opened)}
    callout = opened.callout
    areas = queries.areas_by_key([callout.area_key, street_of(callout.area_key)])
    names = staffing.beside(callout)
    language = "zh" if in_chinese() else "en"
    card = cards.card_of(callout, language)
    playbook = callout.wave.incident.playbook.playbook
    now = clock.now()
    return {
        "known": True,
        "callout": callout,
        "area": areas.get(callout.area_key),
        "street": areas.get(street_of(callout.area_key)),
        "state": str(CALLED[callout.state]),
        "answered": callout.state in ("yes", "no", "later"),
        "open": callout.state in ("asked", "yes", "no", "later") and callout.wave.lock_at > now,
        "minutes": int((callout.wave.lock_at - now).total_seconds() // 60),
        "names": names[:MOST_NAMES],
        "more": max(0, len(names) - MOST_NAMES),
        "leader": card.leader if card else None,
        "leads_oneself": bool(card and card.leader and card.leader.person_id == callout.person_id),
        "leader_phone": (phones or {}).get(card.leader.person_id, "") if card and card.leader else "",
        "asked_for_phone": phones is not None,
        "members": len(card.members) if card else 0,
        "desk_phone": card.desk_phone if card else "",
        "desk_is_street": card.desk_is_street if card else False,
        "by_desk": card.team.heads_by_desk if card else False,
        "why": _why(callout),
        "limits": [str(WORK_LIMITS[limit]) for limit in callout.person.work_limits if limit in WORK_LIMITS],
        "rest_hours": playbook.shifts.rest_hours,
        "may_rate": callout.state in ("on_post", "released"),
        "marks": list(MARKS.items()),
        "remarks": remark_lines(remarks.own(callout)),
        "remark_kinds": list(REMARKS.items()),
        "reasons": [(code, DECLINE_REASONS[code]) for code in OWN_REASONS],
        "bring": cards.bring(playbook, [callout.post.standard], language) or _usual(),
        "not_bring": playbook.not_bring[language] if playbook.not_bring else "",
        "drill": _drill(opened),
    }


def _usual() -> list[str]:
    return [_("work card, phone, power bank"), _("warm clothes, shoes to walk in"), _("your own medicine")]


def _why(callout: CallOut) -> str:
    """Why this person, in the plan's words; empty where no plan says it."""
    found = Placement.objects.filter(person_id=callout.person_id, post_id=callout.post_id).order_by("-plan__number")
    code = found.values_list("reason", flat=True).first() or ""
    return str(PLACEMENT_REASONS.get(code, ""))


def _drill(opened: Opened) -> bool:
    return bool(opened.callout.wave.incident.drill)
