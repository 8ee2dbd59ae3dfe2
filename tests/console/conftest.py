"""Somebody at a desk in Xicheng, and what lies on it. Everybody is made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from turnout.access.models import User
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.people.domain import persons, units
from turnout.people.models import Person, Unit
from turnout.places.domain import areas

XICHENG = "110102"
STREET, COMMUNITY = "110102020000", "110102020014"


@pytest.fixture
def places(db: None) -> None:
    """One street of Xicheng with its 38 communities."""
    with acting_as(SYSTEM):
        areas.load_public(code=STREET, by=SYSTEM)


@pytest.fixture
def desk(make_user: Callable[..., User], client: Client) -> Client:
    """A browser in which the administrator of Xicheng has signed in."""
    client.force_login(make_user("zhoumin", ("administrator", XICHENG), name="周敏"))
    client.get("/me/")  # the first page also notes the device
    return client


@pytest.fixture
def make_unit(db: None) -> Callable[..., Unit]:
    def make(code: str = "TJJ") -> Unit:
        with acting_as(SYSTEM):
            return units.create(code=code, name=f"单位{code}", area_key=key_of(XICHENG), by=SYSTEM)

    return make


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    def make(unit: Unit, name: str = "王芳", **fields: Any) -> Person:
        with acting_as(SYSTEM):
            return persons.add(unit=unit, name=name, by=SYSTEM, **{"categories": ["health"]} | fields)

    return make
