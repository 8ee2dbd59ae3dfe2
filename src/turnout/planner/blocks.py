"""The same work on many independent blocks, on as many processes as asked for; results in the order of the blocks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

Block = TypeVar("Block")
Done = TypeVar("Done")


def map_blocks(
    fn: Callable[[Block], Done], blocks: Sequence[Block], *, workers: int, stop: Callable[[], object]
) -> Iterator[Done]:
    """`fn(block)` of every block, in order; ends early, after blocks that are under way, once `stop()` says so.

    `fn` and the blocks must be picklable. With one worker, or one block, everything runs in this process. The result
    does not depend on `workers`. Children ignore Ctrl-C, which is the caller's to answer, and die with their parent.
    """
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


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
