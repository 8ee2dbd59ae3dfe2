"""What many views do the same way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import content_disposition_header

from turnout.console.presenters.night import visible_range
from turnout.core.actors import NOT_FOUND
from turnout.incidents import queries as incidents
from turnout.incidents.models import Incident
from turnout.people import queries as people
from turnout.people.models import Unit
from turnout.places import queries as places
from turnout.places.models import Area
from turnout.web.forms import OurForm
from turnout.web.request import Request

ROWS = 50
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def form_page(
    request: HttpRequest,
    form: OurForm,
    *,
    title: str | Promise,
    submit: str | Promise,
    back: str,
    lead: str = "",
    danger: bool = False,
    incident: Incident | None = None,
    **more: Any,
) -> HttpResponse:
    """One form, one act, one way back. A form with something to correct answers 422, and nothing is kept.

    `incident` is the night it belongs to: a drill wears its banner here as well.
    """
    context = {"form": form, "title": title, "submit": submit, "back": back, "lead": lead, "danger": danger} | more
    context["incident"] = incident
    return render(request, "console/form.html", context, status=422 if form.errors else 200)


def page_of(request: HttpRequest, rows: Any, size: int = ROWS) -> Page[Any]:
    """The page of a list that the address asks for; the last one where there are fewer."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def chosen_area(request: Request) -> Area | None:
    """The area a list is narrowed to by its address, or none; 404 for one that is not to be known."""
    code, text = request.GET.get("area", ""), request.GET.get("area-text", "").strip()
    if code:
        return places.get(code, by=request.actor)
    return places.search(text, by=request.actor).first() if text else None


def chosen_unit(request: Request) -> Unit | None:
    """The unit a list is narrowed to by its address, or none; 404 for one that is not to be known."""
    if not request.GET.get("unit"):
        return None
    try:
        return people.unit(UUID(request.GET["unit"]), request.actor)
    except ValueError:
        raise NOT_FOUND.refuse() from None


def incident_of(request: Request, incident_id: UUID) -> Incident:
    """The incident an address names, if somebody looks at a part of it; else there is none."""
    found = incidents.touching(request.actor).select_related("playbook").filter(pk=incident_id).first()
    if found is None or not visible_range(found, request.actor):
        raise NOT_FOUND.refuse()
    return found


def active_incidents(request: Request) -> list[Incident]:
    """The incidents under way of which somebody looks at a part, newest first."""
    active = incidents.active(request.actor).select_related("playbook")
    return [one for one in active if visible_range(one, request.actor)]


def workbook(name: str, content: bytes) -> HttpResponse:
    """A workbook to keep under a name."""
    response = HttpResponse(content, content_type=EXCEL)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response
