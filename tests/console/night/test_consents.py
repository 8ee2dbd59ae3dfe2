"""Where the playbook says so, a unit lets its people go before they are asked; silence for long enough is consent."""

from datetime import timedelta

import pytest
from django.urls import reverse

from turnout.access.domain import grants
from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents import playbook as files
from turnout.incidents.domain import playbooks
from turnout.people.domain import persons, units
from turnout.staffing import queries
from turnout.staffing.domain import callouts, consents, plans
from turnout.staffing.models import CallOut, Consent

pytestmark = pytest.mark.django_db

ASKING = files.shipped()["epidemic"].replace("version = 2", "version = 3").replace("minutes = 0  ", "minutes = 15 ")


@pytest.fixture
def other(db):
    """A unit of one, beside the unit of `staff`."""
    with acting_as(SYSTEM):
        unit = units.create(code="W2", name="区档案局", area_key=key_of("110102"), by=SYSTEM)
        return persons.add(unit=unit, name="钱进", phone="13900139000", categories=["general"], by=SYSTEM)


@pytest.fixture
def called(night, roles, wave, make_plan, staff, other):
    """Two people of one unit and one of another, waiting in a wave whose playbook asks units first."""
    with acting_as(SYSTEM):
        night.playbook = playbooks.publish(text=ASKING, by=SYSTEM)
        night.save(update_fields=["playbook"])
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan([*staff[:2], other]), wave=wave, by=by)
    wave.refresh_from_db()
    return wave


def answering_for(unit, user):
    """An account that answers for a unit."""
    with acting_as(SYSTEM):
        scope = grants.UnitScope(unit.pk, unit.scope_key, unit.area_key)
        grants.give(user=user, role="liaison", unit=scope, ends_at=clock.now() + timedelta(days=9), by=SYSTEM)
    return user


@pytest.fixture
def account(make_user, staff):
    return answering_for(staff[0].unit, make_user("lianluo"))


@pytest.fixture
def liaison(account):
    return actor_of(account)


def ask(wave, roles):
    with acting_as(roles["district"]) as by:
        return callouts.ask(wave=wave, by=by, channel="file", link="https://t/{}".format, address="https://t/")


def states():
    with acting_as(SYSTEM):
        return dict(CallOut.objects.values_list("person__name", "state"))


def test_nobody_is_asked_before_the_unit_has_spoken(called, roles, liaison, staff):
    assert ask(called, roles) == 0
    assert set(states().values()) == {"waiting"}
    assert queries.waves_with_waiting() == []
    with acting_as(liaison) as by:
        consents.give(wave=called, unit=staff[0].unit, by=by)
    assert queries.waves_with_waiting() == [called]
    assert ask(called, roles) == 2
    assert states() == {"李文静": "asked", "王建国": "asked", "钱进": "waiting"}


def test_silence_is_consent_when_its_time_is_over(called, roles):
    ask(called, roles)
    with acting_as(SYSTEM) as by:
        assert consents.take_silence(by=by) == 0
        with clock.at(clock.now() + timedelta(minutes=15)):
            assert consents.take_silence(by=by) == 2
            assert consents.take_silence(by=by) == 0
    assert ask(called, roles) == 3


def test_a_unit_is_asked_once_in_a_wave(called, roles, liaison, staff):
    ask(called, roles)
    with acting_as(liaison) as by:
        first = consents.give(wave=called, unit=staff[0].unit, by=by)
        again = consents.give(wave=called, unit=staff[0].unit, by=by)
    assert first.decided_at == again.decided_at
    ask(called, roles)
    assert Consent.objects.count() == 2


def test_without_the_rule_units_are_not_asked(night, roles, wave, make_plan, staff):
    with acting_as(roles["district"]) as by:
        plans.publish(plan=make_plan(staff[:2]), wave=wave, by=by)
    assert ask(wave, roles) == 2
    assert not Consent.objects.exists()


def test_only_who_answers_for_the_unit_lets_its_people_go(called, roles, liaison, staff, other, make_user):
    ask(called, roles)
    stranger = actor_of(answering_for(other.unit, make_user("bieren")))
    for by, code in (
        (roles["auditor"], "access.not_allowed"),
        (roles["elsewhere"], "access.not_found"),
        (stranger, "access.not_found"),
    ):
        with acting_as(by), pytest.raises(Refusal) as caught:
            consents.give(wave=called, unit=staff[0].unit, by=by)
        assert caught.value.code == code
    with acting_as(roles["district"]) as by:
        assert consents.give(wave=called, unit=staff[0].unit, by=by).state == "given"


def test_the_liaison_sees_the_question_with_its_time_and_answers_by_a_button(called, roles, account, staff, client):
    ask(called, roles)
    unit = staff[0].unit
    client.force_login(account)
    page = reverse("unit-list", args=[called.incident_id, unit.pk])
    shown = client.get(page).content.decode()
    assert "贵单位有 2 人" in shown
    assert client.post(reverse("unit-let-go", args=[called.incident_id, unit.pk, called.pk])).status_code == 302
    assert "贵单位有 2 人" not in client.get(page).content.decode()
    assert Consent.objects.get(unit=unit).decided_by_id == account.pk


def test_the_question_stands_first_on_the_liaison_s_first_page(called, roles, account, client):
    ask(called, roles)
    client.force_login(account)
    shown = client.get(reverse("home"), follow=True).content.decode()
    assert "区统计局：请确认放人" in shown


def test_the_wave_says_how_many_units_are_waited_for(called, roles, seen_by):
    ask(called, roles)
    shown = seen_by("district").get(reverse("wave", args=[called.pk])).content.decode()
    assert "还有 2 个单位" in shown
