"""Lists of places: areas, compounds, buildings and sites out as sheets, and in by a list run like every other list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from turnout import sheets
from turnout.console.forms.areas import AreaListForm
from turnout.console.views.common import workbook
from turnout.people.domain import imports, uploads
from turnout.people.imports_models import ListRun
from turnout.places import exports, queries
from turnout.web.request import Request


def index(request: Request) -> HttpResponse:
    """Send a list; a job checks it, and its page shows what it would do before anything is taken in."""
    request.actor.require_anywhere(imports.PERMISSIONS["import.places"])
    form = AreaListForm(request.POST or None, request.FILES or None)
    made: list[ListRun] = []
    if form.done(lambda: made.append(_begin(request, form))):
        return redirect("import", made[0].pk)
    return render(request, "console/areas/list.html", {"form": form}, status=422 if form.errors else 200)


def export(request: Request, code: str) -> HttpResponse:
    """An area and everything below it as the sheets an import reads."""
    area = queries.get(code, by=request.actor)
    return workbook(area.name, sheets.to_bytes(exports.sheets(area, by=request.actor), author=request.user.name))


def template(request: Request) -> HttpResponse:
    """The four sheets, empty."""
    return workbook(_("template of places"), sheets.to_bytes(exports.template(), author=request.user.name))


def _begin(request: Request, form: AreaListForm) -> ListRun:
    sent = form.cleaned_data["list"]
    return imports.begin(kind="import.places", file=uploads.File(sent.name, sent.read()), by=request.actor)
