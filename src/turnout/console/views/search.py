"""One box for everything: people, units, areas."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from turnout.console import queries
from turnout.console.presenters import people as presenters
from turnout.people import queries as people
from turnout.places import queries as places
from turnout.web.request import Request

AT_MOST = 20


def search(request: Request) -> HttpResponse:
    """At most a handful of each kind, only of what this person may see."""
    text, by = request.GET.get("q", "").strip(), request.actor
    areas = list(places.search(text, by=by)[:AT_MOST]) if text else []
    units = list(queries.units_matching(people.units_within(by), text, None)[:AT_MOST]) if text else []
    persons = list(queries.people_seen(text=text)[: AT_MOST + 1]) if text and by.can_anywhere("person.view") else []
    context = {
        "text": text,
        "areas": areas,
        "units": units,
        "rows": presenters.persons(persons[:AT_MOST]),
        "more_people": len(persons) > AT_MOST,
        "found": bool(areas or units or persons),
    }
    return render(request, "console/search.html", context)
