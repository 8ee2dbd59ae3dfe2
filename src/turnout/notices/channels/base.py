"""What a channel is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as a channel sees it. `to` is the address of this channel's kind: a phone in E.164."""

    id: UUID
    to: str
    text: str


class TryAgain(Exception):
    """The call may work later; the message is not known to have gone out."""


class WillNot(Exception):
    """The call will never work for this message: no address, or refused by the other side. Carries a short code."""


class Channel(Protocol):
    name: str
    idempotent: bool
    """Whether the other side drops a second message with the same id."""
    per_minute: int

    def send(self, letter: Letter) -> None: ...
