"""One box for everything: people, units, areas."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from turnout.places import queries as places
from turnout.web.request import Request

AT_MOST = 20


def search(request: Request) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    areas = list(places.search(text, by=request.actor)[:AT_MOST]) if text else []
    return render(request, "console/search.html", {"text": text, "areas": areas, "found": len(areas)})
