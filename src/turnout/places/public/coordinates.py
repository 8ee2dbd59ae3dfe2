"""Coordinates as Chinese maps have them: wgs84 (GPS), gcj02 (Amap, Tencent, Google China) and bd09 (Baidu).

gcj02 shifts a point by up to about 700 m by a fixed series of sines (the formulas in public use since 2013; first
written down as "EvilTransform"); bd09 shifts gcj02 once more. The way back is found by repeating the way there until
the result agrees to a millimetre. A system cannot be recognised from values. Outside the mainland's box nothing is
shifted.
"""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin, sqrt

SYSTEMS = ("wgs84", "gcj02", "bd09")

# Krasovsky 1940 ellipsoid: half axis in metres and squared eccentricity
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_BD = pi * 3000.0 / 180.0
_CLOSE = 1e-9  # degrees, a tenth of a millimetre

Point = tuple[float, float]


def convert(lon: float, lat: float, source: str, target: str) -> Point:
    """The point (degrees, longitude first) of one system in another of SYSTEMS. Raises ValueError for another name."""
    if source not in SYSTEMS or target not in SYSTEMS:
        raise ValueError(f"unknown coordinate system: {source} to {target}; known are {', '.join(SYSTEMS)}")
    point = (lon, lat)
    start, end = SYSTEMS.index(source), SYSTEMS.index(target)
    if start == 2 and end < 2:
        point = _bd09_to_gcj02(*point)
    if start >= 1 and end == 0:
        point = _back(point)
    if start == 0 and end >= 1:
        point = _wgs84_to_gcj02(*point)
    if end == 2 and start < 2:
        point = _gcj02_to_bd09(*point)
    return point


def _wgs84_to_gcj02(lon: float, lat: float) -> Point:
    if not _shifted(lon, lat):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    bend = 1 - _ECCENTRICITY * sin(lat * pi / 180.0) ** 2
    north_degrees = north * 180.0 / ((_AXIS * (1 - _ECCENTRICITY)) / (bend * sqrt(bend)) * pi)
    east_degrees = east * 180.0 / (_AXIS / sqrt(bend) * cos(lat * pi / 180.0) * pi)
    return lon + east_degrees, lat + north_degrees


def _back(point: Point) -> Point:
    """wgs84 of a gcj02 point: correct the guess by what it misses; three rounds are enough, ten is the bound."""
    lon, lat = point
    if not _shifted(lon, lat):
        return point
    for _ in range(10):
        shifted = _wgs84_to_gcj02(lon, lat)
        east, north = point[0] - shifted[0], point[1] - shifted[1]
        lon, lat = lon + east, lat + north
        if abs(east) < _CLOSE and abs(north) < _CLOSE:
            break
    return lon, lat


def _gcj02_to_bd09(lon: float, lat: float) -> Point:
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BD)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def _bd09_to_gcj02(lon: float, lat: float) -> Point:
    """gcj02 of a bd09 point, by the same repeated correction (the usual closed formula is off by up to a metre)."""
    guess = (lon - 0.0065, lat - 0.006)
    for _ in range(10):
        shifted = _gcj02_to_bd09(*guess)
        east, north = lon - shifted[0], lat - shifted[1]
        guess = (guess[0] + east, guess[1] + north)
        if abs(east) < _CLOSE and abs(north) < _CLOSE:
            break
    return guess


def _shifted(lon: float, lat: float) -> bool:
    return 72.004 < lon < 137.8347 and 0.8293 < lat < 55.8271
