"""Two people at the same moment: each verb does its work once, and nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from tests.places.conftest import FIRST, SECOND

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.refusals import Refusal
from turnout.places.domain import areas, buildings
from turnout.places.models import Area

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """What each act returned, or its refusal's code, all started at the same moment on connections of their own."""
    start = Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=20)
            with acting_as(SYSTEM):
                return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def load():
    return areas.load_public(code="110102001", by=SYSTEM)


def area(code):
    return Area.objects.get(code=code)


def test_two_loads_of_one_street_load_it_once(db):
    assert sorted(one.new for one in at_once(load, load)) == [0, 14]
    assert Area.objects.count() == 14


def test_two_areas_closed_in_favour_of_each_other_leave_one_open(db):
    with acting_as(SYSTEM):
        load()
    answers = at_once(
        lambda: areas.close(area=area(FIRST), successor=area(SECOND), by=SYSTEM).code,
        lambda: areas.close(area=area(SECOND), successor=area(FIRST), by=SYSTEM).code,
    )
    assert "places.successor_bad" in answers or "places.closed" in answers
    assert Area.objects.filter(code__in=[FIRST, SECOND], closed_at=None).count() == 1


def test_compounds_added_at_the_same_moment_get_different_numbers(db):
    with acting_as(SYSTEM):
        load()
    names = ["一号院", "二号院", "三号院"]
    found = at_once(
        *(lambda name=name: buildings.add_compound(community=area(FIRST), name=name, by=SYSTEM).code for name in names)
    )
    assert sorted(found) == [f"{FIRST}-001", f"{FIRST}-002", f"{FIRST}-003"]


def test_the_same_compound_added_twice_at_the_same_moment_is_there_once(db):
    with acting_as(SYSTEM):
        load()
    add = lambda: buildings.add_compound(community=area(FIRST), name="一号院", by=SYSTEM).code  # noqa: E731
    assert sorted(at_once(add, add)) == [f"{FIRST}-001", "places.name_taken"]
