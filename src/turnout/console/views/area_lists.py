"""Lists of places: areas, compounds, buildings and sites out as sheets, and back in after a dry run.

Nothing in these lists is about a person. Between the dry run and the commit the file waits in the cache, for its sender
only and for half an hour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from turnout import sheets
from turnout.console import words
from turnout.console.forms.areas import AreaListForm
from turnout.console.presenters import areas as presenters
from turnout.core.actors import NOT_FOUND
from turnout.places import exports, lists, queries
from turnout.places.domain import imports
from turnout.places.domain.imports import Report
from turnout.sheets.copies import column_words
from turnout.web.request import Request

WAITS = 30 * 60  # seconds
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def index(request: Request) -> HttpResponse:
    """Take a list and show what it would do; nothing is kept of it but the file, for a while."""
    request.actor.require_anywhere("area.edit")
    form = AreaListForm(request.POST or None, request.FILES or None)
    found: dict[str, Any] = {}
    if form.is_valid():
        sent = form.cleaned_data["list"]
        found = _dry_run(request, sent.name, sent.read())
    context = {"form": form, "found": found}
    return render(request, "console/areas/list.html", context, status=422 if form.errors else 200)


@require_POST
def commit(request: Request, token: str) -> HttpResponse:
    """Take over the list that was just shown, all of it or nothing."""
    kept = cache.get(_key(request, token))
    if kept is None:
        raise NOT_FOUND.refuse()
    with _on_disk(*kept) as path:
        report = imports.commit(path=path, by=request.actor)
    cache.delete(_key(request, token))
    done = {name: report.total(name) for name in ("new", "changed", "closed")}
    messages.success(request, _("Taken in: {new} new, {changed} changed, {closed} closed.").format(**done))
    return redirect("areas")


@require_POST
def bad_rows(request: Request, token: str) -> HttpResponse:
    """The sheet of bad rows of the list that was just shown, with what is wrong and what would be right."""
    kept = cache.get(_key(request, token))
    if kept is None:
        raise NOT_FOUND.refuse()
    with _on_disk(*kept) as path:
        report = imports.dry_run(path=path, by=request.actor)
    copy = sheets.error_copy(report.reading, report.faults, _language(), lists.SENTENCES)
    return _sheet(_("bad rows"), sheets.to_bytes(copy))


def export(request: Request, code: str) -> HttpResponse:
    """An area and everything below it as the sheets an import reads."""
    area = queries.get(code, by=request.actor)
    return _sheet(area.name, sheets.to_bytes(exports.sheets(area, by=request.actor), author=request.user.name))


def template(request: Request) -> HttpResponse:
    """The four sheets, empty."""
    return _sheet(_("template of places"), sheets.to_bytes(exports.template(), author=request.user.name))


def _dry_run(request: Request, name: str, content: bytes) -> dict[str, Any]:
    try:
        with _on_disk(name, content) as path:
            report: Report = imports.dry_run(path=path, by=request.actor)
    except sheets.Refused as refused:
        return {"faults": [_said(fault) for fault in refused.faults], "file": name}
    token = hashlib.sha256(content).hexdigest()[:32]
    cache.set(_key(request, token), (name, content), WAITS)
    return presenters.list_report(report, _language()) | {"token": token, "file": name}


def _said(fault: sheets.Fault) -> dict[str, Any]:
    wrong, right = sheets.say(fault, _language(), lists.SENTENCES)
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": column_words(fault, _language()),
        "wrong": wrong,
        "right": right,
    }


def _language() -> str:
    return "zh" if words.in_chinese() else "en"


def _key(request: Request, token: str) -> str:
    return f"area-list:{request.user.pk}:{token}"


@contextmanager
def _on_disk(name: str, content: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"list{Path(name).suffix.lower()}"
        path.write_bytes(content)
        yield path


def _sheet(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=EXCEL)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response
