"""A sign-up and a plain verb, each as a page would call it, without a page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from turnout.access.queries import load_actor
from turnout.access.scope import acting_as
from turnout.core.refusals import Refusal
from turnout.people.domain import abilities, signups
from turnout.people.models import Person


@csrf_exempt
def sign_up(request: HttpRequest, token: str) -> JsonResponse:
    """Rate limit, link, scope, verb: what the public page does with a posted form."""
    try:
        signups.admit_from(request.META["REMOTE_ADDR"])
        link = signups.find(token)
        visitor = signups.visitor(link)
        with acting_as(visitor):
            receipt = signups.sign_up(link=link, name=request.POST["name"], phone=request.POST["phone"], by=visitor)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code}, status=refusal.status)
    return JsonResponse({"number": receipt.number})


@csrf_exempt
def set_tier(request: HttpRequest, user_id: UUID, person_id: UUID) -> JsonResponse:
    """Who acts and what they may do, scope, lock, look, write, history, audit, commit."""
    with acting_as(load_actor(user_id)) as by:
        person = abilities.set_tier(person=Person(pk=person_id), tier=request.POST["tier"], by=by)
    return JsonResponse({"tier": person.tier})


for view in (sign_up, set_tier):
    view.unscoped = True  # type: ignore[attr-defined]

urlpatterns = [
    path("s/<str:token>/", sign_up),
    path("tier/<uuid:user_id>/<uuid:person_id>/", set_tier),
]
