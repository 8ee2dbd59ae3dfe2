"""The area key: one integer that makes the official 12-digit code a nested set.

key = code x 10^6 + local number inside the community, 18 digits, fits a bigint. An area's subtree is one half-open
range of keys, so "everything in district 110102" is two comparisons on a btree:
[110102000000 x 10^6, 110103000000 x 10^6).
A scope that is not an area (a unit) takes one key above every official code.
"""

from __future__ import annotations

import re

LOCAL = 10**6
"""Local numbers below one community: compound x BUILDINGS + building."""

STREET = 10**3 * LOCAL
"""Keys in one street."""

BUILDINGS = 10**3
"""Numbers below one compound; compound 0 holds the buildings that stand in none."""

UNIT_BASE = 900_000 * 10**12
"""First key of units' own scopes. Official codes end at 82...; nothing official starts with 90."""

KeyRange = tuple[int, int]
EVERYTHING: KeyRange = (0, 2**63 - 1)

_SEGMENTS = (12, 9, 6, 4, 2)
"""Digits that name a community, street, district, city and province."""


def pad(code: str) -> str:
    """Return the 12-digit form of an official code of 2, 4, 6, 9 or 12 digits; ValueError otherwise."""
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in _SEGMENTS:
        raise ValueError(f"not an official area code: {code!r}")
    return code.ljust(12, "0")


def key_of(code: str, local: int = 0) -> int:
    """Return the key of an official code, or of local number `local` (0 to 999,999) inside it."""
    if not 0 <= local < LOCAL:
        raise ValueError(f"local number outside 0..{LOCAL - 1}: {local}")
    return int(pad(code)) * LOCAL + local


def range_of(code: str) -> KeyRange:
    """Return the half-open key range of an official code and everything below it.

    How far it reaches follows from its trailing zeros: 110102000000 is a district, 110102007000 a street.
    """
    digits = pad(code)
    width = next(n for n in reversed(_SEGMENTS) if not digits[n:].strip("0"))
    step = 10 ** (12 - width)
    low = int(digits)
    return low * LOCAL, (low + step) * LOCAL


def code_of(key: int) -> str:
    """Return the 12-digit code of the community or larger area that a key belongs to."""
    return f"{key // LOCAL:012d}"


def range_of_key(key: int) -> KeyRange:
    """Return the range below a key: a compound covers its buildings; a building and a unit's scope only themselves."""
    if key >= UNIT_BASE or key % BUILDINGS:
        return key, key + 1
    if key % LOCAL:
        return key, key + BUILDINGS
    return range_of(code_of(key))


def street_of(key: int) -> int:
    """Return the key of the street that a key of it, of a community or of anything below lies in."""
    return key // STREET * STREET


def ancestors(key: int) -> list[int]:
    """Return the keys of the areas around a key, smallest first, itself included when it is an official area."""
    code = code_of(key)
    return list(dict.fromkeys(key_of(code[:width]) for width in _SEGMENTS))


def covers(ranges: tuple[KeyRange, ...], key: int) -> bool:
    return any(low <= key < high for low, high in ranges)


def contains(ranges: tuple[KeyRange, ...], inner: KeyRange) -> bool:
    return any(low <= inner[0] and inner[1] <= high for low, high in ranges)
