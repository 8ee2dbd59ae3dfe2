"""The page of a call-out: answers in figures, who is next, and whom somebody has to call up."""

import pytest
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.notices.models import Message
from turnout.staffing.domain import callouts, plans
from turnout.staffing.models import CallOut, Post

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_plan, wave, staff, roles):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="http://x/c/{}/".format, address="http://x/c/")
        first, second, third = CallOut.objects.order_by("person__sort_key")
        callouts.answer_for(callout=first, answer="yes", way="phone", by=by)
        callouts.answer_for(callout=second, answer="no", way="phone", by=by)
    return third


@pytest.fixture
def address(wave):
    return reverse("wave", args=[wave.pk])


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 200)])
def test_who_sees_a_wave(seen_by, asked, address, who, status):
    assert seen_by(who).get(address).status_code == status


def test_a_wave_says_how_it_was_answered_by_tier_and_unit(seen_by, asked, address):
    found = seen_by("district").get(address).context["found"]
    assert (found.total.called, found.total.yes, found.total.no, found.total.asked) == (3, 1, 1, 1)
    assert [(tier, counts.called) for tier, counts in found.tiers] == [("district", 3)]
    assert [(unit, counts.asked) for unit, counts in found.units] == [("区统计局", 1)]
    assert (found.curve.accepted[-1], found.curve.on_post[-1]) == (2, 1)


def test_who_has_not_answered_can_be_answered_for_on_the_phone(seen_by, asked, address):
    district = seen_by("district")
    assert [callout.pk for callout in district.get(address).context["unanswered"]] == [asked.pk]
    assert district.post(reverse("callout-said", args=[asked.pk]), {"answer": "yes"}).status_code == 302
    with acting_as(SYSTEM):
        asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("yes", "phone")


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_nobody_else_answers_for_somebody(seen_by, asked, who, status):
    assert seen_by(who).post(reverse("callout-said", args=[asked.pk]), {"answer": "yes"}).status_code == status


def test_a_message_that_may_not_have_arrived_is_followed_up(seen_by, asked, address):
    with acting_as(SYSTEM):
        Message.objects.filter(about_id=asked.pk).update(
            state="unknown", claimed_at=asked.asked_at, finished_at=asked.asked_at, body=None
        )
    rows = seen_by("district").get(address).context["unreached"]
    assert [(one.callout_id, one.state) for one, _channel, _words in rows] == [(asked.pk, "unknown")]


def test_the_next_tier_is_drawn_in_by_a_job(seen_by, wave, asked):
    assert seen_by("elsewhere").post(reverse("wave-widen", args=[wave.pk])).status_code == 404
    assert seen_by("district").post(reverse("wave-widen", args=[wave.pk])).status_code == 302
    assert ProcrastinateJob.objects.get(task_name="staffing.widen_wave").args["wave_id"] == str(wave.pk)


@pytest.mark.parametrize("count", [1, 3])
def test_a_wave_asks_the_same_however_many_are_called(
    seen_by, make_plan, post, wave, staff, roles, address, count, django_assert_num_queries
):
    Post.objects.filter(pk=post.pk).update(places=5)  # some stay empty: the next tier is looked at
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:count]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="http://x/c/{}/".format, address="http://x/c/")
    district = seen_by("district")
    district.get(address)
    with django_assert_num_queries(20):
        assert district.get(address).context["found"].total.called == count


def test_a_wave_locked_by_mistake_has_a_button_that_opens_it_again(seen_by, asked, wave, address):
    district = seen_by("district")
    district.post(reverse("wave-advance", args=[wave.pk]), {"to": "locked"})
    assert "再次开启…" in district.get(address).content.decode()
    district.post(reverse("wave-advance", args=[wave.pk]), {"to": "open"})
    wave.refresh_from_db()
    assert wave.state == "open"
    assert "再次开启…" not in district.get(address).content.decode()
