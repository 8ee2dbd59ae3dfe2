"""The night: incidents, and the board that shows one of them live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from turnout import sheets
from turnout.console import live
from turnout.console.presenters import board as presenters
from turnout.console.presenters.night import said_of, visible_range
from turnout.console.views.common import active_incidents, incident_of, workbook
from turnout.core import clock
from turnout.core.actors import NOT_FOUND
from turnout.incidents.models import Incident
from turnout.people.states import CATEGORIES
from turnout.places import queries as places
from turnout.places.models import Area
from turnout.staffing import board as boards
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
    return _live(request, incident_id, "console/night/board.html")


def wall(request: Request, incident_id: UUID) -> HttpResponse:
    """The board for a wall: large figures, no controls; it refreshes itself."""
    return _live(request, incident_id, "console/night/wall.html")


def sheet(request: Request, incident_id: UUID) -> HttpResponse:
    """The board as a workbook: every community with its figures, its reasons and the nearest fix."""
    incident = incident_of(request, incident_id)
    area = _area(request, incident)
    found = boards.board(incident, (area.area_key, area.key_end), request.actor, _category(request))
    name = said_of(incident, f"{area.name} {timezone.localtime(clock.now()):%Y-%m-%d %H%M}")
    return workbook(name, sheets.to_bytes(presenters.sheet(incident, found)))


def _live(request: Request, incident_id: UUID, template: str) -> HttpResponse:
    if not request.htmx:
        return render(request, template, _page(request, incident_id))

    def work_out() -> tuple[str, bytes]:
        page = _page(request, incident_id)
        return page["version"], render(request, f"{template}#live", page).content

    return live.answer(request, work_out)


def _page(request: Request, incident_id: UUID) -> dict[str, Any]:
    incident = incident_of(request, incident_id)
    area = _area(request, incident)
    asked = {name: request.GET.get(name, "") for name in ("open", "all", "gaps", "q")}
    asked |= {"category": _category(request)}
    return presenters.board_page(incident, area, request.actor, asked) | {"poll_seconds": POLL_SECONDS}


def _category(request: Request) -> str:
    wanted = request.GET.get("category", "")
    return wanted if wanted in CATEGORIES else ""


def _area(request: Request, incident: Incident) -> Area:
    """The area the board is narrowed to by its address, else the widest one of the incident this person sees."""
    ranges = visible_range(incident, request.actor)
    if request.GET.get("area"):
        area = places.get(request.GET["area"], by=request.actor)
        if any(low <= area.area_key < high for low, high in ranges):
            return area
        raise NOT_FOUND.refuse()
    return Area.objects.get(area_key=ranges[0][0])
