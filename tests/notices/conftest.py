"""A noon in the city, channels as a test configures them, and a message gateway on this machine."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.notices.channels import known
from turnout.notices.domain import messages
from turnout.notices.domain.messages import Draft
from turnout.notices.models import Message
from turnout.people.domain import persons, units

DAY = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Noon in the city."""


@pytest.fixture(autouse=True)
def noon():
    with clock.at(DAY):
        yield


@pytest.fixture
def channels(settings, tmp_path):
    def configure(**configured):
        settings.TURNOUT_CHANNELS = {"file": {"directory": str(tmp_path / "out")}} | configured
        known.forget()

    configure()
    yield configure
    known.forget()


@pytest.fixture
def person(db):
    with acting_as(SYSTEM):
        unit = units.create(code="W1", name="区统计局", area_key=key_of("110102"), by=SYSTEM)
        return persons.add(unit=unit, name="李文静", phone="13800138000", categories=["health"], by=SYSTEM)


def written(person, channel="file", text="请支援", **rest):
    with acting_as(SYSTEM):
        return messages.write([Draft(person and person.pk, channel, text, **rest)], by=SYSTEM)[0]


def stands(message_id):
    with acting_as(SYSTEM):
        message = Message.objects.get(pk=message_id)
        return message.state, message.problem


class Gateway:
    """A message gateway on this machine that answers as it is told and remembers what it was sent."""

    def __init__(self):
        self.status, self.received, self.answer = 200, [], {}
        self.hangs, self.release = False, threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.received.append((self.headers.get("Idempotency-Key"), body))
                if outer.hangs:
                    outer.release.wait(30)
                if outer.status is None:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(json.dumps(outer.answer).encode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway():
    made = Gateway()
    yield made
    made.release.set()
    made.server.shutdown()
    made.server.server_close()
