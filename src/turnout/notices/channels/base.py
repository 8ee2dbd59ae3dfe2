"""What a channel is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Protocol
from uuid import UUID

Hours = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as a channel sees it. `to` is the address of this channel's kind: a phone in E.164, an e-mail.

    `id` is the idempotency key that goes along with every try.
    """

    id: UUID
    to: str
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and when a channel is used; a city says so in its settings.

    `quiet` are the hours of the city's clock in which only urgent messages go out, and these only with `urgent_passes`.
    """

    per_minute: int
    at_once: int = 1
    quiet: Hours | None = None
    urgent_passes: bool = True


class TryAgain(Exception):
    """The call may work later; the message is not known to have gone out."""


class Unclear(Exception):
    """The message left, and no answer came: it may have arrived. Sent again only where the other side drops doubles."""


class WillNot(Exception):
    """The call will never work for this message: no address, or refused by the other side. Carries a short code."""


class Channel(Protocol):
    name: str
    pace: Pace
    reaches: str
    """Kind of address: `phone`, `email`, `person` (an id), or `group` for one address for everybody."""
    idempotent: bool
    """Whether the other side drops a second message with the same id."""
    seconds: float
    """How long one call takes at most."""

    def send(self, letter: Letter) -> None: ...
