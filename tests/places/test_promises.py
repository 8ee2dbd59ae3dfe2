"""Each promise the database keeps about places, and an attempt to break it behind the verbs' back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F

from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.places.domain import buildings, sites
from turnout.places.models import Area, Building, Compound, Site

pytestmark = pytest.mark.django_db

NOW = clock.now
NOBODY = "00000000-0000-7000-8000-000000000000"


def broken(act):
    """The name of the constraint that stood in the way; deferred ones are asked at once."""
    with pytest.raises(IntegrityError) as error:
        at_once(act)
    return error.value.__cause__.diag.constraint_name


@transaction.atomic
def at_once(act):
    act()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


AREA_CASES = {
    "area_code_once": lambda a, b: {"code": b.code},
    "area_key_once": lambda a, b: {"area_key": b.area_key},
    "area_key_of_code": lambda a, b: {"area_key": a.area_key + 1},
    "area_level_of_code": lambda a, b: {"level": "street"},
    "area_range_not_empty": lambda a, b: {"key_end": a.area_key},
    "area_kind_known": lambda a, b: {"kind": "hamlet"},
    "area_name_given": lambda a, b: {"name": ""},
    "area_hangs_somewhere": lambda a, b: {"parent": None},
    "area_closed_has_successor": lambda a, b: {"closed_at": NOW()},
    "area_not_its_own_successor": lambda a, b: {"closed_at": NOW(), "successor": a},
    "area_counts_say_source": lambda a, b: {"counts_source": ""},
    "area_point_system_known": lambda a, b: {"point_system": "mercator"},
    "area_point_whole": lambda a, b: {"lat": None},
    "area_point_in_range": lambda a, b: {"lat": 90.5},
}


@pytest.mark.parametrize("name", AREA_CASES)
def test_a_promise_about_areas_is_kept(first, second, name):
    # several promises guard a code at once: the one named here must be among those that stop this change
    found = broken(lambda: Area.objects.filter(pk=first.pk).update(**AREA_CASES[name](first, second)))
    assert found == name or (name, found) in {
        ("area_code_once", "area_key_of_code"),
        ("area_key_once", "area_key_of_code"),
    }


def test_every_named_promise_about_areas_has_a_case():
    named = {constraint.name for constraint in Area._meta.constraints}
    assert named - set(AREA_CASES) == {"area_local_name_once"}


def test_one_code_and_one_key_are_one_area(first):
    copy = {field.attname: getattr(first, field.attname) for field in Area._meta.concrete_fields if field.name != "id"}
    assert broken(lambda: Area.objects.create(**copy)) in ("area_code_once", "area_key_once")


@pytest.mark.parametrize(
    ("level", "code", "kept"),
    [
        ("province", "130000000000", True),
        ("province", "110000000000", False),
        ("city", "110000000000", True),
        ("city", "130000000000", False),
        ("city", "441900000000", True),
        ("district", "441900000000", False),
        ("district", "419001000000", True),
        ("street", "419001000000", False),
        ("street", "419001001000", True),
        ("community", "419001001000", False),
        ("compound", "419001001001-001", True),
        ("compound", "419001001001-000", False),
        ("compound", "419001001000-001", False),
        ("building", "419001001001-000-001", True),
        ("building", "419001001001-001-000", False),
    ],
)
def test_the_level_follows_from_the_code(scope, level, code, kept):
    digits = [int(part) for part in code.split("-")] + [0, 0]
    key = digits[0] * 10**6 + digits[1] * 1000 + digits[2]

    def create():
        Area.objects.create(
            code=code, level=level, area_key=key, key_end=key + 1, name="某地", opened_at=NOW(), parent_id=NOBODY
        )

    # a kept row falls over its made-up parent, which is asked for last
    assert (broken(create) == "area_level_of_code") != kept


def test_two_open_compounds_of_one_name_do_not_share_a_community(first):
    buildings.add_compound(community=first, name="一号院", by=SYSTEM)
    two = buildings.add_compound(community=first, name="二号院", by=SYSTEM)
    assert broken(lambda: Area.objects.filter(pk=two.pk).update(name="一号院")) == "area_local_name_once"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("building_floors", {"floors": 0}),
        ("building_floors", {"floors": 201}),
        ("building_entrances", {"entrances": 0}),
    ],
)
def test_a_building_has_a_possible_number_of_floors_and_entrances(first, name, change):
    buildings.add_building(within=first, name="楼", floors=200, entrances=99, by=SYSTEM)
    assert broken(lambda: Building.objects.update(**change)) == name


def test_the_management_of_a_compound_is_a_known_word(first):
    buildings.add_compound(community=first, name="院", by=SYSTEM)
    assert broken(lambda: Compound.objects.update(management="nobody")) == "compound_management_known"


SITE_CASES = {
    "site_once_in_area": {"name": "东门"},
    "site_kind_known": {"kind": "bar"},
    "site_name_given": {"name": ""},
    "site_closed_after_opened": {"closed_at": F("opened_at") - NOW().resolution},
    "site_point_system_known": {"point_system": "mercator"},
    "site_point_whole": {"lon": 116.0},
    "site_point_in_range": {"lon": 181, "lat": 0, "point_source": "form"},
}


@pytest.mark.parametrize("name", SITE_CASES)
def test_a_promise_about_sites_is_kept(first, name):
    sites.add(area=first, kind="gate", name="东门", by=SYSTEM)
    site = sites.add(area=first, kind="gate", name="西门", by=SYSTEM)
    assert broken(lambda: Site.objects.filter(pk=site.pk).update(**SITE_CASES[name])) == name


def test_every_named_promise_about_sites_has_a_case():
    assert {constraint.name for constraint in Site._meta.constraints} == set(SITE_CASES)


def test_nobody_deletes_a_site(first):
    site = sites.add(area=first, kind="gate", name="东门", by=SYSTEM)
    with pytest.raises(ProgrammingError, match="Cannot delete rows from places_site"), transaction.atomic():
        site.delete()
