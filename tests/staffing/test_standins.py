"""One person for another, a whole unit taken back, and answers for a list of which nothing is lost."""

from datetime import timedelta

import pytest

from turnout.access.domain import grants
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.notices.models import Message
from turnout.people.domain import persons, units
from turnout.people.models import Booking
from turnout.staffing.domain import callouts, plans, standins
from turnout.staffing.models import CallOut

pytestmark = pytest.mark.django_db


@pytest.fixture
def liaison(make_user, unit):
    with acting_as(SYSTEM):
        user = make_user("lianluo")
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    return actor_of(user)


@pytest.fixture
def called(make_plan, wave, staff, roles):
    by = roles["district"]
    with acting_as(by):
        plans.publish(plan=make_plan(staff[:3]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}/".format, address="https://t/")
        return {row.person.name: row for row in CallOut.objects.select_related("person")}


def standing():
    with acting_as(SYSTEM):
        return dict(CallOut.objects.values_list("person__name", "state"))


def test_somebody_of_the_unit_comes_instead_and_both_are_told(called, staff, liaison):
    with acting_as(liaison):
        made = standins.substitute(callout=called["李文静"], person=staff[4], by=liaison)
    assert (made.state, made.source, made.stands_in_for_id) == ("yes", "stand_in", called["李文静"].pk)
    assert standing()["李文静"] == "withdrawn"
    with acting_as(SYSTEM):
        assert Booking.objects.filter(state="live").count() == 3
        assert Message.objects.filter(about_id=made.pk).count() == 1


def test_a_stand_in_survives_a_draft_that_was_made_before(called, staff, liaison, make_plan, wave, roles):
    by = roles["district"]
    older = make_plan(staff[:3])
    with acting_as(liaison):
        standins.substitute(callout=called["李文静"], person=staff[4], by=liaison)
    with acting_as(SYSTEM):
        callouts.answer_for(callout=called["王建国"], answer="no", way="phone", by=SYSTEM)
    with acting_as(by):
        plans.publish(plan=older, wave=wave, by=by)
    assert standing()["周晓红"] == "yes"
    assert standing()["王建国"] == "no"


def test_somebody_of_another_unit_does_not_stand_in(called, liaison):
    with acting_as(SYSTEM):
        other = units.create(code="W2", name="区教委", area_key=key_of("110102"), by=SYSTEM)
        person = persons.add(unit=other, name="吴刚", categories=["general"], by=SYSTEM)
    with acting_as(liaison), pytest.raises(Refusal) as caught:
        standins.substitute(callout=called["李文静"], person=person, by=liaison)
    assert caught.value.code == "callout.other_unit"


def test_somebody_who_is_placed_does_not_stand_in(called, staff, liaison):
    with acting_as(liaison), pytest.raises(Refusal) as caught:
        standins.substitute(callout=called["李文静"], person=staff[1], by=liaison)
    assert caught.value.code == "callout.busy"
    assert standing()["李文静"] == "asked"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("desk", 403)])
def test_only_who_answers_for_the_unit_changes_its_people(called, staff, roles, unit, night, who, status):
    by = roles[who]
    with acting_as(by), pytest.raises(Refusal) as caught:
        standins.substitute(callout=called["李文静"], person=staff[4], by=by)
    assert caught.value.status == status


def test_a_unit_takes_back_all_its_people_at_two_in_the_morning(called, roles, liaison, unit, night):
    with acting_as(roles["desk"]):
        callouts.arrive(callout=called["李文静"], by=roles["desk"])
    with acting_as(liaison):
        done = standins.take_back(incident=night, unit=unit, by=liaison)
    assert (done.called_back, done.on_post) == (2, 1)
    assert standing() == {"李文静": "on_post", "王建国": "no", "赵敏": "no"}
    with acting_as(SYSTEM):
        assert set(CallOut.objects.filter(state="no").values_list("decline_reason", flat=True)) == {"unit"}
        assert Booking.objects.filter(state="live").count() == 1


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("auditor", 403)])
def test_nobody_else_takes_a_unit_s_people_back(called, roles, unit, night, who, status):
    with acting_as(roles[who]), pytest.raises(Refusal) as caught:
        standins.take_back(incident=night, unit=unit, by=roles[who])
    assert caught.value.status == status


def test_a_list_of_answers_keeps_the_good_ones_and_says_what_was_wrong_with_the_others(called, liaison, roles):
    with acting_as(roles["desk"]):
        callouts.arrive(callout=called["赵敏"], by=roles["desk"])
    ids = {name: row.pk for name, row in called.items()}
    with acting_as(liaison):
        done = callouts.answer_list(
            answers={ids["李文静"]: ("yes", ""), ids["王建国"]: ("no", "family"), ids["赵敏"]: ("no", "")},
            way="liaison", by=liaison,
        )  # fmt: skip
    assert {row.pk for row in done.kept} == {ids["李文静"], ids["王建国"]}
    assert [(key, refusal.code) for key, refusal in done.refused] == [(ids["赵敏"], "callout.over")]
    assert standing() == {"李文静": "yes", "王建国": "no", "赵敏": "on_post"}


def test_a_list_does_not_reach_into_another_unit(called, roles, liaison, night):
    by = roles["elsewhere"]
    with acting_as(by):
        done = callouts.answer_list(answers={row.pk: ("yes", "") for row in called.values()}, way="liaison", by=by)
    assert {refusal.code for _, refusal in done.refused} == {"access.not_found"}
    assert set(standing().values()) == {"asked"}


def test_nobody_says_for_themselves_that_the_unit_called_them_back(called):
    with acting_as(SYSTEM), pytest.raises(Refusal) as caught:
        callouts._answer(called["李文静"], "no", "link", "unit", SYSTEM)
    assert caught.value.code == "callout.answer_unknown"


def test_of_two_for_the_last_place_the_second_yes_is_told_and_the_rest_let_go(called, post):
    post.places = post.seats = 2
    post.save()
    with acting_as(SYSTEM):
        for name in ("李文静", "王建国"):
            callouts.answer_for(callout=called[name], answer="yes", way="phone", by=SYSTEM)
        with pytest.raises(Refusal) as caught:
            callouts.answer_for(callout=called["赵敏"], answer="yes", way="phone", by=SYSTEM)
    assert caught.value.code == "callout.over"
    assert standing() == {"李文静": "yes", "王建国": "yes", "赵敏": "withdrawn"}
    with acting_as(SYSTEM):
        assert Booking.objects.filter(state="live").count() == 2
