"""When an area is closed, its people are seen by the successor from the same moment, and by the old area no more."""

import pytest

from turnout.access.models import Grant
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.people.domain import reach, units
from turnout.people.models import Person, Reach, Unit
from turnout.places.domain import areas
from turnout.places.models import Area

pytestmark = pytest.mark.django_db

OLD, NEW, STREET, OTHER_STREET = "110102001004", "110102001007", "110102001000", "110102003000"


@pytest.fixture
def loaded(db):
    with acting_as(SYSTEM):
        areas.load_public(code="110102001", by=SYSTEM)
        areas.load_public(code="110102003", by=SYSTEM)


def close(old, new):
    with acting_as(SYSTEM):
        areas.close(area=Area.objects.get(code=old), successor=Area.objects.get(code=new), by=SYSTEM)


def seen_by(actor):
    with acting_as(actor):
        return sorted(Person.objects.values_list("name", flat=True))


def test_home_unit_and_placement_follow_to_the_successor(loaded, make_unit, make_person, actor):
    away, here = make_unit("A1"), make_unit("H1", key_of(OLD))
    make_person(away, "王芳", home_key=key_of(OLD))
    make_person(here, "李伟")
    placed = make_person(away, "张敏")
    reach.place(person_id=placed.pk, area_key=key_of(OLD), source_id=away.pk)
    old, new = actor("old", ("desk", OLD)), actor("new", ("desk", NEW))
    assert (seen_by(old), seen_by(new)) == (["张敏", "李伟", "王芳"], [])
    close(OLD, NEW)
    assert (seen_by(old), seen_by(new)) == ([], ["张敏", "李伟", "王芳"])
    with acting_as(SYSTEM):
        assert not Reach.objects.filter(area_key=key_of(OLD)).exists()
        assert Person.objects.get(name="王芳").home_key == key_of(NEW)
        assert Unit.objects.get(pk=here.pk).area_key == key_of(NEW)


def test_the_desk_of_the_closed_community_follows_with_its_grant(loaded, make_unit, make_person, make_user):
    from turnout.access.queries import actor_of

    make_person(make_unit(), "王芳", home_key=key_of(OLD))
    make_person(make_unit("W2"), "李伟", home_key=key_of(NEW))
    user = make_user("desk", ("desk", OLD))
    assert seen_by(actor_of(user)) == ["王芳"]
    close(OLD, NEW)
    assert seen_by(actor_of(user)) == ["李伟", "王芳"]


def test_the_liaison_s_grant_is_administered_where_the_unit_now_lies(loaded, make_unit, make_user):
    unit, user = make_unit("H1", key_of(OLD)), make_user("liaison")
    with acting_as(SYSTEM):
        units.set_liaison(unit=unit, user=user, by=SYSTEM)
    close(OLD, NEW)
    grant = Grant.objects.get(user=user)
    assert (grant.area_key, grant.scope_lo) == (key_of(NEW), unit.scope_key)


@pytest.mark.parametrize(
    ("area", "pairs", "after"),
    [
        ("110102", [STREET], [OTHER_STREET]),
        ("110102", [STREET, OTHER_STREET], [OTHER_STREET]),
        ("110102", [OTHER_STREET, STREET], [OTHER_STREET]),
        (OTHER_STREET, [STREET], []),
    ],
)
def test_a_pairing_follows_once_and_never_to_the_unit_itself(loaded, make_unit, area, pairs, after):
    unit = make_unit("P1", key_of(area))
    with acting_as(SYSTEM):
        units.pair(unit=unit, streets=[key_of(code) for code in pairs], by=SYSTEM)
        street = Area.objects.get(code=STREET)
        heirs = list(Area.objects.filter(parent__code=OTHER_STREET).order_by("area_key"))
        for child in Area.objects.filter(parent=street):
            areas.close(area=child, successor=heirs[0], by=SYSTEM)
    close(STREET, OTHER_STREET)
    assert Unit.objects.get(pk=unit.pk).paired_streets == [key_of(code) for code in after]
