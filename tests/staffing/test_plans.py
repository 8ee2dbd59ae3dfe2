"""Publishing stands or falls as a whole; who keeps a post keeps the answer; nobody is booked twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.people.models import Booking, Person
from turnout.staffing.domain import callouts, plans, waves
from turnout.staffing.models import CallOut, Placement, Plan, Wave

pytestmark = pytest.mark.django_db


def publish(plan, wave, by):
    with acting_as(by):
        return plans.publish(plan=plan, wave=wave, by=by)


def refused(act, by):
    with acting_as(by), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code, caught.value.status


def states():
    with acting_as(SYSTEM):
        return dict(CallOut.objects.values_list("person__name", "state"))


def test_publishing_calls_books_and_shows_everybody_in_the_plan(make_plan, wave, staff, roles):
    done = publish(make_plan(staff[:3]), wave, roles["district"])
    assert (done.called, done.kept, done.called_off) == (3, 0, 0)
    with acting_as(SYSTEM):
        assert Booking.objects.filter(state="live", layer="posting").count() == 3
    with acting_as(roles["desk"]):
        assert sorted(Person.objects.values_list("name", flat=True)) == sorted(p.name for p in staff[:3])
    with acting_as(roles["neighbour"]):
        assert Person.objects.count() == 0


def test_a_draft_shows_nobody_to_the_community(make_plan, staff, roles):
    make_plan(staff[:3])
    with acting_as(roles["desk"]):
        assert Person.objects.count() == 0


def test_the_next_version_keeps_answers_and_calls_off_who_is_left_out(make_plan, wave, staff, roles):
    by = roles["district"]
    first = make_plan(staff[:3])
    publish(first, wave, by)
    with acting_as(SYSTEM):
        answered = CallOut.objects.get(person=staff[0])
        callouts.answer_for(callout=answered, answer="yes", way="phone", by=SYSTEM)
    done = publish(make_plan([staff[0], staff[1], staff[3]]), wave, by)
    assert (done.called, done.kept, done.called_off) == (1, 2, 1)
    assert states() == {"李文静": "yes", "王建国": "waiting", "赵敏": "withdrawn", "孙磊": "waiting"}
    assert Plan.objects.get(pk=first.pk).state == "superseded"
    with acting_as(SYSTEM):
        assert not Booking.objects.filter(person=staff[2], state="live").exists()
    with acting_as(roles["desk"]):
        assert not Person.objects.filter(pk=staff[2].pk).exists()


def test_nobody_is_pulled_off_a_door_they_stand_at(make_plan, wave, staff, roles):
    publish(make_plan(staff[:1]), wave, roles["district"])
    with acting_as(roles["desk"]):
        callouts.arrive(callout=CallOut.objects.get(), by=roles["desk"])
    done = publish(make_plan(staff[1:2]), wave, roles["district"])
    assert done.called_off == 0
    assert states()["李文静"] == "on_post"


def test_somebody_booked_elsewhere_stops_the_whole_plan_and_says_how_many(make_plan, wave, staff, post, roles):
    with acting_as(SYSTEM):
        Booking.objects.create(
            person=staff[1], layer="posting", starts_at=post.starts_at, ends_at=post.ends_at, source_kind="other"
        )
    plan = make_plan(staff[:3])
    assert refused(lambda: plans.publish(plan=plan, wave=wave, by=roles["district"]), roles["district"]) == (
        "plan.people_busy", 409,
    )  # fmt: skip
    assert states() == {}
    assert Plan.objects.get(pk=plan.pk).state == "draft"


def test_two_dispatchers_publishing_the_same_draft_the_second_is_told(make_plan, wave, staff, roles):
    plan = make_plan(staff[:1])
    publish(plan, wave, roles["district"])
    act = lambda: plans.publish(plan=plan, wave=wave, by=roles["city"])  # noqa: E731
    assert refused(act, roles["city"]) == ("plan.not_draft", 409)


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403)])
def test_who_does_not_plan_the_district_publishes_nothing(make_plan, wave, staff, roles, who, status):
    plan = make_plan(staff[:1])
    assert refused(lambda: plans.publish(plan=plan, wave=wave, by=roles[who]), roles[who])[1] == status


def test_a_discarded_draft_is_not_published(make_plan, wave, staff, roles):
    plan = make_plan(staff[:1])
    with acting_as(roles["district"]):
        plans.discard(plan=plan, by=roles["district"])
    act = lambda: plans.publish(plan=plan, wave=wave, by=roles["district"])  # noqa: E731
    assert refused(act, roles["district"])[0] == "plan.not_draft"


def test_publishing_one_and_three_people_takes_the_same_queries(
    make_plan, wave, staff, roles, django_assert_num_queries
):
    by = roles["district"]
    for people in (staff[:1], staff[:3]):
        plan = make_plan(people)
        with acting_as(by), django_assert_num_queries(38):
            plans.publish(plan=plan, wave=wave, by=by)


def test_a_wave_opens_then_locks_then_closes(night, wave, roles):
    by = roles["district"]
    act = lambda: waves.advance(wave=wave, to="closed", by=by)  # noqa: E731
    assert refused(act, by)[0] == "wave.order"
    with acting_as(by):
        assert waves.advance(wave=wave, to="open", by=by).state == "open"
        assert waves.advance(wave=wave, to="locked", by=by).state == "locked"
        assert waves.advance(wave=wave, to="closed", by=by).state == "closed"


def test_a_quota_matrix_is_set_changed_and_cleared(wave, unit, roles):
    by = roles["district"]
    west = key_of("110102")
    with acting_as(by):
        waves.set_quota(wave=wave, quotas={(unit, west): 5}, by=by)
        waves.set_quota(wave=wave, quotas={(unit, west): 7}, by=by)
        assert list(wave.quotas.values_list("places", flat=True)) == [7]
        waves.set_quota(wave=wave, quotas={(unit, west): 0}, by=by)
        assert wave.quotas.count() == 0


@pytest.mark.parametrize(
    ("promise", "model", "broken"),
    [
        ("plan_state_known", Plan, {"state": "x", "published_at": clock.now()}),
        ("plan_places_no_more_than_needed", Plan, {"placed": 9}),
        ("plan_published_has_a_time", Plan, {"state": "published"}),
        ("placement_travel_not_negative", Placement, {"travel_minutes": -1}),
        ("wave_state_known", Wave, {"state": "x"}),
        ("wave_opened_has_a_time", Wave, {"opened_at": None}),
    ],
)
def test_the_database_keeps_its_promises(make_plan, wave, staff, promise, model, broken):
    make_plan(staff[:1])
    with acting_as(SYSTEM), pytest.raises(IntegrityError, match=promise), transaction.atomic():
        model.objects.update(**broken)


def test_a_wave_locks_before_people_arrive(wave):
    with pytest.raises(IntegrityError, match="wave_locks_in_time"), transaction.atomic():
        Wave.objects.update(lock_at=wave.arrive_by + timedelta(hours=1))
