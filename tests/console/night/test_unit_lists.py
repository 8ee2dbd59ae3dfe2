"""A unit's list on the screen: states, quota, one form of answers for everybody, and who may see it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from turnout.access.domain import grants
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.staffing.domain import callouts, plans, waves
from turnout.staffing.models import CallOut, Wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_plan, staff, wave, roles):
    """Two of the unit are called and asked."""
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:2]), wave=wave, by=by)
        callouts.ask(wave=wave, by=by, channel="file", link="https://x/c/{}".format)
    with acting_as(SYSTEM):
        return list(CallOut.objects.order_by("person__sort_key"))


@pytest.fixture
def liaison(make_user, unit, client):
    user = make_user("lianluo")
    with acting_as(SYSTEM):
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    client.force_login(user)
    return client


def address(night, unit, name="unit-list"):
    return reverse(name, args=[night.pk, unit.pk])


def state_of(row):
    with acting_as(SYSTEM):
        return CallOut.objects.get(pk=row.pk).state


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 404), ("district", 200)])
def test_who_opens_a_unit_s_list(seen_by, night, unit, asked, who, status):
    assert seen_by(who).get(address(night, unit)).status_code == status


def test_a_liaison_is_led_to_the_own_list_and_sees_no_phone(liaison, night, unit, asked):
    response = liaison.get(reverse("unit-lists"))
    assert response["Location"] == address(night, unit)
    text = liaison.get(response["Location"]).content.decode()
    assert "李文静" in text
    assert "尾号 0000" in text
    assert "13800130000" not in text


def test_another_unit_s_list_is_not_there(liaison, night, make_other_unit):
    assert liaison.get(address(night, make_other_unit)).status_code == 404


def test_answers_for_a_list_are_kept_in_one_go(liaison, night, unit, asked):
    first, second = asked
    sent = {f"answer-{first.pk}": "yes", f"was-{first.pk}": "", f"answer-{second.pk}": "no", f"was-{second.pk}": ""}
    sent[f"reason-{second.pk}"] = "family"
    response = liaison.post(address(night, unit, "unit-answers"), sent)
    assert response["Location"] == address(night, unit)
    with acting_as(SYSTEM):
        rows = {row.pk: (row.state, row.answered_by, row.decline_reason) for row in CallOut.objects.all()}
    assert rows == {first.pk: ("yes", "liaison", ""), second.pk: ("no", "liaison", "family")}


def test_what_somebody_answered_in_the_meantime_is_not_written_over(liaison, night, unit, asked, roles):
    first, second = asked
    with acting_as(roles["district"]) as by:
        callouts.answer_for(callout=first, answer="no", way="phone", by=by)
    sent = {f"answer-{first.pk}": "yes", f"was-{first.pk}": "", f"answer-{second.pk}": "yes", f"was-{second.pk}": ""}
    response = liaison.post(address(night, unit, "unit-answers"), sent)
    assert [line.wrong.code for line in response.context["wrong"]] == ["callout.answered_meanwhile"]
    assert [line.answer for line in response.context["wrong"]] == ["yes"]
    assert (state_of(first), state_of(second)) == ("no", "yes")


def test_a_row_that_nobody_touched_stays_as_it_is(liaison, night, unit, asked, roles):
    first, _ = asked
    with acting_as(roles["district"]) as by:
        callouts.answer_for(callout=first, answer="no", way="phone", by=by)
    liaison.post(address(night, unit, "unit-answers"), {f"answer-{first.pk}": "yes", f"was-{first.pk}": "yes"})
    assert state_of(first) == "no"


def test_a_refused_row_keeps_what_was_typed(liaison, night, unit, asked):
    first, _ = asked
    Wave.objects.update(lock_at=clock.now() - timedelta(minutes=1))
    sent = {f"answer-{first.pk}": "no", f"was-{first.pk}": "", f"reason-{first.pk}": "away"}
    (line,) = liaison.post(address(night, unit, "unit-answers"), sent).context["wrong"]
    assert (line.wrong.code, line.answer, line.reason, state_of(first)) == ("callout.locked", "no", "away", "asked")


def test_the_rest_is_kept_as_coming_when_the_liaison_says_so(liaison, night, unit, asked):
    first, second = asked
    liaison.post(
        address(night, unit, "unit-answers"), {f"answer-{first.pk}": "no", f"was-{first.pk}": "", "rest": "yes"}
    )
    assert (state_of(first), state_of(second)) == ("no", "yes")


def test_a_quota_says_how_much_of_it_is_used(liaison, night, unit, asked, wave, roles):
    with acting_as(roles["district"]) as by:
        waves.set_quota(wave=wave, quotas={(unit, key_of("110102")): 5}, by=by)
    ((use, area),) = liaison.get(address(night, unit)).context["quotas"]
    assert (use.used, use.places, area.code) == (2, 5, "110102000000")


def test_the_district_sees_how_far_each_unit_has_answered(seen_by, night, unit, asked, roles):
    with acting_as(roles["district"]) as by:
        callouts.answer_for(callout=asked[0], answer="yes", way="phone", by=by)
    ((found, done),) = seen_by("district").get(reverse("unit-lists")).context["rows"]
    assert (found, done.called, done.coming, done.unanswered) == (unit, 2, 1, 1)


@pytest.fixture
def make_other_unit(db):
    from turnout.people.domain import units

    with acting_as(SYSTEM):
        return units.create(code="W2", name="区教委", area_key=key_of("110102"), by=SYSTEM)


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_the_same_however_many_people(
    liaison, night, unit, make_plan, staff, wave, roles, count, django_assert_num_queries
):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:count]), wave=wave, by=by)
    liaison.get(address(night, unit))
    with django_assert_num_queries(15):
        assert len(liaison.get(address(night, unit)).context["lines"]) == count


def test_a_liaison_lets_somebody_else_come_and_both_hear_of_it(liaison, night, unit, asked, staff):
    url = reverse("unit-instead", args=[night.pk, unit.pk, asked[0].pk])
    text = liaison.get(url).content.decode()
    offered = [str(one.pk) in text for one in staff]
    assert offered == [False, False, True, True, True]  # the first two are called
    assert liaison.post(url, {"person": str(asked[1].person_id)}).status_code == 422
    response = liaison.post(url, {"person": str(staff[4].pk)})
    assert response["Location"] == address(night, unit)
    assert state_of(asked[0]) == "withdrawn"
    with acting_as(SYSTEM):
        made = CallOut.objects.get(person=staff[4])
    assert (made.state, made.source, made.stands_in_for_id) == ("yes", "stand_in", asked[0].pk)


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 404)])
def test_nobody_else_replaces_people_or_takes_them_back(seen_by, night, unit, asked, staff, who, status):
    client = seen_by(who)
    url = reverse("unit-instead", args=[night.pk, unit.pk, asked[0].pk])
    assert client.post(url, {"person": str(staff[4].pk)}).status_code == status
    assert client.post(address(night, unit, "unit-take-back")).status_code == status
    assert state_of(asked[0]) == "asked"


def test_a_unit_takes_everybody_back_who_is_not_on_post(liaison, night, unit, asked, roles):
    with acting_as(roles["desk"]) as by:
        callouts.answer_for(callout=asked[0], answer="yes", way="phone", by=roles["district"])
        callouts.arrive(callout=asked[0], by=by)
    assert liaison.get(address(night, unit)).context["to_take_back"] == 1
    assert liaison.get(address(night, unit, "unit-take-back")).status_code == 405
    liaison.post(address(night, unit, "unit-take-back"))
    assert (state_of(asked[0]), state_of(asked[1])) == ("on_post", "no")
    assert liaison.get(address(night, unit)).context["to_take_back"] == 0
