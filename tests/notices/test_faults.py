"""What goes wrong at night: slow and broken channels, killed processes and databases, a clock that jumps."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app

from turnout.access.scope import acting_as
from turnout.cli.up import WORKERS
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.notices import jobs
from turnout.notices.channels import known
from turnout.notices.channels.files import FileChannel
from turnout.notices.channels.gateway import GatewayChannel
from turnout.notices.domain import messages, sending
from turnout.notices.domain.messages import Draft
from turnout.notices.models import Message
from turnout.notices.states import CHANNELS

from .conftest import DAY, stands, written

pytestmark = pytest.mark.django_db


def files(tmp_path):
    return {path.stem for path in (tmp_path / "out").glob("*.json")}


def test_a_gateway_that_never_answers_may_have_sent_it_and_a_person_is_asked(person, channels, gateway):
    gateway.hangs = True
    channels(sms={"url": gateway.url, "timeout_seconds": 0.2})
    message_id = written(person, "sms")
    assert messages.send_due("sms") == 1
    assert stands(message_id) == ("unknown", "ReadTimeout")


def test_a_channel_s_own_mistake_leaves_the_others_of_the_batch_alone(person, channels, monkeypatch, tmp_path):
    write = FileChannel.send
    first, second = written(person), written(person)

    def wrong(self, letter):
        if letter.id == first:
            raise ZeroDivisionError
        write(self, letter)

    monkeypatch.setattr(FileChannel, "send", wrong)
    messages.send_due("file")
    assert (stands(first), stands(second)) == (("failed", "ZeroDivisionError"), ("sent", ""))


@pytest.mark.django_db(transaction=True)
def test_a_slow_channel_holds_up_nothing_but_itself(person, channels, gateway, tmp_path):
    """The gateway hangs in the job of its channel; the job of another channel runs through meanwhile."""
    gateway.hangs = True
    channels(sms={"url": gateway.url, "timeout_seconds": 20})
    slow, quick = written(person, "sms"), written(person)

    def send_text_messages():
        with clock.at(DAY):
            jobs.send("sms")
        connection.close()

    thread = threading.Thread(target=send_text_messages)
    thread.start()
    while thread.is_alive() and stands(slow)[0] != "sending":
        time.sleep(0.01)
    assert jobs.send("sms") == 0  # another worker leaves the channel to the one that has it
    assert jobs.send("file") == 1
    assert (stands(quick)[0], stands(slow)[0]) == ("sent", "sending")
    gateway.release.set()
    thread.join()
    assert stands(slow) == ("sent", "")


def test_a_channel_that_is_slow_for_an_hour_sends_everything_once_and_loses_nobody(person, channels, monkeypatch):
    """Every call takes ten seconds. The job that looks after the dead runs meanwhile, and takes nobody for dead."""
    channels(sms={"url": "http://127.0.0.1:9/", "timeout_seconds": 10, "at_once": 1})
    ids = [written(person, "sms") for _ in range(360)]
    sent = []

    def slowly(self, letter):
        sent.append(letter.id)
        clock._fixed.set(clock.now() + timedelta(seconds=10))
        assert sending.recover() == (0, 0)

    monkeypatch.setattr(GatewayChannel, "send", slowly)
    with clock.at(DAY):
        while messages.send_due("sms"):
            pass
        assert clock.now() == DAY + timedelta(hours=1)
    assert sorted(sent) == sorted(ids)
    with acting_as(SYSTEM):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_gateway_that_answers_500_for_an_hour_gets_everything_once_it_is_back(person, channels, gateway):
    channels(sms={"url": gateway.url})
    gateway.status = 500
    ids = [written(person, "sms") for _ in range(3)]
    for minute in range(60):
        with clock.at(DAY + timedelta(minutes=minute)):
            while messages.send_due("sms"):
                pass
    assert {stands(one) for one in ids} == {("queued", "http_500")}
    gateway.status = 200
    gateway.received.clear()
    with clock.at(DAY + timedelta(minutes=68)):
        while messages.send_due("sms"):
            pass
    assert {stands(one) for one in ids} == {("sent", "")}
    assert sorted(key for key, _ in gateway.received) == sorted(map(str, ids))


def test_the_worker_of_messages_has_a_place_for_every_channel():
    queues, at_once = WORKERS["sender"]
    assert (queues, at_once >= len(CHANNELS)) == (("notices",), True)


def test_some_worker_looks_after_every_queue():
    served = [queue for queues, _ in WORKERS.values() for queue in queues]
    app.perform_import_paths()
    assert {task.queue for task in app.tasks.values()} - {"default", "builtin"} <= set(served)
    assert len(served) == len(set(served))


def test_each_channel_with_something_waiting_gets_one_job(person, channels):
    from procrastinate.contrib.django.models import ProcrastinateJob

    for _ in range(2):
        written(person)
        written(person, "in_app")
        jobs.send_due(0)
    found = ProcrastinateJob.objects.filter(task_name="notices.send").values_list("args__channel", flat=True)
    assert sorted(found) == ["file", "in_app"]


def test_a_clock_that_jumps_back_does_not_make_messages_wait(person, channels):
    message_id = written(person)
    with clock.at(DAY - timedelta(hours=3)):
        assert messages.send_due("file") == 1
    assert stands(message_id) == ("sent", "")


def test_a_message_for_later_is_not_sent_early_by_a_clock_that_jumps_back(person, channels):
    with acting_as(SYSTEM):
        messages.write([Draft(person.pk, "file", "x")], by=SYSTEM, due_at=DAY + timedelta(hours=2))
    for hours in (0, -5, 1):
        with clock.at(DAY + timedelta(hours=hours)):
            assert messages.send_due("file") == 0
    with clock.at(DAY + timedelta(hours=2)):
        assert messages.send_due("file") == 1


def test_a_pause_is_no_longer_than_it_was_meant_when_the_clock_jumps_back(person, channels, gateway):
    channels(sms={"url": gateway.url})
    gateway.status = 500
    message_id = written(person, "sms")
    messages.send_due("sms")
    gateway.status = 200
    with clock.at(DAY - timedelta(hours=1)):
        assert messages.send_due("sms") == 1
    assert stands(message_id) == ("sent", "")


@pytest.mark.parametrize("jump", [timedelta(hours=3), -timedelta(hours=3)])
def test_a_claim_of_another_time_is_stuck_whichever_way_the_clock_jumped(person, channels, jump):
    message_id = written(person)
    sending._claim(known.channel_named("file"), 10)
    with clock.at(DAY + jump):
        assert sending.recover() == (1, 0)
        messages.send_due("file")
    assert stands(message_id) == ("sent", "")


def test_the_rate_counts_right_again_after_the_clock_jumped_back(person, channels, tmp_path):
    channels(file={"directory": str(tmp_path / "out"), "per_minute": 2})
    for _ in range(4):
        written(person)
    assert messages.send_due("file") == 2
    with clock.at(DAY - timedelta(hours=1)):
        assert messages.send_due("file") == 2


def test_an_answer_that_comes_after_the_process_was_taken_for_dead_counts(person, channels, gateway):
    """The clock jumps forward while a call is on its way: what really happened stands in the end."""
    channels(sms={"url": gateway.url})
    message_id = written(person, "sms")
    (claimed,) = sending._claim(known.channel_named("sms"), 10)
    with clock.at(DAY + timedelta(hours=1)):
        assert sending.recover() == (0, 1)
        assert stands(message_id) == ("unknown", "process_died")
        sending._finish([(claimed, ("sent", ""))])
    assert stands(message_id) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_a_database_killed_while_messages_go_out_loses_and_doubles_none(
    person, channels, monkeypatch, tmp_path, database
):
    """Its connections are ended in the middle of a batch; the files of that batch are out, and nothing says so."""
    ids = {written(person) for _ in range(12)}
    write, sent = FileChannel.send, []

    def dying(self, letter):
        write(self, letter)
        sent.append(letter.id)
        if len(sent) == 5:
            import psycopg

            with psycopg.connect(**database.cluster.params("postgres", "postgres"), autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name]
                )

    monkeypatch.setattr(FileChannel, "send", dying)
    with pytest.raises(OperationalError):
        messages.send_due("file")
    connection.close()
    with acting_as(SYSTEM):
        assert set(Message.objects.values_list("state", flat=True)) == {"sending"}
    with clock.at(DAY + timedelta(minutes=6)):
        assert sending.recover() == (12, 0)
        assert messages.send_due("file") == 12
    assert files(tmp_path) == {str(one) for one in ids}
    with acting_as(SYSTEM):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


SENDER = """
import os, sys, time
import tests.environment
os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
import django
django.setup()
from turnout.notices.channels.{module} import {channel}
from turnout.notices.domain import sending
send = {channel}.send
def slowly(self, letter):
    send(self, letter)
    os.write(1, b"sent\\n")
    time.sleep(0.05)
{channel}.send = slowly
while sending.send_due(sys.argv[1]):
    pass
