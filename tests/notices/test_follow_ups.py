"""What did not arrive, or may not have, is seen to by a person: another channel, a call, or not needed."""

import pytest
from django.db import IntegrityError, transaction

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.notices import queries
from turnout.notices.domain import messages
from turnout.notices.models import Message

from .conftest import DAY, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(person, channels):
    """A text message of which nobody knows whether it arrived."""
    message_id = written(person, "sms", urgent=True)
    with acting_as(SYSTEM):
        Message.objects.filter(pk=message_id).update(state="unknown", claimed_at=DAY, finished_at=DAY)
        return Message.objects.get(pk=message_id)


@pytest.fixture
def district(make_user):
    return actor_of(make_user("qu", ("dispatcher", "110102")))


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act(by)
    return caught.value.code, caught.value.status


def test_it_stands_in_the_list_until_it_is_followed_up_on_another_channel(lost, district, tmp_path):
    with acting_as(district):
        assert [one.pk for one in queries.to_follow_up()] == [lost.pk]
        again = messages.follow_up(message=lost, channel="file", by=district)
        assert list(queries.to_follow_up()) == []
    assert (again.follows_id, again.channel, again.urgent, again.person_id) == (lost.pk, "file", True, lost.person_id)
    messages.send_due("file")
    assert "请支援" in (tmp_path / "out" / f"{again.pk}.json").read_text()
    with acting_as(SYSTEM):
        lost.refresh_from_db()
        assert (lost.settlement, lost.settled_by_id, lost.body) == ("other_channel", district.id, None)
        assert AuditRow.objects.filter(verb="message.settle", object_id=lost.pk).count() == 1


def test_following_up_twice_sends_once(lost, district):
    with acting_as(district):
        first = messages.follow_up(message=lost, channel="file", by=district)
        assert messages.follow_up(message=lost, channel="in_app", by=district) == first
        assert Message.objects.count() == 2


@pytest.mark.parametrize("channel", ["sms", "robot", "pigeon"])
def test_the_same_channel_or_one_that_is_not_there_is_no_way(lost, district, channel):
    act = lambda by: messages.follow_up(message=lost, channel=channel, by=by)  # noqa: E731
    assert refused(act, district) == ("message.channel_not_there", 422)


def test_a_drill_is_followed_up_inside_the_house_and_says_so_once(person, channels, district, gateway, tmp_path):
    channels(sms={"url": gateway.url})
    message_id = written(person, "in_app", drill=True)
    with acting_as(SYSTEM):
        Message.objects.filter(pk=message_id).update(state="failed", claimed_at=DAY, finished_at=DAY)
        message = Message.objects.get()
    act = lambda by: messages.follow_up(message=message, channel="sms", by=by)  # noqa: E731
    assert refused(act, district) == ("message.channel_not_there", 422)
    with acting_as(district):
        again = messages.follow_up(message=message, channel="file", by=district)
    messages.send_due("file")
    assert (tmp_path / "out" / f"{again.pk}.json").read_text().count("演练") == 1
    assert gateway.received == []


@pytest.mark.parametrize("how", ["phoned", "not_needed"])
def test_a_call_settles_it_and_the_words_are_gone(lost, district, how):
    with acting_as(district):
        messages.settle(message=lost, how=how, by=district)
        messages.settle(message=lost, how=how, by=district)
        assert list(queries.to_follow_up()) == []
        lost.refresh_from_db()
    assert (lost.settlement, lost.body) == (how, None)
    act = lambda by: messages.follow_up(message=lost, channel="file", by=by)  # noqa: E731
    assert refused(act, district) == ("message.settled", 409)


def test_how_must_be_said_in_known_words(lost, district):
    act = lambda by: messages.settle(message=lost, how="other_channel", by=by)  # noqa: E731
    assert refused(act, district) == ("message.settlement_unknown", 422)


def test_what_is_on_its_way_is_left_alone(person, channels, district):
    message_id = written(person, "file")
    with acting_as(SYSTEM):
        message = Message.objects.get(pk=message_id)
    act = lambda by: messages.settle(message=message, how="phoned", by=by)  # noqa: E731
    assert refused(act, district) == ("message.not_stuck", 409)


@pytest.mark.parametrize(("role", "code", "status"), [("dispatcher", "110101", 404), ("auditor", "110102", 403)])
def test_who_does_not_answer_for_the_person_settles_nothing(lost, make_user, role, code, status):
    by = actor_of(make_user("x1", (role, code)))
    for act in (
        lambda by: messages.settle(message=lost, how="phoned", by=by),
        lambda by: messages.follow_up(message=lost, channel="file", by=by),
    ):
        assert refused(act, by)[1] == status


def test_the_list_shows_what_the_own_area_sees(lost, make_user):
    with acting_as(actor_of(make_user("dongcheng", ("dispatcher", "110101")))):
        assert list(queries.to_follow_up()) == []


@pytest.mark.parametrize(
    ("promise", "broken"),
    [
        ("message_settled_did_not_arrive", {"settlement": "phoned"}),
        ("message_settled_did_not_arrive", {"settlement": "forgotten", "settled_at": DAY}),
        ("message_settled_did_not_arrive", {"settlement": "phoned", "settled_at": DAY, "state": "sent"}),
    ],
)
def test_the_database_keeps_the_promises_of_following_up(lost, promise, broken):
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        Message.objects.filter(pk=lost.pk).update(**broken)


def test_a_message_is_repeated_once_and_not_by_itself(lost):
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match="message_follows_another"), transaction.atomic():
        Message.objects.filter(pk=lost.pk).update(follows=lost)
