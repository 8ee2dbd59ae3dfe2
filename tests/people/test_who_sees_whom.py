"""A person is seen by the unit's area, the home community and the unit's liaison, and by nobody else."""

import pytest

from tests.people.conftest import DONGCHENG, HOME_EAST, XICHENG
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.people import queries
from turnout.people.domain import persons, units
from turnout.people.models import Person, Reach

pytestmark = pytest.mark.django_db


def seen_by(actor):
    with acting_as(actor):
        return sorted(Person.objects.values_list("name", flat=True))


@pytest.fixture
def people(make_unit, make_person):
    west, east = make_unit("W1"), make_unit("E1", key_of(DONGCHENG))
    make_person(west, "王芳", home_key=HOME_EAST)
    make_person(west, "李伟")
    make_person(east, "张敏")
    return west, east


def test_the_area_of_the_unit_and_the_home_community_both_see_a_person(people, actor):
    assert seen_by(actor("west", ("dispatcher", XICHENG))) == ["李伟", "王芳"]
    assert seen_by(actor("east", ("dispatcher", DONGCHENG))) == ["张敏", "王芳"]
    assert seen_by(actor("home", ("desk", "110101001001"))) == ["王芳"]
    assert seen_by(actor("next-door", ("desk", "110101001002"))) == []


def test_a_liaison_sees_the_own_unit_only(people, make_user):
    west, _ = people
    user = make_user("liaison")
    with acting_as(SYSTEM):
        units.set_liaison(unit=west, user=user, by=SYSTEM)
    assert seen_by(actor_of(user)) == ["李伟", "王芳"]


def test_a_new_person_is_reached_by_unit_home_and_roll(people):
    west, _ = people
    with acting_as(SYSTEM):
        rows = Reach.objects.filter(person__name="王芳").order_by("basis").values_list("basis", "area_key")
        assert list(rows) == [("home", HOME_EAST), ("roll", west.scope_key), ("unit", west.area_key)]


def test_somebody_enters_a_person_whose_home_is_outside_the_own_area(people, actor):
    west, _ = people
    dispatcher = actor("west", ("dispatcher", XICHENG))
    with acting_as(dispatcher):
        added = persons.add(unit=west, name="赵磊", categories=["police"], home_key=HOME_EAST, by=dispatcher)
        assert queries.person(added.pk).name == "赵磊"


def test_a_unit_of_another_district_is_404_a_role_without_the_right_is_403(people, actor):
    west, east = people
    dispatcher, viewer = actor("west", ("dispatcher", XICHENG)), actor("viewer", ("viewer", XICHENG))
    for by, unit, status in ((dispatcher, east, 404), (viewer, west, 403)):
        with acting_as(by), pytest.raises(Refusal) as refused:
            persons.add(unit=unit, name="赵磊", categories=["police"], by=by)
        assert refused.value.status == status
