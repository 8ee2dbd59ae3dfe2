"""Compiled loops and the threads they run on."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from turnout.planner import blocks

T = TypeVar("T")
Loop = TypeVar("Loop", bound=Callable[..., Any])


KEPT_SECONDS = 30 * 86_400
"""Machine code of other versions is removed when it has been left alone for so long."""


def _cache_folder() -> Path | None:
    """A folder for machine code of exactly these sources, or None if nothing here may be written.

    numba looks only at the file a loop stands in; a loop compiled with last week's cost function inside it would
    go unnoticed. So the folder's name is a digest of all our sources.
    """
    here = Path(__file__).parent
    sources = sorted(here.parent.rglob("*.py"))
    digest = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    own = os.environ.get("NUMBA_CACHE_DIR")
    user = Path(os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache")) / "turnout"
    for base in [Path(own)] if own else [here / "__pycache__", user]:
        folder = base / f"loops-{digest}"
        if folder.is_dir():
            return folder
        try:
            base.mkdir(parents=True, exist_ok=True)
            for other in base.glob("loops-*"):
                # a process of another version may still be compiling into a young one
                if time.time() - other.stat().st_mtime > KEPT_SECONDS:
                    shutil.rmtree(other, ignore_errors=True)
            folder.mkdir(exist_ok=True)
        except OSError:
            continue
        return folder
    return None


CACHE = _cache_folder()
config: Any = numba.config


def jit(loop: Loop) -> Loop:
    """Compile a loop on its first call and keep the machine code; it runs without the interpreter lock.

    Where no folder may be written (a read-only image without a home) every process compiles again; NUMBA_CACHE_DIR
    names a place.
    """
    if CACHE is None:
        return cast(Loop, numba.njit(nogil=True)(loop))
    others = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        return cast(Loop, numba.njit(nogil=True, cache=True)(loop))
    finally:
        config.CACHE_DIR = others


def inline(loop: Loop) -> Loop:
    """A compiled function that is only ever called by other loops; LLVM folds it into them."""
    return cast(Loop, numba.njit(nogil=True)(loop))


def over_blocks(work: Callable[[int, int], T], count: int, *, workers: int, block: int = 2048) -> list[T]:
    """`work(first, last)` over [0, count) in blocks whose size does not depend on `workers`; results in order."""
    bounds = [(first, min(first + block, count)) for first in range(0, count, block)]
    if workers <= 1 or len(bounds) <= 1:
        return [work(first, last) for first, last in bounds]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda ends: work(*ends), bounds))


def spread(loop: Callable[..., T], shared: tuple[Any, ...], count: int, *, workers: int, block: int = 2048) -> list[T]:
    """`loop(*shared, first, last)` over [0, count) in blocks, in order: on threads here, or on the cluster in use.

    For loops that change nothing they are given; `over_blocks` is for those that do.
    """
    there = blocks.cluster()
    if there is None:
        return over_blocks(lambda first, last: loop(*shared, first, last), count, workers=workers, block=block)
    ends = [(first, min(first + block, count)) for first in range(0, count, block)]
    return list(there.each(loop, shared, ends, lambda: None))
