"""What a person sees while a plan is made, and how Ctrl-C asks for the best plan so far."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from turnout.cli.plan.console import said
from turnout.cli.plan.words import STAGES, text
from turnout.planner.placement.stop import Progress


class Reporter:
    """Tells stage, best plan so far and proven gap on stderr: a living line on a terminal, else a line per stage and
    every ten seconds."""

    def __init__(self, lang: str, stream: TextIO | None = None) -> None:
        self.lang = lang
        self.stream = stream or sys.stderr
        self.living = self.stream.isatty()
        self.stage = ""
        self.started = time.monotonic()
        self.told = 0.0

    def __call__(self, progress: Progress) -> None:
        """Show one step of the search; told at most ten times a second."""
        now = time.monotonic()
        if progress.stage != self.stage:
            self._end()
            self.stage = progress.stage
        elif now - self.told < (0.1 if self.living else 10):
            return
        self.told = now
        stage = text(STAGES, progress.stage, self.lang)
        line = f"{now - self.started:7.1f} s  {stage}{self._amounts(progress)}"
        if self.living:
            self.stream.write(f"\r\x1b[2K{line} {100 * progress.done:3.0f} %")
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

    def say(self, line: str) -> None:
        """A line of its own."""
        self._end()
        self.stream.write(line + "\n")
        self.stream.flush()

    def _end(self) -> None:
        if self.living and self.stage:
            self.stream.write("\n")
            self.stage = ""

    def _amounts(self, progress: Progress) -> str:
        if progress.objective is None:
            return ""
        best, gap = ("目前最好", "差距") if self.lang == "zh" else ("best", "gap")
        minutes = "分钟" if self.lang == "zh" else "min"
        told = f"  {best} {progress.objective / 10:,.1f} {minutes}"
        if progress.bound is not None and 0 < progress.bound < math.inf:
            told += f"  {gap} {100 * max(0.0, progress.objective / progress.bound - 1):.2f} %"
        return told


@contextmanager
def interruptible(reporter: Reporter) -> Iterator[threading.Event]:
    """The first Ctrl-C (or SIGTERM) sets the event: the search ends and the best plan is written. The second one ends
    everything at once."""
    asked = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        reporter.say(said("stopping", reporter.lang))

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
