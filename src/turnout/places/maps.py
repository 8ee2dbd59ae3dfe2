"""What a map of an area draws: communities and sites as points on district outlines, and which points lie outside.

Outlines are published for districts only and simplified; a district without one has no line here, and whether a point
of it lies outside cannot be said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from django.utils.translation import get_language

from turnout.core.actors import Actor
from turnout.places import public, queries
from turnout.places.models import Area, Site
from turnout.places.public.outlines import KM_PER_DEGREE, lat_scale

POINT_COLUMNS = ("lon", "lat", "code", "name", "residents", "households", "synthetic")
SITE_COLUMNS = ("lon", "lat", "id", "kind", "name", "synthetic")


@dataclass(frozen=True, slots=True)
class Outside:
    """A point that lies outside its district, and how far: often the wrong coordinate system or a swapped pair."""

    place: Area | Site
    district_code: str
    metres: int


def map_data(area: Area, *, by: Actor) -> dict[str, Any]:
    """Points and outlines of an area, ready for JSON: 7,535 communities of a city are one query and 700 KB.

    `points` and `sites` are rows of POINT_COLUMNS and SITE_COLUMNS (synthetic = 1), `outlines` a GeoJSON
    FeatureCollection in WGS-84 with the district's code and name, `labels` what is made up, `source` whose outlines
    these are.
    """
    communities = queries.subtree(area, by=by, levels=["community"]).filter(lon__isnull=False)
    columns = ("lon", "lat", "code", "name", "residents", "households", "point_synthetic")
    sources = ("counts_source", "point_source")
    points: list[list[Any]] = []
    labels: dict[str, None] = {}
    for *row, synthetic, counts_source, point_source in communities.values_list(*columns, *sources):
        points.append([*row, int(synthetic)])
        labels |= dict.fromkeys(Area(counts_source=counts_source, point_source=point_source).labels)
    found = queries.sites(area, by=by).filter(lon__isnull=False)
    sites = [[s.lon, s.lat, str(s.pk), s.kind, s.name, int(s.point_synthetic)] for s in found]
    language = 0 if (get_language() or "").startswith("zh") else 1
    return {
        "columns": POINT_COLUMNS,
        "points": points,
        "site_columns": SITE_COLUMNS,
        "sites": sites,
        "outlines": outlines(area),
        "labels": {label: public.LABELS[label][language] for label in labels},
        "source": public.SOURCES["outlines"][language],
    }


def outlines(area: Area) -> dict[str, Any]:
    """The published outlines of the districts at or below an area, else of the one it lies in, as GeoJSON."""
    features = []
    for district, shape in _published(area.code[:12]):
        properties = {"code": district.code, "name": district.name, "detail": shape.detail}
        features.append({"type": "Feature", "properties": properties, "geometry": shape.geometry})
    return {"type": "FeatureCollection", "features": features}


def points_outside(area: Area, *, by: Actor) -> list[Outside]:
    """Areas and sites at or below an area whose point lies outside their district's outline, farthest first."""
    places: list[Area | Site] = [*queries.subtree(area, by=by).filter(lon__isnull=False)]
    places += queries.sites(area, by=by).filter(lon__isnull=False)
    return sorted(filter(None, map(_outside, places)), key=lambda one: -one.metres)


def outside_by(lon: float, lat: float, code: str) -> int | None:
    """How many metres a WGS-84 point lies outside the district of a code: 0 = inside, None = it cannot be said."""
    shape = _shape(code[:6])
    if shape is None:
        return None
    if shapely.contains_xy(shape, lon, lat):
        return 0
    across = lat_scale(lat)
    squeezed = shapely.transform(shape, lambda corners: corners * [across, 1.0])
    degrees = shapely.distance(squeezed, shapely.Point(lon * across, lat))
    return max(1, round(float(degrees) * KM_PER_DEGREE * 1000))


def as_json(data: dict[str, Any]) -> str:
    """Compact JSON, names as they are."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _outside(place: Area | Site) -> Outside | None:
    assert place.lon is not None
    assert place.lat is not None
    code = place.code if isinstance(place, Area) else place.area.code
    metres = outside_by(place.lon, place.lat, code)
    return Outside(place, code[:6].ljust(12, "0"), metres) if metres else None


def _published(code: str) -> list[tuple[public.Division, public.Outline]]:
    try:
        districts = public.districts(code)
    except public.UnknownCode:
        # an area newer than the public list: its district is old enough as a rule
        try:
            districts = public.districts(code[:6])
        except public.UnknownCode:
            return []
    pairs = [(district, public.outline(district.code)) for district in districts]
    return [(district, shape) for district, shape in pairs if shape.detail != "disc"]


@lru_cache(maxsize=512)
def _shape(six: str) -> shapely.Geometry | None:
    found = _published(six)
    if len(found) != 1:
        return None
    shape = shapely.make_valid(shapely.from_geojson(json.dumps(found[0][1].geometry)))
    shapely.prepare(shape)
    return shape
