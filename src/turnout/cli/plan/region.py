"""The area a sample is asked for, by code or by name, or a sentence with near matches."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from turnout.places import public
from turnout.places.public import Division

# A province has tens of thousands of communities; lists for it would be no example any more.
_MOST_COMMUNITIES = 12_000


def find(asked: str) -> Division | str:
    """The area of a code or of a name that only one area has; else what is wrong and what would be right."""
    asked = asked.strip()
    if asked.isascii() and asked.isdigit():
        try:
            return _usable(public.area(asked))
        except public.UnknownCode:
            return f"no area has the code {asked}{_near_codes(asked)}"
    named = [division for division in _everywhere() if division.name == asked]
    if len(named) == 1:
        return _usable(named[0])
    if named:
        return f"{len(named)} areas are called {asked}; give the code: {_listed(named)}"
    close = _near_names(asked)
    return f"no district or city is called {asked or '(nothing)'}" + (f"; near: {_listed(close)}" if close else "")


def _usable(division: Division) -> Division | str:
    count = len(public.communities(division.code)) if division.level != "province" else _MOST_COMMUNITIES + 1
    if count > _MOST_COMMUNITIES:
        return (
            f"{division.name} is too large for an example; choose inside it: {_listed(public.children(division.code))}"
        )
    if not count:
        return f"no communities are listed for {division.code[:6]} {division.name}{_near_codes(division.code)}"
    return division


def _everywhere() -> Iterator[Division]:
    """Provinces, cities and districts, each once; reading streets would take a minute for the country."""
    seen = set()
    for province in public.provinces():
        for district in public.districts(province.code):
            for division in (province, public.area(district.parent or province.code), district):
                if division.code not in seen:
                    seen.add(division.code)
                    yield division


def _near_names(asked: str) -> list[Division]:
    """Names that hold the words asked for, then names like them: the same first character is the better sign."""
    names = {division.name: division for division in _everywhere()}
    close = [name for name in names if asked and asked in name]
    alike = [name for name in difflib.get_close_matches(asked, names, 40, 0.5) if name not in close]
    alike.sort(key=lambda name: name[0] != asked[0])
    return [names[name] for name in (*close, *alike)]


def _near_codes(asked: str) -> str:
    """Areas that share the longest beginning with the code, nearest number first."""
    for length in (9, 6, 4, 2):
        if len(asked) < length and length != 2:
            continue
        try:
            inside = public.children(asked[: length if length < len(asked) else max(2, length - 2)])
        except public.UnknownCode:
            continue
        wanted = int(asked.ljust(12, "0")[:12])
        near = sorted(inside, key=lambda division: abs(int(division.code) - wanted))
        return f"; near: {_listed(near)}" if near else ""
    return f"; provinces: {_listed(public.provinces(), 40)}"


def _listed(divisions: list[Division], most: int = 6) -> str:
    shown = ", ".join(f"{_short(division.code)} {division.name}" for division in divisions[:most])
    return shown + (", ..." if len(divisions) > most else "")


def _short(code: str) -> str:
    for length in (2, 4, 6, 9):
        if not code[length:].strip("0"):
            return code[:length]
    return code
