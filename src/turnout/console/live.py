"""Pages that ask again by themselves: what stands is answered without being worked out again.

Each process keeps the last answers. One is given again to whoever sees the same (scope, permissions, language, address)
for a second, so that a hundred boards on walls cost no more than one; and after that as long as nothing changed
(`staffing.news`), within the same minute, because the pages tell the time.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import get_language

from turnout.core import clock
from turnout.staffing import news
from turnout.web.request import Request

STANDS_FOR = 1.0
"""Seconds for which an answer is given again unasked."""
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer, what it stands for, and since when."""

    tag: str
    body: bytes
    told: news.News
    minute: datetime
    since: float

    def stands(self, minute: datetime) -> bool:
        return self.minute == minute and time.monotonic() - self.since < STANDS_FOR


_kept: OrderedDict[Hashable, Standing] = OrderedDict()


def forget() -> None:
    """Drop what this process keeps."""
    _kept.clear()


def answer(request: Request, work_out: Callable[[], tuple[str, bytes]]) -> HttpResponse:
    """Answer a poll: 304 to who has the newest figures. `work_out` returns the version and the page's live part."""
    key, minute = _key(request), clock.now().replace(second=0, microsecond=0)
    kept = _kept.get(key)
    if kept is None or not kept.stands(minute):
        told = news.now()
        if kept is None or kept.minute != minute or kept.told.busy or kept.told.number != told.number:
            version, body = work_out()
            kept = Standing(f'"{version}"', body, told, minute, time.monotonic())
            _keep(key, kept)
    if request.headers.get("If-None-Match") == kept.tag:
        return HttpResponse(status=304)
    response = HttpResponse(kept.body)
    response["ETag"] = kept.tag
    return response


def _key(request: Request) -> Hashable:
    """Whose answers are alike: nothing of a page depends on more than this."""
    held = tuple(sorted(request.actor.permissions.items()))
    display = request.display
    seen = (request.actor.scope, request.actor.all_permissions, held, get_language(), display.is_large, display.theme)
    return request.get_full_path(), seen


def _keep(key: Hashable, kept: Standing) -> None:
    _kept[key] = kept
    _kept.move_to_end(key)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
