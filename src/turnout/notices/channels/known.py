"""The channels of this installation, from settings. One that is not configured is not there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from turnout.notices.channels.base import Channel
from turnout.notices.channels.files import FileChannel
from turnout.notices.channels.gateway import GatewayChannel
from turnout.notices.channels.in_app import InAppChannel
from turnout.notices.channels.robot import RobotChannel


@cache
def _all() -> dict[str, Channel]:
    configured = settings.TURNOUT_CHANNELS
    channels: list[Channel] = [InAppChannel()]
    if "file" in configured:
        channels.append(FileChannel(Path(configured["file"]["directory"])))
    if "sms" in configured:
        channels.append(GatewayChannel(**configured["sms"]))
    if "robot" in configured:
        channels.append(RobotChannel(**configured["robot"]))
    return {channel.name: channel for channel in channels}


def channel_named(name: str) -> Channel | None:
    """Return a configured channel, or None."""
    return _all().get(name)


def forget() -> None:
    """Read the settings anew; for tests."""
    _all.cache_clear()
