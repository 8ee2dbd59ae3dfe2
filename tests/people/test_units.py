"""Units: opening and closing, whom they serve, who speaks for them, and what happens when their area goes."""

from datetime import timedelta

import pytest

from tests.people.conftest import DONGCHENG, HOME_EAST, HOME_WEST, STREET, XICHENG
from turnout.access.models import Grant
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import UNIT_BASE, key_of
from turnout.core.refusals import Refusal
from turnout.core.registries import AREA_MOVED
from turnout.people import queries
from turnout.people.domain import persons, proposals, units
from turnout.people.models import MergeProposal, Person, Reach, Unit

pytestmark = pytest.mark.django_db
NEXT_STREET, FAR_STREET = key_of("110102010000"), key_of("110105011000")


def refused(verb, **fields):
    with pytest.raises(Refusal) as caught:
        verb(**fields)
    return caught.value.code, caught.value.status


@pytest.fixture
def west(make_unit):
    return make_unit("W1")


HOLDERS = (("east", "dispatcher", DONGCHENG), ("view", "viewer", XICHENG), ("west", "dispatcher", XICHENG))
VERBS = {
    "edit": lambda u, by: units.edit(unit=u, code="W9", name="新名", area_key=u.area_key, by=by),
    "pair": lambda u, by: units.pair(unit=u, streets=[STREET], by=by),
    "set_quota": lambda u, by: units.set_quota(unit=u, quota=5, by=by),
    "set_liaison": lambda u, by: units.set_liaison(unit=u, user=None, by=by),
    "close": lambda u, by: units.close(unit=u, by=by),
    "create": lambda u, by: units.create(code="W8", name="另一", area_key=u.area_key, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_404_elsewhere_403_without_the_right_and_done_with_it(west, actor, verb):
    answers = []
    for name, role, area in HOLDERS:
        by = actor(name, (role, area))
        with acting_as(by):
            try:
                VERBS[verb](west, by)
                answers.append(200)
            except Refusal as refusal:
                answers.append(refusal.status)
    assert answers == [404, 403, 200]


def test_a_liaison_may_not_change_the_unit(west, make_user):
    user = make_user("liaison")
    with acting_as(SYSTEM):
        units.set_liaison(unit=west, user=user, by=SYSTEM)
    by = actor_of(user)
    with acting_as(by):
        assert refused(units.set_quota, unit=west, quota=1, by=by) == ("access.not_allowed", 403)
        assert [unit.code for unit in queries.units_within(by)] == ["W1"]


def test_units_are_listed_where_the_permission_holds(west, make_unit, actor):
    make_unit("E1", key_of(DONGCHENG))
    by = actor("west", ("viewer", XICHENG))
    with acting_as(by):
        assert [unit.code for unit in queries.units_within(by)] == ["W1"]
        assert refused(queries.unit, unit_id=Unit.objects.get(code="E1").pk, by=by) == ("access.not_found", 404)
    with acting_as(SYSTEM):
        assert [unit.code for unit in queries.units_within(SYSTEM)] == ["E1", "W1"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"code": "W 1"}, "people.unit_code_bad"),
        ({"code": ""}, "people.unit_code_bad"),
        ({"code": "W1"}, "people.unit_code_taken"),
        ({"name": " "}, "people.name_bad"),
        ({"area_key": UNIT_BASE + 3}, "people.area_bad"),
        ({"area_key": 0}, "people.area_bad"),
        ({"quota": -1}, "people.quota_bad"),
        ({"paired_streets": [HOME_WEST]}, "people.pair_not_street"),
        ({"paired_streets": [key_of(XICHENG)]}, "people.pair_not_street"),
        ({"paired_streets": [STREET, STREET]}, "people.pair_twice"),
        ({"paired_streets": [STREET], "area_key": STREET}, "people.pair_self"),
        ({"paired_streets": [key_of(f"110102{n:03}000") for n in range(1, 22)]}, "people.pair_too_many"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(west, fields, code):
    with acting_as(SYSTEM):
        good = {"code": "W2", "name": "单位", "area_key": key_of("110105"), "by": SYSTEM}
        assert refused(units.create, **good | fields)[0] == code


def test_streets_keep_their_order(west):
    with acting_as(SYSTEM):
        units.pair(unit=west, streets=[NEXT_STREET, STREET], by=SYSTEM)
        assert Unit.objects.get(pk=west.pk).paired_streets == [NEXT_STREET, STREET]


def test_a_unit_with_people_is_not_closed(west, make_person):
    person = make_person(west)
    with acting_as(SYSTEM):
        assert refused(units.close, unit=west, by=SYSTEM) == ("people.unit_has_people", 409)
        persons.leave(person=person, by=SYSTEM)
        first = units.close(unit=west, by=SYSTEM).closed_at
        assert units.close(unit=west, by=SYSTEM).closed_at == first
        assert refused(units.set_quota, unit=west, quota=1, by=SYSTEM)[0] == "people.unit_closed"
        assert refused(persons.return_, person=person, by=SYSTEM)[0] == "people.unit_closed"
        assert refused(persons.add, unit=west, name="王芳", categories=["health"], by=SYSTEM)[0] == "people.unit_closed"


def test_a_new_liaison_ends_the_role_of_the_old_one(west, make_user, actor):
    first, second = make_user("first"), make_user("second")
    by = actor("admin", ("administrator", XICHENG))
    with acting_as(by):
        units.set_liaison(unit=west, user=first, by=by)
        units.set_liaison(unit=west, user=second, by=by, ends_at=clock.now() + timedelta(days=3))
    assert (actor_of(first).scope, actor_of(second).scope) == ((), ((west.scope_key, west.scope_key + 1),))
    with acting_as(by):
        units.close(unit=west, by=by)
    assert actor_of(second).scope == ()


def test_who_may_not_give_roles_sets_no_liaison(west, make_user, actor):
    by = actor("west", ("dispatcher", XICHENG))
    user = make_user("liaison")
    with acting_as(by):
        assert refused(units.set_liaison, unit=west, user=user, by=by) == ("access.grant_too_wide", 403)


def test_a_unit_that_moves_takes_its_people_and_its_liaison_along(west, make_person, make_user, actor):
    make_person(west)
    with acting_as(SYSTEM):
        units.set_liaison(unit=west, user=make_user("liaison"), by=SYSTEM)
    by = actor("both", ("dispatcher", XICHENG), ("dispatcher", DONGCHENG))
    with acting_as(by):
        units.edit(unit=west, code="W1", name="单位", area_key=key_of(DONGCHENG), by=by)
    seen = {}
    for name, district in (("west", XICHENG), ("east", DONGCHENG)):
        with acting_as(actor(name, ("dispatcher", district))):
            seen[name] = Person.objects.count()
    assert (seen, Grant.objects.get(unit_id=west.pk).area_key) == ({"west": 0, "east": 1}, key_of(DONGCHENG))


def moved(old, new):
    with acting_as(SYSTEM):
        for follow in AREA_MOVED:
            follow(old, new)


def test_homes_follow_a_community_that_was_merged(west, make_person, actor):
    person = make_person(west, home_key=HOME_WEST)
    moved(HOME_WEST, HOME_EAST)
    with acting_as(actor("east", ("desk", "110101001001"))):
        assert Person.objects.get(pk=person.pk).home_key == HOME_EAST


def test_a_home_is_forgotten_when_nothing_but_a_street_follows(west, make_person):
    make_person(west, home_key=HOME_WEST)
    moved(HOME_WEST, STREET)
    with acting_as(SYSTEM):
        assert Person.objects.get().home_key is None
        assert not Reach.objects.filter(basis="home").exists()


def test_pairings_follow_a_street_and_stay_distinct(make_unit):
    plain = make_unit("A", paired_streets=[NEXT_STREET, STREET])
    double = make_unit("B", paired_streets=[FAR_STREET, STREET, NEXT_STREET])
    own = make_unit("C", FAR_STREET, paired_streets=[STREET])
    office = make_unit("D", STREET, paired_streets=[FAR_STREET, NEXT_STREET])
    moved(STREET, FAR_STREET)
    kept = {unit.code: (unit.area_key, unit.paired_streets) for unit in Unit.objects.all()}
    assert kept == {
        plain.code: (plain.area_key, [NEXT_STREET, FAR_STREET]),
        double.code: (double.area_key, [FAR_STREET, NEXT_STREET]),
        own.code: (FAR_STREET, []),
        office.code: (FAR_STREET, [NEXT_STREET]),
    }


def test_people_and_claims_follow_the_area_of_their_unit(make_unit, make_person, actor):
    unit, other = make_unit("A", STREET), make_unit("B", key_of(DONGCHENG))
    make_person(unit)
    make_person(other, "李伟", phone="13800004567")
    with acting_as(SYSTEM):
        proposals.claim(unit=unit, phone="13800004567", by=SYSTEM)
    moved(STREET, FAR_STREET)
    with acting_as(actor("far", ("dispatcher", "110105"))):
        assert Person.objects.count() == 1
    with acting_as(SYSTEM):
        assert MergeProposal.objects.get().claim_key == FAR_STREET


def test_figures_say_their_basis_and_totals_count_a_person_once(make_unit, make_person, actor):
    west, east = make_unit("W1", STREET), make_unit("E1", key_of(DONGCHENG))
    make_person(west, home_key=HOME_WEST)
    make_person(west, "李伟", home_key=HOME_EAST)
    gone = make_person(east, "张敏", home_key=HOME_WEST)
    make_person(east, "赵磊")
    with acting_as(SYSTEM):
        persons.leave(person=gone, by=SYSTEM)
        assert queries.headcounts("unit", digits=6) == {"110101000000": 1, "110102000000": 2}
        assert queries.headcounts("unit", digits=9) == {"110101000000": 1, "110102007000": 2}
        assert queries.headcounts("home") == {"110101001001": 1, "110102007003": 1}
        assert queries.headcounts_of_units([west.pk, east.pk]) == {west.pk: 2, east.pk: 1}
        assert queries.total() == 3
    with acting_as(actor("east", ("dispatcher", DONGCHENG))):
        assert (queries.headcounts("home"), queries.total()) == ({"110101001001": 1}, 2)
