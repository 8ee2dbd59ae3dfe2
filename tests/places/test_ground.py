"""The ground of a map: every street a shape, every community a place of its own inside its street."""

import itertools

import pytest
import shapely

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.places import ground
from turnout.places.domain import areas
from turnout.places.models import Area

pytestmark = pytest.mark.django_db


@pytest.fixture
def xicheng():
    with acting_as(SYSTEM):
        areas.load_public(code="110102", seed=0, by=SYSTEM)
        area = Area.objects.get(code="110102000000")
        labels = tuple((street.code, 60.0) for street in area.children.all())
        yield area, ground.ground_of(area, labels)


def shape(path):
    rings = [ring.split(" ") for ring in path.removesuffix("z").lstrip("M").split("zM")]
    polygons = [shapely.Polygon([tuple(map(float, corner.split(","))) for corner in ring]) for ring in rings]
    return shapely.union_all([shapely.make_valid(polygon) for polygon in polygons])


def test_every_street_has_a_shape_and_streets_do_not_overlap(xicheng):
    area, found = xicheng
    assert {street.code for street in found.streets} == set(area.children.values_list("code", flat=True))
    shapes = [shape(street.path) for street in found.streets]
    overlap = sum(one.intersection(two).area for one, two in itertools.combinations(shapes, 2))
    assert overlap < 0.02 * sum(one.area for one in shapes)


def test_marks_do_not_touch_and_stay_in_their_street(xicheng):
    _area, found = xicheng
    assert len(found.at) == 263
    nearest = min(
        ((a - x) ** 2 + (b - y) ** 2) ** 0.5 for (a, b), (x, y) in itertools.combinations(found.at.values(), 2)
    )
    assert nearest > found.radius
    shapes = {street.code: shape(street.path).buffer(2) for street in found.streets}
    outside = [code for code, point in found.at.items() if not shapes[code[:9] + "000"].contains(shapely.Point(point))]
    assert outside == []


def test_labels_do_not_lie_on_each_other(xicheng):
    _area, found = xicheng
    boxes = [shapely.box(*ground._box(street.label, 60.0)) for street in found.streets]
    assert sum(one.intersects(two) for one, two in itertools.combinations(boxes, 2)) == 0


def test_it_is_drawn_once_until_an_area_changes(xicheng, django_assert_num_queries):
    area, found = xicheng
    labels = tuple((street.code, 60.0) for street in area.children.all())
    with django_assert_num_queries(1):
        assert ground.ground_of(area, labels) is found
    community = Area.objects.get(code="110102007003")
    Area.objects.filter(pk=community.pk).update(lon=community.lon + 0.001)
    assert ground.ground_of(area, labels) is not found


def test_a_district_without_points_has_no_ground(xicheng):
    area, _found = xicheng
    Area.objects.filter(level="community").update(lon=None, lat=None, point_source="", point_synthetic=False)
    assert ground.ground_of(area, ()) is None
