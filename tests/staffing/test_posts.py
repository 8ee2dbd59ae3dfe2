"""Posts follow the standards of the playbook, once; what a community fixed stays as it fixed it."""

from datetime import timedelta

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents.domain import incidents
from turnout.places.models import Area
from turnout.staffing import queries
from turnout.staffing.domain import posts
from turnout.staffing.models import Post

from .conftest import COMMUNITY

pytestmark = pytest.mark.django_db


def generate(night, by, **rest):
    with acting_as(by):
        return posts.generate(incident=night, starts_at=clock.now() + timedelta(hours=8), by=by, **rest)


def test_every_community_gets_its_round_the_clock_cover(night, roles):
    made = generate(night, roles["district"])
    communities = Area.objects.filter(level="community").count()
    assert communities == 263
    rows = Post.objects.filter(standard="health_on_duty")
    assert (made.changed, made.cancelled, made.same) == (0, 0, 0)
    assert (rows.count(), set(rows.values_list("seats", "places", "places_min"))) == (263, {(1, 5, 5)})


def test_asking_twice_changes_nothing(night, roles):
    first = generate(night, roles["district"])
    second = generate(night, roles["district"])
    assert (second.added, second.changed, second.cancelled, second.same) == (0, 0, 0, first.added)


def test_one_place_for_so_many_residents(night, roles):
    generate(night, roles["district"])
    area = Area.objects.get(area_key=key_of(COMMUNITY))
    post = Post.objects.get(area_key=area.area_key, standard="general_reinforcement")
    assert post.places == max(1, -(-area.residents // 350))


def test_a_sealed_community_gets_more_and_loses_it_again(night, roles):
    by = roles["district"]
    generate(night, by)
    with acting_as(by):
        mark = incidents.mark(incident=night, area_key=key_of(COMMUNITY), level="sealed", by=by)
    assert generate(night, by).added == 1
    with clock.at(clock.now() + timedelta(minutes=1)):
        with acting_as(by):
            incidents.unmark(mark=mark, by=by)
        assert generate(night, by).cancelled == 1


def test_shorter_cover_changes_the_numbers_of_what_nobody_fixed(night, roles):
    by = roles["district"]
    generate(night, by)
    fixed = Post.objects.get(area_key=key_of(COMMUNITY), standard="health_on_duty")
    with acting_as(roles["desk"]):
        posts.fix(post=fixed, by=roles["desk"], duties="看诊", meet_at="东门")
    generate(night, by, shift_hours=12)
    assert set(Post.objects.filter(standard="health_on_duty").values_list("places", flat=True)) == {4, 5}
    assert Post.objects.get(pk=fixed.pk).places == 5


def test_the_arithmetic_of_round_the_clock_cover_is_said_before_anything_is_planned(night, roles):
    with acting_as(roles["district"]):
        health = next(c for c in queries.cover(night) if c.category == "health")
    assert (health.seats_round_the_clock, health.people_per_seat, health.needed) == (263, 5, 1315)
    assert (health.available, health.missing) == (0, 1315)


def test_generating_takes_the_same_queries_for_a_city_as_for_a_street(night, roles, django_assert_num_queries):
    generate(night, roles["district"])
    with acting_as(roles["district"]), django_assert_num_queries(11):
        posts.generate(incident=night, starts_at=clock.now(), by=roles["district"])


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403)])
def test_who_does_not_plan_the_district_generates_nothing(night, roles, who, status):
    with acting_as(roles[who]), pytest.raises(Refusal) as caught:
        posts.generate(incident=night, starts_at=clock.now(), by=roles[who])
    assert caught.value.status == status


def test_a_community_fixes_its_own_posts_only(night, roles):
    generate(night, roles["district"])
    post = Post.objects.get(area_key=key_of(COMMUNITY), standard="general_reinforcement")
    with acting_as(roles["neighbour"]), pytest.raises(Refusal) as caught:
        posts.fix(post=post, by=roles["neighbour"], duties="x")
    assert caught.value.status == 404
    with acting_as(roles["desk"]):
        assert posts.fix(post=post, by=roles["desk"], places=4).places == 4
        assert posts.cancel(post=post, by=roles["desk"]).state == "cancelled"
    with acting_as(roles["desk"]), pytest.raises(Refusal) as caught:
        posts.fix(post=post, by=roles["desk"], duties="x")
    assert caught.value.code == "post.over"
