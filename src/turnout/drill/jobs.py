"""The worker's jobs as a drill runs them: the same functions, and when each next has something to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.notices import jobs as notices
from turnout.notices.domain import sending
from turnout.notices.models import Message
from turnout.notices.states import FOR_DRILLS
from turnout.staffing import jobs as staffing
from turnout.staffing.models import Whistle


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is the worker's function, called with a timestamp as the worker does; `due` says when it is wanted."""

    every_seconds: int
    run: Callable[[int], Any]
    due: Callable[[], datetime | None]


def _overdue_whistle() -> datetime | None:
    return _first(Whistle.objects.filter(state="waiting").exclude(level="city"), "answer_by")


def _queued_message() -> datetime | None:
    return _first(Message.objects.filter(state="queued", channel__in=FOR_DRILLS), "due_at")


def _stuck_message() -> datetime | None:
    claimed = _first(Message.objects.filter(state="sending"), "claimed_at")
    return claimed and claimed + sending.CALL_TAKES


def _send_due(timestamp: int) -> None:
    """Run at once what the worker's job would queue, channel by channel."""
    for channel in sending.due_channels():
        notices.send(channel)


def _first(rows: Any, column: str) -> datetime | None:
    with acting_as(SYSTEM):
        first: datetime | None = rows.aggregate(first=Min(column))["first"]
    return first


JOBS: dict[str, Job] = {
    "staffing.pass_up_overdue": Job(30, staffing.pass_up_overdue, _overdue_whistle),
    "notices.send_due": Job(5, _send_due, _queued_message),
    "notices.recover": Job(60, notices.recover, _stuck_message),
}
