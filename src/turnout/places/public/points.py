"""Where the communities of a district are put: a stated, seeded rule. The points are synthetic.

1. A triangular grid over the district's outline, each knot moved by up to 0.2 of the pitch in both directions, as
   fine as it takes for one knot per community to fall inside. Knots that are too many are dropped by chance. So no
   two points are closer than 0.4 of the pitch, and density is even.
2. The knots are shared out over the streets by halving: cut across the longer side of the cloud so that each side has
   exactly the points its streets need, and again inside each half. So the communities of one street lie together. The
   order of the streets is seeded; a street's communities then take its points in the order of the same halving.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import shapely
from numpy.typing import NDArray

from turnout.places.public.noise import noise, unit_floats
from turnout.places.public.outlines import Outline, lat_scale

Points = NDArray[np.float64]

ROW_HEIGHT = 0.866025  # of a triangular grid, in pitches
JITTER = 0.2  # of the pitch, each way in x and y: two knots stay 0.4 apart at least
FINER = 0.97  # the next pitch tried when too few knots fall inside


def place(codes: Sequence[str], within: Outline, seed: int) -> Points:
    """Longitude and latitude (n, 2) in WGS-84, six decimals, of each of `codes` (12 digits, ordered), inside the
    outline."""
    shape = shapely.make_valid(shapely.from_geojson(json.dumps(within.geometry)))
    shapely.prepare(shape)
    key = int(within.code)
    knots = _knots(shape, len(codes), seed, key)
    by_street = [(street, list(group)) for street, group in groupby(codes, key=lambda code: code[:9])]
    chances = noise(seed, "street", np.array([int(street) for street, _ in by_street], dtype=np.uint64))
    by_street = [by_street[i] for i in np.argsort(chances, kind="stable")]
    order = _halved(knots, np.arange(len(knots)), [len(group) for _, group in by_street], lat_scale(float(knots[0, 1])))
    placed = dict(zip((code for _, group in by_street for code in group), order, strict=True))
    return knots[[placed[code] for code in codes]]


def _knots(shape: shapely.Geometry, count: int, seed: int, key: int) -> Points:
    """`count` points inside the shape on a jittered triangular grid."""
    west, south, east, north = shapely.bounds(shape)
    across = lat_scale((south + north) / 2)
    pitch = round((shapely.area(shape) * across / count / ROW_HEIGHT) ** 0.5, 9)
    while True:
        columns = int((east - west) * across / pitch) + 3
        rows = int((north - south) / (pitch * ROW_HEIGHT)) + 3
        row, column = np.divmod(np.arange(rows * columns, dtype=np.uint64), np.uint64(columns))
        jitter_x, jitter_y = (unit_floats(noise(seed, way, row, column, key)) * 2 - 1 for way in ("x", "y"))
        x = column.astype(float) - 0.5 + 0.5 * (row % np.uint64(2)).astype(float) + JITTER * jitter_x
        y = row.astype(float) * ROW_HEIGHT - 0.5 + JITTER * jitter_y
        lon, lat = np.round(west + x * pitch / across, 6), np.round(south + y * pitch, 6)
        inside = shapely.contains_xy(shape, lon, lat)
        if inside.sum() >= count:
            chances = noise(seed, "knot", row[inside], column[inside], key)
            kept = np.sort(np.argsort(chances, kind="stable")[:count])
            return np.stack([lon[inside][kept], lat[inside][kept]], axis=1)
        pitch = round(pitch * FINER, 9)


def _halved(points: Points, chosen: NDArray[np.intp], sizes: Sequence[int], across: float) -> list[int]:
    """The chosen points in an order in which each next group of `sizes` lies together."""
    if len(chosen) <= 1:
        return [int(i) for i in chosen]
    groups = list(sizes) if len(sizes) > 1 else [len(chosen) // 2, len(chosen) - len(chosen) // 2]
    cloud = points[chosen]
    width, height = (cloud.max(axis=0) - cloud.min(axis=0)) * (across, 1.0)
    longer, other = (0, 1) if width >= height else (1, 0)
    ordered = chosen[np.lexsort((cloud[:, other], cloud[:, longer]))]
    middle = _middle(groups)
    cut = sum(groups[:middle])
    first = _halved(points, ordered[:cut], groups[:middle], across)
    return first + _halved(points, ordered[cut:], groups[middle:], across)


def _middle(groups: Sequence[int]) -> int:
    """How many of the groups the first half takes: the cut nearest to half of the points, never none and never all."""
    sums = np.cumsum(groups)[:-1]
    return int(np.argmin(np.abs(2 * sums - sum(groups)))) + 1
