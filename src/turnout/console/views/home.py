"""The first page: what needs doing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from turnout.web.request import Request


def home(request: Request) -> HttpResponse:
    return render(request, "console/home.html")
