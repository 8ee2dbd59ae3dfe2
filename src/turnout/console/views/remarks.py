"""Complaints and suggestions: a community's own page for them, the command post's list, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from turnout.console.forms.remarks import RemarkAnswerForm, RemarkForm
from turnout.console.presenters import remarks as presenters
from turnout.console.views.common import form_page, incident_of, page_of
from turnout.core.actors import NOT_FOUND
from turnout.core.area_keys import range_of_key
from turnout.places import queries as places
from turnout.staffing import remarks as reads
from turnout.staffing.domain import remarks
from turnout.web.request import Request


def own(request: Request, incident_id: UUID, code: str) -> HttpResponse:
    """What a community says to the command post, with what was answered so far."""
    incident = incident_of(request, incident_id)
    area = places.get(code, by=request.actor)
    request.actor.require("post.edit", area.area_key)
    low, high = range_of_key(incident.area_key)
    if not low <= area.area_key < high:
        raise NOT_FOUND.refuse()
    form = RemarkForm(request.POST or None)
    sent: dict[str, Any] = {"incident": incident, "area_key": area.area_key, "by": request.actor}
    if form.done(lambda: remarks.send_as_community(**sent, **form.cleaned_data)):
        messages.success(request, _("It is with the command post. The answer will stand here."))
        return redirect("desk-remarks", incident.pk, area.code)
    found = presenters.lines(reads.of_community(incident, area.area_key))
    context = {"incident": incident, "area": area, "form": form, "lines": found}
    return render(request, "console/remarks/own.html", context, status=422 if form.errors else 200)


def index(request: Request, incident_id: UUID) -> HttpResponse:
    """Everything that was said in a night, without an answer first. In the order of time, never by who or where."""
    incident = incident_of(request, incident_id)
    request.actor.require("plan.make", incident.area_key)
    page = page_of(request, reads.of_incident(incident))
    context = {"incident": incident, "page": page, "lines": presenters.lines(page)}
    return render(request, "console/remarks/list.html", context | {"open": reads.unanswered(incident)})


def answer(request: Request, remark_id: UUID) -> HttpResponse:
    remark = reads.remark(remark_id, request.actor)
    request.actor.require("plan.make", remark.incident.area_key)
    form = RemarkAnswerForm(request.POST or None, initial={"words": remark.answer})
    back = reverse("remarks", args=[remark.incident_id])
    if form.done(lambda: remarks.answer(remark=remark, words=form.cleaned_data["words"], by=request.actor)):
        messages.success(request, _("Answered."))
        return redirect(back)
    return form_page(
        request, form, title=_("Answer it"), lead=remark.words, submit=_("Reply"), back=back, incident=remark.incident
    )
