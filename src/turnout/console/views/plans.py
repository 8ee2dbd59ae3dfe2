"""Plans: drafted by a job, looked at with their proof, published or thrown away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.console.forms.incidents import PublishForm
from turnout.console.presenters import plans as presenters
from turnout.console.views.common import form_page, incident_of
from turnout.staffing import queries
from turnout.staffing.domain import drafts, plans
from turnout.staffing.domain.plans import Published
from turnout.staffing.models import Plan
from turnout.web.request import Request


@require_POST
def draft(request: Request, incident_id: UUID) -> HttpResponse:
    """Queue a draft; the page of the incident says how it stands, also to whoever comes back later."""
    incident = incident_of(request, incident_id)
    drafts.order(incident=incident, by=request.actor)
    return redirect("incident", incident.pk)


def detail(request: Request, plan_id: UUID) -> HttpResponse:
    return render(request, "console/night/plan.html", presenters.plan_page(_plan(request, plan_id), request.actor))


def publish(request: Request, plan_id: UUID) -> HttpResponse:
    """Publish a draft whole. It says first whom it calls; refused, nobody is called."""
    plan = _plan(request, plan_id)
    form = PublishForm(request.POST or None, incident=plan.incident)
    done: list[Published] = []
    if form.done(lambda: done.append(plans.publish(plan=plan, wave=form.cleaned_data["wave"], by=request.actor))):
        words = _("Published: {called} people to call, {kept} stay, {off} called off.")
        counts = {"called": done[0].called, "kept": done[0].kept, "off": done[0].called_off}
        messages.success(request, words.format(**counts))
        return redirect("incident", plan.incident_id)
    title = _("Publish version {n}").format(n=plan.number)
    lead = _("{placed} of {needed} places are filled.").format(placed=plan.placed, needed=plan.needed)
    return form_page(
        request, form, title=title, lead=lead, submit=title, back=reverse("plan", args=[plan.pk]), danger=False
    )


@require_POST
def discard(request: Request, plan_id: UUID) -> HttpResponse:
    plan = plans.discard(plan=_plan(request, plan_id), by=request.actor)
    return redirect("incident", plan.incident_id)


def _plan(request: Request, plan_id: UUID) -> Plan:
    plan = queries.plan(plan_id, request.actor)
    request.actor.require("plan.make", plan.area_key)
    return plan
