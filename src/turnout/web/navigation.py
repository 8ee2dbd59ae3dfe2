"""The main navigation, filled by the front ends in their `apps.py`, so that the frame knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Entry:
    """One place to go: `part` is the first word of its addresses, `shown` asks whether this person may go there."""

    part: str
    label: str | Promise
    url_name: str
    order: int
    shown: Callable[[HttpRequest], bool] = field(default=lambda request: True)


_entries: list[Entry] = []


def register(*entries: Entry) -> None:
    """Add entries; called once at start."""
    _entries.extend(entries)
    _entries.sort(key=lambda entry: entry.order)


def entries_for(request: HttpRequest) -> list[dict[str, object]]:
    """Label, address and whether we are there, for everything this person may open."""
    here = request.path.strip("/").split("/")[0]
    return [
        {"label": entry.label, "url": reverse(entry.url_name), "here": entry.part == here}
        for entry in _entries
        if entry.shown(request)
    ]
