"""Each channel in its own form, at its own pace, in the receiver's words; a drill says so on each it may use."""

import base64
import hashlib
import hmac
import json
import socketserver
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.notices import queries
from turnout.notices.channels import known
from turnout.notices.domain import addresses, messages, sending
from turnout.notices.models import Address, Message
from turnout.notices.states import CHANNELS, FOR_DRILLS
from turnout.people.domain import merges, persons, units

from .conftest import DAY, stands, written

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""23:00 in the city."""
LOCAL = "django.core.mail.backends.locmem.EmailBackend"


def linked(person, make_user):
    """The person with an account of their own, without any role."""
    user = make_user("benren")
    with acting_as(SYSTEM):
        persons.link_account(person=person, user=user, by=SYSTEM)
    return user


@pytest.fixture
def mailbox(channels, person):
    """A person with an e-mail address, and a channel that keeps mails in this process."""
    channels(email={"sender": "指挥部 <zhb@xicheng.example>", "backend": LOCAL})
    with acting_as(SYSTEM):
        addresses.put_email(person=person, email="lwj@example.cn", by=SYSTEM)
    return mail.outbox


def test_a_mail_carries_words_receiver_and_the_id_of_its_message(person, mailbox):
    message_id = written(person, "email")
    messages.send_due("email")
    (sent,) = mailbox
    assert (sent.to, sent.body, sent.subject) == (["lwj@example.cn"], "请支援", "到岗：给您的消息")
    assert sent.extra_headers["Message-ID"] == f"<{message_id}@xicheng.example>"
    assert stands(message_id) == ("sent", "")


def test_a_mail_s_subject_is_in_the_receiver_s_language(person, mailbox, make_user):
    user = linked(person, make_user)
    user.language = "en"
    user.save()
    written(person, "email")
    messages.send_due("email")
    assert mailbox[0].subject == "Turnout: a message for you"


def test_who_has_no_address_is_said_so(channels, person):
    channels(email={"sender": "a@b.cn", "backend": LOCAL})
    message_id = written(person, "email")
    messages.send_due("email")
    assert stands(message_id) == ("failed", "no_email")


def test_an_address_lies_encrypted_and_is_seen_where_the_person_is(person, mailbox, make_user):
    with acting_as(SYSTEM):
        assert b"example" not in bytes(Address.objects.get().value)
    seen = {}
    for name, code in (("qu", "110102"), ("dongcheng", "110101")):
        with acting_as(actor_of(make_user(name, ("dispatcher", code)))):
            seen[name] = Address.objects.count()
    assert seen == {"qu": 1, "dongcheng": 0}


@pytest.mark.parametrize(("who", "code", "status"), [("dispatcher", "110101", 404), ("desk", "110102", 404)])
def test_who_does_not_answer_for_the_person_puts_no_address(person, make_user, who, code, status):
    by = actor_of(make_user("x1", (who, code if who == "dispatcher" else "110102007003")))
    with acting_as(by), pytest.raises(Refusal) as caught:
        addresses.put_email(person=person, email="a@b.cn", by=by)
    assert caught.value.status == status


def test_a_person_puts_the_own_address_and_nobody_else_s(person, make_user):
    user, other = linked(person, make_user), make_user("taren")
    with acting_as(actor_of(user)) as by:
        addresses.put_own_email(user=user, email=" lwj@example.cn ", by=by)
    assert queries.own_email(user) == "lwj@example.cn"
    with acting_as(actor_of(other)) as by, pytest.raises(Refusal) as caught:
        addresses.put_own_email(user=user, email="x@example.cn", by=by)
    assert caught.value.status == 403
    with acting_as(actor_of(user)) as by:
        addresses.put_own_email(user=user, email="", by=by)
    assert queries.own_email(user) == ""


@pytest.mark.parametrize("bad", ["x", "a@b", "a b@c.cn", "a@b.cn\nBcc: x@y.cn"])
def test_what_is_no_address_is_refused(person, bad):
    with acting_as(SYSTEM), pytest.raises(Refusal) as caught:
        addresses.put_email(person=person, email=bad, by=SYSTEM)
    assert caught.value.code == "address.email_bad"


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that answers RCPT as it is told."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer):
        outer = self
        self.answer, self.mails = answer, []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 here\r\n")
                for line in self.rfile:
                    word = line.split(b" ")[0].strip().upper()
                    if word == b"RCPT":
                        self.wfile.write(f"{outer.answer}\r\n".encode())
                    elif word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        text = b""
                        while not text.endswith(b"\r\n.\r\n"):
                            text += self.rfile.readline()
                        outer.mails.append(text)
                        self.wfile.write(b"250 taken\r\n")
                    elif word == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    else:
                        self.wfile.write(b"250 ok\r\n")

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("250 ok", ("sent", "")),
        ("550 no such user", ("failed", "smtp_550")),
        ("451 try later", ("queued", "smtp_451")),
    ],
)
def test_a_mail_server_s_answer_says_what_becomes_of_the_message(person, channels, answer, state):
    with MailServer(answer) as server:
        channels(email={"sender": "zhb@xicheng.example", "port": server.server_address[1], "host": "127.0.0.1"})
        with acting_as(SYSTEM):
            addresses.put_email(person=person, email="lwj@example.cn", by=SYSTEM)
        message_id = written(person, "email")
        messages.send_due("email")
        assert stands(message_id) == state
        assert len(server.mails) == (state[0] == "sent")
        server.shutdown()


def test_a_mail_server_that_is_away_is_tried_again(person, channels):
    channels(email={"sender": "a@b.cn", "host": "127.0.0.1", "port": 9})
    with acting_as(SYSTEM):
        addresses.put_email(person=person, email="lwj@example.cn", by=SYSTEM)
    message_id = written(person, "email")
    messages.send_due("email")
    assert stands(message_id) == ("queued", "ConnectionRefusedError")


def test_a_robot_that_asks_for_a_signature_gets_its_own(channels, gateway):
    channels(robot={"kind": "dingtalk", "url": gateway.url + "robot/send?access_token=t", "secret": "SEC1"})
    channel = known.channel_named("robot")
    query = parse_qs(urlsplit(channel._signed_url()).query)
    milliseconds = str(int(DAY.timestamp() * 1000))
    expected = hmac.new(b"SEC1", f"{milliseconds}\nSEC1".encode(), hashlib.sha256).digest()
    assert (query["access_token"], query["timestamp"]) == (["t"], [milliseconds])
    assert base64.b64decode(query["sign"][0]) == expected
    channels(robot={"kind": "feishu", "url": gateway.url, "secret": "SEC2"})
    written(None, "robot")
    messages.send_due("robot")
    body = gateway.received[0][1]
    seconds = str(int(DAY.timestamp()))
    key = f"{seconds}\nSEC2".encode()
    assert (body["timestamp"], body["content"]) == (seconds, {"text": "请支援"})
    assert base64.b64decode(body["sign"]) == hmac.new(key, b"", hashlib.sha256).digest()


def test_in_the_app_a_person_reads_the_own_messages_without_any_role(person, make_user):
    user = linked(person, make_user)
    written(person, "in_app", urgent=True)
    messages.send_due("in_app")
    (told,) = queries.inbox(user)
    assert (told.text, told.read, told.urgent) == ("请支援", False, True)
    assert queries.inbox(make_user("taren")) == []
    with acting_as(actor_of(user)) as by:
        assert messages.mark_read(user=user, by=by) == 1
        assert messages.mark_read(user=user, by=by) == 0
    assert queries.inbox(user)[0].read


def test_nobody_marks_another_s_messages_as_read(person, make_user):
    user, other = linked(person, make_user), make_user("taren")
    with acting_as(actor_of(other)) as by, pytest.raises(Refusal) as caught:
        messages.mark_read(user=user, by=by)
    assert caught.value.status == 403


@pytest.mark.parametrize("channel", FOR_DRILLS)
def test_a_drill_says_so_first_on_every_channel_it_may_use(person, channels, tmp_path, make_user, channel):
    user = linked(person, make_user)
    message_id = written(person, channel, drill=True)
    messages.send_due(channel)
    text = (
        queries.inbox(user)[0].text
        if channel == "in_app"
        else json.loads((tmp_path / "out" / f"{message_id}.json").read_text())["text"]
    )
    assert text == "【演练】请支援"


def test_a_channel_takes_so_many_a_minute_and_no_more(person, channels):
    channels(file={"directory": known.channel_named("file").directory, "per_minute": 3})
    for _ in range(7):
        written(person)
    sent = []
    for seconds in (0, 5, 59, 61, 119, 122):
        with clock.at(DAY + timedelta(seconds=seconds)):
            sent.append(messages.send_due("file"))
    assert sent == [3, 0, 0, 3, 0, 1]


def test_urgent_messages_go_before_the_others(person, channels):
    channels(file={"directory": known.channel_named("file").directory, "per_minute": 1})
    written(person)
    with clock.at(DAY + timedelta(seconds=1)):
        urgent = written(person, urgent=True)
        messages.send_due("file")
    assert stands(urgent)[0] == "sent"


@pytest.mark.parametrize(
    ("options", "urgent", "other"),
    [
        ({}, "sent", "queued"),
        ({"urgent_passes": False}, "queued", "queued"),
        ({"quiet_hours": []}, "sent", "sent"),
        ({"quiet_hours": ["00:00", "06:00"]}, "sent", "sent"),
        ({"quiet_hours": ["22:30", "23:30"], "urgent_passes": False}, "queued", "queued"),
    ],
)
def test_quiet_hours_are_a_setting_of_each_channel(person, channels, options, urgent, other):
    channels(file={"directory": known.channel_named("file").directory} | options)
    with clock.at(NIGHT):
        ids = written(person, urgent=True), written(person)
        messages.send_due("file")
    assert [stands(one)[0] for one in ids] == [urgent, other]


def test_the_house_s_quiet_hours_hold_where_a_channel_says_nothing(person, channels, settings):
    settings.TURNOUT_QUIET_HOURS = ["03:00", "04:00"]
    channels()
    with clock.at(NIGHT):
        assert messages.send_due("file") == 0
        written(person)
        assert messages.send_due("file") == 1


def test_in_the_app_there_are_no_quiet_hours(person, channels):
    with clock.at(NIGHT):
        written(person, "in_app")
        assert messages.send_due("in_app") == 1


@pytest.mark.parametrize(
    "configured",
    [{"pigeon": {}}, {"sms": {"url": "x", "per_minute": 0}}, {"email": {"sender": "x", "security": "ssl3"}}],
)
def test_settings_that_make_no_sense_are_refused_at_start(channels, configured):
    channels(**configured)
    with pytest.raises(ValueError, match=r"TURNOUT_CHANNELS|security"):
        known.names()


def test_every_channel_of_the_database_can_be_made(channels):
    channels(
        sms={"url": "http://127.0.0.1:9"},
        robot={"kind": "wecom", "url": "http://127.0.0.1:9"},
        email={"sender": "a@b.cn"},
    )
    assert set(known.names()) == set(CHANNELS)


def test_messages_and_addresses_follow_a_person_into_the_kept_record(person, channels):
    with acting_as(SYSTEM):
        unit = units.create(code="W2", name="区档案馆", area_key=key_of("110102"), by=SYSTEM)
        other = persons.add(unit=unit, name="李文静", phone="13900139000", categories=["health"], by=SYSTEM)
        addresses.put_email(person=other, email="lwj@example.cn", by=SYSTEM)
        messages.write([messages.Draft(other.pk, "in_app", "请支援")], by=SYSTEM)
        merge = merges.merge(keep=person, gone=other, by=SYSTEM)
        assert (Address.objects.get().person, Message.objects.get().person) == (person, person)
        merges.undo(merge=merge, by=SYSTEM)
        assert (Address.objects.get().person, Message.objects.get().person) == (other, other)


def test_a_batch_is_no_larger_than_its_slowest_calls_allow(channels):
    channels(sms={"url": "http://127.0.0.1:9", "timeout_seconds": 10, "at_once": 4})
    assert sending._batch(known.channel_named("sms")) * 10 / 4 < sending.CALL_TAKES.total_seconds()
