"""A plan keeps the night it was made with, and says from it why somebody is where they are and what else would cost."""

from datetime import timedelta

import numpy as np
import pytest

from turnout.access.scope import acting_as
from turnout.core import clock
from turnout.core.actors import SYSTEM
from turnout.core.area_keys import key_of
from turnout.core.refusals import Refusal
from turnout.staffing import explaining, planning
from turnout.staffing.domain import drafts, edits
from turnout.staffing.models import Placement, PlanNight, Post

pytestmark = pytest.mark.django_db

FAR = "110102020001"


@pytest.fixture
def far(night):
    now = clock.now()
    return Post.objects.create(
        incident=night, area_key=key_of(FAR), category="general", seats=1, places_min=1, places=1,
        starts_at=now + timedelta(hours=10), ends_at=now + timedelta(days=3), made_at=now,
    )  # fmt: skip


@pytest.fixture
def drafted(night, post, far, staff, roles):
    """Three places here and one far away for five people: one stays at home."""
    return drafts.draft(incident=night, by=roles["district"])


def cost_of(plan):
    plan.refresh_from_db()
    return plan.objective_minutes


def placed(plan):
    with acting_as(SYSTEM):
        return dict(Placement.objects.filter(plan=plan).values_list("person_id", "post_id"))


def test_a_night_comes_back_as_it_was_kept(night, post, far, staff, roles):
    with acting_as(roles["district"]):
        found = planning.read(night, night.area_key)
    again = explaining.unpacked_night(explaining.packed_night(found))
    assert again.params == found.problem.params
    assert planning._hash(again) == found.input_hash
    for name in explaining.LISTS:
        assert getattr(again, name) == getattr(found.problem, name)
    assert again.people.frozen.dtype == np.bool_


def test_everybody_placed_has_a_cost_and_what_else_would_cost(drafted, staff, roles):
    with acting_as(roles["district"]):
        costs = dict(Placement.objects.filter(plan=drafted).values_list("person_id", "cost_minutes"))
        for person_id, cost in costs.items():
            told = explaining.person(drafted, person_id)
            assert told.post == placed(drafted)[person_id]
            assert sum(told.parts.values()) == pytest.approx(cost, abs=0.051)
            assert all(other.way.city >= 0 for other in told.alternatives)  # the plan is proven: nothing is cheaper


def test_whoever_stays_at_home_is_explained_as_well(drafted, staff, roles):
    (home,) = {one.pk for one in staff} - set(placed(drafted))
    with acting_as(roles["district"]):
        told = explaining.person(drafted, home)
    assert told.post is None
    assert {other.post for other in told.alternatives} == set(placed(drafted).values())


def test_an_alternative_costs_what_it_said_when_it_is_adopted(drafted, staff, roles):
    by = roles["district"]
    with acting_as(by):
        told = explaining.person(drafted, min(placed(drafted)))
        other = next(one for one in told.alternatives if one.post)
        before = cost_of(drafted)
        said = edits.adopt(plan=drafted, steps=other.way.steps, by=by)
    assert said.broken == ()
    assert cost_of(drafted) - before == pytest.approx(other.way.city, abs=0.051)
    assert placed(drafted)[min(placed(drafted))] == other.post


def test_a_gap_says_how_it_is_filled_and_filling_costs_what_it_said(drafted, staff, post, roles):
    by = roles["district"]
    taken = next(person for person, at in placed(drafted).items() if at == post.pk)
    with acting_as(by):
        edits.take_out(plan=drafted, person=next(one for one in staff if one.pk == taken), by=by)
        told = explaining.post(drafted, post.pk)
        assert (told.people, told.missing) == (2, 1)
        assert [band.minutes for band in told.within] == [30, 60, 90]
        assert told.within[2].here + told.within[2].elsewhere + told.within[2].at_home == 5
        before = cost_of(drafted)
        edits.adopt(plan=drafted, steps=told.fill.steps, by=by)
    assert cost_of(drafted) - before == pytest.approx(told.fill.city, abs=0.051)
    with acting_as(by):
        again = explaining.post(drafted, post.pk)
    assert (again.missing, again.fill) == (0, None)


def test_moves_counted_from_another_state_of_the_draft_are_refused(drafted, staff, post, roles):
    by = roles["district"]
    someone = next(person for person, at in placed(drafted).items() if at == post.pk)
    with acting_as(by):
        steps = [explaining.Step(someone, None, post.pk)]
        with pytest.raises(Refusal) as caught:
            edits.adopt(plan=drafted, steps=steps, by=by)
    assert caught.value.code == "plan.moved_on"


def test_moves_are_adopted_all_or_none(drafted, staff, post, far, roles):
    """The second step finds no place, so the first one is not kept either."""
    by, before = roles["district"], placed(drafted)
    one = next(person for person, at in before.items() if at == far.pk)
    two, three = [person for person, at in before.items() if at == post.pk][:2]
    steps = [explaining.Step(one, far.pk, None)]
    steps += [explaining.Step(two, post.pk, far.pk), explaining.Step(three, post.pk, far.pk)]
    with acting_as(by), pytest.raises(Refusal) as caught:
        edits.adopt(plan=drafted, steps=steps, by=by)
    assert caught.value.code == "post.no_place"
    assert placed(drafted) == before


def test_a_plan_without_its_night_does_not_make_reasons_up(drafted, post, staff, roles):
    with acting_as(SYSTEM):
        PlanNight.objects.filter(plan=drafted).delete()
    with acting_as(roles["district"]):
        assert explaining.post(drafted, post.pk) is None
        assert explaining.person(drafted, staff[0].pk) is None


def test_the_night_of_a_plan_is_seen_where_the_plan_is(drafted, roles):
    with acting_as(roles["district"]):
        assert PlanNight.objects.count() == 1
    with acting_as(roles["desk"]):
        assert PlanNight.objects.count() == 0
