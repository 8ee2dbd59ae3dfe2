"""The channels of this installation, from settings. One that is not configured is not there.

TURNOUT_CHANNELS = {"sms": {"url": ..., "per_minute": 600, "at_once": 8, "quiet_hours": ["22:00", "07:00"],
"urgent_passes": true, ...}, ...}. Without `quiet_hours` those of TURNOUT_QUIET_HOURS hold; `[]` means none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from functools import cache
from typing import Any

from django.conf import settings

from turnout.notices.channels.base import Channel, Hours, Pace
from turnout.notices.channels.files import FileChannel
from turnout.notices.channels.gateway import GatewayChannel
from turnout.notices.channels.in_app import InAppChannel
from turnout.notices.channels.mail import MailChannel
from turnout.notices.channels.robot import RobotChannel

NIGHT = (time(22), time(7))
"""Hours in which only urgent messages go out, unless TURNOUT_QUIET_HOURS says otherwise."""
UNLIMITED = 10**6

_MADE: dict[str, tuple[Callable[..., Channel], int, int]] = {
    "in_app": (InAppChannel, UNLIMITED, 1),
    "file": (FileChannel, UNLIMITED, 1),
    "sms": (GatewayChannel, 600, 8),
    "robot": (RobotChannel, 20, 1),
    "email": (MailChannel, 120, 4),
}
"""How each is made, how many it takes a minute and at once unless the city says otherwise. Groups allow robots 20."""


@cache
def _all() -> dict[str, Channel]:
    configured: dict[str, Mapping[str, Any]] = {"in_app": {"quiet_hours": []}} | settings.TURNOUT_CHANNELS
    unknown = configured.keys() - _MADE.keys()
    if unknown:
        raise ValueError(f"TURNOUT_CHANNELS: {', '.join(sorted(unknown))} is no channel; there are {', '.join(_MADE)}")
    return {name: _channel(name, dict(options)) for name, options in configured.items()}


def channel_named(name: str) -> Channel | None:
    """Return a configured channel, or None."""
    return _all().get(name)


def names() -> list[str]:
    """Return the channels that are configured."""
    return list(_all())


def forget() -> None:
    """Read the settings anew; for tests."""
    _all.cache_clear()


def _channel(name: str, options: dict[str, Any]) -> Channel:
    make, per_minute, at_once = _MADE[name]
    pace = Pace(
        per_minute=int(options.pop("per_minute", per_minute)),
        at_once=int(options.pop("at_once", at_once)),
        quiet=_hours(options.pop("quiet_hours", settings.TURNOUT_QUIET_HOURS)),
        urgent_passes=bool(options.pop("urgent_passes", True)),
    )
    if pace.per_minute < 1 or pace.at_once < 1:
        raise ValueError(f"TURNOUT_CHANNELS: {name} sends at least one message a minute, one at once")
    return make(pace, **options)


def _hours(given: Sequence[str] | None) -> Hours | None:
    """Read quiet hours as ["22:00", "07:00"]; None is the usual night, [] none at all."""
    if given is None:
        return NIGHT
    if not given:
        return None
    start, end = (time.fromisoformat(text) for text in given)
    return start, end
