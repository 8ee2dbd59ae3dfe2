"""Places to sign up for, feedback of who called, messages that did not arrive, people who are back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.notices.models import Message
from turnout.staffing.domain import callouts, plans
from turnout.staffing.models import CallOut, Feedback, Opening, SignUp

pytestmark = pytest.mark.django_db


def at(hours):
    return timezone.localtime(clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def called(make_plan, staff, wave, roles):
    """Two people called and asked."""
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:2]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://x/c/{}".format)
    with acting_as(SYSTEM):
        return list(CallOut.objects.order_by("person__sort_key"))


@pytest.fixture
def stuck(called):
    """The message to the first of them was not sent."""
    now = clock.now()
    with acting_as(SYSTEM):
        message = Message.objects.get(about_id=called[0].pk)
        Message.objects.filter(pk=message.pk).update(state="failed", claimed_at=now, finished_at=now)
    return message


def settlement(message):
    with acting_as(SYSTEM):
        return Message.objects.get(pk=message.pk).settlement


@pytest.fixture
def opening(seen_by, post, wave):
    """Two places opened on the screen; returns the address of the public page."""
    typed = {"wave": str(wave.number), "places": "2", "closes_at": at(3)}
    response = seen_by("desk").post(reverse("post-opening", args=[post.pk]), typed)
    return response.context["address"].removeprefix("http://testserver")


@pytest.mark.parametrize(("page", "answers"), [
    ("post-opening", {"elsewhere": 404, "neighbour": 404, "auditor": 403, "desk": 200}),
    ("post-feedback", {"elsewhere": 404, "neighbour": 404, "auditor": 403, "desk": 200}),
])  # fmt: skip
def test_who_opens_the_pages_of_a_post(seen_by, post, wave, page, answers):
    for who, status in answers.items():
        assert seen_by(who).get(reverse(page, args=[post.pk])).status_code == status, who


def test_the_public_page_says_the_same_whether_a_number_is_known_or_not(client, opening, staff):
    client.logout()
    assert "李文静" not in client.get(opening).content.decode()
    known = client.post(opening, {"phone": "13800130000"})
    unknown = client.post(opening, {"phone": "13900139999"})
    assert (known.status_code, known.context["done"]) == (unknown.status_code, unknown.context["done"]) == (200, True)
    with acting_as(SYSTEM):
        assert [row.person_id for row in SignUp.objects.all()] == [staff[0].pk]


def test_opening_the_public_page_changes_nothing_and_a_closed_one_is_gone(client, opening):
    client.logout()
    client.get(opening)
    with acting_as(SYSTEM):
        assert SignUp.objects.count() == 0
    Opening.objects.update(closed_at=clock.now())
    assert client.get(opening).status_code == 410
    assert client.get(reverse("place-signup", args=["x" * 43])).status_code == 410


def test_too_many_places_are_refused_at_their_field(seen_by, post, wave):
    typed = {"wave": str(wave.number), "places": "9", "closes_at": at(3)}
    response = seen_by("desk").post(reverse("post-opening", args=[post.pk]), typed)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["places"])


def test_the_desk_says_how_the_response_was_once_somebody_came(seen_by, post, called, roles):
    desk, address = seen_by("desk"), reverse("post-feedback", args=[post.pk])
    assert desk.post(address, {"mark": "good"}).status_code == 422
    with acting_as(roles["desk"]) as by:
        callouts.arrive(callout=called[0], by=by)
    assert desk.post(address, {"mark": "good", "words": "来得快"}).status_code == 302
    with acting_as(SYSTEM):
        assert list(Feedback.objects.values_list("side", "mark")) == [("caller", "good")]


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403), ("district", 200)])
def test_who_sees_what_is_to_be_followed_up(seen_by, night, who, status):
    assert seen_by(who).get(reverse("follow-ups", args=[night.pk])).status_code == status


def test_a_message_that_did_not_arrive_stands_in_the_list_until_somebody_saw_to_it(seen_by, night, stuck):
    district, address = seen_by("district"), reverse("follow-ups", args=[night.pk])
    (row,) = district.get(address).context["rows"]
    assert row["message"].message_id == stuck.pk
    district.post(reverse("follow-up", args=[stuck.pk]), {"how": "phoned"})
    assert district.get(address).context["rows"] == []
    assert settlement(stuck) == "phoned"


def test_somebody_elsewhere_settles_nothing(seen_by, stuck):
    assert seen_by("elsewhere").post(reverse("follow-up", args=[stuck.pk]), {"how": "phoned"}).status_code == 404
    assert settlement(stuck) == ""


def test_a_unit_notes_that_its_people_are_back(seen_by, night, unit, called, roles):
    with acting_as(roles["desk"]) as by:
        callouts.arrive(callout=called[0], by=by)
        callouts.release(callouts=[called[0]], by=by)
    district = seen_by("district")
    page = reverse("unit-list", args=[night.pk, unit.pk])
    assert district.get(page).context["to_return"] == 1
    district.post(reverse("unit-returned", args=[night.pk, unit.pk]))
    assert district.get(page).context["to_return"] == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_follow_ups_ask_the_same_however_many(
    seen_by, night, make_plan, staff, wave, roles, count, django_assert_num_queries
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:count]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://x/c/{}".format)
    now = clock.now()
    with acting_as(SYSTEM):
        Message.objects.update(state="failed", claimed_at=now, finished_at=now)
    district, address = seen_by("district"), reverse("follow-ups", args=[night.pk])
    district.get(address)
    with django_assert_num_queries(12):
        assert len(district.get(address).context["rows"]) == count


def test_a_channel_in_trouble_is_named_on_the_wave_and_among_the_follow_ups(
    seen_by, night, make_plan, staff, wave, roles
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://x/c/{}".format)
    with acting_as(SYSTEM):
        Message.objects.update(attempts=2, problem="http_500")
    addresses = [reverse("follow-ups", args=[night.pk]), reverse("wave", args=[wave.pk])]
    district = seen_by("district")
    assert ["暂时发不出去" in district.get(address).content.decode() for address in addresses] == [False, False]
    with acting_as(SYSTEM):
        Message.objects.update(attempts=3)
    for address in addresses:
        assert "3 条消息会自动重发" in district.get(address).content.decode()
