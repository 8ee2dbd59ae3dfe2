"""Census 2020: residents and households of a district."""

from __future__ import annotations

import csv
import lzma
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from turnout.places.public.divisions import area, communities_of_unit, districts


@dataclass(frozen=True, slots=True)
class Census:
    residents: int
    households: int  # family households (家庭户)
    basis: str  # census (published), city_mean (synthetic), none (nobody counted and no community listed: Kinmen)


@cache
def census(code: str) -> Census:
    """Figures of a district, or of a city or province as the sum of its districts. Raises UnknownCode.

    For a street or community: those of its district, as nothing smaller is published. A district without a census row
    (made after 2020, or a zone counted elsewhere) gets the rounded mean of the rows of its city; if no district there
    has one, an equal part of the city's own row; else the mean of its province. A sum with such a part in it is
    `city_mean` too, so that nobody takes it for a published figure.
    """
    units = districts(code)
    figures = [_of_district(unit.code) for unit in units]
    basis = max((part.basis for part in figures), key=("none", "census", "city_mean").index)
    return Census(sum(part.residents for part in figures), sum(part.households for part in figures), basis)


def _of_district(code: str) -> Census:
    rows = _rows()
    if code[:6] in rows:
        return Census(*rows[code[:6]], "census")
    if not communities_of_unit(code):
        return Census(0, 0, "none")
    return _mean_of_city(code)


def _mean_of_city(code: str) -> Census:
    rows, city = _rows(), code[:4] + "00"
    found = [rows[other] for other in rows if other[:4] == code[:4] and other[4:] != "00"]
    if not found and city in rows:
        parts = len(districts(area(code).parent or code))
        residents, households = rows[city]
        # a city with a single district is that district: a published figure
        return Census(residents // parts, households // parts, "census" if parts == 1 else "city_mean")
    found = found or [rows[other] for other in rows if other[:2] == code[:2] and other[4:] != "00"]
    residents, households = (round(sum(column) / len(found)) for column in zip(*found, strict=True))
    return Census(residents, households, "city_mean")


@cache
def _rows() -> dict[str, tuple[int, int]]:
    """Six-digit code -> residents, households."""
    packed = files("turnout.places.public").joinpath("data", "census.csv.xz").read_bytes()
    rows = csv.DictReader(lzma.decompress(packed).decode().splitlines())
    return {row["code"]: (int(row["residents"]), int(row["households"])) for row in rows}
