"""The bridge: the night's rows as a problem, the planner's answer as rows, and each of them again on the next day."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.incidents import playbook as files
from turnout.incidents.domain import playbooks
from turnout.people.domain import abilities, persons, units
from turnout.people.models import Booking
from turnout.planner.placement.check import check
from turnout.staffing import planning
from turnout.staffing.domain import callouts, drafts, plans, posts
from turnout.staffing.models import CallOut, Gap, LeftOut, Placement, Plan, Post

from .conftest import COMMUNITY, NEIGHBOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db):
    """Two units, three people each; one cannot wear a suit, two live beside the post."""
    made = {}
    with acting_as(SYSTEM):
        for code, names in (("W1", ["李文静", "王建国", "赵敏"]), ("W2", ["孙磊", "周晓红", "吴刚"])):
            unit = units.create(code=code, name=f"单位{code}", area_key=key_of("110102"), by=SYSTEM)
            for number, name in enumerate(names):
                made[name] = persons.add(
                    unit=unit, name=name, categories=["general"], by=SYSTEM,
                    home_key=key_of(COMMUNITY if number == 0 else "110102020001"),
                    work_limits=["no_suit"] if name == "李文静" else [],
                )  # fmt: skip
    return made


@pytest.fixture
def open_post(night):
    def make(code=COMMUNITY, places=2, category="general", **fields):
        now = clock.now()
        return Post.objects.create(
            incident=night, area_key=key_of(code), category=category, seats=1, places_min=1, places=places,
            starts_at=now + timedelta(hours=10), ends_at=now + timedelta(days=3), made_at=now, **fields,
        )  # fmt: skip

    return make


def draft(night, by):
    return drafts.draft(incident=night, by=by)


def placed(plan):
    with acting_as(SYSTEM):
        return dict(Placement.objects.filter(plan=plan).values_list("person__name", "post_id"))


def test_people_who_live_beside_a_post_fill_it(night, roles, staff, open_post):
    post = open_post()
    plan = draft(night, roles["district"])
    assert placed(plan) == {"李文静": post.pk, "孙磊": post.pk}
    assert (plan.needed, plan.placed, plan.state, plan.number) == (2, 2, "draft", 1)


def test_a_draft_carries_its_proof_and_the_checker_agrees(night, roles, staff, open_post):
    open_post()
    plan = draft(night, roles["district"])
    with acting_as(roles["district"]):
        found = planning.read(night, night.area_key)
    index = {person: n for n, person in enumerate(found.problem.people.ids)}
    at = {post: n for n, post in enumerate(found.problem.posts.ids)}
    import numpy as np

    from turnout.planner.placement.result import Plan as Planned

    arrays = np.full(len(index), -1, np.int64)
    with acting_as(SYSTEM):
        for person, post in Placement.objects.filter(plan=plan).values_list("person_id", "post_id"):
            arrays[index[str(person)]] = at[str(post)]
    checked = check(found.problem, Planned(arrays), planning.unpacked(plan.prices))
    assert checked.score.broken == ()
    assert checked.score.objective == round(plan.objective_minutes * 10)
    assert found.input_hash == plan.input_hash


def test_whoever_cannot_wear_a_suit_is_not_sent_where_one_is_worn(night, roles, staff, open_post):
    open_post(places=1, excludes=["no_suit"])
    assert "李文静" not in placed(draft(night, roles["district"]))


def test_an_empty_place_has_one_reason_and_so_has_everybody_at_home(night, roles, staff, open_post):
    open_post(category="health", places=1)
    plan = draft(night, roles["district"])
    with acting_as(roles["district"]):
        assert [(gap.missing, gap.reason) for gap in Gap.objects.filter(plan=plan)] == [(1, "none_in_category")]
        assert set(LeftOut.objects.filter(plan=plan).values_list("reason", flat=True)) == {"no_post_for_category"}


@pytest.mark.parametrize("why", ["left", "off", "not_ready", "booked", "away"])
def test_who_cannot_come_is_not_planned(night, roles, staff, open_post, why):
    post = open_post(places=2)
    person = staff["李文静"]
    with acting_as(SYSTEM):
        if why == "left":
            persons.leave(person=person, by=SYSTEM)
        elif why == "off":
            abilities.set_tier(person=person, tier="off", by=SYSTEM)
        elif why == "not_ready":
            abilities.set_ready(person=person, not_until=(clock.now() + timedelta(days=9)).date(), by=SYSTEM)
        elif why == "booked":
            Booking.objects.create(person=person, layer="posting", starts_at=post.starts_at, ends_at=post.ends_at)
        else:
            late = post.ends_at + timedelta(days=1)
            abilities.set_availability(person=person, periods=[(late, None)], by=SYSTEM)
    assert "李文静" not in placed(draft(night, roles["district"]))


def test_a_post_beyond_the_end_of_a_skill_is_not_filled_with_it(night, roles, staff, open_post):
    post = open_post(places=1, skills=["采样"])
    with acting_as(SYSTEM):
        abilities.set_skills(person=staff["王建国"], skills={"采样": localtime(post.ends_at).date()}, by=SYSTEM)
        abilities.set_skills(person=staff["李文静"], skills={"采样": localtime(post.starts_at).date()}, by=SYSTEM)
    assert set(placed(draft(night, roles["district"]))) == {"王建国"}


def test_the_next_day_moves_nobody_without_need(night, roles, staff, open_post, wave):
    by = roles["district"]
    open_post()
    first = draft(night, by)
    with acting_as(by):
        plans.publish(plan=first, wave=wave, by=by)
    open_post(code=NEIGHBOUR, places=1)
    second = draft(night, by)
    before, after = placed(first), placed(second)
    assert {name: after[name] for name in before} == before
    assert len(after) == 3


def test_who_declined_is_planned_around(night, roles, staff, open_post, wave):
    by = roles["district"]
    post = open_post(places=1)
    first = draft(night, by)
    with acting_as(by):
        plans.publish(plan=first, wave=wave, by=by)
        callout = CallOut.objects.get()
        callouts.answer_for(callout=callout, answer="no", way="phone", by=by)
    (declined,) = placed(first)
    after = placed(draft(night, by))
    assert after == dict.fromkeys(after, post.pk)
    assert declined not in after


def test_who_declined_is_free_for_others_and_may_come_back_while_they_are(night, roles, staff, open_post, wave):
    by = roles["district"]
    post = open_post(places=1)
    with acting_as(by):
        plans.publish(plan=draft(night, by), wave=wave, by=by)
        callout = CallOut.objects.get()
        callouts.answer_for(callout=callout, answer="no", way="phone", by=by)
        assert not Booking.objects.filter(state="live").exists()
        callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)
        assert Booking.objects.filter(state="live").count() == 1
        callouts.answer_for(callout=callout, answer="no", way="phone", by=by)
    with acting_as(SYSTEM):
        Booking.objects.create(
            person_id=callout.person_id, layer="posting", starts_at=post.starts_at, ends_at=post.ends_at
        )
    with acting_as(by), pytest.raises(Refusal) as caught:
        callouts.answer_for(callout=callout, answer="yes", way="phone", by=by)
    assert caught.value.code == "callout.too_late"


def test_who_stands_on_a_post_stays_there(night, roles, staff, open_post, wave):
    by = roles["district"]
    far = open_post(code="110102020001", places=1)
    first = draft(night, by)
    with acting_as(by):
        plans.publish(plan=first, wave=wave, by=by)
        callouts.arrive(callout=CallOut.objects.get(), by=by)
    open_post(places=5)
    ((name, post_id),) = placed(first).items()
    assert post_id == far.pk
    assert placed(draft(night, by))[name] == far.pk


def test_a_draft_of_what_the_playbook_asks_for_in_a_whole_district(night, roles, staff):
    by = roles["district"]
    with acting_as(by):
        posts.generate(incident=night, starts_at=clock.now() + timedelta(hours=10), by=by, round_the_clock=False)
    plan = draft(night, by)
    assert plan.placed == 6
    with acting_as(by):
        missing = sum(Gap.objects.filter(plan=plan).values_list("missing", flat=True))
        assert missing == plan.needed - 6


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("desk", 404), ("auditor", 403)])
def test_who_does_not_plan_the_district_drafts_nothing(night, roles, staff, open_post, who, status):
    open_post()
    with pytest.raises(Refusal) as caught:
        draft(night, roles[who])
    assert caught.value.status == status
    assert Plan.objects.count() == 0


def test_nothing_to_plan_is_said(night, roles, staff):
    with pytest.raises(Refusal) as caught:
        draft(night, roles["district"])
    assert caught.value.code == "plan.nothing"


def test_what_another_street_costs_is_the_playbook_s_to_say(night, roles, open_post):
    open_post()
    usual = files.shipped()["epidemic"].replace("version = 2", "version = 3")
    with acting_as(SYSTEM):
        for text, tenths in ((usual, 80), (usual.replace("[costs] ", "[costs]\nstreet_elsewhere = 60\n"), 600)):
            night.playbook = playbooks.publish(text=text.replace("version = 3", f"version = {tenths}"), by=SYSTEM)
            assert planning.read(night, night.area_key).problem.params.street_elsewhere == tenths


def test_reading_a_night_takes_the_same_queries_for_one_and_three_people(
    night, roles, staff, open_post, django_assert_num_queries
):
    open_post()
    for _ in range(2):
        with acting_as(roles["district"]), django_assert_num_queries(4):
            planning.read(night, night.area_key)
        open_post(code=NEIGHBOUR)
