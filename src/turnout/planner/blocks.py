"""The same work on many independent blocks: on processes of this machine, or on a Ray cluster; results in order.

Blocks and their order do not depend on where they run, so neither does a plan. Placement's compiled loops use threads
of this process instead of processes (`jit.spread`); both go to the cluster inside `on_ray`.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
import signal
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, TypeVar

Block = TypeVar("Block")
Done = TypeVar("Done")


def map_blocks(
    fn: Callable[[Block], Done], blocks: Sequence[Block], *, workers: int, stop: Callable[[], object]
) -> Iterator[Done]:
    """`fn(block)` of every block, in order; ends early, after blocks that are under way, once `stop()` says so.

    `fn` and the blocks must be picklable. With one worker, or one block, everything runs in this process. The result
    does not depend on `workers`. Children ignore Ctrl-C, which is the caller's to answer, and die with their parent.
    """
    there = cluster()
    if there is not None:
        yield from there.each(fn, (), [(block,) for block in blocks], stop)
        return
    if workers <= 1 or len(blocks) <= 1:
        for block in blocks:
            if stop():
                return
            yield fn(block)
        return
    # Spawned, not forked: the caller may have threads, and a fork would copy their locks.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(blocks)), context, _begin) as pool:
        waiting = iter(blocks)
        running: list[Future[Done]] = [pool.submit(fn, block) for block in islice(waiting, 2 * workers)]
        while running:
            yield running.pop(0).result()
            if not stop():
                running += [pool.submit(fn, block) for block in islice(waiting, 1)]


class Ray:
    """A Ray cluster this process has joined."""

    def __init__(self) -> None:
        import ray

        self.ray = ray
        self.run = ray.remote(_run)

    def each(
        self,
        fn: Callable[..., Done],
        shared: tuple[Any, ...],
        rest: Sequence[tuple[Any, ...]],
        stop: Callable[[], object],
    ) -> Iterator[Done]:
        """`fn(*shared, *more)` for every `more` of `rest`, in order; a worker takes `shared` over once."""
        token = uuid.uuid4().hex
        # as bytes: arrays straight out of Ray's store are read-only, which compiled loops would be compiled again for
        sent = self.ray.put(pickle.dumps((*_name(fn), shared), protocol=5))
        waiting = iter(rest)
        running = [self.run.remote(token, sent, more) for more in islice(waiting, 2 * self.processors())]
        while running:
            yield self.ray.get(running.pop(0))
            if not stop():
                running += [self.run.remote(token, sent, more) for more in islice(waiting, 1)]

    def processors(self) -> int:
        """Processors of all nodes."""
        return max(1, int(self.ray.cluster_resources().get("CPU", 1)))


_CLUSTER: ContextVar[Ray | None] = ContextVar("cluster", default=None)


def cluster() -> Ray | None:
    """The cluster blocks go to, None for this machine."""
    return _CLUSTER.get()


@contextmanager
def on_ray(address: str | None = None) -> Iterator[Ray]:
    """Send blocks to the Ray cluster at `address`, or to the one this process has joined; needs `turnout[ray]`."""
    import ray

    joined = ray.is_initialized()
    if not joined:
        ray.init(address=address, log_to_driver=False)
    there = Ray()
    before = _CLUSTER.set(there)
    try:
        yield there
    finally:
        _CLUSTER.reset(before)
        if not joined:
            ray.shutdown()


def _name(fn: Callable[..., object]) -> tuple[str | None, Any]:
    """A function by where it stands, so that a worker finds its machine code; one without such a name as it is."""
    module, name = getattr(fn, "__module__", None), getattr(fn, "__qualname__", "")
    found = getattr(importlib.import_module(module), name, None) if module and "." not in name and name else None
    return (module, name) if found is fn else (None, fn)


_taken: tuple[str, Callable[..., Any], tuple[Any, ...]] | None = None
"""What this Ray worker took over last."""


def _run(token: str, sent: bytes, more: tuple[Any, ...]) -> Any:
    global _taken
    if _taken is None or _taken[0] != token:
        module, name, shared = pickle.loads(sent)
        fn = getattr(importlib.import_module(module), name) if module else name
        _taken = (token, fn, shared)
    return _taken[1](*_taken[2], *more)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
