"""How a refusal looks: what happened, why, what to do next; and where a role is missing, which ones are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from turnout.access.queries import live_grants
from turnout.access.roles import ROLES
from turnout.core.refusals import Refusal
from turnout.places.models import Area


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds, where, and who gave it: the one to ask for more."""

    role: str
    place: str
    giver: str


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    context: dict[str, Any] = {"refusal": refusal}
    if refusal.status == 403 and request.user.is_authenticated:
        context["held"] = held_by(request.user)
    return render(request, "web/refused.html", context, status=refusal.status)


def held_by(user: Any) -> list[Held]:
    """The live roles of an account; two queries, and none of them touches a protected table."""
    grants = list(live_grants().filter(user=user).select_related("granted_by").order_by("ends_at"))
    codes = {grant.area_code for grant in grants if grant.area_code}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        Held(
            role=str(ROLES[grant.role].label),
            place=names.get(grant.area_code, grant.area_code),
            giver=grant.granted_by.name if grant.granted_by else "",
        )
        for grant in grants
    ]
