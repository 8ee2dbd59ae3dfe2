"""Seeded noise that is the same on every machine and every version of every library: integers only.

splitmix64 (Steele, Lea, Flood 2014) over the words of a key. A library's generator may change its stream between
versions; the sample lists of a city must not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]


def noise(seed: int, purpose: str, *keys: Words | int) -> Words:
    """64 random bits for each element of `keys` (arrays of one shape, or numbers), fixed by seed, purpose and key."""
    state = _mix(np.atleast_1d(np.uint64(seed % 2**64)))
    for word in (*purpose.encode(), *keys):
        part = np.atleast_1d(np.asarray(word)).astype(np.uint64)
        state = _mix(state ^ _mix(part + np.uint64(0x632BE59BD9B4E019)))
    return state


def unit_floats(words: Words) -> NDArray[np.float64]:
    """Numbers in [0, 1) with 32 random bits: exact in a double."""
    return (words >> np.uint64(32)).astype(np.float64) / 2.0**32


def _mix(state: Words) -> Words:
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
