"""One box for everything: people, units, areas."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from turnout.console import queries
from turnout.console.presenters import people as presenters
from turnout.people import queries as people
from turnout.people import search as finding
from turnout.places import queries as places
from turnout.web.request import Request

AT_MOST = 20


def search(request: Request) -> HttpResponse:
    """At most a handful of each kind, only of what this person may see."""
    text, by = request.GET.get("q", "").strip(), request.actor
    areas = list(places.search(text, by=by)[:AT_MOST]) if text else []
    units = list(queries.units_matching(people.units_within(by), text, None)[:AT_MOST]) if text else []
    seen = finding.Page([])
    if text and by.can_anywhere("person.view"):
        seen = finding.search(finding.Criteria(text=text), size=AT_MOST)
    context = {
        "text": text,
        "areas": areas,
        "units": units,
        "rows": presenters.persons(seen.persons),
        "more_people": bool(seen.next),
        "found": bool(areas or units or seen.persons),
    }
    return render(request, "console/search.html", context)
