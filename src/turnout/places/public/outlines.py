"""Outlines of districts in WGS-84, for placing points and drawing maps of a city; not for publishing national outlines.

Five cities have finer outlines, the rest of the country coarser ones. Name the source (`SOURCES["outlines"]`) on
every map.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from turnout.places.public.divisions import communities_of_unit, districts
from turnout.places.public.noise import noise

Ring = list[list[float]]

KM_PER_DEGREE = 111.32  # of latitude, mean sphere
KM_BETWEEN_POINTS = 0.6  # a disc is as large as its communities need at this distance
# cosines of 0, 15, ... 90 degrees to six places: no call into a platform's libm, so a disc is the same everywhere
_COSINES = (1.0, 0.965926, 0.866025, 0.707107, 0.5, 0.258819, 0.0)


@dataclass(frozen=True, slots=True)
class Outline:
    code: str  # 12 digits
    detail: str  # fine, coarse, or disc (synthetic)
    polygons: list[list[Ring]]  # as in a GeoJSON MultiPolygon: [lon, lat], first ring outside, others holes

    @property
    def geometry(self) -> dict[str, Any]:
        return {"type": "MultiPolygon", "coordinates": self.polygons}


def outlines(code: str) -> list[Outline]:
    """The outline of every district at or below a code. Raises UnknownCode."""
    return [outline(unit.code) for unit in districts(code)]


@cache
def outline(code: str) -> Outline:
    """The outline of the district of a code, a labelled disc where none is published. Raises UnknownCode."""
    unit = districts(code)[0].code
    known = _province(unit[:2]).get(unit[:6])
    if known:
        return Outline(unit, known["detail"], known["polygons"])
    return Outline(unit, "disc", [[_disc(unit)]])


def _disc(unit: str) -> Ring:
    """A 24-cornered disc on a seeded corner of the outline of a seeded neighbour.

    Neighbours are the districts of the same city, else of the province. The seed is the code itself, so that a disc
    does not move when lists are made with another seed.
    """
    published = _province(unit[:2])
    neighbours = [code for code in published if code[:4] == unit[:4]] or list(published)
    chance = int(noise(0, "disc", int(unit))[0])
    ring = published[neighbours[chance % len(neighbours)]]["polygons"][0][0]
    lon, lat = ring[(chance >> 16) % len(ring)]
    radius = max(1.0, KM_BETWEEN_POINTS * len(communities_of_unit(unit)) ** 0.5) / KM_PER_DEGREE
    stretch = 1 / lat_scale(lat)
    corners = []
    for step in range(24):
        x, y = _cosine(step), _cosine(step - 6)
        corners.append([round(lon + radius * stretch * x, 6), round(lat + radius * y, 6)])
    return [*corners, corners[0]]


def _cosine(step: int) -> float:
    """Cosine of a multiple of 15 degrees."""
    step = abs(step) % 24
    step = min(step, 24 - step)
    return _COSINES[step] if step <= 6 else -_COSINES[12 - step]


def lat_scale(lat: float) -> float:
    """How much shorter a degree of longitude is than one of latitude: Bhaskara's rational cosine, within 0.002."""
    square = lat * lat
    return (32400 - 4 * square) / (32400 + square)


@cache
def _province(two: str) -> dict[str, dict[str, Any]]:
    packed = files("turnout.places.public").joinpath("data", "outlines", f"{two}.json.xz").read_bytes()
    found: dict[str, dict[str, Any]] = json.loads(lzma.decompress(packed))
    return found
