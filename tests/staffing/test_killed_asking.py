"""A worker killed outright in the middle of a call-out: everybody is asked, and everybody once."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.notices.channels import known
from turnout.notices.domain import messages, sending
from turnout.notices.models import Message
from turnout.people.domain import persons
from turnout.staffing import jobs
from turnout.staffing.domain import plans
from turnout.staffing.models import CallOut, Post

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import os, sys, time
import tests.environment
os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
import django
django.setup()
from turnout.notices.domain import sending
from turnout.staffing import jobs
from turnout.staffing.domain import callouts
ask_some = callouts._ask_batch
def slowly(wave, channel, link, limit):
    asked = ask_some(wave, channel, link, 4)
    sending.send_due("file", limit=3)
    os.write(1, b"asked\\n")
    time.sleep(0.2)
    return asked
callouts._ask_batch = slowly
jobs.ask_wave(sys.argv[1], sys.argv[2], "https://t/c/", "file")
"""


@pytest.fixture
def many(unit):
    with acting_as(SYSTEM):
        return [
            persons.add(unit=unit, name="李文静", phone=f"1390013{n:04}", categories=["general"], by=SYSTEM)
            for n in range(20)
        ]


def test_a_worker_killed_in_mid_call_out_asks_nobody_twice_and_forgets_nobody(
    make_plan, wave, many, post, roles, tmp_path, settings, database
):
    Post.objects.filter(pk=post.pk).update(places=20, seats=20)
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(many), wave=wave, by=by)
    settings.TURNOUT_CHANNELS = {"file": {"directory": str(tmp_path)}}
    known.forget()
    environ = os.environ | {
        "TEST_DATABASE_URL": database.cluster.url("turnout_app", database.name),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TURNOUT_CHANNELS": json.dumps(settings.TURNOUT_CHANNELS),
    }
    command = [sys.executable, "-c", WORKER, str(wave.pk), str(roles["district"].id)]
    child = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE)
    for _ in range(2):
        assert child.stdout.readline() == b"asked\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with acting_as(SYSTEM):
        asked = set(CallOut.objects.filter(state="asked").values_list("pk", flat=True))
        told = list(Message.objects.values_list("about_id", flat=True))
    assert 0 < len(asked) < 20
    assert (len(told), set(told)) == (len(asked), asked)

    assert jobs.ask_waiting(0) == 20 - len(asked)
    with clock.at(clock.now() + timedelta(minutes=6)):
        sending.recover()
        while messages.send_due("file"):
            pass
    letters = [json.loads(path.read_text()) for path in tmp_path.glob("*.json")]
    assert sorted(letter["to"] for letter in letters) == sorted(str(person.pk) for person in many)
    assert len({letter["text"] for letter in letters}) == 20
    known.forget()
