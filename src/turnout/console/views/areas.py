"""Areas: the tree with its map, and everything that changes an area or a site."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout.console.forms.areas import FORM_OF_LEVEL, AreaForm, CloseForm, OfficialAreaForm, SiteForm
from turnout.console.presenters import areas as presenters
from turnout.console.views.common import form_page
from turnout.places import codes, maps, queries
from turnout.places.domain import areas, buildings, sites
from turnout.places.models import Area, Site
from turnout.web.request import Request

SUGGESTIONS = 12


def index(request: Request) -> HttpResponse:
    """Go to the one area this person starts from, or let them choose among several."""
    request.actor.require_anywhere("area.view")
    roots = list(queries.roots(by=request.actor))
    if len(roots) == 1:
        return redirect("area", roots[0].code)
    return render(request, "console/areas/roots.html", {"roots": roots})


def detail(request: Request, code: str) -> HttpResponse:
    area = queries.get(code, by=request.actor)
    if area.closed_at:
        return render(request, "console/areas/closed.html", presenters.closed_area(area))
    return render(request, "console/areas/detail.html", presenters.area_page(area, by=request.actor))


def go(request: Request) -> HttpResponse:
    """The area picker: from the code it chose, or from what was typed."""
    code = request.GET.get("area") or ""
    text = request.GET.get("area-text", "").strip()
    found = queries.search(code or text, by=request.actor)
    exact = found.filter(code=code or text).first() or (found[0] if len(found[:2]) == 1 else None)
    if exact:
        return redirect("area", exact.code)
    return redirect(f"{reverse('search')}?q={text}")


def pick(request: Request) -> JsonResponse:
    """Areas for a picker: names and codes of official areas are public, local ones only where this person looks."""
    levels = [level for level in request.GET.get("levels", "").split(",") if level in codes.LEVELS]
    text = request.GET.get("q", "")
    if request.GET.get("mine"):
        found = queries.search(text, by=request.actor, levels=levels or codes.LEVELS)
    else:
        found = queries.find_anywhere(text, levels=levels or codes.OFFICIAL)
    return JsonResponse({"rows": presenters.suggestions(found[:SUGGESTIONS]), "none": _("No area is called that")})


def map_json(request: Request, code: str) -> HttpResponse:
    area = queries.get(code, by=request.actor)
    return HttpResponse(maps.as_json(maps.map_data(area, by=request.actor)), content_type="application/json")


def history(request: Request, code: str) -> HttpResponse:
    area = queries.get(code, by=request.actor)
    return render(
        request, "console/areas/history.html", {"area": area, "rows": presenters.history(area, by=request.actor)}
    )


def outside(request: Request, code: str) -> HttpResponse:
    """Points that lie outside their district: often another coordinate system, or a swapped pair."""
    area = queries.get(code, by=request.actor)
    found = maps.points_outside(area, by=request.actor)
    return render(request, "console/areas/outside.html", {"area": area, "found": found})


def add(request: Request, code: str, level: str) -> HttpResponse:
    """Add an official area, a compound or a building below another."""
    parent = _editable(request, code)
    form = FORM_OF_LEVEL.get(level, OfficialAreaForm)(request.POST or None, initial=presenters.next_code(parent))
    made: list[Area] = []
    if form.done(lambda: made.append(_add(request, parent, level, form))):
        messages.success(request, _("Added: {name}.").format(name=made[0].name))
        return redirect("area", parent.code)
    return form_page(
        request,
        form,
        title=presenters.ADD_TITLES[level],
        lead=_("Below {name}").format(name=parent.name),
        submit=_("Add"),
        back=reverse("area", args=[parent.code]),
    )


def edit(request: Request, code: str) -> HttpResponse:
    area = _editable(request, code)
    form = FORM_OF_LEVEL.get(area.level, AreaForm)(request.POST or None, initial=presenters.area_initial(area))
    if form.done(lambda: _change(request, area, form)):
        messages.success(request, _("Saved: {name}.").format(name=form.cleaned_data["name"]))
        return redirect("area", area.code)
    back = reverse("area", args=[area.code])
    return form_page(request, form, title=_("Change an area"), lead=area.name, submit=_("Save"), back=back)


def close(request: Request, code: str) -> HttpResponse:
    area = _editable(request, code)
    form = CloseForm(request.POST or None)
    if form.done(lambda: _close(request, area, form)):
        messages.success(request, _("{name} is closed; its successor has taken over.").format(name=area.name))
        return redirect("area", form.cleaned_data["successor"].code)
    return form_page(
        request,
        form,
        title=_("Close an area"),
        lead=_("{name}: roles, people, sites, compounds and buildings move to the successor at once.").format(
            name=area.name
        ),
        submit=_("Close and hand over"),
        back=reverse("area", args=[area.code]),
        danger=True,
    )


def add_site(request: Request, code: str) -> HttpResponse:
    area = _editable(request, code)
    form = SiteForm(request.POST or None)
    if form.done(lambda: sites.add(area=area, by=request.actor, point=form.point(), **form.facts("kind"))):
        messages.success(request, _("Added: {name}.").format(name=form.cleaned_data["name"]))
        return redirect("area", area.code)
    back = reverse("area", args=[area.code])
    return form_page(request, form, title=_("Add a site"), lead=area.name, submit=_("Add"), back=back)


def edit_site(request: Request, site_id: UUID) -> HttpResponse:
    site = _editable_site(request, site_id)
    form = SiteForm(request.POST or None, initial=presenters.site_initial(site))
    form.fields["kind"].disabled = True
    if form.done(lambda: sites.change(site=site, by=request.actor, point=form.point(), **form.facts())):
        messages.success(request, _("Saved: {name}.").format(name=form.cleaned_data["name"]))
        return redirect("area", site.area.code)
    back = reverse("area", args=[site.area.code])
    return form_page(request, form, title=_("Change a site"), lead=site.name, submit=_("Save"), back=back)


@require_POST
def close_site(request: Request, site_id: UUID) -> HttpResponse:
    site = _editable_site(request, site_id)
    sites.close(site=site, by=request.actor)
    messages.success(request, _("{name} is closed.").format(name=site.name))
    return redirect("area", site.area.code)


def _editable(request: Request, code: str) -> Area:
    area = queries.get(code, by=request.actor)
    request.actor.require("area.edit", area.area_key)
    return area


def _editable_site(request: Request, site_id: UUID) -> Site:
    site = queries.get_site(site_id, by=request.actor)
    request.actor.require("area.edit", site.area_key)
    return site


def _add(request: Request, parent: Area, level: str, form: AreaForm) -> Area:
    given = {"name": form.cleaned_data["name"], "counts": form.counts(), "point": form.point(), "by": request.actor}
    if level == "compound":
        return buildings.add_compound(community=parent, **given, **form.facts())
    if level == "building":
        return buildings.add_building(within=parent, **given, **form.facts())
    return areas.add(code=form.cleaned_data["code"], **given)


def _change(request: Request, area: Area, form: AreaForm) -> None:
    typed, by = form.cleaned_data, request.actor
    areas.rename(area=area, name=typed["name"], by=by)
    if set(form.changed_data) & {"households", "residents", "counts_source", "counts_as_of"}:
        areas.count(area=area, counts=form.counts(), by=by)
    point = form.point()
    if point and set(form.changed_data) & {"lon", "lat", "system"}:
        areas.move_point(area=area, point=point, by=by)
    if area.level == "compound":
        buildings.describe_compound(area=area, by=by, **form.facts())
    if area.level == "building":
        buildings.describe_building(area=area, by=by, **form.facts())


def _close(request: Request, area: Area, form: CloseForm) -> None:
    successor = form.cleaned_data["successor"]
    if form.cleaned_data["add_counts"]:
        areas.merge(areas=[area], into=successor, by=request.actor)
    else:
        areas.close(area=area, successor=successor, by=request.actor)
