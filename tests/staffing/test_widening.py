"""A wave that fills too slowly draws in the next tier, in the playbook's time, and stops when it is filled."""

from datetime import timedelta

import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.notices.models import Message
from turnout.people.domain import persons, units
from turnout.people.models import Booking
from turnout.staffing.domain import callouts, drafts, plans, waves, widening
from turnout.staffing.models import CallOut, Plan, Post, Wave

from .conftest import COMMUNITY, STREET

pytestmark = pytest.mark.django_db

PAGES = "https://t/{}/".format


@pytest.fixture
def people(db):
    """A unit paired with the street, another of the district, and one of another district with somebody living here."""
    with acting_as(SYSTEM):
        paired = units.create(
            code="P", name="结对单位", area_key=key_of("110102"), paired_streets=[key_of(STREET)], by=SYSTEM
        )
        district = units.create(code="D", name="区属单位", area_key=key_of("110102"), by=SYSTEM)
        other = units.create(code="O", name="外区单位", area_key=key_of("110101"), by=SYSTEM)
        home = key_of(COMMUNITY)
        made = [(paired, "甲", None), (district, "乙", None), (district, "丙", None), (other, "丁", home)]
        return {
            name: persons.add(unit=unit, name=name, categories=["general"], home_key=at, by=SYSTEM)
            for unit, name, at in made
        }


@pytest.fixture
def paired_wave(night, roles):
    by, now = roles["district"], clock.now()
    with acting_as(by):
        made = waves.create(
            incident=night, arrive_by=now + timedelta(hours=10), lock_at=now + timedelta(hours=4),
            closes_at=now + timedelta(hours=12), tier="paired", by=by,
        )  # fmt: skip
        return waves.advance(wave=made, to="open", by=by)


@pytest.fixture
def begun(night, roles, people, post, paired_wave):
    """One place, filled from the paired unit, and everybody of it asked."""
    by = roles["district"]
    Post.objects.update(places=1, seats=1)
    plan = drafts.draft(incident=night, by=by, tier="paired", wave=paired_wave)
    with acting_as(by):
        plans.publish(plan=plan, wave=paired_wave, by=by)
        callouts.ask(wave=paired_wave, by=by, channel="file", link=PAGES, address="https://t/")
    return fresh(paired_wave)


def fresh(wave):
    return Wave.objects.select_related("incident__playbook").get(pk=wave.pk)


def standing():
    with acting_as(SYSTEM):
        return dict(CallOut.objects.order_by("named_at").values_list("person__name", "state"))


def answer(name, reply):
    with acting_as(SYSTEM):
        callout = CallOut.objects.filter(person__name=name).latest("named_at")
        return callouts.answer_for(callout=callout, answer=reply, way="phone", by=SYSTEM)


