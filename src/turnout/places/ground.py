"""The ground that a map of communities is drawn on: streets as shapes, a place for every label and every mark.

Street lines are not published. Here a street is the land that lies nearest to its own communities, cut by the
district's published outline; a page that draws it has to say so. All lengths are units of a sheet `WIDTH` wide.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db import connection

from turnout.places import maps
from turnout.places.models import Area
from turnout.places.public.outlines import lat_scale

WIDTH, TALLEST, MARGIN = 400, 660, 8
LARGEST_MARK, SMALLEST_MARK = 7.5, 4.5
"""Radius of a mark with a number in it: larger marks crowd the sheet, in smaller ones no figure can be read."""
ROUNDS = 40
LABEL_HEIGHT = 14

Points = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Street:
    """One street on the sheet: its shape as an SVG path, and the middle of its label."""

    code: str
    path: str
    label: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """From degrees to the sheet: x = left + lon * across, y = top - lat * down."""

    left: float
    top: float
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class Ground:
    """The sheet. `radius` is that of a mark; 0 where communities are too many for marks that hold a figure."""

    height: int
    streets: list[Street]
    edges: list[Street]
    at: dict[str, tuple[float, float]]
    radius: float
    projection: Projection


@dataclass(frozen=True, slots=True)
class _Read:
    codes: list[str]
    streets: list[str]
    degrees: Points


_COMMUNITIES = """
SELECT area.code, street.code, area.lon, area.lat FROM places_area area JOIN places_area street
    ON street.id = area.parent_id
 WHERE area.level = 'community' AND area.closed_at IS NULL AND area.lon IS NOT NULL
   AND area.area_key >= %s AND area.area_key < %s ORDER BY area.area_key
"""


def ground_of(area: Area, labels: Sequence[tuple[str, float]]) -> Ground | None:
    """Return the ground of an area, or None where no community has a point.

    `labels` are codes with the width that their names take; they are kept free of marks. Drawn once and kept until
    any area changes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_id FROM places_areaevent ORDER BY pgh_id DESC LIMIT 1")
        row = cursor.fetchone()
    return _kept(area.code, area.area_key, area.key_end, tuple(labels), row[0] if row else 0)


@lru_cache(maxsize=64)
def _kept(code: str, low: int, high: int, labels: tuple[tuple[str, float], ...], version: int) -> Ground | None:
    with connection.cursor() as cursor:
        cursor.execute(_COMMUNITIES, [low, high])
        rows = cursor.fetchall()
    if not rows:
        return None
    read = _Read([row[0] for row in rows], [row[1] for row in rows], np.array([row[2:4] for row in rows], np.float64))
    return _drawn(code, read, dict(labels))


def _drawn(code: str, read: _Read, labels: dict[str, float]) -> Ground:
    outlines = {} if len(set(read.streets)) == 1 else _outlines(code)
    projection, height = _projection(read.degrees, list(outlines.values()))
    points = _apart(_on_sheet(read.degrees, projection))
    edges = {code: _moved(shape, projection) for code, shape in outlines.items()}
    land = shapely.union_all(list(edges.values())) if edges else shapely.MultiPoint(points).convex_hull.buffer(14)
    shapes = _streets(points, read.streets, land)
    radius = _radius(land.area, len(points))
    if radius:
        points, places = _arranged(points, read.streets, shapes, labels, radius)
    else:
        places = _middles(edges or shapes, labels)
    return Ground(
        height=height,
        streets=[_street(code, shape, places) for code, shape in shapes.items()],
        edges=[_street(code, shape, places) for code, shape in edges.items()],
        at={code: (round(float(x), 1), round(float(y), 1)) for code, (x, y) in zip(read.codes, points, strict=True)},
        radius=radius,
        projection=projection,
    )


