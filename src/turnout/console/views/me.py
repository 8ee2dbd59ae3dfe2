"""My own page: my roles, where I am signed in, how I sign in, who looked at me."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from turnout.access import queries
from turnout.console.presenters import access as presenters
from turnout.people import queries as people
from turnout.people.states import REVEAL_PURPOSES
from turnout.web.request import Request


def me(request: Request) -> HttpResponse:
    user = request.user
    held = queries.live_grants().filter(user=user).select_related("granted_by").order_by("ends_at")
    return render(
        request,
        "console/me.html",
        {
            "grants": presenters.grants(held),
            "sessions": UserSession.objects.purge_and_list(user),
            "looks": [(look, REVEAL_PURPOSES.get(look.purpose, look.purpose)) for look in people.who_looked_at(user)],
            "second_step": is_mfa_enabled(user),
            "providers": settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"],
        },
    )
