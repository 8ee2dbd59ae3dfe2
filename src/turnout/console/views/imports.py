"""Lists that come in: sent, checked, shown, decided. Seen by whoever sent them only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from turnout.console import queries
from turnout.console.forms.imports import UploadForm
from turnout.console.presenters import imports as presenters
from turnout.console.views.common import page_of
from turnout.people import queries as people
from turnout.people.domain import imports, runs, uploads
from turnout.people.imports_models import ListRun
from turnout.web.request import Request

DOWNLOADS = ("bad_rows", "source", "export")
STOP_POLLING = 286  # htmx: swap this answer, then ask no more


def index(request: Request) -> HttpResponse:
    """My lists, newest first, and the form to send one."""
    request.actor.require_anywhere("person.import")
    units = people.units_within(request.actor, "person.import").filter(closed_at=None)
    kinds = [kind for kind, permission in imports.PERMISSIONS.items() if request.actor.can_anywhere(permission)]
    form = UploadForm(request.POST or None, request.FILES or None, units=units, kinds=kinds)
    made: list[ListRun] = []
    if form.done(lambda: made.append(_begin(request, form))):
        return redirect("import", made[0].pk)
    page = page_of(request, queries.runs_of(request.user))
    context = {"form": form, "page": page, "rows": presenters.shown(page)}
    return render(request, "console/imports/list.html", context, status=422 if form.errors else 200)


def detail(request: Request, run_id: UUID) -> HttpResponse:
    """A run; asked by htmx, only the part of it that changes while a job works."""
    run = runs.own(run_id=run_id, by=request.actor)
    context = presenters.run_page(run, by=request.actor)
    if not request.htmx:
        return render(request, "console/imports/detail.html", context)
    working = run.state in runs.WORKING
    return render(request, "console/imports/run.html", context, status=200 if working else STOP_POLLING)


@require_POST
def commit(request: Request, run_id: UUID) -> HttpResponse:
    run = runs.own(run_id=run_id, by=request.actor)
    imports.commit(run=run, by=request.actor, only_good=request.POST.get("only_good") == "yes")
    return redirect("import", run.pk)


@require_POST
def again(request: Request, run_id: UUID) -> HttpResponse:
    run = runs.own(run_id=run_id, by=request.actor)
    imports.again(run=run, by=request.actor)
    return redirect("import", run.pk)


@require_POST
def discard(request: Request, run_id: UUID) -> HttpResponse:
    run = runs.own(run_id=run_id, by=request.actor)
    imports.discard(run=run, by=request.actor)
    return redirect("imports")


def download(request: Request, run_id: UUID, role: str) -> HttpResponse:
    """A file of a run, decrypted for whoever sent it."""
    run = runs.own(run_id=run_id, by=request.actor)
    file = uploads.open_file(run=run, role=role if role in DOWNLOADS else "", by=request.actor)
    response = HttpResponse(file.content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _begin(request: Request, form: UploadForm) -> ListRun:
    sent = form.cleaned_data["list"]
    return imports.begin(
        kind=form.cleaned_data["kind"],
        file=uploads.File(sent.name, sent.read()),
        unit=form.cleaned_data["unit"],
        complete=form.cleaned_data["complete"],
        by=request.actor,
    )
