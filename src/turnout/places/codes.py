"""Codes of areas: the official 12 digits, or a local code below a community.

    110102001004            a community
    110102001004-012        its compound number 12
    110102001004-012-003    building 3 of that compound
    110102001004-000-003    building 3 that stands in no compound

The local number inside a community is compound x 1000 + building, so that a compound, too, is one range of area keys.
"""

from __future__ import annotations

import re

from turnout.core.area_keys import BUILDINGS, KeyRange, key_of, range_of
from turnout.places.public import level_of

LEVELS = ("province", "city", "district", "street", "community", "compound", "building")
OFFICIAL = LEVELS[:5]
PARENTS = {
    "province": (),
    "city": ("province",),
    "district": ("city", "province"),
    "street": ("district", "city"),
    "community": ("street",),
    "compound": ("community",),
    "building": ("compound", "community"),
}
"""Which levels an area may hang under; a municipality, which is a city, hangs under nothing."""

_LOCAL = re.compile(r"([0-9]{12})-([0-9]{3})(?:-([0-9]{3}))?")


def level(code: str) -> str:
    """Return the level of a whole code; ValueError if it is not one."""
    official, compound, building = _parts(code)
    if building:
        return "building"
    return "compound" if compound else level_of(official)


def key(code: str) -> int:
    """Return the area key of a whole code; ValueError if it is not one."""
    official, compound, building = _parts(code)
    return key_of(official, compound * BUILDINGS + building)


def key_range(code: str) -> KeyRange:
    """Return the half-open key range of an area and everything below it; ValueError if it is no code."""
    official, compound, building = _parts(code)
    low = key(code)
    if building:
        return low, low + 1
    return (low, low + BUILDINGS) if compound else range_of(official)


def local(community: str, compound: int, building: int = 0) -> str:
    """Return the code of a compound, or with `building` of a building (compound 0 = in no compound)."""
    code = f"{community}-{compound:03d}"
    return f"{code}-{building:03d}" if building else code


def ancestors(code: str) -> list[str]:
    """Return the codes an area may hang under, nearest first; not every one exists in every city."""
    official, compound, building = _parts(code)
    if compound or building:
        above = [local(official, compound)] if compound and building else []
        return [*above, official, *ancestors(official)]
    stems = [official[:end].ljust(12, "0") for end in (9, 6, 4, 2)]
    return [stem for stem in dict.fromkeys(stems) if stem != official and range_of(stem)[0] <= key(official)]


def _parts(code: str) -> tuple[str, int, int]:
    """Return official code, compound number, building number; 0 for what the code does not name."""
    if len(code) == 12 and code.isascii() and code.isdigit():
        return code, 0, 0
    found = _LOCAL.fullmatch(code)
    if not found or not (int(found[2]) or int(found[3] or 0)) or found[3] == "000":
        raise ValueError(f"not the code of an area: {code!r}")
    if level_of(found[1]) != "community":
        raise ValueError(f"local numbers are given inside a community: {code!r}")
    return found[1], int(found[2]), int(found[3] or 0)
