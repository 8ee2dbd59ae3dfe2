"""The communities of any area: code, name, kind, residents, households, a point, and labels for what is made up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from turnout.places.public.census import census
from turnout.places.public.divisions import area, communities_of_unit, districts
from turnout.places.public.kinds import kind_of
from turnout.places.public.outlines import outline


@dataclass(frozen=True, slots=True)
class Community:
    code: str  # 12 digits, as all codes here
    name: str
    kind: str  # key of KINDS
    street_code: str
    district_code: str  # the city itself where streets hang directly under it (Dongguan)
    lon: float  # WGS-84, synthetic
    lat: float
    residents: int  # synthetic below district level
    households: int
    labels: tuple[str, ...]  # keys of LABELS: what of this is made up, and how


def communities(code: str, seed: int = 0) -> list[Community]:
    """Every community at or below a code, in the order of codes; the same for a seed on every machine.

    A part is what the whole has: the communities of a street are those of its district's list. Raises UnknownCode.
    """
    full = area(code).code
    return [
        one for unit in districts(full) for one in _of_district(unit.code, seed) if one.code.startswith(_stem(full))
    ]


@lru_cache(maxsize=256)
def _of_district(unit: str, seed: int) -> tuple[Community, ...]:
    # numpy and shapely only when points are wanted: a look-up of a name should not wait for them
    from turnout.places.public.points import place
    from turnout.places.public.split import split_census

    listed = communities_of_unit(unit)
    if not listed:
        return ()
    codes = [code for code, _ in listed]
    figures, shape = census(unit), outline(unit)
    residents, households = split_census(figures.residents, figures.households, codes, seed)
    points = place(codes, shape, seed)
    labels = ["residents_split", "point_placed"]
    labels += ["census_city_mean"] * (figures.basis == "city_mean") + ["outline_disc"] * (shape.detail == "disc")
    return tuple(
        Community(
            code,
            name,
            kind_of(code),
            code[:9].ljust(12, "0"),
            unit,
            float(points[i, 0]),
            float(points[i, 1]),
            int(residents[i]),
            int(households[i]),
            tuple(labels),
        )
        for i, (code, name) in enumerate(listed)
    )


def _stem(code: str) -> str:
    """The digits of a code without the pairs and triples of zeros at its end."""
    for end in (12, 9, 6, 4):
        if code[end - (3 if end > 6 else 2) : end].strip("0"):
            return code[:end]
    return code[:2]
