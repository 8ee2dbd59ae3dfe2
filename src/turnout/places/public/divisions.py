"""The country's divisions by official code: 31 provinces, 41,351 streets and towns, 620,572 communities and villages.

The tree is the official one without the levels that are no area: a district of Beijing hangs under 110000000000 (level
`city`), Jiyuan (419001) under its province, the streets of Dongguan under the city 441900000000.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from turnout.places.public.kinds import kind_of

MUNICIPALITIES = ("11", "12", "31", "50")
_MUNICIPAL_LEVELS = {"1101": "11", "1201": "12", "3101": "31", "5001": "50", "5002": "50"}
_ENDS = {"community": 12, "street": 9, "district": 6, "city": 4, "province": 2}


class UnknownCode(LookupError):
    """No area has this code. The argument is the code as it was given."""


@dataclass(frozen=True, slots=True)
class Division:
    code: str  # 12 digits
    level: str  # province, city, district, street, community
    kind: str  # key of KINDS, '' above street level
    name: str
    parent: str | None  # 12 digits, None for a province or municipality


def area(code: str) -> Division:
    """The area of a code of 2, 4, 6, 9 or 12 digits. Raises UnknownCode."""
    full = full_code(code)
    level = level_of(full)
    names = _index() if level in ("province", "city", "district") else _province(full[:2])
    if full not in names:
        raise UnknownCode(code)
    return _division(full, names[full])


def children(code: str) -> list[Division]:
    """The areas one level below, in the order of their codes; empty for a community. Raises UnknownCode."""
    parent = area(code).code
    return [below for below in _below(parent) if below.parent == parent]


def provinces() -> list[Division]:
    """The 31 provinces; the four municipalities among them are of level `city`."""
    return [_division(code, name) for code, name in _index().items() if code.endswith("0" * 10)]


def districts(code: str) -> list[Division]:
    """The districts at, below or above a code: the units that have a census row and an outline of their own.

    Dongguan, Zhongshan and Danzhou have no districts and stand for themselves. Raises UnknownCode.
    """
    full = area(code).code
    unit = full[:6] + "0" * 6
    if level_of(full) in ("street", "community"):
        return [_division(unit, _index()[unit])]
    found = [full] if level_of(full) == "district" else [c for c in _index() if _inside(c, full) and is_unit(c)]
    return [_division(c, _index()[c]) for c in found]


def streets(code: str) -> list[Division]:
    """All streets and towns at or below a code, none for a community. Raises UnknownCode."""
    full = area(code).code
    names = _province(full[:2])
    return [_division(c, name) for c, name in names.items() if level_of(c) == "street" and _inside(c, full)]


def is_unit(code: str) -> bool:
    """Whether a 12-digit code of the index is a district, or a city whose streets hang directly under it."""
    return level_of(code) == "district" or (level_of(code) == "city" and code[:4] in _cities_without_districts())


def full_code(code: str) -> str:
    """12 digits for a code of 2, 4, 6, 9 or 12; a municipality's 市辖区 becomes the municipality. Raises
    UnknownCode."""
    if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6, 9, 12)):
        raise UnknownCode(code)
    short = code[:4]
    if code[4:].strip("0") == "" and short in _MUNICIPAL_LEVELS:
        return _MUNICIPAL_LEVELS[short].ljust(12, "0")
    return code.ljust(12, "0")


def level_of(code: str) -> str:
    """Level of a 12-digit code by its trailing zeros; a municipality is a city."""
    if code[9:] != "000":
        return "community"
    if code[6:9] != "000":
        return "street"
    if code[4:6] != "00":
        return "district"
    if code[2:4] != "00" or code[:2] in MUNICIPALITIES:
        return "city"
    return "province"


def parent_code(code: str) -> str | None:
    """The 12-digit code of the area above a 12-digit code, None above a province or municipality."""
    level = level_of(code)
    if level == "community":
        return code[:9].ljust(12, "0")
    if level == "street":
        return code[:6].ljust(12, "0")
    if level == "district":
        city = code[:4].ljust(12, "0")
        return city if city in _index() else code[:2].ljust(12, "0")
    return None if code[2:4] == "00" else code[:2].ljust(12, "0")


def communities_of_unit(unit: str) -> list[tuple[str, str]]:
    """(12-digit code, name) of every community of a district (or city without districts), in order."""
    return _communities(unit[:2]).get(unit[:6], [])


def _below(code: str) -> Iterator[Division]:
    # nothing below district hangs directly under a province, so its streets need not be read
    sources = (_index(),) if level_of(code) == "province" else (_index(), _province(code[:2]))
    for names in sources:
        for other, name in names.items():
            if other != code and _inside(other, code):
                yield _division(other, name)


def _inside(code: str, outer: str) -> bool:
    level = "province" if outer.endswith("0" * 10) else level_of(outer)
    end = _ENDS[level]
    return code[:end] == outer[:end]


def _division(code: str, name: str) -> Division:
    return Division(code, level_of(code), kind_of(code), name, parent_code(code))


@cache
def _cities_without_districts() -> frozenset[str]:
    with_districts = {code[:4] for code in _index() if level_of(code) == "district"}
    return frozenset(code[:4] for code in _index() if level_of(code) == "city" and code[2:4] != "00") - with_districts


@cache
def _index() -> dict[str, str]:
    """Provinces, cities and districts of the country: 12-digit code -> name."""
    lines = (line.split(" ", 1) for line in _read("index.txt.xz"))
    return {code.ljust(12, "0"): name for code, name in lines}


@cache
def _province(two: str) -> dict[str, str]:
    """Streets and communities of one province: 12-digit code -> name."""
    if two.ljust(12, "0") not in _index():
        return {}
    names, street = {}, ""
    for line in _read(f"divisions/{two}.txt.xz"):
        if line.startswith(" "):
            names[street + line[1:4]] = line[5:]
        else:
            street = line[:9]
            names[street + "000"] = line[10:]
    return names


@cache
def _communities(two: str) -> dict[str, list[tuple[str, str]]]:
    """Communities of one province by the six digits of their district."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, name in _province(two).items():
        if code[9:] != "000":
            found.setdefault(code[:6], []).append((code, name))
    return found


def _read(name: str) -> list[str]:
    packed = files("turnout.places.public").joinpath("data", *name.split("/")).read_bytes()
    return lzma.decompress(packed).decode().splitlines()
