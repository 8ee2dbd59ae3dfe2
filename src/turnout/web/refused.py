"""How a refusal looks: what happened, why, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from turnout.core.refusals import Refusal


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "web/refused.html", {"refusal": refusal}, status=refusal.status)


V = TypeVar("V", bound=Callable[..., Any])
