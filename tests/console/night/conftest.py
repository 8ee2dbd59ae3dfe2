"""A night in Xicheng, and who runs it, each with a browser."""

from tests.staffing.conftest import (
    call,
    make_plan,
    night,
    post,
    staff,
    unit,
    wave,
    xicheng,
)

__all__ = ["call", "make_plan", "night", "post", "staff", "unit", "wave", "xicheng"]

import pytest

from tests.staffing.conftest import COMMUNITY, NEIGHBOUR, STREET
from turnout.access.queries import actor_of
from turnout.console import live


@pytest.fixture
def users(make_user):
    """Who runs the night, as accounts: city, district, street, community, a neighbour, an auditor, another district."""
    return {
        "city": make_user("shi", ("dispatcher", "110000")),
        "district": make_user("qu", ("dispatcher", "110102")),
        "street": make_user("jie", ("triage", STREET)),
        "desk": make_user("shequ", ("desk", COMMUNITY)),
        "neighbour": make_user("linju", ("desk", NEIGHBOUR)),
        "auditor": make_user("shenji", ("auditor", "110102")),
        "elsewhere": make_user("dongcheng", ("dispatcher", "110101")),
    }


@pytest.fixture
def roles(users):
    return {name: actor_of(user) for name, user in users.items()}


@pytest.fixture
def seen_by(client, users):
    """A browser signed in as one of them."""

    def sign_in(name):
        client.force_login(users[name])
        return client

    return sign_in


@pytest.fixture(autouse=True)
def nothing_stands(monkeypatch):
    """Polls are answered by what is, not by what stood a second ago in another test."""
    live.forget()
    monkeypatch.setattr(live, "STANDS_FOR", 0.0)