def _outlines(code: str) -> dict[str, shapely.Geometry]:
    features = maps.outlines(Area(code=code))["features"]
    return {
        feature["properties"]["code"].ljust(12, "0"): shapely.make_valid(
            shapely.from_geojson(json.dumps(feature["geometry"]))
        )
        for feature in features
    }


def _projection(degrees: Points, outlines: list[shapely.Geometry]) -> tuple[Projection, int]:
    west, south, east, north = shapely.total_bounds([shapely.MultiPoint(degrees), *outlines])
    squeeze = lat_scale((south + north) / 2)
    wide, tall = max((east - west) * squeeze, 1e-4), max(north - south, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
    left = (WIDTH - wide * scale) / 2 - west * squeeze * scale
    return Projection(left, MARGIN + north * scale, squeeze * scale, scale), round(tall * scale + 2 * MARGIN)


def _on_sheet(degrees: Points, projection: Projection) -> Points:
    x = projection.left + degrees[:, 0] * projection.across
    y = projection.top - degrees[:, 1] * projection.down
    return np.column_stack([x, y])


def _moved(shape: shapely.Geometry, projection: Projection) -> shapely.Geometry:
    return shapely.make_valid(shapely.transform(shape, lambda corners: _on_sheet(corners, projection)))


def _apart(points: Points) -> Points:
    """Points that coincide would share a cell: each gets a hair's breadth of its own."""
    order = np.arange(len(points))
    return points + np.column_stack([np.cos(order), np.sin(order)]) * 0.02


def _streets(points: Points, streets: list[str], land: shapely.Geometry) -> dict[str, shapely.Geometry]:
    """Each street the land nearest to its communities; neighbours keep one common line when it is smoothed."""
    if len(points) == 1:
        return {streets[0]: land}
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=land.envelope))
    tree = shapely.STRtree(cells)
    own = np.empty(len(points), np.int64)
    point, cell = tree.query(shapely.points(points), predicate="intersects")
    own[point] = cell
    codes = sorted(set(streets))
    belongs = np.array(streets)
    whole = [shapely.union_all(cells[own[belongs == code]]) for code in codes]
    cut = [shapely.intersection(shape, land) for shape in shapely.coverage_simplify(whole, 1.5)]
    return {code: shape for code, shape in zip(codes, cut, strict=True) if not shape.is_empty}


def _radius(land: float, marks: int) -> float:
    radius = min(LARGEST_MARK, 0.33 * float(np.sqrt(land / marks)))
    return round(radius, 1) if radius >= SMALLEST_MARK else 0.0


def _arranged(
    points: Points, streets: list[str], shapes: dict[str, shapely.Geometry], labels: dict[str, float], radius: float
) -> tuple[Points, dict[str, tuple[float, float]]]:
    """Push marks apart, put each label on the freest ground of its street, then push marks off the labels."""
    shapes = {code: shape for code, shape in shapes.items() if code in set(streets)}
    points = _pushed(points, streets, shapes, radius, np.empty((0, 4)))
    places: dict[str, tuple[float, float]] = {}
    boxes = np.empty((0, 4))
    for code in shapes:
        if code in labels:
            places[code] = _freest(shapes[code], points, labels[code], boxes)
            boxes = np.vstack([boxes, _box(places[code], labels[code])])
    return _pushed(points, streets, shapes, radius, boxes), places


def _pushed(
    points: Points, streets: list[str], shapes: dict[str, shapely.Geometry], radius: float, boxes: Points
) -> Points:
    """Move marks out of each other and out of boxes, each inside its own street."""
    belongs = np.array(streets)
    rooms = [(belongs == code, _room(shape, radius)) for code, shape in shapes.items()]
    for _, room in rooms:
        shapely.prepare(room)
    for _ in range(ROUNDS):
        moved = points + _push(points, 2.2 * radius)
        moved = moved + _push_off(moved, boxes, radius)
        for here, room in rooms:
            inside = shapely.contains_xy(room, moved[here])
            points[here] = np.where(inside[:, None], moved[here], points[here])
    return points


