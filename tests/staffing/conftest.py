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
from turnout.places.domain import areas

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
