"""Self sign-up: first come, first placed; ten times as many end in a list that moves up; nobody has two places."""

from datetime import timedelta

import pytest

from turnout.access.queries import actor_of
from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM, Actor
from turnout.core.refusals import Refusal
from turnout.people.domain import abilities, persons
from turnout.people.models import Booking
from turnout.staffing import planning
from turnout.staffing.domain import callouts, openings
from turnout.staffing.models import CallOut, Opening, SignUp

pytestmark = pytest.mark.django_db

VISITOR = Actor(kind="nobody")


@pytest.fixture
def opened(post, wave, roles):
    """One of three places of a post, with two on the list."""
    with acting_as(roles["desk"]):
        return openings.open_(
            post=post, wave=wave, places=1, reserve=2, closes_at=clock.now() + timedelta(hours=3), by=roles["desk"]
        )


def sign_up(opening, person):
    with acting_as(SYSTEM):
        return openings.sign_up(opening=opening, person=person, by=SYSTEM)


def code_of(act):
    with acting_as(SYSTEM), pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def states():
    with acting_as(SYSTEM):
        return list(SignUp.objects.order_by("id").values_list("person__name", "state"))


def test_first_come_first_placed_then_the_list_then_full(opened, staff):
    opening, _ = opened
    for person in staff[:3]:
        sign_up(opening, person)
    assert [state for _, state in states()] == ["placed", "reserve", "reserve"]
    assert code_of(lambda: openings.sign_up(opening=opening, person=staff[3], by=SYSTEM)) == "opening.full"
    with acting_as(SYSTEM):
        assert [c.state for c in CallOut.objects.all()] == ["yes"]
        assert Booking.objects.filter(state="live").count() == 1


def test_ten_times_more_volunteers_than_places_wait_in_a_list(post, wave, roles, staff, unit):
    with acting_as(SYSTEM):
        more = [persons.add(unit=unit, name=f"志愿者{n}", categories=["general"], by=SYSTEM) for n in range(17)]
        opening, _ = openings.open_(
            post=post, wave=wave, places=2, closes_at=clock.now() + timedelta(hours=3), by=SYSTEM
        )
    for person in [*staff[:3], *more]:
        sign_up(opening, person)
    assert [state for _, state in states()] == ["placed"] * 2 + ["reserve"] * 18


def test_signing_up_twice_returns_the_first_answer(opened, staff):
    opening, _ = opened
    assert sign_up(opening, staff[0]).pk == sign_up(opening, staff[0]).pk


def test_who_withdraws_makes_room_for_who_waited_longest(opened, staff):
    opening, _ = opened
    first, *_ = [sign_up(opening, person) for person in staff[:3]]
    with acting_as(SYSTEM):
        openings.withdraw(signup=first, by=SYSTEM)
    assert [state for _, state in states()] == ["withdrawn", "placed", "reserve"]
    with acting_as(SYSTEM):
        assert CallOut.objects.get(person=staff[1]).state == "waiting"


def test_who_declines_makes_room_and_who_cannot_any_more_is_passed_over(opened, staff):
    opening, _ = opened
    for person in staff[:3]:
        sign_up(opening, person)
    with acting_as(SYSTEM):
        abilities.set_tier(person=staff[1], tier="off", by=SYSTEM)
        callouts.answer_for(callout=CallOut.objects.get(), answer="no", way="phone", by=SYSTEM)
    assert openings.move_up_all(by=SYSTEM) == 0
    assert openings.move_up_all(by=SYSTEM) == 1
    assert [state for _, state in states()] == ["withdrawn", "withdrawn", "placed"]


def test_somebody_placed_elsewhere_is_no_double(opened, staff, make_plan, wave, roles, post):
    from turnout.staffing.domain import plans

    opening, _ = opened
    with acting_as(roles["district"]):
        plans.publish(plan=make_plan(staff[:1]), wave=wave, by=roles["district"])
    assert code_of(lambda: openings.sign_up(opening=opening, person=staff[0], by=SYSTEM)) == "callout.busy"
    with acting_as(SYSTEM):
        Booking.objects.create(person=staff[1], layer="posting", starts_at=post.starts_at, ends_at=post.ends_at)
    assert code_of(lambda: openings.sign_up(opening=opening, person=staff[1], by=SYSTEM)) == "callout.busy"


