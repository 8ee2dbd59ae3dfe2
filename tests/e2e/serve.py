"""A server with a made-up district to look at: `python -m tests.e2e.serve`, DATABASE_URL set and migrated.

Prints one line of JSON, its address and the ids of what it made, then serves until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "turnout.config.settings")

import django

django.setup()

from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from procrastinate.contrib.django import app as jobs

from turnout.access.domain import accounts, grants
from turnout.access.models import User
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.incidents import playbook as files
from turnout.incidents.domain import incidents, playbooks, retention
from turnout.incidents.models import Incident, PlaybookVersion
from turnout.people.domain import abilities, persons, signups, units
from turnout.people.models import Person
from turnout.places.domain import areas, sites
from turnout.places.models import Area
from turnout.staffing.domain import callouts, drafts, edits, openings, plans, remarks, waves, whistles
from turnout.staffing.models import CallOut, Consent, Gap, Placement, Plan, Post, Team

PASSWORD = "three grey herons at dawn"
COMMUNITY = "110102020014"
PEOPLE = [
    ("zhoumin", "周敏", "administrator", "110102000000"),
    ("xuxiulan", "许秀兰", "desk", "110102020014"),
    ("lijun", "李军", "dispatcher", "110102000000"),
    ("songjie", "宋洁", "viewer", "110102000000"),
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
        newcomer = accounts.create(username="xinren", name="新人", by=SYSTEM)
        ids["welcome"] = accounts.issue_link(user=newcomer, by=SYSTEM)
    _explained(ids, _night(ids))
    _over(ids)
    return ids


def _over(ids: dict[str, str]) -> None:
    """A night of last season: stood down, its people deleted, a certificate in their place."""
    by = actor_of(User.objects.get(username="lijun"))
    epidemic = PlaybookVersion.objects.get(name="epidemic")
    begun = clock.now() - timedelta(days=epidemic.playbook.retention.days + 3)
    with clock.at(begun), acting_as(by):
        night = incidents.open_(title="春季增援", area_code="110102", playbook=epidemic, by=by)
    with clock.at(begun + timedelta(days=2)), acting_as(by):
        incidents.stand_down(incident=night, by=by)
    with acting_as(SYSTEM):
        retention.purge(incident=night, by=SYSTEM)
    ids["over"] = str(night.pk)


def _explained(ids: dict[str, str], night: Incident) -> None:
    """A draft of the planner's own, from which somebody was taken out: it explains itself, and a gap can be filled."""
    by = actor_of(User.objects.get(username="lijun"))
    plan = drafts.draft(incident=night, by=by)
    with acting_as(by):
        placed = Placement.objects.filter(plan=plan, reason__in=["nearest", "next_nearest", "home", "team"]).first()
        if placed:
            edits.take_out(plan=plan, person=placed.person, by=by)
        gap = Gap.objects.filter(plan=plan).earliest("id")
        ids |= {"explained": str(plan.pk), "short": str(gap.post_id)}


