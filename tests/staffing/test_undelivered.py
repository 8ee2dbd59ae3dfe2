"""Call-outs whose message did not arrive stand in one list, until the person answers or somebody sees to it."""

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of, range_of_key
from turnout.notices.domain import messages
from turnout.notices.models import Message
from turnout.staffing.domain import callouts, plans
from turnout.staffing.models import CallOut
from turnout.staffing.undelivered import undelivered

from .conftest import COMMUNITY, NEIGHBOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(make_plan, wave, staff, roles):
    """Three people asked by text message; nobody knows whether it arrived."""
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="sms", link="https://t/{}".format)
    with acting_as(SYSTEM):
        now = clock.now()
        Message.objects.filter(channel="sms").update(state="unknown", claimed_at=now, finished_at=now)


def listed(night, by, area="110102"):
    with acting_as(by):
        return {row.name: row for row in undelivered(night, range_of_key(key_of(area)))}


def test_it_says_who_and_how_else_they_are_reached(lost, night, roles):
    found = listed(night, roles["district"])
    assert sorted(found) == ["李文静", "王建国", "赵敏"]
    row = found["李文静"]
    assert (row.channel, row.state, row.phone_last4, row.unit, row.has_email, row.has_account) == (
        "sms", "unknown", "0000", "区统计局", False, False,
    )  # fmt: skip


def test_who_answers_or_is_seen_to_leaves_the_list(lost, night, roles):
    by = roles["district"]
    first, second = (listed(night, by)[name] for name in ("李文静", "王建国"))
    with acting_as(by):
        callout = CallOut.objects.get(pk=first.callout_id)
        callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)
        messages.settle(message=Message.objects.get(pk=second.message_id), how="phoned", by=by)
    assert list(listed(night, by)) == ["赵敏"]


@pytest.mark.parametrize(
    ("who", "area", "people"), [("elsewhere", "110102", 0), ("district", NEIGHBOUR, 0), ("district", COMMUNITY, 3)]
)
def test_every_area_sees_its_own(lost, night, roles, who, area, people):
    assert len(listed(night, roles[who], area)) == people


def test_the_list_is_one_query(lost, night, roles, django_assert_num_queries):
    with acting_as(roles["district"]), django_assert_num_queries(1):
        undelivered(night, range_of_key(night.area_key))
