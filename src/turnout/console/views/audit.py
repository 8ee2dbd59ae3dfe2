"""The log: who did what, where, when; and how far it is sealed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from turnout.access import queries as access
from turnout.console import log_words, queries
from turnout.console.presenters import access as presenters
from turnout.console.views.common import chosen_area, page_of
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    request.actor.require_anywhere("audit.read")
    verb, actor, of, area = (request.GET.get("verb", ""), _id(request, "by"), _id(request, "of"), chosen_area(request))
    found = access.audit_rows(verb=verb, actor_id=actor, object_id=of)
    if area:
        found = found.filter(area_key__gte=area.area_key, area_key__lt=area.key_end)
    page = page_of(request, found)
    context = {
        "page": page,
        "rows": presenters.log(page),
        "verb": verb,
        "verbs": [(code, log_words.verb(code)) for code in queries.verbs_seen()],
        "area": area,
        "filtered": bool(verb or actor or of or area),
        "seal": queries.last_seal(),
        "unsealed": queries.unsealed_here(),
    }
    return render(request, "console/audit/list.html", context)


def _id(request: Request, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
