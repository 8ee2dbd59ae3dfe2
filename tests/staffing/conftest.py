"""One street of Xicheng and one of Dongcheng, an epidemic, and the people who run the night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.incidents import playbook as files
from turnout.incidents.domain import incidents, playbooks
from turnout.people.domain import persons, units
from turnout.places.domain import areas
from turnout.staffing.domain import waves
from turnout.staffing.models import Placement, Plan, Post

STREET = "110102007"
COMMUNITY = "110102007003"
NEIGHBOUR = "110102007004"


@pytest.fixture
def xicheng(db):
    """The real areas of Xicheng, from the public list."""
    with acting_as(SYSTEM):
        areas.load_public(code="110102", seed=0, by=SYSTEM)


@pytest.fixture
def roles(make_user):
    """Who runs the night: city, district, street, community, and a neighbour."""
    return {
        "city": actor_of(make_user("shi", ("dispatcher", "110000"))),
        "district": actor_of(make_user("qu", ("dispatcher", "110102"))),
        "street": actor_of(make_user("jie", ("triage", STREET))),
        "desk": actor_of(make_user("shequ", ("desk", COMMUNITY))),
        "neighbour": actor_of(make_user("linju", ("desk", NEIGHBOUR))),
        "auditor": actor_of(make_user("shenji", ("auditor", "110102"))),
        "elsewhere": actor_of(make_user("dongcheng", ("dispatcher", "110101"))),
    }


@pytest.fixture
def night(xicheng, roles):
    with acting_as(SYSTEM):
        epidemic = playbooks.publish(text=files.shipped()["epidemic"], by=SYSTEM)
    by = roles["district"]
    with acting_as(by):
        return incidents.open_(title="西城夜间增援", area_code="110102", playbook=epidemic, by=by)


@pytest.fixture
def call(night):
    """What a community whistles for, as keyword arguments."""
    now = clock.now()
    return {
        "incident": night,
        "area_key": key_of(COMMUNITY),
        "ground": "emergency",
        "kind": "emergency",
        "category": "general",
        "people": 3,
        "starts_at": now + timedelta(hours=8),
        "ends_at": now + timedelta(hours=20),
        "arrive_by": now + timedelta(hours=8),
        "task": "入户采样登记",
        "otherwise": "今晚做不完，明早居民出不了门",
    }


@pytest.fixture
def unit(db):
    with acting_as(SYSTEM):
        return units.create(code="W1", name="区统计局", area_key=key_of("110102"), by=SYSTEM)


@pytest.fixture
def staff(unit):
    """Five made-up people of one unit; phones end in 0000 to 0004."""
    with acting_as(SYSTEM):
        return [
            persons.add(unit=unit, name=name, phone=f"1380013{n:04}", categories=["general"], by=SYSTEM)
            for n, name in enumerate(["李文静", "王建国", "赵敏", "孙磊", "周晓红"])
        ]


@pytest.fixture
def post(night):
    now = clock.now()
    return Post.objects.create(
        incident=night, area_key=key_of(COMMUNITY), category="general", seats=3, places_min=1, places=3,
        starts_at=now + timedelta(hours=10), ends_at=now + timedelta(days=3), made_at=now,
    )  # fmt: skip


@pytest.fixture
def make_plan(night, post, unit):
    """Write a draft by hand: these people on this post."""

    def make(people, on=None):
        on = on or post
        with acting_as(SYSTEM):
            plan = Plan.objects.create(
                incident=night, number=Plan.objects.count() + 1, area_key=night.area_key, made_at=clock.now(),
                seconds=1, objective_minutes=10, needed=max(3, len(people)), placed=len(people), input_hash="x",
                stopped_by="proof",
            )  # fmt: skip
            Placement.objects.bulk_create(
                Placement(
                    plan=plan, person=person, post=on, area_key=on.area_key, unit_key=unit.scope_key,
                    sender_key=unit.area_key, travel_minutes=12.5, cost_minutes=12.5, reason="nearest",
                )
                for person in people
            )  # fmt: skip
        return plan

    return make


@pytest.fixture
def wave(night, roles):
    by = roles["district"]
    now = clock.now()
    with acting_as(by):
        made = waves.create(
            incident=night, arrive_by=now + timedelta(hours=10), lock_at=now + timedelta(hours=4),
            closes_at=now + timedelta(hours=12), by=by,
        )  # fmt: skip
        return waves.advance(wave=made, to="open", by=by)
