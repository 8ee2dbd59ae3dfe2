"""Nights that go wrong, played on the runner: nobody comes, everybody comes, a unit leaves, the worker dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.db.models import Count

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.drill import scenario as scenarios
from turnout.drill.play import made, play
from turnout.drill.scenario import Answers
from turnout.notices.domain import sending
from turnout.notices.models import Message
from turnout.people.models import Booking
from turnout.staffing.domain import callouts
from turnout.staffing.models import CallOut, LeftOut, Plan
from turnout.staffing.states import LIVE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]
ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).resolve().parents[2]
AFTER_LOCK = "0 23:00"


@pytest.fixture
def wuhan():
    """Twenty communities, sixty places, ten units of twelve."""
    return scenarios.shipped()["wuhan-2020"]


def saying(scenario, yes, no):
    return msgspec.structs.replace(scenario, answers=Answers(yes=yes, no=no, half_minutes=20, most_minutes=120))


def live():
    """People who are planned, and the time that is booked for them."""
    with acting_as(SYSTEM):
        return CallOut.objects.filter(state__in=LIVE).count(), Booking.objects.filter(state="live").count()


@pytest.mark.parametrize(("no", "state"), [(1.0, "no"), (0.0, "silent")])
def test_when_nobody_comes_everybody_was_asked_and_nobody_is_held(mailbox, wuhan, no, state):
    drill = play(saying(wuhan, 0.0, no), until=AFTER_LOCK).drill
    assert live() == (0, 0)
    with acting_as(SYSTEM):
        assert set(CallOut.objects.values_list("state", flat=True)) == {state}
        asked = CallOut.objects.values("person").annotate(times=Count("id"))
        assert asked.count() > 60
        assert set(asked.values_list("times", flat=True)) == {1}
        assert drill.counts["messages"] >= asked.count()


def test_ten_times_more_people_than_places_are_thanked_and_not_called(mailbox, wuhan):
    (units,) = wuhan.groups
    crowd = msgspec.structs.replace(units, people=600, unit_size=60)
    play(msgspec.structs.replace(wuhan, groups=(crowd,)), until="0 09:00")
    with acting_as(SYSTEM):
        plan = Plan.objects.get(state="published")
        assert (plan.needed, plan.placed) == (60, 60)
        assert CallOut.objects.count() == 60
        assert LeftOut.objects.filter(plan=plan).exclude(reason="").count() == 540


def test_a_unit_that_withdraws_all_its_people_is_made_up_for(mailbox, wuhan):
    drill = made(saying(wuhan, 1.0, 0.0))
    gone = []

    def withdraw():
        with acting_as(SYSTEM) as by:
            first = CallOut.objects.filter(state="yes").values_list("unit_key", flat=True).earliest("unit_key")
            gone.append(first)
            for called in CallOut.objects.filter(unit_key=first, state__in=["asked", "yes"]):
                callouts.answer_for(callout=called, answer="no", way="liaison", by=by)

    drill.at(drill.moment("0 13:30"), withdraw)
    drill.play(drill.moment(AFTER_LOCK))
    with acting_as(SYSTEM):
        assert CallOut.objects.filter(unit_key=gone[0], state__in=LIVE).count() == 0
        assert CallOut.objects.filter(state="yes").count() == 60


DIES = """
import os, signal, sys
import django
django.setup()
from turnout.access.scope import acting_as
from turnout.core.actors import SYSTEM
from turnout.notices.channels.files import FileChannel
from turnout.notices.domain import sending
from turnout.staffing.domain import callouts, telling
from turnout.staffing.models import Wave

what, left = sys.argv[1], int(sys.argv[2])

def dying(act):
    def then(*args, **kwargs):
        global left
        done = act(*args, **kwargs)
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return then

if what == "asking":
    telling.drafts = dying(telling.drafts)
    with acting_as(SYSTEM):
        wave = Wave.objects.select_related("incident").get(state="open")
    callouts.ask(wave=wave, by=SYSTEM, channel="file", link=lambda token: f"http://127.0.0.1/c/{token}/", limit=10)
else:
    FileChannel.send = dying(FileChannel.send)
    while sending.send_due("file"):
        pass
"""


def _dies(database, mailbox, what, after):
    """Let a worker of its own do something and be killed in the middle of it."""
    environment = os.environ | {
        "DATABASE_URL": database.cluster.url("turnout_app", database.name),
        "DJANGO_SETTINGS_MODULE": "turnout.config.settings",
        "PYTHONPATH": str(ROOT / "src"),
        "TURNOUT_CHANNELS": json.dumps({"file": {"directory": str(mailbox)}}),
    }
    died = subprocess.run([sys.executable, "-c", DIES, what, str(after)], env=environment, timeout=300, check=False)
    assert died.returncode == -signal.SIGKILL


def test_a_worker_killed_in_mid_call_out_forgets_nobody_and_asks_nobody_twice(mailbox, wuhan, database):
    drill = play(wuhan, until="0 08:25").drill
    with clock.at(drill.moment("0 08:30")):
        _dies(database, mailbox, "asking", 3)
        with acting_as(SYSTEM):
            assert CallOut.objects.filter(state="asked").count() == 20
        with acting_as(SYSTEM) as by:
            asked = callouts.ask(wave=drill.wave, by=by, channel="file", link=lambda token: f"/c/{token}/")
    assert asked == 40
    with acting_as(SYSTEM):
        assert CallOut.objects.filter(state="asked").count() == Message.objects.count() == 60
    _dies(database, mailbox, "sending", 7)
    with clock.at(clock.now() + timedelta(minutes=6)):
        sending.recover()
        while sending.send_due("file"):
            pass
    with acting_as(SYSTEM):
        ids = {str(pk) for pk in Message.objects.filter(state="sent").values_list("pk", flat=True)}
    assert len(ids) == 60
    assert sorted(path.stem for path in mailbox.glob("*.json")) == sorted(ids)
