"""The night: incidents, and the board that shows one of them live."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from turnout.console.presenters import night as presenters
from turnout.console.views.common import active_incidents, incident_of
from turnout.core.actors import NOT_FOUND
from turnout.incidents.models import Incident
from turnout.places import queries as places
from turnout.places.models import Area
from turnout.web.request import Request

POLL_SECONDS = 5


def index(request: Request) -> HttpResponse:
    """Go to the one board there is, or let somebody choose among several."""
    request.actor.require_anywhere("area.view")
    active = active_incidents(request)
    if len(active) == 1:
        return redirect("board", active[0].pk)
    return render(request, "console/night/incidents.html", {"incidents": active, "to": "board", "title": _("Board")})


def board(request: Request, incident_id: UUID) -> HttpResponse:
    """The board of an incident. A watcher that has the newest figures is answered 304."""
    incident = incident_of(request, incident_id)
    area = _area(request, incident)
    page = presenters.board_page(
        incident, area, request.actor, request.GET.get("category", ""), bool(request.GET.get("all"))
    )
    if not request.htmx:
        return render(request, "console/night/board.html", page | {"poll_seconds": POLL_SECONDS})
    tag = f'"{page["board"].version}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304)
    response = render(request, "console/night/board.html#live", page)
    response["ETag"] = tag
    return response


def _area(request: Request, incident: Incident) -> Area:
    """The area the board is narrowed to by its address, else the widest one of the incident this person sees."""
    ranges = presenters.visible_range(incident, request.actor)
    if request.GET.get("area"):
        area = places.get(request.GET["area"], by=request.actor)
        if any(low <= area.area_key < high for low, high in ranges):
            return area
        raise NOT_FOUND.refuse()
    return Area.objects.get(area_key=ranges[0][0])
