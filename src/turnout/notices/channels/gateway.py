"""A text-message gateway reached by HTTP: JSON with phone and text, the message's id as Idempotency-Key.

Whether the gateway heeds that key is for the city to say (`idempotent`): if it does not, a message whose answer was
lost is not sent again by itself.
"""

from __future__ import annotations

from turnout.notices.channels.base import Letter, Pace
from turnout.notices.channels.http import post


class GatewayChannel:
    name = "sms"
    reaches = "phone"

    def __init__(
        self, pace: Pace, url: str, token: str = "", idempotent: bool = False, timeout_seconds: float = 10
    ) -> None:
        self.pace = pace
        self.url = url
        self.token = token
        self.idempotent = idempotent
        self.seconds = timeout_seconds

    def send(self, letter: Letter) -> None:
        headers = {"Idempotency-Key": str(letter.id)}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        post(self.url, {"to": letter.to, "text": letter.text}, headers, self.seconds)
