"""The quota matrix of a wave: how many people which unit gives to which district, with what is used of it, live."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from turnout.console.presenters import quotas as presenters
from turnout.console.views.common import page_of
from turnout.people.models import Unit
from turnout.staffing import queries
from turnout.staffing import quotas as reads
from turnout.staffing.domain import waves
from turnout.staffing.models import Wave
from turnout.staffing.quotas import Cell
from turnout.web.request import Request


def matrix(request: Request, wave_id: UUID) -> HttpResponse:
    """One page of units. Only fields that were changed are written; with one wrong field nothing is."""
    wave = queries.wave(wave_id, request.actor)
    request.actor.require("plan.make", wave.incident.area_key)
    page = page_of(request, reads.units(wave.incident, request.actor))
    units = list(page)
    typed = _typed(request, wave, units)
    context = presenters.page(wave, units, typed) | {"page": page}
    if request.htmx:
        return render(request, "console/night/wave_quota.html#fill", context)
    if request.method == "POST" and not context["wrong"]:
        changed = _set(request, wave, units, typed)
        words = ngettext("%(n)d quota is set.", "%(n)d quotas are set.", changed) % {"n": changed}
        messages.success(request, words)
        return redirect(request.get_full_path())
    return render(request, "console/night/wave_quota.html", context, status=422 if context["wrong"] else 200)


def _typed(request: Request, wave: Wave, units: list[Unit]) -> dict[Cell, str]:
    if request.method != "POST":
        return {}
    districts = reads.districts(wave.incident)
    cells = [(unit.scope_key, one.area_key) for unit in units for one in districts]
    return {cell: request.POST[name] for cell in cells if (name := presenters.name_of(cell)) in request.POST}


def _set(request: Request, wave: Wave, units: list[Unit], typed: dict[Cell, str]) -> int:
    by_key = {unit.scope_key: unit for unit in units}
    standing = reads.matrix(wave, list(by_key))
    numbers = {cell: presenters.number(text) or 0 for cell, text in typed.items()}
    changed = {
        (by_key[unit], district): places
        for (unit, district), places in numbers.items()
        if places != standing.get((unit, district), 0)
    }
    return waves.set_quota(wave=wave, quotas=changed, by=request.actor) if changed else 0
