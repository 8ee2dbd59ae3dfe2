"""wgs84, gcj02 and bd09: there and back to less than a metre, and known points."""

from __future__ import annotations

from math import cos, hypot, radians

import pytest

from turnout.places.public import SYSTEMS, convert

PLACES = [(116.397, 39.909), (121.473, 31.23), (119.296, 26.075), (111.75, 40.842), (114.305, 30.593), (87.617, 43.793)]


def metres(one, other):
    return hypot((one[0] - other[0]) * 111_320 * cos(radians(one[1])), (one[1] - other[1]) * 111_320)


@pytest.mark.parametrize("point", PLACES)
@pytest.mark.parametrize("source", SYSTEMS)
@pytest.mark.parametrize("target", SYSTEMS)
def test_there_and_back_is_less_than_a_millimetre_away(point, source, target):
    there = convert(*point, source, target)
    assert metres(convert(*there, target, source), point) < 0.001


@pytest.mark.parametrize("point", PLACES)
def test_the_systems_lie_hundreds_of_metres_apart(point):
    assert 100 < metres(convert(*point, "wgs84", "gcj02"), point) < 800
    assert 400 < metres(convert(*point, "gcj02", "bd09"), point) < 1300


def test_a_known_point_is_converted_as_the_public_formulas_do():
    # 116.404, 39.915: the example point of the open-source converters
    assert [round(v, 6) for v in convert(116.404, 39.915, "wgs84", "gcj02")] == [116.410244, 39.916404]
    assert [round(v, 6) for v in convert(116.404, 39.915, "gcj02", "bd09")] == [116.410369, 39.921337]
    assert [round(v, 5) for v in convert(116.404, 39.915, "bd09", "gcj02")] == [116.39763, 39.90866]


@pytest.mark.parametrize("point", [(2.35, 48.85), (-122.4, 37.8)])
def test_outside_the_country_gps_is_not_shifted(point):
    assert convert(*point, "wgs84", "gcj02") == point
    assert convert(*point, "gcj02", "wgs84") == point


def test_an_unknown_system_is_refused():
    with pytest.raises(ValueError, match="mercator"):
        convert(1, 1, "mercator", "wgs84")
