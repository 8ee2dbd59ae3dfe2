"""Nothing is lost and nothing is sent twice by itself, whatever dies; a drill stays inside the house."""

import json
import threading
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
import requests
from django.db import IntegrityError, connection, transaction

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock, keys
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.notices.channels import TryAgain, Unclear, http, known
from turnout.notices.domain import messages, sending
from turnout.notices.domain.messages import Draft
from turnout.notices.models import Message
from turnout.people.domain import persons, units

from .conftest import DAY, stands, written

pytestmark = pytest.mark.django_db


def test_a_message_to_a_file_is_sent_once_and_its_words_are_gone_from_the_database(person, channels, tmp_path):
    message_id = written(person)
    assert messages.send_due("file") == 1
    assert messages.send_due("file") == 0
    sent = json.loads((tmp_path / "out" / f"{message_id}.json").read_text())
    assert (sent["text"], stands(message_id)) == ("请支援", ("sent", ""))
    with acting_as(SYSTEM):
        assert Message.objects.get().body is None


def test_words_lie_encrypted_until_they_are_sent(person, channels):
    written(person, text="到马连道社区")
    with acting_as(SYSTEM):
        assert "马连道".encode() not in bytes(Message.objects.get().body)


def test_a_rolled_back_verb_sends_nothing(person, channels):
    with acting_as(SYSTEM):
        messages.write([Draft(person.pk, "file", "x")], by=SYSTEM)
        transaction.set_rollback(True)
    assert messages.send_due("file") == 0


def test_a_killed_process_on_a_channel_that_drops_doubles_sends_again(person, channels, tmp_path):
    message_id = written(person)
    sending._claim(known.channel_named("file"), 10)
    with clock.at(DAY + timedelta(minutes=4)):
        assert sending.recover() == (0, 0)
    with clock.at(DAY + timedelta(minutes=6)):
        assert sending.recover() == (1, 0)
        messages.send_due("file")
    assert stands(message_id) == ("sent", "")
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_killed_process_on_any_other_channel_leaves_a_question_for_a_person(person, channels, gateway):
    channels(sms={"url": gateway.url})
    message_id = written(person, "sms")
    sending._claim(known.channel_named("sms"), 10)
    with clock.at(DAY + timedelta(minutes=6)):
        assert sending.recover() == (0, 1)
        assert messages.send_due("sms") == 0
    assert stands(message_id) == ("unknown", "process_died")
    assert gateway.received == []


def test_a_gateway_gets_the_phone_and_the_id_as_key(person, channels, gateway):
    channels(sms={"url": gateway.url, "token": "t"})
    message_id = written(person, "sms")
    messages.send_due("sms")
    assert gateway.received == [(str(message_id), {"to": "+8613800138000", "text": "请支援"})]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_gateway_in_trouble_is_tried_again_later_and_later_and_then_given_up(person, channels, gateway, status):
    channels(sms={"url": gateway.url})
    gateway.status = status
    message_id = written(person, "sms", urgent=True)
    moment, waits = DAY, []
    for _ in range(sending.ATTEMPTS):
        with clock.at(moment):
            assert messages.send_due("sms") == 1
        with acting_as(SYSTEM):
            due = Message.objects.get().due_at
        waits.append(int((due - moment).total_seconds()))
        moment = max(due, moment)
    assert waits[:11] == [30, 60, 120, 240, *[480] * 7]
    assert stands(message_id)[0] == "failed"


def test_a_gateway_nobody_answers_at_is_tried_again(person, channels):
    channels(sms={"url": "http://127.0.0.1:9/"})
    message_id = written(person, "sms")
    messages.send_due("sms")
    assert stands(message_id) == ("queued", "ConnectionError")


@pytest.mark.parametrize(("idempotent", "state"), [(False, "unknown"), (True, "queued")])
def test_a_message_that_may_have_arrived_is_not_sent_twice_by_itself(person, channels, gateway, idempotent, state):
    channels(sms={"url": gateway.url, "idempotent": idempotent})
    gateway.status = None  # takes the message and drops the line
    message_id = written(person, "sms")
    messages.send_due("sms")
    assert stands(message_id)[0] == state
    gateway.status = 200
    with clock.at(DAY + timedelta(minutes=10)):
        messages.send_due("sms")
    assert len(gateway.received) == (2 if idempotent else 1)