def _night(ids: dict[str, str]) -> Incident:
    """A drill night in one community: posts with and without people, a plan that is out, a draft, whistles, a team."""
    by = actor_of(User.objects.get(username="lijun"))
    with acting_as(SYSTEM):
        epidemic = playbooks.publish(text=files.shipped()["epidemic"], by=SYSTEM)
    now = clock.now()
    with acting_as(by):
        title = "西城夜间增援"
        night = incidents.open_(title=title, area_code="110102", playbook=epidemic, by=by, drill=True)
        incidents.mark(incident=night, area_key=key_of(COMMUNITY), level="sealed", by=by)
        posts = [
            Post.objects.create(
                incident=night, area_key=key_of(code), category=category, seats=places, places_min=1, places=places,
                starts_at=now + timedelta(hours=8), ends_at=now + timedelta(days=3), duties="东门卡口", made_at=now,
            )
            for code, category, places in [
                (COMMUNITY, "district_cadre", 4), (COMMUNITY, "health", 2), ("110102020015", "health", 4),
            ]
        ]  # fmt: skip
        wave = waves.create(
            incident=night, arrive_by=now + timedelta(hours=8), lock_at=now + timedelta(hours=4),
            closes_at=now + timedelta(hours=9), by=by,
        )  # fmt: skip
        wave = waves.advance(wave=wave, to="open", by=by)
        people = list(Person.objects.select_related("unit").order_by("number"))
        first = _plan(night, 1, [(people[0], posts[0]), (people[1], posts[0]), (people[3], posts[1])])
        plans.publish(plan=first, wave=wave, by=by)
        draft = _plan(night, 2, [(people[0], posts[0]), (people[1], posts[0]), (people[4], posts[1])])
        ends = now + timedelta(hours=3)
        _, offer = openings.open_(post=posts[2], wave=wave, places=1, closes_at=ends, by=by)
        tokens: list[str] = []
        callouts.ask(wave=wave, by=by, channel="file", link=_kept(tokens), address="http://127.0.0.1/c/")
        called = list(CallOut.objects.order_by("person__number"))
        for callout in called[:2]:
            callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)
        callouts.arrive(callout=called[0], by=by)
        CallOut.objects.create(
            incident=night,
            wave=wave,
            person=people[2],
            post=posts[0],
            area_key=posts[0].area_key,
            unit_key=people[2].unit.scope_key,
            sender_key=people[2].unit.area_key,
            category="district_cadre",
        )
        Consent.objects.create(wave=wave, unit=people[2].unit, asked_at=now, due_at=now + timedelta(minutes=15))
        raised = [
            whistles.raise_(
                incident=night, area_key=key_of(COMMUNITY), ground="emergency", kind="emergency", category="health",
                people=people_, starts_at=now + timedelta(hours=8), ends_at=now + timedelta(hours=16),
                arrive_by=now + timedelta(hours=8), task="入户采样", otherwise="行动不便的 12 人采不完", by=by,
            )
            for people_ in (2, 1)
        ]  # fmt: skip
        place = {"incident": night, "area_key": key_of(COMMUNITY), "by": by}
        said = [
            remarks.send_as_community(kind=kind, words=words, **place)
            for kind, words in (("complaint", "防护服尺码偏小，有 3 人穿不上"), ("suggestion", "集合点改到地铁口"))
        ]
        remarks.answer(remark=said[0], words="22:30 前送到大号 10 套", by=by)
        ids |= {
            "remark": str(said[1].pk),
            "incident": str(night.pk), "wave": str(wave.pk), "plan": str(first.pk), "draft": str(draft.pk),
            "post": str(posts[0].pk), "callout": str(called[0].pk), "whistle": str(raised[0].pk), "link": tokens[0],
            "other_link": tokens[1], "offer": offer, "other_last4": people[1].phone_last4,
            "placed": str(people[0].pk), "team": str(Team.objects.earliest("id").pk),
        }  # fmt: skip
    return night


def _plan(night: Incident, number: int, placed: list[tuple[Person, Post]]) -> Plan:
    plan = Plan.objects.create(
        incident=night, number=number, area_key=night.area_key, made_at=clock.now(), seconds=1, objective_minutes=1300,
        bound_minutes=1290, proof_gap=0.0078, needed=10, placed=len(placed), input_hash="x", stopped_by="proof",
    )  # fmt: skip
    Placement.objects.bulk_create(
        Placement(
            plan=plan, person=person, post=post, area_key=post.area_key, unit_key=person.unit.scope_key,
            sender_key=person.unit.area_key, travel_minutes=12.5, cost_minutes=12.5, reason="nearest",
        )
        for person, post in placed
    )  # fmt: skip
    post = Post.objects.filter(incident=night, category="health").latest("places")
    Gap.objects.create(
        plan=plan, post=post, area_key=post.area_key, missing_min=1, missing=4, reason="none_in_category",
        nearest_fix="call_more:health:4",
    )  # fmt: skip
    return plan


def _kept(tokens: list[str]) -> Callable[[str], str]:
    """Make addresses of tokens, and keep the tokens."""

    def address(token: str) -> str:
        tokens.append(token)
        return f"http://127.0.0.1/c/{token}/"

    return address


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
    site = sites.add(area=Area.objects.get(code="110102020014"), kind="gate", name="东门卡口", capacity=3, by=SYSTEM)
    ids["site"] = str(site.pk)


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
