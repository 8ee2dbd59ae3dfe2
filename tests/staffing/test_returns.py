"""Leaving a post in order, being seen while on it, and what both sides say: places and calls are judged, not people."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM, Actor
from turnout.core.area_keys import key_of, range_of_key
from turnout.core.models import AuditRow
from turnout.core.refusals import Refusal
from turnout.notices.models import Message
from turnout.people.models import Booking
from turnout.staffing import clocks
from turnout.staffing.domain import callouts, feedback, plans, returns, whistles
from turnout.staffing.models import CallOut, Feedback, HandOver

from .conftest import COMMUNITY, STREET

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(make_plan, wave, staff, roles):
    """Three people asked, and all on post."""
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}/".format)
    with acting_as(roles["desk"]):
        return [
            callouts.arrive(callout=row, by=roles["desk"]) for row in CallOut.objects.order_by("person__phone_last4")
        ]


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def test_a_hand_over_is_kept_with_its_successor(there, roles):
    by = roles["desk"]
    with acting_as(by):
        made = returns.hand_over(callout=there[0], note="钥匙在三号楼值班室", successor=there[1], by=by)
        assert (made.successor_id, made.note) == (there[1].pk, "钥匙在三号楼值班室")
        returns.hand_over(callout=there[0], note="钥匙已交社区", by=by)
        assert list(HandOver.objects.values_list("note", "successor_id")) == [("钥匙已交社区", None)]


@pytest.mark.parametrize(("note", "to", "code"), [(" ", 1, "hand_over.empty"), ("x", 0, "hand_over.to_nobody")])
def test_a_hand_over_says_what_and_goes_to_another(there, roles, note, to, code):
    by = roles["desk"]
    assert refused(lambda: returns.hand_over(callout=there[0], note=note, successor=there[to], by=by), by)[0] == code


def test_who_is_released_is_free_thanked_and_noted_when_back(there, roles):
    with acting_as(roles["desk"]):
        assert callouts.release(callouts=there, by=roles["desk"]) == 3
    with acting_as(SYSTEM):
        assert not Booking.objects.filter(state="live").exists()
        assert Message.objects.filter(about_id__in=[c.pk for c in there], state="queued").count() == 3
    by = roles["district"]
    with acting_as(by):
        assert returns.note_return(callouts_=there, by=by) == 3
        assert returns.note_return(callouts_=there, by=by) == 0
        assert CallOut.objects.filter(returned_at__isnull=False).count() == 3


def test_nobody_is_back_before_being_released(there, roles):
    by = roles["district"]
    assert refused(lambda: returns.note_return(callouts_=there, by=by), by)[0] == "callout.not_released"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_only_the_community_hands_over_and_sees(there, roles, who, status):
    by = roles[who]
    assert refused(lambda: returns.hand_over(callout=there[0], note="x", by=by), by)[1] == status
    assert refused(lambda: callouts.seen(callout=there[0], by=by), by)[1] == status


def test_who_was_not_seen_for_too_long_raises_an_alarm(there, night, roles):
    by, within = roles["desk"], range_of_key(key_of(COMMUNITY))
    with acting_as(by), clock.at(clock.now() + timedelta(hours=9)):
        assert clocks.unseen(night, within, by) == []
        callouts.seen(callout=there[1], by=by)
    with acting_as(by), clock.at(clock.now() + timedelta(hours=11)):
        assert {row.pk for row in clocks.unseen(night, within, by)} == {there[0].pk, there[2].pk}


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("auditor", 403)])
def test_alarms_are_for_those_who_look_after_people(there, night, roles, who, status):
    within = range_of_key(key_of(COMMUNITY))
    assert refused(lambda: clocks.unseen(night, within, roles[who]), roles[who])[1] == status


def link(callout):
    return Actor(kind="link", scope=((callout.unit_key, callout.unit_key + 1),))


def bound(rows):
    with acting_as(SYSTEM):
        CallOut.objects.update(bound_hash=b"x")
    return rows


def test_both_sides_are_counted_by_street_and_no_single_responder_is_shown(there, post, night, roles):
    bound(there)
    with acting_as(roles["desk"]):
        feedback.give_as_caller(post=post, mark="fair", words="来得晚了些", by=roles["desk"])
        feedback.give_as_caller(post=post, mark="good", words="来得很快", by=roles["desk"])
    for number, callout in enumerate(there):
        by = link(callout)
        with acting_as(by):
            feedback.give_as_responder(callout=callout, mark="good" if number else "poor", words="", by=by)
            opinions = read(night, roles)
        assert opinions[key_of(STREET)].responders == ({} if number < 2 else {"poor": 1, "good": 2})
    assert opinions[key_of(STREET)].callers == {"good": 1}
    assert opinions[key_of(STREET)].caller_words == ["来得很快"]


def read(night, roles):
    with acting_as(roles["district"]):
        return clocks.feedback_by_street(night, range_of_key(night.area_key), roles["district"])


def test_a_responder_s_word_leads_back_to_nobody(there, post):
    bound(there)
    by = link(there[0])
    with acting_as(by):
        feedback.give_as_responder(callout=there[0], mark="poor", by=by)
    with acting_as(SYSTEM):
        kept = Feedback.objects.get()
        logged = AuditRow.objects.get(verb="feedback.give")
    assert there[0].pk.bytes not in bytes(kept.voice)
    assert (logged.actor_id, logged.object_id) == (None, post.pk)


def test_feedback_needs_somebody_who_was_there(make_plan, wave, staff, roles, post):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:1]), wave=wave, by=by)
    assert refused(lambda: feedback.give_as_caller(post=post, mark="good", by=by), by)[0] == "feedback.early"


def test_the_scale_is_closed(there, post, roles):
    by = roles["desk"]
    assert refused(lambda: feedback.give_as_caller(post=post, mark="5 stars", by=by), by)[0] == "feedback.bad"


def test_nobody_speaks_for_a_responder(there, roles):
    by = roles["district"]
    act = lambda: feedback.give_as_responder(callout=there[0], mark="good", by=by)  # noqa: E731
    assert refused(act, by)[1] == 403


def test_the_clock_of_every_step_is_kept(call, roles, make_plan, wave, staff, night, django_assert_num_queries):
    """Whistled at 0, named after 10 minutes, accepted after 20, 30 and 40, on post after 100."""
    by, start = roles["district"], clock.now()
    with clock.at(start), acting_as(roles["desk"]):
        whistle = whistles.raise_(**call, by=roles["desk"])
    with clock.at(start + timedelta(minutes=10)), acting_as(by):
        post = whistles.approve(whistle=whistle, by=by)
        plans.publish(plan=make_plan(staff[:3], on=post), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}/".format)
        rows = list(CallOut.objects.all())
    for number, row in enumerate(rows):
        with clock.at(start + timedelta(minutes=20 + 10 * number)), acting_as(by):
            callouts.answer_for(callout=row, answer="yes", way="phone", by=by)
    with clock.at(start + timedelta(minutes=100)), acting_as(by):
        callouts.arrive(callout=rows[0], by=by)
        callouts.answer_for(callout=rows[1], answer="no", way="phone", by=by)
    with acting_as(by), django_assert_num_queries(1):
        steps = clocks.clock_of(night, range_of_key(night.area_key), by, whistled=True)
    minutes = lambda step: (step.people, step.median, step.p95)  # noqa: E731
    assert minutes(steps.named) == (3, timedelta(minutes=10), timedelta(minutes=10))
    assert minutes(steps.accepted) == (2, timedelta(minutes=30), timedelta(minutes=39))
    assert minutes(steps.on_post) == (1, timedelta(minutes=100), timedelta(minutes=100))


def test_without_anybody_there_is_no_time(night, roles):
    with acting_as(roles["district"]):
        steps = clocks.clock_of(night, range_of_key(night.area_key), roles["district"])
    assert (steps.named.people, steps.named.median, steps.on_post.p95) == (0, None, None)


@pytest.mark.parametrize(("times", "reading", "often"), [(0, "low", 0), (20, "fine", 1)])
def test_the_rate_of_whistles_is_read(call, roles, night, times, reading, often):
    """263 communities: none in two days is a dead mechanism; 20 from one are fine for the district, not for the one."""
    for number in range(times):
        with acting_as(roles["desk"]), clock.at(clock.now() + timedelta(minutes=3 * number)):
            whistles.raise_(**call | {"task": f"第 {number} 件事"}, by=roles["desk"])
    by = roles["district"]
    with acting_as(by), clock.at(clock.now() + timedelta(days=2)):
        rate = clocks.whistle_rate(night, range_of_key(night.area_key), by)
    assert (rate.whistles, rate.reading, len(rate.often)) == (times, reading, often)


def test_on_the_first_day_nothing_is_read_into_whistles(night, roles):
    with acting_as(roles["district"]):
        assert clocks.whistle_rate(night, range_of_key(night.area_key), roles["district"]).reading == ""


@pytest.mark.parametrize(
    ("promise", "broken"), [("feedback_side_known", {"side": "x"}), ("feedback_mark_known", {"mark": "5"})]
)
def test_the_database_keeps_the_promises_of_feedback(there, post, roles, promise, broken):
    with acting_as(roles["desk"]):
        feedback.give_as_caller(post=post, mark="good", by=roles["desk"])
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        Feedback.objects.update(**broken)


@pytest.mark.parametrize(
    ("promise", "broken"),
    [
        ("callout_source_known", {"source": "x"}),
        ("callout_returned_after_release", {"returned_at": clock.now()}),
    ],
)
def test_the_database_keeps_what_came_to_call_outs(there, promise, broken):
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        CallOut.objects.update(**broken)