def test_a_work_limit_speaks_against_it(opened, staff, post):
    opening, _ = opened
    post.excludes = ["no_suit"]
    post.save()
    with acting_as(SYSTEM):
        persons.set_limits(person=staff[0], limits=["no_suit"], by=SYSTEM)
    assert code_of(lambda: openings.sign_up(opening=opening, person=staff[0], by=SYSTEM)) == "callout.unfit"


def test_somebody_signs_up_by_the_own_account_and_for_nobody_else(opened, staff, make_user):
    opening, _ = opened
    user = make_user("wenjing")
    with acting_as(SYSTEM):
        persons.link_account(person=staff[0], user=user, by=SYSTEM)
    by = actor_of(user)
    with acting_as(SYSTEM):
        assert openings.sign_up(opening=opening, person=staff[0], by=by).state == "placed"
        with pytest.raises(Refusal) as caught:
            openings.sign_up(opening=opening, person=staff[1], by=by)
    assert caught.value.status == 404


def test_by_phone_the_place_is_kept_and_the_person_is_asked(opened, staff):
    _, token = opened
    openings.sign_up_by_phone(token=token, phone="13800130000", by=VISITOR)
    with acting_as(SYSTEM):
        assert [c.state for c in CallOut.objects.all()] == ["waiting"]


def test_an_unknown_phone_is_answered_the_same(opened, staff):
    _, token = opened
    assert openings.sign_up_by_phone(token=token, phone="13911112222", by=VISITOR) is None
    assert states() == []


@pytest.mark.parametrize("token", ["", "x" * 43])
def test_a_forged_page_takes_nobody(opened, token):
    with pytest.raises(Refusal) as caught:
        openings.sign_up_by_phone(token=token, phone="13800130000", by=VISITOR)
    assert caught.value.code == "opening.over"


def test_after_its_end_nobody_signs_up(opened, staff):
    opening, _ = opened
    with clock.at(clock.now() + timedelta(hours=4)):
        assert code_of(lambda: openings.sign_up(opening=opening, person=staff[0], by=SYSTEM)) == "opening.over"


def test_the_planner_leaves_reserved_places_alone_until_they_are_closed(opened, night, roles, staff):
    opening, _ = opened

    def needed():
        with acting_as(roles["district"]):
            return planning.read(night, night.area_key).needed

    assert needed() == 2
    sign_up(opening, staff[0])
    assert needed() == 3
    with acting_as(SYSTEM):
        openings.withdraw(signup=SignUp.objects.get(), by=SYSTEM)
        openings.close(opening=opening, by=SYSTEM)
    assert needed() == 3


@pytest.mark.parametrize(("places", "code"), [(0, "opening.bad"), (4, "opening.bad")])
def test_no_more_places_are_opened_than_are_free(post, wave, places, code):
    end = clock.now() + timedelta(hours=1)
    assert code_of(lambda: openings.open_(post=post, wave=wave, places=places, closes_at=end, by=SYSTEM)) == code


def test_a_post_is_opened_once(opened, post, wave):
    end = clock.now() + timedelta(hours=1)
    assert code_of(lambda: openings.open_(post=post, wave=wave, places=1, closes_at=end, by=SYSTEM)) == "opening.twice"


@pytest.mark.parametrize(("who", "status"), [("elsewhere", 404), ("neighbour", 404), ("auditor", 403)])
def test_who_does_not_run_the_desk_opens_nothing(post, wave, roles, who, status):
    end = clock.now() + timedelta(hours=1)
    with acting_as(roles[who]), pytest.raises(Refusal) as caught:
        openings.open_(post=post, wave=wave, places=1, closes_at=end, by=roles[who])
    assert caught.value.status == status
    assert not Opening.objects.exists()
