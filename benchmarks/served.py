"""A web server as `turnout up` starts it, and clients that post to it over keep-alive connections on this machine."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

WORKERS, THREADS = 2, 4
PORT = 8761
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
Post = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: how often which status, over how many seconds, and each answer's own seconds.

    Every answer counts; whoever measures says which statuses are right.
    """

    statuses: Counter[int]
    seconds: float
    each: list[float]

    @property
    def per_second(self) -> float:
        return round(self.statuses.total() / self.seconds, 1)

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        return round(1000 * sorted(self.each)[min(len(self.each) - 1, int(len(self.each) * share))], 1)


@contextmanager
def server(environment: dict[str, str], settings: str = "benchmarks.site.settings") -> Iterator[None]:
    """Granian with the benchmark's addresses or (`turnout.config.settings`) the product's, stopped at the end."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", str(PORT)]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--workers-kill-timeout", "5"]
    command += ["--no-ws", "--log-level", "error", "django.core.wsgi:get_wsgi_application", "--factory"]
    chosen = {"DJANGO_SETTINGS_MODULE": settings}
    child = subprocess.Popen(command, env=os.environ | environment | chosen)
    try:
        _wait(child)
        yield
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()


def post(work: Sequence[Sequence[Post]], headers: dict[str, str] | None = None, method: str = "POST") -> Answers:
    """Let one client send each list of requests, all at the same time, each from an address of its own."""
    sent = HEADERS | (headers or {})
    statuses: Counter[int] = Counter()
    each: list[float] = []
    start = threading.Barrier(len(work) + 1)

    def client(number: int, posts: Sequence[Post]) -> None:
        source = (f"127.0.{number // 250}.{number % 250 + 1}", 0)
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60, source_address=source)
        start.wait()
        for path, form in posts:
            began = time.perf_counter()
            line.request(method, path, urlencode(form), sent)
            answer = line.getresponse()
            answer.read()
            each.append(time.perf_counter() - began)
            statuses[answer.status] += 1
        line.close()

    threads = [threading.Thread(target=client, args=one) for one in enumerate(work)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return Answers(statuses, time.perf_counter() - began, each)


def _wait(child: subprocess.Popen[Any]) -> None:
    for _ in range(1_200):
        if child.poll() is not None:
            raise RuntimeError("the web server did not start")
        try:
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            line.request("GET", "/nothing")
            line.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server did not answer within two minutes")