@pytest.mark.parametrize(
    ("trouble", "unclear"), [(requests.ReadTimeout("slow"), True), (requests.ConnectTimeout("away"), False)]
)
def test_a_time_out_after_the_message_left_is_another_than_one_before(monkeypatch, trouble, unclear):
    monkeypatch.setattr(requests, "post", Mock(side_effect=trouble))
    with pytest.raises(Unclear if unclear else TryAgain):
        http.post("http://127.0.0.1:9/", {}, {}, 1)


def test_a_refusal_is_not_tried_again(person, channels, gateway):
    channels(sms={"url": gateway.url})
    gateway.status = 400
    message_id = written(person, "sms")
    messages.send_due("sms")
    assert stands(message_id) == ("failed", "http_400")


@pytest.mark.parametrize(
    ("kind", "answer", "state"),
    [
        ("wecom", {"errcode": 0}, ("sent", "")),
        ("wecom", {"errcode": 45009}, ("queued", "robot_45009")),
        ("dingtalk", {"errcode": 310000}, ("failed", "robot_310000")),
        ("feishu", {"code": 11232}, ("queued", "robot_11232")),
    ],
)
def test_a_robot_says_in_its_body_whether_it_took_the_message(channels, gateway, kind, answer, state):
    channels(robot={"kind": kind, "url": gateway.url})
    gateway.answer = answer
    message_id = written(None, "robot")
    messages.send_due("robot")
    assert stands(message_id) == state
    assert "请支援" in json.dumps(gateway.received[0][1], ensure_ascii=False)


def test_somebody_without_a_phone_is_said_so(channels, gateway):
    channels(sms={"url": gateway.url})
    with acting_as(SYSTEM):
        unit = units.create(code="W2", name="区档案馆", area_key=key_of("110102"), by=SYSTEM)
        nobody = persons.add(unit=unit, name="赵强", categories=["general"], by=SYSTEM)
    message_id = written(nobody, "sms")
    messages.send_due("sms")
    assert stands(message_id) == ("failed", "no_phone")


def test_a_drill_cannot_leave_the_house(person):
    with pytest.raises(IntegrityError, match="message_drill_stays_inside"):
        written(person, "sms", drill=True)
    assert stands(written(person, "file", drill=True)) == ("queued", "")


def test_at_night_only_urgent_messages_go_out(person, channels):
    night = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    with clock.at(night):
        written(person)
        urgent = written(person, urgent=True)
        assert messages.send_due("file") == 1
        assert stands(urgent) == ("sent", "")
    with clock.at(night + timedelta(hours=8)):
        assert messages.send_due("file") == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_share_the_work_and_take_nothing_twice(person, channels, tmp_path):
    ids = {written(person) for _ in range(40)}

    def send():
        with clock.at(DAY):
            while messages.send_due("file", limit=5):
                pass
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {path.stem for path in (tmp_path / "out").iterdir()} == {str(i) for i in ids}
    with acting_as(SYSTEM):
        assert set(Message.objects.values_list("attempts", "state")) == {(1, "sent")}


def test_a_cancelled_message_is_not_sent(person, channels):
    with acting_as(SYSTEM):
        message_id = messages.write([Draft(person.pk, "file", "x", about_id=person.pk)], by=SYSTEM)[0]
        assert messages.cancel(about_ids=[person.pk], by=SYSTEM) == [person.pk]
    assert messages.send_due("file") == 0
    assert stands(message_id) == ("cancelled", "")


def test_messages_show_where_their_person_does(person, channels, make_user):
    written(person)
    seen = {}
    for name, code in (("qu", "110102"), ("dongcheng", "110101")):
        with acting_as(actor_of(make_user(name, ("dispatcher", code)))):
            seen[name] = Message.objects.count()
    assert seen == {"qu": 1, "dongcheng": 0}


@pytest.mark.parametrize(
    ("promise", "broken"),
    [
        ("message_channel_known", {"channel": "pigeon"}),
        ("message_state_known", {"state": "lost", "claimed_at": DAY, "finished_at": DAY}),
        ("message_claimed_before_sent", {"state": "sent", "finished_at": DAY}),
        ("message_finished_has_a_time", {"state": "sent", "claimed_at": DAY}),
    ],
)
def test_the_database_keeps_the_promises_of_a_message(person, promise, broken):
    message_id = written(person)
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        Message.objects.filter(pk=message_id).update(**broken)


def test_a_word_written_for_another_row_cannot_be_read(person):
    message_id = written(person)
    with acting_as(SYSTEM):
        body = bytes(Message.objects.get().body)
    with pytest.raises(keys.WrongKey):
        keys.decrypt(body, table="notices_message", column="body", row_id="0190")
    assert keys.decrypt(body, table="notices_message", column="body", row_id=message_id) == "请支援"
