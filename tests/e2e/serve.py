"""A server with a made-up district to look at: `python -m tests.e2e.serve`, DATABASE_URL set and migrated.

Prints one line of JSON, its address and the ids of what it made, then serves until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from datetime import date, timedelta
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "turnout.config.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from procrastinate.contrib.django import app as jobs  # noqa: E402

from turnout.access.domain import accounts, grants  # noqa: E402
from turnout.access.models import User  # noqa: E402
from turnout.access.scope import acting_as  # noqa: E402
from turnout.core import clock  # noqa: E402
from turnout.core.actors import SYSTEM  # noqa: E402
from turnout.core.area_keys import key_of  # noqa: E402
from turnout.people.domain import abilities, persons, signups, units  # noqa: E402
from turnout.places.domain import areas, sites  # noqa: E402
from turnout.places.models import Area  # noqa: E402

PASSWORD = "three grey herons at dawn"
PEOPLE = [
    ("zhoumin", "周敏", "administrator", "110102000000"),
    ("xuxiulan", "许秀兰", "desk", "110102020014"),
]


STAFF = [
    ("陈志远", "TJJ", "district_cadre"),
    ("李文静", "TJJ", "district_cadre"),
    ("赵晓东", "TJJ", "district_cadre"),
    ("孙丽华", "WJW", "health"),
    ("欧阳明月", "WJW", "health"),
]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def set_up() -> dict[str, str]:
    """Make accounts and what they look at; return ids by name."""
    ids = {}
    with acting_as(SYSTEM):
        areas.load_public(code="110102000000", by=SYSTEM, seed=7)
        for username, name, role, code in PEOPLE:
            user = accounts.create(username=username, name=name, by=SYSTEM)
            ids[username] = str(user.pk)
            _let_in(user)
            grants.give(user=user, role=role, area_code=code, ends_at=clock.now() + timedelta(days=90), by=SYSTEM)
        _staff(ids)
    return ids


def _staff(ids: dict[str, str]) -> None:
    """Two units and a handful of people, one of each state that a page shows."""
    bureau = units.create(
        code="TJJ",
        name="区统计局",
        area_key=key_of("110102000000"),
        paired_streets=[key_of("110102020000")],
        quota=40,
        by=SYSTEM,
    )
    health = units.create(code="WJW", name="区卫生健康委", area_key=key_of("110102000000"), by=SYSTEM)
    ends = clock.now() + timedelta(days=20)
    _, token = signups.issue(unit=bureau, label="夜间志愿者", category="volunteer", quota=50, ends_at=ends, by=SYSTEM)
    ids |= {"unit": str(bureau.pk), "token": token}
    home = key_of("110102020014")
    for number, (name, unit, category) in enumerate(STAFF, start=1):
        person = persons.add(
            unit={"TJJ": bureau, "WJW": health}[unit],
            name=name,
            number=f"A{number:04}",
            phone=f"1380000{number:04}",
            categories=[category],
            home_key=home if number % 2 else None,
            work_limits=["no_night"] if number == 2 else [],
            by=SYSTEM,
        )
        ids.setdefault("person", str(person.pk))
        if number == 3:
            abilities.set_ready(person=person, not_until=date(2099, 1, 1), by=SYSTEM)
        if number == 1:
            abilities.set_skills(person=person, skills={"驾驶证": None, "核酸采样": date(2020, 1, 1)}, by=SYSTEM)
    sites.add(area=Area.objects.get(code="110102020014"), kind="gate", name="东门卡口", capacity=3, by=SYSTEM)


def _let_in(user: User) -> None:
    token = accounts.issue_link(user=user, by=SYSTEM)
    accounts.set_password(token=token, password=PASSWORD, by=SYSTEM)


async def _work() -> None:
    """Carry out jobs, as `turnout up` does in a process of its own."""
    app = jobs.with_connector(jobs.connector.get_worker_connector())
    async with app.open_async():
        await app.run_worker_async(queues=["lists"], install_signal_handlers=False, fetch_job_polling_interval=0.2)


def main() -> None:
    """Errors are answered as in production; the style guide and unhashed static files are there as in development."""
    import_module(settings.ROOT_URLCONF)
    settings.DEBUG = False
    ids = set_up()
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    threading.Thread(target=lambda: asyncio.run(_work()), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    sys.stdout.write(json.dumps({"url": address, "ids": ids}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
