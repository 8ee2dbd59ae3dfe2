"""How a district's census is split over its communities: a stated, seeded rule with exact sums.

The result is synthetic. Residents: each community has a whole-number weight, 3 parts if it is a residents' committee
or similar and 1 part if a villagers' committee or similar (a village holds about a third of an urban community),
times a seeded factor between 0.5 and 1.5 (the mean of two even draws, so that the middle is likelier). Households:
the weight is the community's residents times a seeded factor between 0.85 and 1.15. Shares are rounded by the largest
remainder, ties by code, so that sums match exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from turnout.places.public.kinds import kind_of
from turnout.places.public.noise import noise

Counts = NDArray[np.int64]
PARTS = {"residents": 3, "residents_like": 3, "villagers": 1, "villagers_like": 1}


def split_census(residents: int, households: int, codes: Sequence[str], seed: int) -> tuple[Counts, Counts]:
    """Residents and households of each of `codes` (12 digits, ordered), summing to the district's exactly."""
    keys = np.array([int(code) for code in codes], dtype=np.uint64)
    parts = np.array([PARTS[kind_of(code)] for code in codes], dtype=np.int64)
    factor = 500 + _draw(seed, "residents a", keys, 501) + _draw(seed, "residents b", keys, 500)
    people = largest_remainder(residents, parts * factor)
    homes = largest_remainder(households, people * (850 + _draw(seed, "households", keys, 301)))
    return people, homes


def largest_remainder(total: int, weights: Counts) -> Counts:
    """Whole shares of `total` in proportion to `weights` (at least one above 0), summing to it exactly."""
    whole = int(weights.sum())
    exact = [total * int(weight) for weight in weights]
    shares = np.array([value // whole for value in exact], dtype=np.int64)
    remainders = np.array([value % whole for value in exact], dtype=np.int64)
    largest = np.argsort(-remainders, kind="stable")[: total - int(shares.sum())]
    shares[largest] += 1
    return shares


def _draw(seed: int, purpose: str, keys: NDArray[np.uint64], below: int) -> Counts:
    return (noise(seed, purpose, keys) % np.uint64(below)).astype(np.int64)
