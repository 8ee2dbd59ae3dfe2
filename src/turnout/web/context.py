"""What every template may read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from turnout.core import clock
from turnout.web.display import of_cookies
from turnout.web.navigation import entries_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Display switches, navigation, the time of the page; lazily, so that small fragments pay nothing."""
    return {
        "actor": getattr(request, "actor", None),
        "display": getattr(request, "display", None) or of_cookies(request),
        "navigation": lambda: entries_for(request),
        "page_time": clock.now,
        "made_up": settings.TURNOUT_NAME.startswith("demo"),
    }
