"""Posts follow the standards of the playbook, once; what a community fixed stays as it fixed it."""

import re
from datetime import timedelta

import pytest
from django.db import DataError

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents import playbook as files
from turnout.incidents.domain import incidents, playbooks
from turnout.incidents.models import PlaybookSwitch
from turnout.places.domain import buildings
from turnout.places.models import Area
from turnout.staffing.cover import cover
from turnout.staffing.domain import posts
from turnout.staffing.models import CallOut, Post

from .conftest import COMMUNITY, NEIGHBOUR

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
        health = next(c for c in cover(night).categories if c.category == "health")
    assert (health.seats_round_the_clock, health.people_per_seat, health.needed) == (263, 5, 1315)
    assert (health.available, health.missing) == (0, 1315)


def test_nights_shared_by_two_neighbours_take_fewer_people(night, roles):
    by = roles["district"]
    generate(night, by, shift_hours=12)
    alone = sum(Post.objects.filter(standard="health_on_duty").values_list("places", flat=True))
    made = generate(night, by, shift_hours=12, neighbours=2)
    shared = list(Post.objects.filter(standard="health_on_duty").values_list("places", flat=True))
    assert (alone, set(shared)) == (263 * 4, {2, 3, 4})
    assert sum(shared) == next(step.places_after for step in made.steps if step.standard == "health_on_duty")
    assert sum(shared) < alone


def on_post(night, post, staff, wave, state="on_post"):
    with acting_as(SYSTEM):
        return CallOut.objects.create(
            incident=night, wave=wave, person=staff, post=post, category=post.category, state=state,
            area_key=post.area_key, unit_key=staff.unit.scope_key, sender_key=staff.unit.area_key,
            arrived_at=clock.now(),
        )  # fmt: skip


def test_a_rule_that_asks_for_fewer_takes_the_place_from_nobody_on_post(night, roles, staff, wave):
    by = roles["district"]
    generate(night, by)
    post = Post.objects.get(area_key=key_of(COMMUNITY), standard="health_on_duty")
    for person in staff[:2]:
        on_post(night, post, person, wave)
    generate(night, by, round_the_clock=False)
    post.refresh_from_db()
    assert (post.places, set(Post.objects.filter(standard="health_on_duty").values_list("places", flat=True))) == (
        2,
        {1, 2},
    )


HEALTH = 'code = "health_on_duty"\nper = "community"\ncategory = "health"'
CHANGED = (
    re.sub(r"^version = \d+", "version = 9", files.shipped()["epidemic"], count=1, flags=re.MULTILINE)
    .replace("residents = 350", "residents = 100000")
    .replace(HEALTH, HEALTH.replace('category = "health"', 'category = "volunteer"'))
)


def without_gates(text):
    start, end = text.index('[[standards]]\ncode = "gate"'), text.index('[[standards]]\ncode = "sampling_point"')
    return text[:start] + text[end:]


def published(text):
    with acting_as(SYSTEM):
        return playbooks.publish(text=text, by=SYSTEM)


def stand(night):
    rows = Post.objects.filter(incident=night, state="open")
    return {(p.area_key, p.standard): (p.category, p.seats, p.places) for p in rows}


def test_the_preview_of_other_rules_writes_nothing_and_says_what_switching_does(night, roles):
    by = roles["district"]
    generate(night, by)
    before, version = stand(night), published(CHANGED)
    with acting_as(by):
        preview = posts.preview(incident=night, by=by, version=version)
        assert stand(night) == before
        switch, made = posts.switch_playbook(
            incident=night, version=version, reason="第二版口径", starts_at=clock.now(), by=by
        )
    assert made == preview
    health = next(step for step in made.steps if step.standard == "health_on_duty")
    assert (health.changed, health.places_before, health.places_after) == (263, 1315, 1315)
    assert {category for (_, rule), (category, _, _) in stand(night).items() if rule == "health_on_duty"} == {
        "volunteer"
    }
    assert (switch.before.version < switch.after.version, switch.reason) == (True, "第二版口径")


def test_switching_keeps_what_a_community_fixed_and_where_people_are_called(night, roles, staff, wave):
    by = roles["district"]
    generate(night, by)
    called = Post.objects.get(area_key=key_of(COMMUNITY), standard="health_on_duty")
    on_post(night, called, staff[0], wave, state="waiting")
    fixed = Post.objects.get(area_key=key_of(NEIGHBOUR), standard="health_on_duty")
    with acting_as(roles["neighbour"]):
        posts.fix(post=fixed, by=roles["neighbour"], places=2)
    with acting_as(by):
        _, made = posts.switch_playbook(
            incident=night, version=published(CHANGED), reason="新口径", starts_at=clock.now(), by=by
        )
    health = next(step for step in made.steps if step.standard == "health_on_duty")
    assert (health.kept, health.changed) == (2, 261)
    assert (stand(night)[called.area_key, "health_on_duty"], stand(night)[fixed.area_key, "health_on_duty"][2]) == (
        ("health", 1, 5),
        2,
    )


def test_a_rule_that_went_away_takes_its_empty_posts_along(night, roles):
    by = roles["district"]
    with acting_as(SYSTEM):
        community = Area.objects.get(area_key=key_of(COMMUNITY))
        buildings.add_compound(community=community, name="甲小区", by=SYSTEM)
    generate(night, by)
    assert Post.objects.filter(standard="gate", state="open").count() == 1
    with acting_as(by):
        _, made = posts.switch_playbook(
            incident=night, version=published(without_gates(CHANGED)), reason="不设卡口", starts_at=clock.now(), by=by
        )
    gate = next(step for step in made.steps if step.standard == "gate")
    assert (gate.cancelled, gate.places_before, gate.places_after) == (1, 10, 0)


def test_without_posts_a_switch_makes_none(night, roles):
    by = roles["district"]
    with acting_as(by):
        _, made = posts.switch_playbook(
            incident=night, version=published(CHANGED), reason="新口径", starts_at=clock.now(), by=by
        )
    assert (made.steps, Post.objects.count()) == ((), 0)


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403)])
def test_who_does_not_manage_the_incident_switches_and_previews_nothing(night, roles, who, status):
    by, version = roles[who], published(CHANGED)
    for act in (
        lambda: posts.switch_playbook(incident=night, version=version, reason="x", starts_at=clock.now(), by=by),
        lambda: posts.preview(incident=night, version=version, by=by),
    ):
        with acting_as(by), pytest.raises(Refusal) as caught:
            act()
        assert caught.value.status == status


def test_a_switch_that_fails_on_posts_leaves_the_rules_as_they_were(night, roles, monkeypatch):
    by, version = roles["district"], published(CHANGED)
    generate(night, by)
    monkeypatch.setattr(posts, "_CHANGE", "SELECT 1 / 0")
    with pytest.raises(DataError), acting_as(by):
        posts.switch_playbook(incident=night, version=version, reason="新口径", starts_at=clock.now(), by=by)
    night.refresh_from_db()
    assert (night.playbook.version != 9, PlaybookSwitch.objects.count()) == (True, 0)


def test_generating_takes_the_same_queries_for_a_city_as_for_a_street(night, roles, django_assert_num_queries):
    generate(night, roles["district"])
    with acting_as(roles["district"]), django_assert_num_queries(13):
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
