"""Child processes of one foreground process: started together, started again when they end, stopped in order.

Each child leads a process group of its own, so that Ctrl-C in the terminal reaches only us, and we end them one after
the other, the database last. If we are killed outright, Linux ends them for us.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from types import FrameType

STOP_SECONDS = 20
# A child that ends this often within a minute will not get better by itself.
TOO_OFTEN = 5
LOOK_EVERY = 0.2
KEEP_UP_EVERY = 5

_PR_SET_PDEATHSIG = 1


class Stop(BaseException):
    """A signal asked us to end."""


class Child:
    """One program that is to run all the time."""

    def __init__(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.name = name
        self.command = list(command)
        self.environ = dict(environ)
        self.process: subprocess.Popen[bytes] | None = None
        self.ended: list[float] = []

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent(),
        )

    def ask_to_end(self) -> None:
        """Let it finish what it is doing."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Ask it to end, wait, then end its whole group, so that no worker of it stays behind."""
        if self.process is None:
            return
        group = self.process.pid
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self.process.wait()

    def again(self, say: Callable[[str], None]) -> bool:
        """Start it again if it ended; False when that happened too often."""
        if self.process is None or self.process.poll() is None:
            return True
        now = time.monotonic()
        self.ended = [moment for moment in self.ended if now - moment < 60] + [now]
        if len(self.ended) >= TOO_OFTEN:
            say(f"The {self.name} ended {TOO_OFTEN} times within a minute (status {self.process.returncode}): stopping")
            return False
        say(f"The {self.name} ended (status {self.process.returncode}): starting it again")
        self.stop()
        self.start()
        return True


class Family:
    """All children together."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None], ready: Callable[[], None]) -> None:
        self.children = children
        self.say = say
        self.ready = ready

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Turn SIGINT, SIGTERM and SIGHUP into an orderly end of the block. A second signal does not disturb it."""
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {sign: signal.signal(sign, _stop) for sign in wanted}
        try:
            yield
        except Stop:
            pass
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)

    def run(self, host: str, port: int, keep_up: Callable[[], None]) -> int:
        """Run until a signal (status 0) or until a child will not stay (status 1). `keep_up` is called now and then."""
        try:
            for child in self.children:
                child.start()
            return self._watch(host, port, keep_up)
        except Stop:
            self.say("Stopping")
            return 0
        finally:
            _deaf()
            for child in self.children:  # all at once, then each in turn
                child.ask_to_end()
            for child in self.children:
                child.stop()

    def _watch(self, host: str, port: int, keep_up: Callable[[], None]) -> int:
        announced, kept_up = False, time.monotonic()
        while True:
            if not all(child.again(self.say) for child in self.children):
                return 1
            if not announced and _answers(host, port):
                announced = True
                self.ready()
            if time.monotonic() - kept_up > KEEP_UP_EVERY:
                keep_up()
                kept_up = time.monotonic()
            time.sleep(LOOK_EVERY)


def _answers(host: str, port: int) -> bool:
    """Whether somebody speaks HTTP there; what it says is not for us to judge."""
    try:
        connection = HTTPConnection(host, port, timeout=10)
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    return True


def _stop(sign: int, frame: FrameType | None) -> None:
    _deaf()
    raise Stop


def _deaf() -> None:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux: a function for the child that asks the kernel to end it when we die without saying so."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)  # looked up here, because the child must not

    def ask() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask
