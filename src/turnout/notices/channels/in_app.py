"""The in-app channel: the row itself is the delivery, so sending is nothing more than saying so."""

from __future__ import annotations

from turnout.notices.channels.base import Letter


class InAppChannel:
    name = "in_app"
    idempotent = True
    per_minute = 10**6

    def send(self, letter: Letter) -> None:
        return None
