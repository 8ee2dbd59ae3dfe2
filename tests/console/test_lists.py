"""A list asks the database as often for three rows as for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.console.conftest import COMMUNITY
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.people.domain import proposals, signups

pytestmark = pytest.mark.django_db

UNITS = 12
PEOPLE = 13
ROLES = 11
LOG = 14
DUPLICATES = 11
UNIT = 12
AREA = 14


def asked(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_units(desk, places, make_unit):
    make_unit("A")
    one = asked(desk, "/units/")
    make_unit("B")
    make_unit("C")
    assert (one, asked(desk, "/units/")) == (UNITS, UNITS)


def test_people(desk, places, make_unit, make_person):
    unit = make_unit()
    make_person(unit, "甲", home_key=key_of(COMMUNITY))
    one = asked(desk, "/persons/")
    make_person(unit, "乙", home_key=key_of(COMMUNITY))
    make_person(unit, "丙")
    assert (one, asked(desk, "/persons/")) == (PEOPLE, PEOPLE)


def test_roles(desk, places, make_user):
    make_user("aa", ("desk", COMMUNITY))
    one = asked(desk, "/grants/")
    make_user("bb", ("desk", COMMUNITY))
    make_user("cc", ("viewer", COMMUNITY))
    assert (one, asked(desk, "/grants/")) == (ROLES, ROLES)


def test_the_log(desk, places, make_unit):
    make_unit("A")
    one = asked(desk, "/audit/")
    make_unit("B")
    make_unit("C")
    assert (one, asked(desk, "/audit/")) == (LOG, LOG)


def test_duplicates(desk, places, make_unit, make_person):
    unit = make_unit()

    def pair(name):
        for _ in range(2):
            make_person(unit, name)
        with acting_as(SYSTEM):
            proposals.look(by=SYSTEM)

    pair("甲")
    one = asked(desk, "/duplicates/")
    pair("乙")
    pair("丙")
    assert (one, asked(desk, "/duplicates/")) == (DUPLICATES, DUPLICATES)


def test_sign_up_links_of_a_unit(desk, places, make_unit):
    unit = make_unit()

    def issue(label):
        ends = clock.now() + timedelta(days=9)
        with acting_as(SYSTEM):
            signups.issue(unit=unit, label=label, category="volunteer", quota=3, ends_at=ends, by=SYSTEM)

    issue("一")
    one = asked(desk, f"/units/{unit.pk}/")
    issue("二")
    issue("三")
    assert (one, asked(desk, f"/units/{unit.pk}/")) == (UNIT, UNIT)


def test_an_area_with_its_communities(desk, places):
    assert asked(desk, "/areas/110102020000/") == AREA
