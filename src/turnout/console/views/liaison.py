"""A unit's list: who is called, answers for all of them in one form, and how far every unit has answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from turnout.console.forms.crew import InsteadForm
from turnout.console.presenters import liaison as presenters
from turnout.console.presenters.liaison import Typed
from turnout.console.views.common import active_incidents, form_page, page_of
from turnout.core.actors import NOT_FOUND
from turnout.people import queries as people
from turnout.staffing import liaison as reads
from turnout.staffing import refusals
from turnout.staffing.domain import callouts, consents, returns, standins
from turnout.staffing.models import CallOut
from turnout.staffing.states import CALLED
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    """Lead a liaison to the own list; whoever answers for many units sees how far each has answered."""
    request.actor.require_anywhere(reads.PERMISSION)
    if request.actor.can_anywhere("area.view"):
        return _by_unit(request)
    units = people.units_within(request.actor, reads.PERMISSION).filter(closed_at=None)[:20]
    lists = [(unit, incident) for unit in units for incident in reads.incidents_of(unit)]
    if len(lists) == 1:
        return redirect("unit-list", lists[0][1].pk, lists[0][0].pk)
    return render(request, "console/night/unit_lists.html", {"lists": lists})


def detail(request: Request, incident_id: UUID, unit_id: UUID) -> HttpResponse:
    unit = reads.unit_of(unit_id, request.actor)
    incident = reads.incident_of(incident_id, unit)
    return render(request, "console/night/unit_list.html", presenters.page(incident, unit))


@require_POST
def answers(request: Request, incident_id: UUID, unit_id: UUID) -> HttpResponse:
    """Take a list of answers. Each row stands alone: what is refused stays as it was typed, the rest is kept."""
    unit = reads.unit_of(unit_id, request.actor)
    incident = reads.incident_of(incident_id, unit)
    typed = {row.pk: _typed(request, row) for row in reads.called(incident, unit)}
    changed = {key: row for key, row in typed.items() if row.answer and row.answer != row.was}
    wanted = {key: (row.answer, row.given) for key, row in changed.items() if row.wrong is None}
    done = callouts.answer_list(answers=wanted, way="liaison", by=request.actor)
    if kept := len(done.kept):
        words = ngettext("%(n)d answer is kept.", "%(n)d answers are kept.", kept) % {"n": kept}
        messages.success(request, words)
    if kept == len(changed):
        return redirect("unit-list", incident.pk, unit.pk)
    # Not 422: from 400 on the middleware rolls back, and the good rows would be lost with the bad ones.
    typed |= {key: replace(typed[key], wrong=refusal) for key, refusal in done.refused}
    return render(request, "console/night/unit_list.html", presenters.page(incident, unit, typed))


@require_POST
def let_go(request: Request, incident_id: UUID, unit_id: UUID, wave_id: UUID) -> HttpResponse:
    """Let the unit's people of a wave go, before they are asked themselves."""
    unit = reads.unit_of(unit_id, request.actor)
    incident = reads.incident_of(incident_id, unit)
    wave = incident.waves.filter(pk=wave_id).first()
    if wave is None:
        raise NOT_FOUND.refuse()
    consents.give(wave=wave, unit=unit, by=request.actor)
    messages.success(request, _("Thank you. Your people are asked within a minute."))
    return redirect("unit-list", incident.pk, unit.pk)


def instead(request: Request, incident_id: UUID, unit_id: UUID, callout_id: UUID) -> HttpResponse:
    """Name somebody else of the unit who comes instead."""
    unit = reads.unit_of(unit_id, request.actor)
    incident = reads.incident_of(incident_id, unit)
    callout = next((row for row in reads.called(incident, unit) if row.pk == callout_id), None)
    if callout is None:
        raise NOT_FOUND.refuse()
    form = InsteadForm(request.POST or None, people=reads.stand_ins(callout))
    if form.done(
        lambda: standins.substitute(callout=callout, person=form.cleaned_data["person"], by=request.actor)
    ):  # fmt: skip
        words = _("{name} comes instead, and is told so.").format(name=form.cleaned_data["person"].name)
        messages.success(request, words)
        return redirect("unit-list", incident.pk, unit.pk)
    return form_page(
        request, form, title=_("Somebody else comes instead of {name}").format(name=callout.person.name),
        lead=_("Whoever is replaced is called off; ask both first."), submit=_("Let them come instead"),
        back=reverse("unit-list", args=[incident.pk, unit.pk]), incident=incident,
    )  # fmt: skip


@require_POST
def take_back(request: Request, incident_id: UUID, unit_id: UUID) -> HttpResponse:
    """Take back everybody of the unit who is not on post yet."""
    unit = reads.unit_of(unit_id, request.actor)
    incident = reads.incident_of(incident_id, unit)
    done = standins.take_back(incident=incident, unit=unit, by=request.actor)
    words = ngettext("%(n)d person is called back.", "%(n)d people are called back.", done.called_back)
    messages.success(request, words % {"n": done.called_back})
    return redirect("unit-list", incident.pk, unit.pk)


@require_POST
def returned(request: Request, incident_id: UUID, unit_id: UUID) -> HttpResponse:
    """Note that everybody who was released is back at the unit."""
    unit = reads.unit_of(unit_id, request.actor)
    incident = reads.incident_of(incident_id, unit)
    released = [row for row in reads.called(incident, unit) if row.state == "released"]
    back = returns.note_return(callouts_=released, by=request.actor)
    messages.success(request, ngettext("%(n)d person is back.", "%(n)d people are back.", back) % {"n": back})
    return redirect("unit-list", incident.pk, unit.pk)


def _by_unit(request: Request) -> HttpResponse:
    incidents = active_incidents(request)
    wanted = request.GET.get("incident", "")
    incident = next((one for one in incidents if str(one.pk) == wanted), incidents[0] if incidents else None)
    context: dict[str, Any] = {"incidents": incidents, "incident": incident, "by_unit": True}
    if incident:
        page = page_of(request, reads.units_called(incident, request.actor))
        found = reads.answers(incident, [unit.scope_key for unit in page])
        context |= {"page": page, "rows": [(unit, found[unit.scope_key]) for unit in page]}
    return render(request, "console/night/unit_lists.html", context)


def _typed(request: Request, row: CallOut) -> Typed:
    answer = request.POST.get(f"answer-{row.pk}", "")
    if not answer and "rest" in request.POST and row.state in ("waiting", "asked"):
        answer = "yes"
    was, reason = request.POST.get(f"was-{row.pk}", ""), request.POST.get(f"reason-{row.pk}", "")
    stale = answer not in ("", was, presenters.standing(row)) and was != presenters.standing(row)
    wrong = refusals.ANSWERED_MEANWHILE.refuse(state=CALLED[row.state]) if stale else None
    return Typed(answer, was, reason, wrong)
