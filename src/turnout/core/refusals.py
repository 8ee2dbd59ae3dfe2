"""The one catalogue of refusals: a stable code, an HTTP status, what happened and what to do next.

Each app writes its own refusals in `<app>/refusals.py`, beside each other and in words; codes are unique over the
whole house. A verb raises `refusal(code...)`; tests assert the code, people read the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of the catalogue. `sentence` and `next_step` may name details as {detail}."""

    code: str
    status: int
    sentence: Text
    next_step: Text

    def refuse(self, **details: Any) -> Refusal:
        return Refusal(self, details)


CATALOGUE: dict[str, Reason] = {}


def define(code: str, *, status: int = 409, sentence: Text, next_step: Text) -> Reason:
    """Add a reason to the catalogue. A code that is taken is a programming error."""
    if code in CATALOGUE:
        raise ValueError(f"refusal code is taken: {code}")
    CATALOGUE[code] = Reason(code, status, sentence, next_step)
    return CATALOGUE[code]


class Refusal(Exception):
    """What a verb raises when it will not do what it was asked; nothing was written."""

    def __init__(self, reason: Reason, details: dict[str, Any] | None = None) -> None:
        super().__init__(reason.code)
        self.reason = reason
        self.details = details or {}

    @property
    def code(self) -> str:
        return self.reason.code

    @property
    def status(self) -> int:
        return self.reason.status

    @property
    def sentence(self) -> str:
        return str(self.reason.sentence).format_map(_Details(self.details))

    @property
    def next_step(self) -> str:
        return str(self.reason.next_step).format_map(_Details(self.details))

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".strip()


class _Details(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
