"""The in-app channel: the row itself is the delivery, so sending is nothing more than saying so."""

from __future__ import annotations

from turnout.notices.channels.base import Letter, Pace


class InAppChannel:
    name = "in_app"
    reaches = "group"
    idempotent = True
    seconds = 0.0

    def __init__(self, pace: Pace) -> None:
        self.pace = pace

    def send(self, letter: Letter) -> None:
        return None
