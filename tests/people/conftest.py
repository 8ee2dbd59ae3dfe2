"""Personas of people: two districts, a street, a community, and the units in them. Everybody is made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from turnout.access.models import User
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM, Actor
from turnout.core.area_keys import key_of
from turnout.people.domain import persons, units
from turnout.people.models import Person, Unit

XICHENG, DONGCHENG = "110102", "110101"
STREET = key_of("110102007000")
HOME_WEST, HOME_EAST = key_of("110102007003"), key_of("110101001001")


@pytest.fixture
def actor(make_user: Callable[..., User]) -> Callable[..., Actor]:
    """Make somebody who holds roles given as (role, area code)."""

    def make(username: str, *roles: tuple[str, str]) -> Actor:
        return actor_of(make_user(username, *roles))

    return make


@pytest.fixture
def make_unit(db: None) -> Callable[..., Unit]:
    def make(code: str = "W1", area_key: int = key_of(XICHENG), **fields: Any) -> Unit:
        with acting_as(SYSTEM):
            return units.create(code=code, name=f"单位{code}", area_key=area_key, by=SYSTEM, **fields)

    return make


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    def make(unit: Unit, name: str = "王芳", **fields: Any) -> Person:
        with acting_as(SYSTEM):
            return persons.add(unit=unit, name=name, by=SYSTEM, **{"categories": ["health"]} | fields)

    return make
