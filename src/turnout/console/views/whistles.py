"""Whistles: raised on a phone, answered at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.console.forms.whistles import ApproveForm, MergeForm, RefuseForm, SplitForm, WhistleForm
from turnout.console.presenters import whistles as presenters
from turnout.console.views.common import active_incidents, form_page, incident_of, page_of
from turnout.incidents.models import Incident
from turnout.places.models import Area
from turnout.staffing import queries
from turnout.staffing.domain import whistles
from turnout.staffing.models import Whistle
from turnout.web.forms import OurForm
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    """Go to the whistles of the one incident there is, or let somebody choose among several."""
    request.actor.require_anywhere("area.view")
    active = active_incidents(request)
    if len(active) == 1:
        return redirect("whistles-of", active[0].pk)
    return render(
        request, "console/night/incidents.html", {"incidents": active, "to": "whistles-of", "title": _("Whistles")}
    )


def of_incident(request: Request, incident_id: UUID) -> HttpResponse:
    """The whistles of an incident, those that wait on top."""
    incident = incident_of(request, incident_id)
    page = page_of(request, queries.whistles(incident, request.actor))
    may_raise = incident.status == "active" and request.actor.can_anywhere("whistle.raise")
    context = {"incident": incident, "page": page, "may_raise": may_raise}
    return render(request, "console/whistles/list.html", context | presenters.board(incident, page, request.actor))


def raise_(request: Request, incident_id: UUID) -> HttpResponse:
    """The form for one hand. What was typed is shown again with what is wrong; nothing is lost."""
    incident = incident_of(request, incident_id)
    request.actor.require_anywhere("whistle.raise")
    home = presenters.own_place(incident, request.actor)
    form = _form(request, incident, home)
    if form.done(lambda: _raise(request, incident, home, form)):
        messages.success(request, _("The whistle is out. The street answers first; its answer stands here."))
        return redirect("whistles-of", incident.pk)
    context = {"incident": incident, "form": form, "home": home, "templates": presenters.templates(incident, home)}
    return render(request, "console/whistles/raise.html", context, status=422 if form.errors else 200)


def detail(request: Request, whistle_id: UUID) -> HttpResponse:
    whistle = queries.whistle(whistle_id, request.actor)
    return render(request, "console/whistles/detail.html", presenters.page(whistle, request.actor))


def approve(request: Request, whistle_id: UUID) -> HttpResponse:
    whistle = _to_decide(request, whistle_id)
    form = ApproveForm(request.POST or None, initial={"people": whistle.people})
    return _decided(
        request, whistle, form,
        lambda: whistles.approve(whistle=whistle, by=request.actor, people=form.cleaned_data["people"]),
        title=_("Approve a whistle"), submit=_("Approve"),
    )  # fmt: skip


def refuse(request: Request, whistle_id: UUID) -> HttpResponse:
    whistle = _to_decide(request, whistle_id)
    form = RefuseForm(request.POST or None)
    return _decided(
        request, whistle, form,
        lambda: whistles.refuse(whistle=whistle, by=request.actor, reason=form.cleaned_data["reason"]),
        title=_("Refuse a whistle"), submit=_("Refuse"), danger=True,
    )  # fmt: skip


def split(request: Request, whistle_id: UUID) -> HttpResponse:
    whistle = _to_decide(request, whistle_id)
    form = SplitForm(request.POST or None)
    return _decided(
        request, whistle, form,
        lambda: whistles.split(whistle=whistle, by=request.actor, parts=form.numbers() or [0]),
        title=_("Split a whistle"), submit=_("Split"),
    )  # fmt: skip


def merge(request: Request, whistle_id: UUID) -> HttpResponse:
    whistle = _to_decide(request, whistle_id)
    form = MergeForm(request.POST or None, rows=queries.alike(whistle, request.actor))
    return _decided(
        request, whistle, form,
        lambda: whistles.merge(whistle=whistle, by=request.actor, into=form.cleaned_data["into"]),
        title=_("Merge a whistle"), submit=_("Merge"),
    )  # fmt: skip


@require_POST
def pass_up(request: Request, whistle_id: UUID) -> HttpResponse:
    return _done(request, whistles.pass_up(whistle=queries.whistle(whistle_id, request.actor), by=request.actor))


@require_POST
def withdraw(request: Request, whistle_id: UUID) -> HttpResponse:
    return _done(request, whistles.withdraw(whistle=queries.whistle(whistle_id, request.actor), by=request.actor))


@require_POST
def close(request: Request, whistle_id: UUID) -> HttpResponse:
    return _done(request, whistles.close(whistle=queries.whistle(whistle_id, request.actor), by=request.actor))


def _form(request: Request, incident: Incident, home: Area | None) -> WhistleForm:
    arrival = incident.playbook.playbook.arrival
    return WhistleForm(
        request.POST or None,
        initial=presenters.beginnings(incident, request.GET.get("template", "")),
        soon=arrival.whistle_minutes,
        deadline=arrival.deadline_minutes,
        home=home is not None,
    )


def _raise(request: Request, incident: Incident, home: Area | None, form: WhistleForm) -> None:
    place = home or form.cleaned_data["area"]
    whistles.raise_(incident=incident, area_key=place.area_key, by=request.actor, **form.call())


def _to_decide(request: Request, whistle_id: UUID) -> Whistle:
    whistle = queries.whistle(whistle_id, request.actor)
    request.actor.require("whistle.decide", whistle.area_key)
    return whistle


def _decided(
    request: Request, whistle: Whistle, form: OurForm, act: Callable[[], Any], *, title: str, submit: str,
    danger: bool = False,
) -> HttpResponse:  # fmt: skip
    """One decision on a whistle: its form, or back to the whistle."""
    if form.done(act):
        return redirect("whistle", whistle.pk)
    back = reverse("whistle", args=[whistle.pk])
    lead = _("{n} people: {task}").format(n=whistle.people, task=whistle.task)
    return form_page(
        request, form, title=title, submit=submit, back=back, lead=lead, danger=danger, incident=whistle.incident
    )


def _done(request: Request, whistle: Whistle) -> HttpResponse:
    return redirect("whistle", whistle.pk)
