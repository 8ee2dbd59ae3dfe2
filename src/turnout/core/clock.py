"""The one clock. A drill sets it, so that a night runs in a minute; nothing else in the product asks for the time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("turnout_clock", default=None)

BEHIND = "TURNOUT_DEMO_CLOCK_BEHIND"
"""Seconds by which the clock of a demo stands behind the real one, so that it opens in the night it shows."""


def _behind() -> timedelta:
    """Heeded by installations called demo-... only: nobody's real night runs on a wrong clock by a stray variable."""
    is_demo = os.environ.get("TURNOUT_NAME", "").startswith("demo-")
    return timedelta(seconds=float(os.environ.get(BEHIND, "0")) if is_demo else 0)


_BEHIND = _behind()


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC) - _BEHIND


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at an aware moment within the block."""
    if moment.tzinfo is None:
        raise ValueError("the clock takes an aware datetime")
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
