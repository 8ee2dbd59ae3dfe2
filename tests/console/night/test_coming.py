"""The published plan as a street reads it: who comes to its communities and why, its map, and nothing of any other."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.staffing.conftest import COMMUNITY, NEIGHBOUR
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of_key
from turnout.staffing.coming import coming, in_force
from turnout.staffing.domain import callouts, plans, standins
from turnout.staffing.models import CallOut, Gap, Placement, Post

pytestmark = pytest.mark.django_db

STREET = "110102007000"
ANOTHER_STREET = "110102010000"


@pytest.fixture
def published(make_plan, night, wave, staff, roles):
    """Two people at the community, one at its neighbour, one in another street of the district."""
    now = clock.now()
    with acting_as(roles["district"]) as by:
        plan = make_plan(staff[:2])
        for number, code in enumerate((NEIGHBOUR, "110102010001"), start=2):
            post = Post.objects.create(
                incident=night, area_key=key_of(code), category="general", seats=2, places_min=1, places=2,
                starts_at=now + timedelta(hours=10), ends_at=now + timedelta(days=3), made_at=now,
            )  # fmt: skip
            other = make_plan(staff[number : number + 1], on=post)
            Placement.objects.filter(plan=other).update(plan=plan, reason="home")
            Gap.objects.create(
                plan=plan, post=post, area_key=post.area_key, missing_min=1, missing=1, reason="none_in_category",
                nearest_fix="call_more:general:1",
            )  # fmt: skip
        plans.publish(plan=plan, wave=wave, by=by)
    return plan


def page(night, code=STREET):
    return reverse("plan-of", args=[night.pk, code])


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("elsewhere", STREET, 404), ("auditor", STREET, 403), ("street", ANOTHER_STREET, 404), ("desk", STREET, 404),
        ("neighbour", COMMUNITY, 404), ("street", "110101001000", 404), ("street", "110102000000", 404),
        ("street", "no-such-code", 404), ("street", STREET, 200), ("street", COMMUNITY, 200), ("desk", COMMUNITY, 200),
        ("district", STREET, 200), ("district", "110102000000", 302),
    ],
)  # fmt: skip
def test_who_reads_the_plan_of_a_street(seen_by, night, published, who, code, status):
    assert seen_by(who).get(page(night, code)).status_code == status


def test_a_street_s_desk_reads_who_comes_and_why_and_is_led_there_by_the_board(seen_by, night, published):
    street = seen_by("street")
    assert page(night) in street.get(reverse("board", args=[night.pk])).content.decode()
    response = street.get(page(night))
    text = response.content.decode()
    assert [name for name in ("李文静", "王建国", "赵敏") if name not in text] == []
    assert "孙磊" not in text
    found = {place.row.code: place for place in response.context["places"]}
    assert sorted(found) == ["110102007003", "110102007004"]
    assert [line.why for line in found["110102007003"].lines] == ["离家最近的岗位"] * 2
    assert [(line.why, line.minutes) for line in found["110102007004"].lines] == [("住在本社区", 12)]
    assert (found["110102007004"].fix, found["110102007004"].row.gap) == ("再叫这类人员 +1", 2)
    assert response.context["part"].plan == published


def test_its_map_holds_its_own_communities_and_no_other(seen_by, night, published):
    marks = seen_by("street").get(page(night)).context["map"]["marks"]
    assert {mark["street"] for mark in marks} == {STREET}
    assert {"110102007003", "110102007004"} <= {mark["code"] for mark in marks}


def test_a_draft_is_not_read_by_a_street(seen_by, night, make_plan, staff):
    make_plan(staff[:2])
    text = seen_by("street").get(page(night)).content.decode()
    assert "这里还没有发布方案" in text
    assert "李文静" not in text


def test_the_reason_is_that_of_the_version_in_force(night, published, make_plan, wave, staff, roles):
    with acting_as(roles["district"]) as by:
        later = make_plan(staff[:2])
        Placement.objects.filter(plan=later).update(reason="kept")
        plans.publish(plan=later, wave=wave, within=key_of(COMMUNITY), by=by)
        found = {one.callout.person.name: one.reason for one in coming(night, range_of_key(key_of(STREET)))}
        assert found == {"李文静": "kept", "王建国": "kept", "赵敏": "home"}
        assert in_force(night, range_of_key(key_of(COMMUNITY))).plan == later
        assert in_force(night, range_of_key(key_of(STREET))).plan == published


def test_who_declined_is_gone_and_a_stand_in_says_so(seen_by, night, published, staff, roles):
    with acting_as(SYSTEM) as by:
        rows = {row.person.name: row for row in CallOut.objects.select_related("person")}
        callouts.answer_for(callout=rows["李文静"], answer="no", way="phone", by=by)
        standins.substitute(callout=rows["王建国"], person=staff[4], by=by)
    lines = seen_by("street").get(page(night, COMMUNITY)).context["places"][0].lines
    assert [(line.callout.person.name, line.why) for line in lines] == [("周晓红", "替换他人")]


@pytest.mark.parametrize("count", [1, 3])
def test_one_and_three_people_ask_the_same(
    seen_by, night, make_plan, wave, staff, roles, count, django_assert_num_queries
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:count]), wave=wave, by=by)
    street = seen_by("street")
    street.get(page(night))
    with django_assert_num_queries(16):
        assert len(street.get(page(night)).context["places"][0].lines) == count
