"""Accounts and roles: giving, ending, one-time links."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.access import queries as access
from turnout.access.domain import accounts, grants
from turnout.access.models import User
from turnout.console import queries
from turnout.console.forms.grants import AccountForm, GrantForm, GrantToForm
from turnout.console.presenters import access as presenters
from turnout.console.views.common import chosen_area, form_page, page_of
from turnout.core import clock
from turnout.core.actors import NOT_FOUND
from turnout.people import queries as people
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    request.actor.require_anywhere("grant.give")
    area, state = chosen_area(request), request.GET.get("state", "live")
    found = queries.grants_matching(access.grants_within(request.actor), state, clock.now())
    if area:
        found = found.filter(area_key__gte=area.area_key, area_key__lt=area.key_end)
    page = page_of(request, found)
    context = {"page": page, "rows": presenters.grants(page), "area": area, "state": state, "now": clock.now()}
    return render(request, "console/grants/list.html", context)


def give(request: Request) -> HttpResponse:
    """A role for somebody who has an account."""
    request.actor.require_anywhere("grant.give")
    form = GrantToForm(
        request.POST or None,
        users=access.users_within(request.actor).exclude(pk=request.user.pk),
        units=people.units_within(request.actor),
        initial={"user": request.GET.get("user")},
    )
    if form.done(lambda: _give(request, form.cleaned_data["user"], form)):
        messages.success(request, _("{name} has the role now.").format(name=form.cleaned_data["user"].name))
        return redirect("grants")
    return form_page(request, form, title=_("Give a role"), submit=_("Give the role"), back=reverse("grants"))


def add_account(request: Request) -> HttpResponse:
    """An account with its first role, and the one-time link to hand over."""
    request.actor.require_anywhere("grant.give")
    form = AccountForm(request.POST or None, units=people.units_within(request.actor))
    made: list[tuple[User, str]] = []
    if form.done(lambda: made.append(_make(request, form))):
        return _link_page(request, *made[0])
    return form_page(request, form, title=_("Add an account"), submit=_("Make the account"), back=reverse("grants"))


@require_POST
def revoke(request: Request, grant_id: UUID) -> HttpResponse:
    grant = access.grants_within(request.actor).filter(pk=grant_id).first()
    if grant is None:
        raise NOT_FOUND.refuse()
    grants.revoke(grant=grant, by=request.actor)
    messages.success(request, _("{name} no longer has this role.").format(name=grant.user.name))
    return redirect("grants")


@require_POST
def link(request: Request, user_id: UUID) -> HttpResponse:
    """A one-time link for somebody who cannot sign in; shown once, kept as a hash only."""
    user = access.users_within(request.actor).filter(pk=user_id).first()
    if user is None:
        raise NOT_FOUND.refuse()
    return _link_page(request, user, accounts.issue_link(user=user, by=request.actor))


def _link_page(request: Request, user: User, token: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("welcome", args=[token]))
    context = {"account": user, "address": address, "qr": presenters.qr(address), "minutes": 30}
    response = render(request, "console/grants/link.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _make(request: Request, form: AccountForm) -> tuple[User, str]:
    typed = form.cleaned_data
    user = accounts.create(username=typed["username"], name=typed["name"], by=request.actor)
    _give(request, user, form)
    return user, accounts.issue_link(user=user, by=request.actor)


def _give(request: Request, user: User, form: GrantForm) -> None:
    area, unit = form.cleaned_data["area"], form.cleaned_data["unit"]
    grants.give(
        user=user,
        role=form.cleaned_data["role"],
        area_code=area.code if area else "",
        unit=grants.UnitScope(unit.pk, unit.scope_key, unit.area_key) if unit else None,
        ends_at=form.ends_at(),
        by=request.actor,
    )
