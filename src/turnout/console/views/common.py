"""What many views do the same way."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from turnout.web.forms import OurForm

ROWS = 50


def form_page(
    request: HttpRequest,
    form: OurForm,
    *,
    title: str | Promise,
    submit: str | Promise,
    back: str,
    lead: str = "",
    danger: bool = False,
    **more: Any,
) -> HttpResponse:
    """One form, one act, one way back. A form with something to correct answers 422, and nothing is kept."""
    context = {"form": form, "title": title, "submit": submit, "back": back, "lead": lead, "danger": danger} | more
    return render(request, "console/form.html", context, status=422 if form.errors else 200)


def page_of(request: HttpRequest, rows: Any, size: int = ROWS) -> Page[Any]:
    """The page of a list that the address asks for; the last one where there are fewer."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
