"""The worker's jobs as a drill runs them: the same functions, and when each next has something to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.notices import jobs as notices
from turnout.notices.domain import sending
from turnout.notices.models import Message
from turnout.notices.states import FOR_DRILLS
from turnout.staffing import jobs as staffing
from turnout.staffing import queries
from turnout.staffing.domain import widening
from turnout.staffing.models import Consent, Wave, Whistle


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is the worker's function, called with a timestamp as the worker does; `due` says when it is wanted.

    `by_people` says that somebody's answer or arrival may give it something to do; other jobs wait for steps, jobs and
    units.
    """

    every_seconds: int
    run: Callable[[int], Any]
    due: Callable[[], datetime | None]
    by_people: bool = False


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


def _time_to_keep() -> datetime | None:
    locks = _first(Wave.objects.filter(state="open"), "lock_at")
    closes = _first(Wave.objects.filter(state="locked"), "closes_at")
    silence = _first(Consent.objects.filter(state="asked"), "due_at")
    return min((moment for moment in (locks, closes, silence) if moment), default=None)


def _somebody_to_ask() -> datetime | None:
    return clock.now() if queries.waves_with_waiting() else None


def _wave_to_widen() -> datetime | None:
    """When the first tier's time is over, among waves that would be widened then."""
    with acting_as(SYSTEM):
        waves = Wave.objects.filter(state="open", filled_at=None).select_related("incident__playbook")
        due = [widening.due_at(wave, wave.incident.playbook.playbook) for wave in waves if wave.lock_at > clock.now()]
    return min((moment for moment in due if moment), default=None)


def _first(rows: Any, column: str) -> datetime | None:
    with acting_as(SYSTEM):
        first: datetime | None = rows.aggregate(first=Min(column))["first"]
    return first


JOBS: dict[str, Job] = {
    "staffing.pass_up_overdue": Job(30, staffing.pass_up_overdue, _overdue_whistle),
    "staffing.keep_time": Job(30, staffing.keep_time, _time_to_keep),
    "staffing.ask_waiting": Job(30, staffing.ask_waiting, _somebody_to_ask),
    "staffing.widen_due": Job(60, staffing.widen_due, _wave_to_widen),
    "notices.send_due": Job(5, _send_due, _queued_message, by_people=True),
    "notices.recover": Job(60, notices.recover, _stuck_message),
}
