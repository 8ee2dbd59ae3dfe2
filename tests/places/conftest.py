"""The street every test of places walks in: one street of Xicheng, and who may do what there."""

from __future__ import annotations

import pytest

from turnout.core.actors import SYSTEM, Actor
from turnout.core.area_keys import range_of

XICHENG, STREET, FIRST, SECOND = "110102000000", "110102001000", "110102001004", "110102001007"


def actor(*permissions: str, over: str = "110102") -> Actor:
    ranges = (range_of(over),)
    return Actor(kind="user", permissions=dict.fromkeys(permissions, ranges), scope=ranges)


@pytest.fixture
def editor():
    return actor("area.view", "area.edit")


@pytest.fixture
def viewer():
    return actor("area.view")


@pytest.fixture
def stranger():
    return actor("area.view", "area.edit", over="110105")


@pytest.fixture
def scope(db):
    """Every test acts as the system unless it opens a narrower scope itself."""
    from turnout.access.scope import acting_as

    with acting_as(SYSTEM):
        yield


@pytest.fixture
def street(scope):
    """West Chang'an street with its 11 communities, under its district and city."""
    from turnout.places.domain import areas
    from turnout.places.models import Area

    areas.load_public(code="110102001", by=SYSTEM)
    return Area.objects.get(code=STREET)


@pytest.fixture
def first(street):
    from turnout.places.models import Area

    return Area.objects.get(code=FIRST)


@pytest.fixture
def second(street):
    from turnout.places.models import Area

    return Area.objects.get(code=SECOND)
