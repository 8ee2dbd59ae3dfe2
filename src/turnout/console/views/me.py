"""My own page: my roles, where I am signed in, how I sign in, who looked at me."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from turnout.access import queries
from turnout.console.presenters import access as presenters
from turnout.console.views.common import form_page
from turnout.notices import queries as notices
from turnout.notices.domain import addresses
from turnout.notices.domain import messages as notices_verbs
from turnout.people import queries as people
from turnout.people.states import REVEAL_PURPOSES
from turnout.web.forms import OurForm
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
            "told": notices.inbox(user),
            "email": EmailForm(initial={"email": notices.own_email(user)}),
        },
    )


@require_POST
def read(request: Request) -> HttpResponse:
    notices_verbs.mark_read(user=request.user, by=request.actor)
    return redirect("me")


@require_POST
def email(request: Request) -> HttpResponse:
    """Say at which e-mail address I am reached."""
    form = EmailForm(request.POST)
    if form.done(
        lambda: addresses.put_own_email(user=request.user, email=form.cleaned_data["email"], by=request.actor)
    ):
        messages.success(request, _("Your e-mail address is saved."))
        return redirect("me")
    return form_page(request, form, title=_("My e-mail address"), submit=_("Save"), back=reverse("me"))


class EmailForm(OurForm):
    """Where messages go besides the phone."""

    email = forms.CharField(label=gettext_lazy("e-mail address"), max_length=254, required=False)
    places_of_refusals = {"address.email_bad": "email"}
