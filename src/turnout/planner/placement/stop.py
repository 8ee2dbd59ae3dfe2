"""When to end a search early. Asked between rounds and inside long ones; the best plan so far is kept.

Budgets are iterations, so that the same problem and seed give the same plan on any machine; a stop is the caller's
own choice to have it sooner.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Literal

Stopped = Literal["time_limit", "interrupted"]
Stop = Callable[[], Stopped | None]
"""Returns why to stop now, or None to go on."""


def never() -> Stopped | None:
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a running search, for a screen; amounts in tenths of a minute, None while unknown."""

    stage: str
    done: float
    """Share of the stage, 0 to 1."""
    objective: int | None = None
    bound: float | None = None


def after(seconds: float) -> Stop:
    """Stop once `seconds` of wall time have passed since this call."""
    end = time.monotonic() + seconds
    return lambda: "time_limit" if time.monotonic() >= end else None


def when(event: Event) -> Stop:
    """Stop once the event is set, for instance by a signal handler for Ctrl-C."""
    return lambda: "interrupted" if event.is_set() else None


def first(*stops: Stop) -> Stop:
    """The first of several stops that says so."""

    def stop() -> Stopped | None:
        return next((why for ask in stops if (why := ask())), None)

    return stop
