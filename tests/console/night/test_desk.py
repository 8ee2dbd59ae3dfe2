"""The community desk: who is coming stands in a list with boxes to tick; phones are masked."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.staffing.conftest import COMMUNITY
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.people.models import Booking
from turnout.staffing.domain import openings, plans
from turnout.staffing.models import CallOut, HandOver, Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(make_plan, wave, staff, roles):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
    with acting_as(SYSTEM):
        return CallOut.objects.get(person__name="李文静")


@pytest.fixture
def address(night):
    return reverse("desk", args=[night.pk, COMMUNITY])


def test_the_desk_lists_who_is_coming_with_masked_phones(seen_by, called, address):
    text = seen_by("desk").get(address).content.decode()
    assert [name for name in ("李文静", "王建国", "赵敏") if name not in text] == []
    assert "13800130001" not in text
    assert "0001" in text


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", 200), ("district", 200)]
)
def test_who_sees_the_desk(seen_by, called, address, who, status):
    assert seen_by(who).get(address).status_code == status


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", 302)])
def test_who_ticks_somebody_as_there(seen_by, called, who, status):
    assert seen_by(who).post(reverse("callout-arrive", args=[called.pk])).status_code == status
    with acting_as(SYSTEM):
        called.refresh_from_db()
    assert called.state == ("on_post" if status == 302 else "waiting")


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", 302)])
def test_who_ticks_several_at_once(seen_by, called, night, who, status):
    with acting_as(SYSTEM):
        ids = [str(pk) for pk in CallOut.objects.values_list("pk", flat=True)]
    address = reverse("desk-arrive", args=[night.pk, COMMUNITY])
    assert seen_by(who).post(address, {"who": ids}).status_code == status
    with acting_as(SYSTEM):
        assert set(CallOut.objects.values_list("state", flat=True)) == {"on_post" if status == 302 else "waiting"}


def test_whoever_cannot_be_ticked_is_named_and_the_others_are_there(seen_by, called, night, address):
    desk = seen_by("desk")
    ticks = desk.get(address).content.decode().count('name="who"')
    with acting_as(SYSTEM):
        mine, other, third = CallOut.objects.order_by("id").select_related("person")
        Booking.objects.filter(source_id=other.pk).update(state="cancelled")
        CallOut.objects.filter(pk=other.pk).update(state="silent")
        Booking.objects.create(
            person=other.person, layer="posting", starts_at=other.post.starts_at, ends_at=other.post.ends_at,
            state="live",
        )  # fmt: skip
    ids = [str(one.pk) for one in (mine, other, third)]
    address = reverse("desk-arrive", args=[night.pk, COMMUNITY])
    text = desk.post(address, {"who": [*ids, "", "x"]}, follow=True).content.decode()
    with acting_as(SYSTEM):
        states = list(CallOut.objects.order_by("id").values_list("state", flat=True))
    assert (ticks, states) == (3, ["on_post", "silent", "on_post"])
    assert f"{other.person.name}：" in text or f"{other.person.name}: " in text


def test_opening_the_address_of_a_tick_changes_nothing(seen_by, called):
    assert seen_by("desk").get(reverse("callout-arrive", args=[called.pk])).status_code == 405


def test_somebody_on_post_is_released(seen_by, called):
    desk = seen_by("desk")
    desk.post(reverse("callout-arrive", args=[called.pk]))
    address = reverse("callout-release", args=[called.pk])
    assert desk.get(address).status_code == 200
    with acting_as(SYSTEM):
        called.refresh_from_db()
        assert called.state == "on_post"
    desk.post(address, {"note": "", "successor": ""})
    with acting_as(SYSTEM):
        called.refresh_from_db()
        assert (called.state, HandOver.objects.count()) == ("released", 0)


def test_what_is_passed_on_stands_at_the_desk_with_who_takes_over(seen_by, called, address):
    with acting_as(SYSTEM):
        other = CallOut.objects.get(person__name="王建国")
    desk = seen_by("desk")
    for callout in (called, other):
        desk.post(reverse("callout-arrive", args=[callout.pk]))
    typed = {"note": "东门钥匙两把", "successor": str(other.pk)}
    desk.post(reverse("callout-release", args=[called.pk]), typed)
    text = desk.get(address).content.decode()
    assert "东门钥匙两把" in text
    assert "→ 王建国" in text


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_nobody_else_releases(seen_by, called, who, status):
    assert seen_by(who).get(reverse("callout-release", args=[called.pk])).status_code == status


def test_a_post_is_fixed_in_words_and_number(seen_by, called, post):
    typed = {"duties": "东门卡口", "meet_at": "社区居委会门口", "places": "4"}
    assert seen_by("desk").post(reverse("post-fix", args=[post.pk]), typed).status_code == 302
    post.refresh_from_db()
    assert (post.duties, post.places, post.fixed_at is not None) == ("东门卡口", 4, True)


def test_fewer_places_than_people_called_is_refused_at_the_field(seen_by, called, post):
    response = seen_by("desk").post(reverse("post-fix", args=[post.pk]), {"duties": "东门卡口", "places": "2"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["places"])


def test_a_post_with_people_is_not_cancelled(seen_by, called, post):
    assert seen_by("desk").post(reverse("post-cancel", args=[post.pk])).status_code == 409
    assert Post.objects.get(pk=post.pk).state == "open"


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_the_same_however_many_come(
    seen_by, make_plan, wave, staff, roles, address, count, django_assert_num_queries
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:count]), wave=wave, by=by)
    desk = seen_by("desk")
    desk.get(address)
    with django_assert_num_queries(18):
        assert len(desk.get(address).context["groups"][0].lines) == count


def test_whoever_was_not_seen_for_long_stands_on_top_until_somebody_looks(seen_by, called, address):
    desk = seen_by("desk")
    desk.post(reverse("callout-arrive", args=[called.pk]))
    assert desk.get(address).context["unseen"] == []
    with acting_as(SYSTEM):
        CallOut.objects.filter(pk=called.pk).update(seen_at=clock.now() - timedelta(days=2))
    assert [one.pk for one in desk.get(address).context["unseen"]] == [called.pk]
    assert desk.get(reverse("callout-seen", args=[called.pk])).status_code == 405
    desk.post(reverse("callout-seen", args=[called.pk]))
    assert desk.get(address).context["unseen"] == []


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_nobody_else_says_that_somebody_was_seen(seen_by, called, who, status):
    assert seen_by(who).post(reverse("callout-seen", args=[called.pk])).status_code == status


@pytest.fixture
def opening(post, wave, roles):
    with acting_as(roles["desk"]) as by:
        made, _token = openings.open_(
            post=post, wave=wave, places=1, closes_at=clock.now() + timedelta(hours=2), by=by
        )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403), ("desk", 302), ("district", 302)]
)
def test_who_ends_a_sign_up(seen_by, opening, who, status):
    assert seen_by(who).post(reverse("opening-close", args=[opening.pk])).status_code == status
    opening.refresh_from_db()
    assert (opening.closed_at is not None) == (status == 302)


def test_a_post_offers_to_end_the_sign_up_that_runs(seen_by, opening, address):
    desk = seen_by("desk")
    assert [row.opening.pk for row in desk.get(address).context["posts"]] == [opening.pk]
    desk.post(reverse("opening-close", args=[opening.pk]))
    assert [row.opening for row in desk.get(address).context["posts"]] == [None]
