"""A whistle climbs street, district, city; whoever answers must hold the place; nothing is counted twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents.domain import incidents
from turnout.staffing.domain import callouts, plans, whistles
from turnout.staffing.models import CallOut, Post, Whistle

from .conftest import NEIGHBOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def raised(call, roles):
    with acting_as(roles["desk"]):
        return whistles.raise_(**call, by=roles["desk"])


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def test_a_raised_whistle_waits_for_the_street_for_fifteen_minutes(raised):
    assert (raised.level, raised.state, raised.answer_by - raised.raised_at) == (
        "street", "waiting", timedelta(minutes=15),
    )  # fmt: skip


def test_a_second_tap_is_the_same_whistle(call, roles, raised):
    with acting_as(roles["desk"]):
        assert whistles.raise_(**call, by=roles["desk"]) == raised
    with clock.at(clock.now() + timedelta(minutes=3)), acting_as(roles["desk"]):
        assert whistles.raise_(**call, by=roles["desk"]) != raised


@pytest.mark.parametrize(("who", "expected"), [("elsewhere", 404), ("neighbour", 404)])
def test_nobody_whistles_for_somebody_elses_community(call, roles, who, expected):
    assert refused(lambda: whistles.raise_(**call, by=roles[who]), roles[who])[1] == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ground", "boredom"),
        ("people", 0),
        ("people", 2001),
        ("category", "king"),
        ("task", "  "),
        ("otherwise", ""),
        ("arrive_by", clock.now() - timedelta(hours=1)),
        ("ends_at", clock.now()),
    ],
)
def test_an_incomplete_whistle_names_the_field(call, roles, field, value):
    with acting_as(roles["desk"]), pytest.raises(Refusal) as caught:
        whistles.raise_(**(call | {field: value}), by=roles["desk"])
    assert caught.value.code == "whistle.bad"
    assert field in caught.value.details["fields"]


def test_the_street_approves_and_a_post_stands_there(raised, roles):
    with acting_as(roles["street"]):
        post = whistles.approve(whistle=raised, by=roles["street"])
    assert (post.places, post.category, post.area_key, post.duties) == (3, "general", raised.area_key, "入户采样登记")
    assert Whistle.objects.get().state == "approved"


def test_answers_are_for_whoever_holds_the_level(raised, roles):
    assert refused(lambda: whistles.approve(whistle=raised, by=roles["elsewhere"]), roles["elsewhere"])[1] == 404
    assert refused(lambda: whistles.approve(whistle=raised, by=roles["desk"]), roles["desk"])[1] == 403
    with acting_as(roles["street"]):
        whistles.pass_up(whistle=raised, by=roles["street"])
    assert refused(lambda: whistles.approve(whistle=raised, by=roles["street"]), roles["street"]) == (
        "whistle.higher_up", 403,
    )  # fmt: skip
    with acting_as(roles["district"]):
        assert whistles.approve(whistle=raised, by=roles["district"], people=2).places == 2


def test_two_answers_to_one_whistle_the_second_is_refused(raised, roles):
    with acting_as(roles["street"]):
        whistles.approve(whistle=raised, by=roles["street"])
    act = lambda: whistles.refuse(whistle=raised, reason="x", by=roles["district"])  # noqa: E731
    assert refused(act, roles["district"]) == ("whistle.decided", 409)
    assert Post.objects.count() == 1


def test_time_limits_pass_a_whistle_up_to_the_city_and_no_further(raised):
    levels = []
    for minutes in (14, 15, 30, 31, 90):
        with clock.at(raised.raised_at + timedelta(minutes=minutes)), acting_as(SYSTEM):
            whistles.pass_up_overdue(by=SYSTEM)
        levels.append(Whistle.objects.get().level)
    assert levels == ["street", "district", "city", "city", "city"]


def test_the_city_of_a_municipality_is_the_whole_province_and_elsewhere_the_city():
    beijing = Whistle(area_key=key_of("110102007003"), level="city")
    fuzhou = Whistle(area_key=key_of("350102001001"), level="city")
    assert whistles.answering_range(beijing) == (110000000000 * 10**6, 120000000000 * 10**6)
    assert whistles.answering_range(fuzhou) == (350100000000 * 10**6, 350200000000 * 10**6)


def test_two_whistles_for_the_same_become_one_that_asks_for_both(call, roles, raised):
    with acting_as(roles["neighbour"]):
        other = whistles.raise_(**(call | {"area_key": key_of(NEIGHBOUR), "people": 2}), by=roles["neighbour"])
    with acting_as(roles["street"]):
        kept = whistles.merge(whistle=other, into=raised, by=roles["street"])
    assert (kept.people, Whistle.objects.get(pk=other.pk).state) == (5, "merged")


def test_different_needs_are_not_merged(call, roles, raised):
    with acting_as(roles["desk"]):
        other = whistles.raise_(**(call | {"category": "health"}), by=roles["desk"])
    act = lambda: whistles.merge(whistle=other, into=raised, by=roles["street"])  # noqa: E731
    assert refused(act, roles["street"])[0] == "whistle.merge_bad"


def test_a_split_whistle_asks_for_as_many_as_before(raised, roles):
    with acting_as(roles["street"]):
        parts = whistles.split(whistle=raised, parts=[1, 2], by=roles["street"])
    assert sorted(part.people for part in parts) == [1, 2]
    assert all(part.answer_by == raised.answer_by for part in parts)
    assert refused(lambda: whistles.split(whistle=parts[1], parts=[1, 2], by=roles["street"]), roles["street"]) == (
        "whistle.split_bad", 422,
    )  # fmt: skip


def test_a_withdrawn_whistle_takes_its_post_along(raised, roles):
    with acting_as(roles["street"]):
        whistles.approve(whistle=raised, by=roles["street"])
    with acting_as(roles["desk"]):
        whistles.withdraw(whistle=raised, by=roles["desk"])
    assert Post.objects.get().state == "cancelled"
    assert refused(lambda: whistles.withdraw(whistle=raised, by=roles["desk"]), roles["desk"])[0] == "whistle.decided"


def test_a_refusal_needs_a_reason(raised, roles):
    act = lambda: whistles.refuse(whistle=raised, reason=" ", by=roles["street"])  # noqa: E731
    assert refused(act, roles["street"])[0] == "whistle.bad"


def test_an_approved_whistle_is_closed_by_who_raised_it(raised, roles):
    assert refused(lambda: whistles.close(whistle=raised, by=roles["desk"]), roles["desk"])[0] == "whistle.decided"
    with acting_as(roles["street"]):
        whistles.approve(whistle=raised, by=roles["street"])
    with acting_as(roles["desk"]):
        assert whistles.close(whistle=raised, by=roles["desk"]).state == "closed"


def test_after_stand_down_nobody_whistles(call, roles, night):
    with acting_as(roles["district"]):
        incidents.stand_down(incident=night, by=roles["district"])
    assert refused(lambda: whistles.raise_(**call, by=roles["desk"]), roles["desk"])[0] == "incident.over"


@pytest.mark.parametrize(
    ("promise", "broken"),
    [
        ("whistle_ground_known", {"ground": "x"}),
        ("whistle_kind_known", {"kind": "x"}),
        ("whistle_category_known", {"category": "x"}),
        ("whistle_state_known", {"state": "x", "answer_by": None, "decided_at": clock.now()}),
        ("whistle_level_known", {"level": "x"}),
        ("whistle_people_sensible", {"people": 0}),
        ("whistle_ends_after_start", {"starts_at": clock.now() + timedelta(days=3)}),
        ("whistle_arrive_before_end", {"arrive_by": clock.now() + timedelta(days=3)}),
        ("whistle_says_what_and_otherwise", {"task": " "}),
        ("whistle_waits_or_is_decided", {"answer_by": None}),
        ("whistle_merged_into_one", {"state": "merged", "answer_by": None, "decided_at": clock.now()}),
    ],
)
def test_the_database_keeps_the_promises_of_a_whistle(raised, promise, broken):
    with pytest.raises(IntegrityError, match=promise), transaction.atomic():
        Whistle.objects.filter(pk=raised.pk).update(**broken)


def test_a_whistle_is_not_merged_into_itself(raised):
    with pytest.raises(IntegrityError, match="whistle_not_into_itself"), transaction.atomic():
        Whistle.objects.filter(pk=raised.pk).update(into=raised.pk)


@pytest.fixture
def coming(raised, roles, make_plan, staff, wave):
    """The whistle is approved and its three people are called: one is on post, one is coming, one was asked."""
    by = roles["district"]
    with acting_as(by):
        post = whistles.approve(whistle=raised, by=by)
        plans.publish(plan=make_plan(staff[:3], on=post), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format)
        first, second, _third = CallOut.objects.order_by("pk")
        for one in (first, second):
            callouts.answer_for(callout=one, answer="yes", way="phone", by=by)
        callouts.arrive(callout=second, by=by)
    return post


def where(callouts_of):
    with acting_as(SYSTEM):
        return {row.state: row.post_id for row in CallOut.objects.filter(post__in=callouts_of)}


def test_a_whistle_is_split_while_people_are_on_their_way(raised, coming, roles):
    with acting_as(roles["district"]) as by:
        one, two = whistles.split(whistle=raised, parts=[1, 2], by=by)
    raised.refresh_from_db()
    assert (raised.state, one.state, two.state) == ("split", "approved", "approved")
    assert [(post.pk == coming.pk, post.places) for post in one.posts.all()] == [(True, 1)]
    (other,) = two.posts.all()
    assert (other.places, other.starts_at, other.area_key) == (2, coming.starts_at, coming.area_key)
    assert where([coming, other]) == {"on_post": coming.pk, "yes": other.pk, "asked": other.pk}


def test_parts_of_a_staffed_whistle_add_up_to_its_places(raised, coming, roles):
    act = lambda: whistles.split(whistle=raised, parts=[1, 1], by=roles["district"])  # noqa: E731
    assert refused(act, roles["district"]) == ("whistle.split_bad", 422)
    assert Post.objects.count() == 2  # the fixture's and the whistle's own


def test_two_staffed_whistles_become_one_and_nobody_is_sent_elsewhere(raised, coming, call, roles):
    with acting_as(roles["neighbour"]):
        other = whistles.raise_(**(call | {"area_key": key_of(NEIGHBOUR), "people": 2}), by=roles["neighbour"])
    with acting_as(roles["district"]) as by:
        waits = lambda: whistles.merge(whistle=raised, into=other, by=by)  # noqa: E731
        assert refused(waits, by)[0] == "whistle.merge_bad"
        theirs = whistles.approve(whistle=other, by=by)
        before = where([coming])
        kept = whistles.merge(whistle=raised, into=other, by=by)
    assert kept.people == 5
    assert set(kept.posts.values_list("pk", "places")) == {(coming.pk, 3), (theirs.pk, 2)}
    assert where([coming]) == before
    with acting_as(roles["neighbour"]) as by:
        whistles.withdraw(whistle=kept, by=by)
    assert set(where([coming]).values()) == {coming.pk}
    with acting_as(SYSTEM):
        assert set(CallOut.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_the_street_splits_no_whistle_that_the_district_answered(raised, coming, roles):
    Whistle.objects.filter(pk=raised.pk).update(level="district")
    act = lambda: whistles.split(whistle=raised, parts=[1, 2], by=roles["street"])  # noqa: E731
    assert refused(act, roles["street"]) == ("whistle.higher_up", 403)