"""
"""The suite's settings take DATABASE_URL away; the child works on the suite's own database."""


def killed_sender(database, channel, module, made, configured, after):
    """Start a process that sends on a channel, and kill it outright once it has sent so many."""
    environ = os.environ | {
        "TEST_DATABASE_URL": database.cluster.url("turnout_app", database.name),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TURNOUT_CHANNELS": json.dumps(configured),
        "TURNOUT_QUIET_HOURS": "[]",
    }
    script = SENDER.format(module=module, channel=made)
    child = subprocess.Popen([sys.executable, "-c", script, channel], env=environ, stdout=subprocess.PIPE)
    for _ in range(after):
        assert child.stdout.readline() == b"sent\n"
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_outright_doubles_no_file_and_forgets_nobody(person, channels, tmp_path, database):
    ids = {written(person) for _ in range(30)}
    killed_sender(database, "file", "files", "FileChannel", {"file": {"directory": str(tmp_path / "out")}}, 7)
    assert 7 <= len(files(tmp_path)) < 30
    with clock.at(clock.now() + timedelta(days=4000)):
        assert sending.recover()[0] == 30
        while messages.send_due("file"):
            pass
    assert files(tmp_path) == {str(one) for one in ids}
    with acting_as(SYSTEM):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_on_a_channel_that_doubles_leaves_what_it_had_in_hand_to_a_person(
    person, channels, gateway, database
):
    """At most as many stay open as it had calls going; nothing is posted twice, the rest goes out."""
    options = {"url": gateway.url, "at_once": 2}
    channels(sms=options)
    ids = {written(person, "sms") for _ in range(20)}
    killed_sender(database, "sms", "gateway", "GatewayChannel", {"sms": options}, 6)
    with clock.at(clock.now() + timedelta(days=4000)):
        with acting_as(SYSTEM):
            claimed = Message.objects.filter(state="sending").count()
        assert sending.recover() == (0, claimed)
        while messages.send_due("sms"):
            pass
    posted = [key for key, _ in gateway.received]
    assert len(posted) == len(set(posted))
    with acting_as(SYSTEM):
        unknown = {str(pk) for pk in Message.objects.filter(state="unknown").values_list("pk", flat=True)}
        sent = {str(pk) for pk in Message.objects.filter(state="sent").values_list("pk", flat=True)}
    assert unknown | sent == {str(one) for one in ids}
    assert sent <= set(posted)
