"""Units: the offices that send people, whom they serve, who speaks for them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.access import queries as access
from turnout.console import queries
from turnout.console.forms.grants import end_of
from turnout.console.forms.units import LiaisonForm, UnitForm
from turnout.console.presenters import people as presenters
from turnout.console.views.common import chosen_area, form_page, page_of
from turnout.people import queries as people
from turnout.people.domain import units
from turnout.people.models import Unit
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    request.actor.require_anywhere("unit.view")
    area, text = chosen_area(request), request.GET.get("q", "").strip()
    found = queries.units_matching(people.units_within(request.actor), text, area)
    page = page_of(request, found)
    context = {"page": page, "rows": presenters.units(page), "area": area, "text": text}
    return render(request, "console/units/list.html", context | {"may_add": request.actor.can_anywhere("unit.edit")})


def detail(request: Request, unit_id: UUID) -> HttpResponse:
    unit = people.unit(unit_id, request.actor)
    return render(request, "console/units/detail.html", presenters.unit_page(unit, by=request.actor))


def add(request: Request) -> HttpResponse:
    request.actor.require_anywhere("unit.edit")
    form = UnitForm(request.POST or None)
    made: list[Unit] = []
    if form.done(lambda: made.append(_create(request, form))):
        messages.success(request, _("Added: {name}.").format(name=made[0].name))
        return redirect("unit", made[0].pk)
    return form_page(request, form, title=_("Add a unit"), submit=_("Add"), back=reverse("units"))


def edit(request: Request, unit_id: UUID) -> HttpResponse:
    unit = people.unit(unit_id, request.actor)
    form = UnitForm(request.POST or None, initial=presenters.unit_initial(unit))
    if form.done(lambda: _change(request, unit, form)):
        messages.success(request, _("Saved: {name}.").format(name=form.cleaned_data["name"]))
        return redirect("unit", unit.pk)
    back = reverse("unit", args=[unit.pk])
    return form_page(request, form, title=_("Change a unit"), lead=unit.name, submit=_("Save"), back=back)


def liaison(request: Request, unit_id: UUID) -> HttpResponse:
    unit = people.unit(unit_id, request.actor)
    users = access.users_within(request.actor)
    form = LiaisonForm(request.POST or None, users=users, initial={"user": unit.liaison_id})
    if form.done(lambda: _set_liaison(request, unit, form)):
        messages.success(request, _("Saved: {name}.").format(name=unit.name))
        return redirect("unit", unit.pk)
    return form_page(
        request,
        form,
        title=_("Liaison"),
        lead=_("{name}: sees and changes the people of this unit, and no others.").format(name=unit.name),
        submit=_("Save"),
        back=reverse("unit", args=[unit.pk]),
    )


@require_POST
def close(request: Request, unit_id: UUID) -> HttpResponse:
    unit = people.unit(unit_id, request.actor)
    units.close(unit=unit, by=request.actor)
    messages.success(request, _("{name} is closed.").format(name=unit.name))
    return redirect("units")


def _create(request: Request, form: UnitForm) -> Unit:
    typed = form.cleaned_data
    return units.create(
        code=typed["code"],
        name=typed["name"],
        area_key=typed["area"].area_key,
        paired_streets=typed["streets"],
        quota=typed["quota"],
        by=request.actor,
    )


def _change(request: Request, unit: Unit, form: UnitForm) -> None:
    typed, by = form.cleaned_data, request.actor
    units.edit(unit=unit, code=typed["code"], name=typed["name"], area_key=typed["area"].area_key, by=by)
    if typed["streets"] != unit.paired_streets:
        units.pair(unit=unit, streets=typed["streets"], by=by)
    if typed["quota"] != unit.quota:
        units.set_quota(unit=unit, quota=typed["quota"], by=by)


def _set_liaison(request: Request, unit: Unit, form: LiaisonForm) -> None:
    user, until = form.cleaned_data["user"], form.cleaned_data["ends_at"]
    units.set_liaison(unit=unit, user=user, ends_at=end_of(until) if until else None, by=request.actor)
