"""Messages that did not arrive, or may not have: somebody sends them another way, or has called."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.console import queries as names
from turnout.console.presenters.waves import trouble
from turnout.console.views.common import incident_of
from turnout.core.area_keys import LOCAL, range_of_key
from turnout.notices import queries as notices
from turnout.notices import states as notice_states
from turnout.notices.channels import known
from turnout.notices.domain import messages as outbox
from turnout.staffing import queries
from turnout.staffing.undelivered import MOST, Undelivered, retried, undelivered
from turnout.web.request import Request


def index(request: Request, incident_id: UUID) -> HttpResponse:
    incident = incident_of(request, incident_id)
    request.actor.require("plan.make", incident.area_key)
    found = undelivered(incident, range_of_key(incident.area_key))
    areas = names.areas_by_key(one.area_key // LOCAL * LOCAL for one in found)
    rows = [
        {
            "message": one,
            "area": areas.get(one.area_key // LOCAL * LOCAL),
            "channel": notice_states.CHANNELS.get(one.channel, one.channel),
            "state": notice_states.MESSAGE[one.state],
            "ways": [(way, notice_states.CHANNELS[way]) for way in _ways(one, drill=incident.drill)],
        }
        for one in found
    ]
    context = {"incident": incident, "rows": rows, "most": len(rows) == MOST, "trouble": trouble(retried(incident))}
    return render(request, "console/night/follow_ups.html", context)


@require_POST
def settle(request: Request, message_id: UUID) -> HttpResponse:
    """Send it on another channel, or say that it was seen to."""
    message = notices.message(message_id)
    callout = queries.callout(message.about_id) if message.about_id else None
    channel = request.POST.get("channel", "")
    if channel:
        outbox.follow_up(message=message, channel=channel, by=request.actor)
        messages.success(request, _("It is sent again on the other channel."))
    else:
        outbox.settle(message=message, how=request.POST.get("how", ""), by=request.actor)
        messages.success(request, _("Seen to."))
    return redirect("follow-ups", callout.incident_id) if callout else redirect("home")


def _ways(one: Undelivered, *, drill: bool) -> list[str]:
    """Return the other channels that can reach somebody."""
    able = {"email": one.has_email, "in_app": one.has_account, "sms": bool(one.phone_last4)}
    return [
        way
        for way in known.names()
        if able.get(way) and way != one.channel and (not drill or way in notice_states.FOR_DRILLS)
    ]
