"""The area a sample is asked for, by code or by name, or a sentence with near matches."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from turnout.places import public
from turnout.places.public import Division

# A province has tens of thousands of communities; lists for it would be no example any more.
_MOST_COMMUNITIES = 12_000

_SAID = {
    "no_code": ("没有编码为 {asked} 的区域", "no area has the code {asked}"),
    "no_name": ("没有叫“{asked}”的市或区县", "no city or district is called {asked}"),
    "many": ("有 {count} 个地方叫“{asked}”，请给编码", "{count} areas are called {asked}; give the code"),
    "large": ("{asked}太大，不适合做示例，请选其中一个", "{asked} is too large for an example; choose inside it"),
    "empty": ("{asked}没有列出社区", "no communities are listed for {asked}"),
    "near": ("相近的有：", "near: "),
}


def find(asked: str, lang: str) -> Division | str:
    """The area of a code or of a name that only one area has; else what is wrong and what would be right."""
    asked = asked.strip()
    if asked.isascii() and asked.isdigit():
        try:
            return _usable(public.area(asked), lang)
        except public.UnknownCode:
            return _sentence("no_code", lang, _near_codes(asked), asked=asked)
    named = [division for division in _everywhere() if division.name == asked]
    if len(named) == 1:
        return _usable(named[0], lang)
    if named:
        return _sentence("many", lang, named, asked=asked, count=len(named))
    return _sentence("no_name", lang, _near_names(asked), asked=asked)


def _sentence(code: str, lang: str, near: Sequence[Division], **params: object) -> str:
    column = 0 if lang == "zh" else 1
    told = _SAID[code][column].format_map(params)
    return f"{told}{'；' if lang == 'zh' else '; '}{_SAID['near'][column]}{_listed(near)}" if near else told


def _usable(division: Division, lang: str) -> Division | str:
    count = len(public.communities(division.code)) if division.level != "province" else _MOST_COMMUNITIES + 1
    if count > _MOST_COMMUNITIES:
        return _sentence("large", lang, public.children(division.code), asked=division.name)
    if not count:
        return _sentence("empty", lang, _near_codes(division.code), asked=division.name)
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
    names: dict[str, list[Division]] = {}
    for division in _everywhere():
        names.setdefault(division.name, []).append(division)
    close = [name for name in names if asked and asked in name]
    alike = [name for name in difflib.get_close_matches(asked, names, 40, 0.5) if name not in close]
    alike.sort(key=lambda name: name[0] != asked[0])
    return [division for name in (*close, *alike) for division in names[name]]


def _near_codes(asked: str) -> list[Division]:
    """Areas that share the longest beginning with the code, nearest number first; else the provinces."""
    wanted = int(asked.ljust(12, "0")[:12])
    for length in (9, 6, 4, 2):
        if length < len(asked.rstrip("0")):
            try:
                inside = public.children(asked[:length])
            except public.UnknownCode:
                continue
            return sorted(inside, key=lambda division: abs(int(division.code) - wanted))
    return public.provinces()


def _listed(divisions: Sequence[Division]) -> str:
    most = 40 if len(divisions) and divisions[0].level == "province" else 6
    shown = ", ".join(f"{_short(division.code)} {division.name}" for division in divisions[:most])
    return shown + (", ..." if len(divisions) > most else "")


def _short(code: str) -> str:
    for length in (2, 4, 6, 9):
        if not code[length:].strip("0"):
            return code[:length]
    return code
