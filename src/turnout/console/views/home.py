"""The first page: what needs doing, how large my reach is, what I did last."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from turnout.access import queries as access
from turnout.console import todo
from turnout.console.presenters import access as presenters
from turnout.console.presenters import tonight
from turnout.web.request import Request

LAST = 8


def home(request: Request) -> HttpResponse:
    context = {
        "things": tonight.things(request.actor) + todo.things(request),
        "figures": todo.figures(request),
        "done": presenters.log(access.audit_rows(actor_id=request.user.pk)[:LAST]),
    }
    return render(request, "console/home.html", context)