def _room(shape: shapely.Geometry, radius: float) -> shapely.Geometry:
    inner = shape.buffer(-radius)
    return shape if inner.is_empty else inner


def _push(points: Points, apart: float) -> Points:
    between = points[:, None, :] - points[None, :, :]
    distance = np.sqrt((between**2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    short = np.clip(apart - distance, 0, None)
    push: Points = (between / np.maximum(distance, 1e-6)[:, :, None] * (short / 2)[:, :, None]).sum(axis=1)
    return push


def _push_off(points: Points, boxes: Points, radius: float) -> Points:
    """Out of a label's box by its nearest long side."""
    push = np.zeros_like(points)
    for left, top, right, bottom in boxes:
        near = (points[:, 0] > left - radius) & (points[:, 0] < right + radius)
        near &= (points[:, 1] > top - radius) & (points[:, 1] < bottom + radius)
        upper = points[:, 1] < (top + bottom) / 2
        way = np.where(upper, top - radius - points[:, 1], bottom + radius - points[:, 1])
        push[near, 1] += way[near]
    return push


def _box(place: tuple[float, float], width: float) -> list[float]:
    x, y = place
    return [x - width / 2, y - LABEL_HEIGHT / 2, x + width / 2, y + LABEL_HEIGHT / 2]


def _freest(shape: shapely.Geometry, points: Points, width: float, taken: Points) -> tuple[float, float]:
    """The middle of the label's box that lies in the street and farthest from any mark, the higher one of equals.

    Never on a label that is there already, as long as there is any other ground.
    """
    west, north, east, south = shape.bounds
    xs, ys = np.meshgrid(np.arange(west + 2, east, 5.0), np.arange(north + 4, south, 5.0))
    places = np.column_stack([xs.ravel(), ys.ravel()])
    places = places[(places[:, 0] > width / 2) & (places[:, 0] < WIDTH - width / 2)]
    places = places[shapely.contains_xy(shape, places)]
    if not len(places):
        return _middle(shape, width)
    across = np.clip(np.abs(places[:, None, 0] - points[None, :, 0]) - width / 2, 0, None)
    down = np.clip(np.abs(places[:, None, 1] - points[None, :, 1]) - LABEL_HEIGHT / 2, 0, None)
    free = np.clip(np.hypot(across, down).min(axis=1), 0, 12)
    ends = [shapely.contains_xy(shape, places + np.array([side * width / 2, 0.0])) for side in (-1, 1)]
    clash = np.zeros(len(places))
    for left, top, right, bottom in taken:
        beside = (places[:, 0] + width / 2 < left) | (places[:, 0] - width / 2 > right)
        apart = (places[:, 1] + LABEL_HEIGHT / 2 < top) | (places[:, 1] - LABEL_HEIGHT / 2 > bottom)
        clash += ~(beside | apart)
    best = int(np.argmax(free + 4 * ends[0] + 4 * ends[1] - 100 * clash - 0.02 * (places[:, 1] - north)))
    return round(float(places[best, 0]), 1), round(float(places[best, 1]), 1)


def _middles(shapes: dict[str, shapely.Geometry], labels: dict[str, float]) -> dict[str, tuple[float, float]]:
    return {code: _middle(shape, labels[code]) for code, shape in shapes.items() if code in labels}


def _middle(shape: shapely.Geometry, width: float) -> tuple[float, float]:
    point = shape.representative_point()
    return round(min(max(point.x, width / 2), WIDTH - width / 2), 1), round(point.y, 1)


def _street(code: str, shape: shapely.Geometry, labels: dict[str, tuple[float, float]]) -> Street:
    rings = [part.exterior for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    path = "".join(f"M{' '.join(f'{x:.0f},{y:.0f}' for x, y in ring.coords[:-1])}z" for ring in rings)
    return Street(code, path, labels.get(code, _middle(shape, 0)))
