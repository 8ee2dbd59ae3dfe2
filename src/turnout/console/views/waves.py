"""A call-out while it runs: how far it is, who is next, and whom somebody has to call up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.console.presenters import waves as presenters
from turnout.staffing import jobs, queries
from turnout.staffing.domain import callouts
from turnout.staffing.models import Wave
from turnout.web.request import Request

POLL_SECONDS = 10


def detail(request: Request, wave_id: UUID) -> HttpResponse:
    """How far a wave is; asked again by itself every few seconds."""
    page = presenters.wave_page(_wave(request, wave_id), request.actor) | {"poll_seconds": POLL_SECONDS}
    template = "console/night/wave.html" + ("#live" if request.htmx else "")
    return render(request, template, page)


@require_POST
def widen(request: Request, wave_id: UUID) -> HttpResponse:
    """Draw in the next tier now, in a job: the planner fills the empty places first."""
    wave = _wave(request, wave_id)
    jobs.widen_wave.configure(lock=f"widen:{wave.pk}").defer(wave_id=str(wave.pk), actor_id=str(request.actor.id))
    messages.success(request, _("The next tier is drawn in; its people appear here within a minute or two."))
    return redirect("wave", wave.pk)


@require_POST
def answer(request: Request, callout_id: UUID) -> HttpResponse:
    """Keep what somebody said on the phone."""
    callout = queries.callout(callout_id)
    callouts.answer_for(callout=callout, answer=request.POST.get("answer", ""), way="phone", by=request.actor)
    return redirect("wave", callout.wave_id)


def _wave(request: Request, wave_id: UUID) -> Wave:
    wave = queries.wave(wave_id, request.actor)
    request.actor.require("plan.make", wave.incident.area_key)
    return wave