def later(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def test_the_first_tier_alone_is_asked_first(begun):
    assert standing() == {"甲": "asked"}
    with acting_as(SYSTEM):
        assert list(CallOut.objects.values_list("tier", "source")) == [("paired", "plan")]


def test_a_wave_is_due_when_the_time_of_its_tier_is_over(begun):
    with later(19):
        assert widening.due() == []
    with later(21):
        assert widening.due() == [begun]


def test_who_said_nothing_is_counted_and_the_place_goes_to_the_next_tier(begun, roles):
    with later(21):
        done = widening.widen(wave=begun, by=roles["district"], link=PAGES)
    assert (done.tier, done.silent, done.empty, done.called) == ("district", 1, 1, 1)
    names = standing()
    assert names.pop("甲") == "silent"
    assert list(names.values()) == ["asked"]
    with acting_as(SYSTEM):
        assert Booking.objects.filter(state="live").count() == 1


def test_tiers_widen_to_the_last_and_stay_there_when_everybody_is_silent(begun, roles):
    by, tiers = roles["district"], []
    moment = clock.now()
    for _ in range(5):
        moment += timedelta(minutes=31)
        with clock.at(moment):
            done = widening.widen(wave=begun, by=by, link=PAGES)
            tiers.append((done.tier, done.called))
    assert tiers == [("district", 1), ("reserve", 1), ("reserve", 1), ("reserve", 0), ("reserve", 0)]
    assert set(standing().values()) == {"silent"}
    assert len(standing()) == 4
    assert fresh(begun).filled_at is None


def test_a_wave_that_is_filled_draws_in_nobody(begun, roles):
    answer("甲", "yes")
    with later(21):
        done = widening.widen(wave=begun, by=roles["district"], link=PAGES)
        assert (done.called, done.empty) == (0, 0)
        assert fresh(begun).filled_at is not None
        assert widening.due() == []
    assert standing() == {"甲": "yes"}


def test_a_decline_is_filled_anew_and_nobody_else_moves(begun, roles, night):
    answer("甲", "no")
    with later(21):
        widening.widen(wave=begun, by=roles["district"], link=PAGES)
    first = {name for name in standing() if name != "甲"}
    with acting_as(SYSTEM):
        Post.objects.update(places=2)
    with later(42):
        widening.widen(wave=begun, by=roles["district"], link=PAGES)
    assert first <= set(standing())


def test_who_was_silent_may_still_come_while_there_is_room_and_the_one_asked_instead_is_told(begun, roles):
    with later(21):
        widening.widen(wave=begun, by=roles["district"], link=PAGES)
        answer("甲", "yes")
    names = standing()
    assert names.pop("甲") == "yes"
    assert list(names.values()) == ["withdrawn"]
    with acting_as(SYSTEM):
        assert Booking.objects.filter(state="live").count() == 1
        assert Message.objects.filter(state="cancelled").count() == 1


def test_a_place_that_went_to_somebody_else_is_gone(begun, roles):
    with later(21):
        widening.widen(wave=begun, by=roles["district"], link=PAGES)
        (second,) = set(standing()) - {"甲"}
        answer(second, "yes")
        with pytest.raises(Refusal) as caught:
            answer("甲", "yes")
    assert caught.value.code == "callout.filled_meanwhile"
    assert standing()["甲"] == "silent"


def test_the_preview_says_who_and_when_in_figures(begun, roles, django_assert_num_queries):
    with acting_as(roles["district"]), later(21), django_assert_num_queries(4):
        seen = widening.preview(begun, roles["district"])
    assert (seen.tier, seen.empty, seen.unanswered) == ("district", {"general": 1}, 1)
    assert [(name, number) for _, name, number in seen.units] == [("区属单位", 2)]
    assert seen.due_at == begun.tier_at + timedelta(minutes=20)


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403)])
def test_who_does_not_plan_the_district_widens_nothing(begun, roles, who, status):
    for act in (
        lambda: widening.widen(wave=begun, by=roles[who], link=PAGES),
        lambda: widening.preview(begun, roles[who]),
    ):
        with acting_as(roles[who]), pytest.raises(Refusal) as caught:
            act()
        assert caught.value.status == status


def test_widening_leaves_a_version_of_the_plan_with_everybody_in_it(begun, roles):
    answer("甲", "yes")
    with acting_as(SYSTEM):
        Post.objects.update(places=3)
    with later(21):
        widening.widen(wave=begun, by=roles["district"], link=PAGES)
    plan = Plan.objects.get(state="published")
    assert (plan.number, plan.placed) == (2, 3)
    assert standing()["甲"] == "yes"


def test_a_wave_locks_and_closes_by_itself(begun, roles):
    with later(4 * 60 + 1):
        with acting_as(SYSTEM):
            assert waves.keep_time(by=SYSTEM) == (1, 0)
        assert standing() == {"甲": "silent"}
    with later(12 * 60 + 1), acting_as(SYSTEM):
        assert waves.keep_time(by=SYSTEM) == (0, 1)
    assert fresh(begun).state == "closed"


def test_a_tier_the_playbook_does_not_know_is_refused(night, roles):
    by, now = roles["district"], clock.now()
    with acting_as(by), pytest.raises(Refusal) as caught:
        waves.create(
            incident=night, arrive_by=now + timedelta(hours=2), lock_at=now + timedelta(hours=1),
            closes_at=now + timedelta(hours=2), tier="army", by=by,
        )  # fmt: skip
    assert caught.value.code == "wave.tier_unknown"


def test_the_quota_matrix_bounds_what_a_unit_gives(night, roles, people, post, wave):
    by = roles["district"]
    with acting_as(by):
        waves.set_quota(wave=wave, quotas={(people["乙"].unit, key_of("110102")): 1}, by=by)
    plan = drafts.draft(incident=night, by=by, wave=wave)
    with acting_as(SYSTEM):
        given = list(plan.placements.values_list("person__unit__code", flat=True))
    assert sorted(given) == ["D", "P"]
